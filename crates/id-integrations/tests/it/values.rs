//! `uuid` and `ulid`: the same 128 bits, both ways.

use proptest::prelude::*;
use ulid::Ulid;
use unified_id::{Core, Id, ThreadId};
use uuid::Uuid;

use crate::{CORE, Order, UUID, thread};

#[test]
fn the_example_is_the_published_one() {
    assert_eq!(Uuid::from(thread()).to_string(), UUID);
    assert_eq!(Ulid::from(thread()).to_string(), CORE.to_ascii_uppercase());
    assert_eq!(Uuid::from(Id::<Order>::from_core(Core::MAX)), Uuid::max());
    assert_eq!(Uuid::from(thread()).get_version_num(), 7);
}

proptest! {
    #[test]
    fn nothing_is_lost_both_ways(value: u128) {
        let core = Core::from_u128(value);
        let id = ThreadId::from_core(core);
        prop_assert_eq!(Uuid::from(core), Uuid::from_u128(value));
        prop_assert_eq!(Core::from(Uuid::from(core)), core);
        prop_assert_eq!(ThreadId::from(Uuid::from(id)), id);
        prop_assert_eq!(Ulid::from(core), Ulid(value));
        prop_assert_eq!(Core::from(Ulid::from(core)), core);
        prop_assert_eq!(ThreadId::from(Ulid::from(id)), id);
        prop_assert_eq!(Uuid::from(core).to_string(), core.uuid_text());
        prop_assert_eq!(Ulid::from(core).to_string(), core.ulid_text());
    }

    #[test]
    fn all_of_them_sort_alike(left: u128, right: u128) {
        let cores = [left, right].map(Core::from_u128);
        let order = cores[0].cmp(&cores[1]);
        prop_assert_eq!(Uuid::from(cores[0]).cmp(&cores[1].into()), order);
        prop_assert_eq!(Ulid::from(cores[0]).cmp(&cores[1].into()), order);
    }
}
