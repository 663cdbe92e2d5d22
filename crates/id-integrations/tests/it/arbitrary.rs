//! `arbitrary`: a fuzzer's bytes become ids, and every id is valid.

use arbitrary::{Arbitrary, Unstructured};
use proptest::prelude::*;
use unified_id::{
    Core, CoreBytes, Id, IdKind, KeyedRunId, LegacyKey, RunId, ThreadId, ThreadKey, ThreadScope,
    UnifiedId,
};

use crate::{BYTES, OrderLine, run, thread};

/// Makes a value of bytes, if it gives any, and checks that its text is read back.
fn check<'a, T>(bytes: &'a [u8]) -> Result<(), TestCaseError>
where
    T: Arbitrary<'a> + std::str::FromStr + ToString + PartialEq,
{
    if let Ok(value) = T::arbitrary(&mut Unstructured::new(bytes)) {
        let text = value.to_string();
        prop_assert!(text.parse::<T>().is_ok_and(|read| read == value), "{text}");
    }
    Ok(())
}

proptest! {
    #[test]
    fn what_bytes_give_is_valid(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        check::<Core>(&bytes)?;
        check::<ThreadId>(&bytes)?;
        check::<RunId>(&bytes)?;
        check::<Id<OrderLine>>(&bytes)?;
        check::<KeyedRunId>(&bytes)?;
        check::<LegacyKey>(&bytes)?;
        check::<ThreadScope>(&bytes)?;
        check::<ThreadKey>(&bytes)?;
        check::<IdKind>(&bytes)?;
        check::<UnifiedId>(&bytes)?;
    }
}

#[test]
fn an_id_takes_its_bytes() {
    let little_endian: Vec<u8> = BYTES.iter().rev().copied().collect();
    let bytes = [little_endian.as_slice(); 2].concat();
    let mut input = Unstructured::new(&bytes);
    assert_eq!(ThreadId::arbitrary(&mut input).unwrap(), thread());
    assert_eq!(CoreBytes::arbitrary(&mut input).unwrap().0, BYTES);
    assert!(input.is_empty());
    assert_eq!(RunId::arbitrary(&mut Unstructured::new(&bytes)).unwrap(), run());
    assert_eq!(ThreadId::size_hint(0), (16, Some(16)));
    assert_eq!(RunId::size_hint(0), (32, Some(32)));
    assert_eq!((Core::size_hint(0), CoreBytes::size_hint(0)), ((16, Some(16)), (16, Some(16))));
    let (least, most) = LegacyKey::size_hint(0);
    assert_eq!(KeyedRunId::size_hint(0), (least + 16, most.map(|most| most + 16)));
}
