//! The tests of the library that need nothing but the library, on the build that forbids `unsafe`: the table codec, the
//! system clock read for every id, and forks noticed by the process number.
//!
//! `cargo xtask test --only portable`. Beside other crates of the workspace the feature would be on.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

extern crate unified_id_bare as unified_id;

#[path = "../../../tests/it/constant.rs"]
mod constant;
#[path = "../../../tests/it/fork.rs"]
mod fork;
#[path = "../../../tests/it/lenient.rs"]
mod lenient;
#[path = "../../../tests/it/props.rs"]
mod props;
#[path = "../../../tests/it/statistics.rs"]
mod statistics;
#[path = "../../../tests/it/surface.rs"]
mod surface;
#[path = "../../../tests/it/vectors.rs"]
mod vectors;

/// Otherwise all of this would prove nothing.
#[test]
fn the_feature_is_off() {
    use unified_id::generator::{Clock, SystemClock};
    assert_eq!(SystemClock.cycles(), 0, "the cycle counter belongs to the feature `fast`");
    assert_eq!(unified_id::generator::stats().cycle_faults, 0);
}
