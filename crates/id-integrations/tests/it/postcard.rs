//! serde in a binary format: 16 bytes, 32 bytes or the text, behind their number; with `compact`, without it.

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use unified_id::{Core, Id, IdKind, KeyedRunId, RunId, ThreadId, ThreadKey, UnifiedId};

use crate::{BYTES, Order, OrderLine, keyed, run, thread, unified};

#[track_caller]
fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, body: &[u8]) {
    let written = postcard::to_allocvec(value).unwrap();
    let length = u8::try_from(body.len()).unwrap();
    assert_eq!(written, [&[length], body].concat());
    assert_eq!(&postcard::from_bytes::<T>(&written).unwrap(), value);
    for shorter in 0..written.len() {
        assert!(postcard::from_bytes::<T>(&written[..shorter]).is_err());
    }
}

#[test]
fn ids_are_bytes_and_others_are_texts() {
    check(&thread(), &BYTES);
    check(&thread().core(), &BYTES);
    check(&run(), &[BYTES, BYTES].concat());
    check(&keyed(), keyed().to_string().as_bytes());
    for id in unified() {
        check(&id, id.to_string().as_bytes());
    }
    check(&ThreadKey::from(thread()), thread().core().to_string().as_bytes());
    check(&IdKind::Run, b"run");
}

#[test]
fn other_numbers_of_bytes_are_refused() {
    for length in [0, 15, 17, 31, 33, 64] {
        let written = postcard::to_allocvec(&vec![0_u8; length]).unwrap();
        assert!(postcard::from_bytes::<ThreadId>(&written).is_err(), "{length}");
        assert!(postcard::from_bytes::<Core>(&written).is_err(), "{length}");
        assert!(postcard::from_bytes::<RunId>(&written).is_err(), "{length}");
    }
    let thread = postcard::to_allocvec(&thread()).unwrap();
    assert!(postcard::from_bytes::<RunId>(&thread).is_err());
}

#[derive(Serialize, Deserialize, PartialEq, Debug)]
struct Packet {
    #[serde(with = "unified_id::serde::compact")]
    thread: ThreadId,
    #[serde(with = "unified_id::serde::compact")]
    run: RunId,
    last: u8,
}

#[test]
fn compact_ids_are_exactly_their_bytes() {
    let packet = Packet { thread: thread(), run: run(), last: 7 };
    let written = postcard::to_allocvec(&packet).unwrap();
    assert_eq!(written, [&BYTES[..], &BYTES, &BYTES, &[7]].concat());
    assert_eq!(postcard::from_bytes::<Packet>(&written).unwrap(), packet);
    assert!(postcard::from_bytes::<Packet>(&written[..written.len() - 1]).is_err());

    let json = serde_json::to_string(&packet).unwrap();
    assert_eq!(json, format!(r#"{{"thread":"{}","run":"{}","last":7}}"#, thread(), run()));
    assert_eq!(serde_json::from_str::<Packet>(&json).unwrap(), packet);
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        ids: (ThreadId, RunId, KeyedRunId, UnifiedId),
        own: (Id<Order>, Id<OrderLine>),
    ) {
        let written = postcard::to_allocvec(&(&ids, &own)).unwrap();
        prop_assert_eq!(postcard::from_bytes(&written), Ok((ids, own)));
    }

    #[test]
    fn any_bytes_are_an_id_or_an_error(bytes: Vec<u8>) {
        if let Ok(id) = postcard::from_bytes::<UnifiedId>(&bytes) {
            prop_assert_eq!(UnifiedId::parse(&id.to_string()).unwrap(), id);
        }
        prop_assert_eq!(postcard::from_bytes::<RunId>(&bytes).is_ok(), bytes.first() == Some(&32) && bytes.len() > 32);
    }
}

/// A format that describes itself, but is no text: its reader finds a number where bytes should be.
#[test]
fn another_type_is_refused_with_what_was_expected() {
    use serde::de::IntoDeserializer;
    use serde::de::value::{BytesDeserializer, Error, U64Deserializer};

    struct Binary<D>(D);

    impl<'de, D: serde::Deserializer<'de>> serde::Deserializer<'de> for Binary<D> {
        type Error = D::Error;

        fn deserialize_any<V: serde::de::Visitor<'de>>(
            self,
            visitor: V,
        ) -> Result<V::Value, D::Error> {
            self.0.deserialize_any(visitor)
        }

        fn is_human_readable(&self) -> bool {
            false
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
            unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
        }
    }

    fn refused<T: DeserializeOwned>() -> String {
        let number: U64Deserializer<Error> = 7_u64.into_deserializer();
        T::deserialize(Binary(number)).err().unwrap().to_string()
    }

    assert_eq!(refused::<ThreadId>(), "invalid type: integer `7`, expected 16 bytes of an id");
    assert_eq!(refused::<RunId>(), "invalid type: integer `7`, expected 32 bytes of a scoped id");
    assert_eq!(refused::<Core>(), "invalid type: integer `7`, expected 16 bytes");
    let bytes: BytesDeserializer<'_, Error> = BYTES.as_slice().into_deserializer();
    assert_eq!(ThreadId::deserialize(Binary(bytes)).unwrap(), thread());
}
