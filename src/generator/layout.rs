//! Other layouts of the 128 bits, for those who need them: opaque, plain ULID, and the ULID specification's +1 mode.
//!
//! Invariant: none of them takes part in the order of [`generate`](super::generate). Randomness comes from the same stream
//! per thread.

use super::clock::{Clock, PlainClock};
use super::entropy::{Entropy, ThreadEntropy};
use crate::Core;

/// The random bits of a plain ULID.
const ULID_RANDOM_BITS: u32 = 80;

/// Makes a core with the bits of a UUIDv4: 122 random bits, no time.
///
/// # Examples
///
/// ```
/// let core = unified_id::generator::layout::opaque();
/// assert_eq!((core.uuid_version(), core.timestamp_ms()), (Some(4), None));
/// ```
///
/// # Specification
///
/// RFC 9562, section 5.4.
#[must_use]
pub fn opaque() -> Core {
    Core::from_u128((random() & !(0xf000_c000_u128 << 48)) | (0x4000_8000_u128 << 48))
}

/// Makes a core with the bits of a plain ULID: 48 bits of time, 80 random bits, no order within a millisecond.
///
/// Its time is not certain for a reader, because nothing in the bits says that there is one.
///
/// # Examples
///
/// ```
/// let core = unified_id::generator::layout::ulid();
/// assert!(core.leading_ms() > 1_700_000_000_000);
/// ```
///
/// # Specification
///
/// The ULID specification.
#[must_use]
pub fn ulid() -> Core {
    ulid_of(PlainClock.read().now_ms, random())
}

fn ulid_of(timestamp_ms: u64, random: u128) -> Core {
    let random = random >> (u128::BITS - ULID_RANDOM_BITS);
    Core::from_u128((u128::from(timestamp_ms) << ULID_RANDOM_BITS) | random)
}

fn random() -> u128 {
    (u128::from(ThreadEntropy.next_u64()) << 64) | u128::from(ThreadEntropy.next_u64())
}

/// The +1 mode of the ULID specification: within a millisecond each value is the one before plus one.
///
/// Neighbours can be guessed from one another; that is the price of this mode, and the reason why it is not the default.
///
/// # Examples
///
/// ```
/// use unified_id::generator::layout::MonotonicUlid;
///
/// let mut ulids = MonotonicUlid::new();
/// let (first, second) = (ulids.next().unwrap(), ulids.next().unwrap());
/// assert!(first < second);
/// ```
///
/// # Specification
///
/// The ULID specification, section "Monotonicity".
#[derive(Debug, Default)]
pub struct MonotonicUlid<C = PlainClock> {
    latest: Option<Core>,
    clock: C,
}

impl MonotonicUlid {
    /// Makes a sequence over the system clock.
    #[must_use]
    pub const fn new() -> Self {
        Self::with_clock(PlainClock)
    }
}

impl<C> MonotonicUlid<C> {
    /// Makes a sequence over a clock.
    #[must_use]
    pub const fn with_clock(clock: C) -> Self {
        Self { latest: None, clock }
    }
}

impl<C: Clock> Iterator for MonotonicUlid<C> {
    type Item = Core;

    /// Makes the next value; `None`, as the specification demands, if the random part of this millisecond is used up.
    ///
    /// A clock that goes back leaves the time where it was.
    fn next(&mut self) -> Option<Core> {
        let now_ms = self.clock.read().now_ms.min((1 << 48) - 1);
        let next = match self.latest {
            Some(latest) if now_ms <= latest.leading_ms() => {
                let next = Core::from_u128(latest.to_u128().checked_add(1)?);
                // A carry into the time would be another millisecond.
                (next.leading_ms() == latest.leading_ms()).then_some(next)?
            }
            _ => ulid_of(now_ms, random()),
        };
        self.latest = Some(next);
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generator::StepClock;

    #[test]
    fn opaque_cores_use_all_other_bits() {
        let cores: Vec<u128> = (0..2000).map(|_| opaque().to_u128()).collect();
        let ones = cores.iter().fold(0, |seen, core| seen | core);
        let zeros = cores.iter().fold(u128::MAX, |seen, core| seen & core);
        assert_eq!(ones, !(0xb000_4000_u128 << 48));
        assert_eq!(zeros, 0x4000_8000_u128 << 48);
    }

    #[test]
    fn the_plus_one_mode_follows_the_specification() {
        let mut ulids = MonotonicUlid::with_clock(StepClock::new(1_787_594_056_811, 0));
        let first = ulids.next().unwrap();
        let second = ulids.next().unwrap();
        assert_eq!(second.to_u128(), first.to_u128() + 1);
        ulids.clock.set(1_787_594_056_000);
        assert_eq!(ulids.next().unwrap().to_u128(), first.to_u128() + 2);
        ulids.clock.set(1_787_594_056_812);
        assert_eq!(ulids.next().unwrap().leading_ms(), 1_787_594_056_812);
    }

    #[test]
    fn the_plus_one_mode_ends_where_the_random_part_is_used_up() {
        let mut ulids = MonotonicUlid::with_clock(StepClock::new(1_787_594_056_811, 0));
        let used_up = Core::from_u128((1_787_594_056_812_u128 << ULID_RANDOM_BITS) - 1);
        ulids.latest = Some(used_up);
        assert_eq!(ulids.next(), None);
        assert_eq!(ulids.latest, Some(used_up));
        ulids.latest = Some(Core::MAX);
        assert_eq!(ulids.next(), None);
    }
}
