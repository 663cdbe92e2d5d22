//! `bytemuck` and `zerocopy`: a slice of bytes is a slice of ids.

use proptest::prelude::*;
use unified_id::{Core, CoreBytes};
use zerocopy::{FromBytes as _, IntoBytes as _};

use crate::{BYTES, thread};

#[test]
fn the_first_byte_is_the_most_significant() {
    let bytes = CoreBytes::from(thread().core());
    assert_eq!(bytemuck::bytes_of(&bytes), BYTES);
    assert_eq!(bytes.as_bytes(), BYTES);
    assert_eq!((size_of::<CoreBytes>(), align_of::<CoreBytes>()), (16, 1));
}

proptest! {
    #[test]
    fn bytes_become_cores_without_a_copy(cores: Vec<Core>, rest in 1_usize..16) {
        let list: Vec<CoreBytes> = cores.iter().map(|core| CoreBytes::from(*core)).collect();
        let bytes: Vec<u8> = cores.iter().flat_map(|core| core.to_bytes()).collect();
        prop_assert_eq!(bytemuck::cast_slice::<CoreBytes, u8>(&list), &bytes);
        prop_assert_eq!(bytemuck::cast_slice::<u8, CoreBytes>(&bytes), &list);
        prop_assert_eq!(list.as_bytes(), &bytes);
        prop_assert_eq!(<[CoreBytes]>::ref_from_bytes(&bytes).unwrap(), &list);

        let odd = [bytes, vec![0; rest]].concat();
        prop_assert!(bytemuck::try_cast_slice::<u8, CoreBytes>(&odd).is_err());
        prop_assert!(<[CoreBytes]>::ref_from_bytes(&odd).is_err());
    }

    #[test]
    fn bytes_sort_as_their_cores(left: Core, right: Core) {
        prop_assert_eq!(CoreBytes::from(left).cmp(&right.into()), left.cmp(&right));
    }
}
