//! What the generator does with every clock that it can meet.

use super::*;

const NOON: u64 = 1_787_591_656_811;

fn generator(now_ms: u64) -> Generator<StepClock, StepEntropy> {
    Generator::with(StepClock::new(now_ms, 0), StepEntropy::new(7))
}

fn assert_increasing(cores: &[Core]) {
    assert!(cores.windows(2).all(|pair| pair[0] < pair[1]), "{cores:?}");
}

#[test]
fn cores_have_the_layout_of_the_specification() {
    let core = generator(NOON).generate();
    assert_eq!(core.timestamp_ms(), Some(NOON));
    assert_eq!(core.uuid_version(), Some(7));
    // The top bit of a fresh counter is 0.
    assert_eq!(core.to_bytes()[6] & 0x08, 0);
}

#[test]
fn a_clock_that_stands_still_runs_on_in_the_counter() {
    let generator = generator(NOON);
    let cores: Vec<_> = (0..10_000).map(|_| generator.generate()).collect();
    assert_increasing(&cores);
    assert!(cores.iter().all(|core| core.timestamp_ms() == Some(NOON)));
    assert_eq!(generator.stats(), GeneratorStats::default());
}

#[test]
fn a_used_up_counter_borrows_the_next_millisecond() {
    let generator = generator(NOON);
    let first = generator.generate();
    generator.state.fetch_or(COUNTER_MASK, Ordering::Relaxed);
    let borrowed = generator.generate();
    assert!(first < borrowed);
    assert_eq!(borrowed.timestamp_ms(), Some(NOON + 1));
    assert_eq!(borrowed.to_bytes()[6] & 0x08, 0);
    let stats = generator.stats();
    assert_eq!((stats.borrowed, stats.drift_ms, stats.rollbacks), (1, 1, 0));
}

#[test]
fn a_clock_that_goes_back_is_counted_and_the_order_holds() {
    let generator = generator(NOON);
    let mut cores = vec![generator.generate()];
    for now in [NOON - 5, NOON - 4, NOON - 60_000, NOON - 59_000, NOON + 1] {
        generator.clock().set(now);
        cores.push(generator.generate());
        cores.push(generator.generate());
    }
    assert_increasing(&cores);
    let times: Vec<_> = cores.iter().map(|core| core.timestamp_ms()).collect();
    assert_eq!(times[8], Some(NOON));
    assert_eq!(times[9], Some(NOON + 1));
    let stats = generator.stats();
    assert_eq!((stats.rollbacks, stats.drift_faults, stats.drift_ms), (2, 0, 0));
}

#[test]
fn a_clock_far_behind_is_a_fault() {
    let generator = generator(NOON);
    let first = generator.generate();
    generator.clock().set(NOON - DRIFT_FAULT_MS - 1);
    assert!(first < generator.generate());
    assert_eq!(generator.stats().drift_faults, 1);
    assert_eq!(generator.stats().drift_ms, DRIFT_FAULT_MS + 1);
    // Ids of a batch and reserved ones are ids.
    generator.fill(&mut [Core::MIN; 10]);
    let reserved = generator.reserve(5);
    assert_eq!((reserved.len(), generator.stats().drift_faults), (5, 16));
    generator.clock().set(NOON - DRIFT_FAULT_MS);
    generator.fill(&mut [Core::MIN; 10]);
    assert_eq!(generator.stats().drift_faults, 16);
}

#[test]
fn clocks_outside_the_range_are_clamped_and_counted() {
    for (now, expected) in
        [(0, FIRST_MS), (FIRST_MS - 1, FIRST_MS), (LAST_MS, LAST_MS - 1), (u64::MAX, LAST_MS - 1)]
    {
        let generator = generator(now);
        let cores = [generator.generate(), generator.generate(), generator.generate()];
        assert_increasing(&cores);
        assert_eq!(cores[0].timestamp_ms(), Some(expected), "clock at {now}");
        assert_eq!(generator.stats().clamped, 3);
        generator.fill(&mut [Core::MIN; 10]);
        assert_eq!((generator.reserve(1).len(), generator.stats().clamped), (1, 14));
    }
}

#[test]
fn years_can_be_jumped_in_both_directions() {
    let generator = generator(NOON);
    let mut cores = Vec::new();
    for now in [NOON, LAST_MS + 1, 0, NOON, u64::MAX, NOON] {
        generator.clock().set(now);
        cores.extend((0..3).map(|_| generator.generate()));
    }
    assert_increasing(&cores);
}

#[test]
fn the_last_millisecond_can_be_borrowed_from() {
    let generator = generator(u64::MAX);
    let mut cores = Vec::new();
    for _ in 0..100 {
        cores.push(generator.generate());
        generator.state.fetch_or(COUNTER_MASK, Ordering::Relaxed);
    }
    assert_increasing(&cores);
    assert_eq!(cores[99].timestamp_ms(), Some(LAST_MS - 1 + 99));
}

#[test]
fn a_limit_makes_drift_an_error_and_takes_no_id() {
    let generator = generator(NOON).with_drift_limit_ms(100);
    let first = generator.try_generate().unwrap();
    generator.clock().set(NOON - 101);
    let state = generator.state.load(Ordering::Relaxed);
    let error = generator.try_generate().unwrap_err();
    assert_eq!(error.drift_ms(), 101);
    assert_eq!(generator.state.load(Ordering::Relaxed), state);
    generator.clock().set(NOON - 100);
    assert!(first < generator.try_generate().unwrap());
}

#[test]
fn batches_are_in_order_and_borrow_when_a_millisecond_is_used_up() {
    let generator = generator(NOON);
    let before = generator.generate();
    let mut cores = vec![Core::MIN; 5_000_000];
    generator.fill(&mut cores);
    assert!(before < cores[0]);
    assert_increasing(&cores);
    assert!(cores[cores.len() - 1] < generator.generate());
    assert!((1..=2).contains(&generator.stats().borrowed));
    generator.fill(&mut []);
}

#[test]
fn reserved_places_come_before_all_that_is_made_later() {
    let generator = generator(NOON);
    let before = generator.generate();
    let mut reserved = generator.reserve(1000);
    let later = generator.generate();
    assert_eq!(reserved.len(), 1000);
    let cores: Vec<_> = reserved.by_ref().collect();
    assert_increasing(&cores);
    assert!(before < cores[0] && cores[999] < later);
    assert_eq!((cores.len(), reserved.len(), reserved.next()), (1000, 0, None));
    assert_eq!(generator.reserve(0).next(), None);
    let one = generator.reserve(1);
    let later = generator.generate();
    assert!(one.map(|core| core < later).eq([true]));
}

#[test]
fn a_large_reservation_borrows_milliseconds_and_keeps_the_order() {
    let generator = generator(NOON);
    let reserved = generator.reserve(10_000_000);
    let later = generator.generate();
    let borrowed = generator.stats().borrowed;
    assert!((2..=4).contains(&borrowed), "{borrowed}");
    let (mut count, mut latest) = (0, Core::MIN);
    for core in reserved {
        assert!(latest < core);
        (count, latest) = (count + 1, core);
    }
    assert_eq!(count, 10_000_000);
    assert!(latest < later);
}

#[test]
fn reservations_of_several_threads_do_not_overlap() {
    static GENERATOR: Generator = Generator::new();
    let made: Vec<Vec<Core>> = std::thread::scope(|scope| {
        let make = || (0..200).flat_map(|_| GENERATOR.reserve(100)).collect::<Vec<_>>();
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(make)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for cores in &made {
        assert_increasing(cores);
    }
    let mut states: Vec<u128> =
        made.into_iter().flatten().map(|core| core.to_u128() >> 52).collect();
    states.sort_unstable();
    states.dedup();
    assert_eq!(states.len(), 60_000);
}

#[test]
fn a_manual_clock_stands_until_it_is_moved() {
    let generator = Generator::with(ManualClock::new(NOON), StepEntropy::new(1));
    let mut cores: Vec<_> = (0..100).map(|_| generator.generate()).collect();
    assert!(cores.iter().all(|core| core.timestamp_ms() == Some(NOON)));
    assert_eq!(generator.clock().advance(5), NOON);
    cores.push(generator.generate());
    generator.clock().set(NOON - 1000);
    cores.push(generator.generate());
    assert_eq!([100, 101].map(|at: usize| cores[at].timestamp_ms()), [Some(NOON + 5); 2]);
    assert_eq!((generator.stats().rollbacks, generator.stats().drift_ms), (1, 1005));
    assert_increasing(&cores);
}

#[test]
fn another_clock_keeps_the_order() {
    let first = generator(NOON).with_drift_limit_ms(10);
    let mut cores = vec![first.generate()];
    first.clock().set(NOON - 7);
    cores.push(first.generate());
    let second = first.with_clock(ManualClock::new(NOON - 10));
    cores.push(second.try_generate().unwrap());
    assert_eq!(second.stats().rollbacks, 1, "what was counted stays");
    second.clock().set(NOON - 11);
    assert_eq!(second.try_generate().unwrap_err().drift_ms(), 11, "the limit stays too");
    second.clock().set(NOON + 1);
    cores.push(second.generate());
    let third = second.with_clock(SystemClock);
    cores.extend((0..1000).map(|_| third.generate()));
    assert_increasing(&cores);
}

#[test]
fn a_coarse_clock_is_never_ahead_of_the_precise_one() {
    // A tick is at most 10 ms; a machine that is paused between the readings makes the difference larger, never smaller.
    let differences: Vec<u64> = (0..1000)
        .map(|_| {
            let coarse = CoarseClock.read();
            assert_eq!(coarse.deadline, 0, "it is read for every id");
            let precise = PlainClock.read().now_ms;
            assert!(coarse.now_ms <= precise, "{} is after {precise}", coarse.now_ms);
            precise - coarse.now_ms
        })
        .collect();
    assert!(differences.iter().any(|difference| *difference <= 10), "{differences:?}");
    let generator = Generator::with(CoarseClock, ThreadEntropy);
    let cores: Vec<_> = (0..10_000).map(|_| generator.generate()).collect();
    assert_increasing(&cores);
    assert_eq!(generator.stats().clamped, 0);
}

#[test]
fn threads_share_one_order() {
    static GENERATOR: Generator = Generator::new();
    let made: Vec<Vec<Core>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| (0..250_000).map(|_| GENERATOR.generate()).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for cores in &made {
        assert_increasing(cores);
    }
    let mut all: Vec<Core> = made.into_iter().flatten().collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 1_000_000);
}

#[test]
fn an_id_that_was_sent_to_another_thread_is_smaller_than_all_made_there() {
    static GENERATOR: Generator = Generator::new();
    let (to_other, from_here) = std::sync::mpsc::channel::<Core>();
    let (to_here, from_other) = std::sync::mpsc::channel::<Core>();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            for received in from_here {
                let mine = GENERATOR.generate();
                assert!(received < mine);
                if to_here.send(mine).is_err() {
                    break;
                }
            }
        });
        for _ in 0..10_000 {
            to_other.send(GENERATOR.generate()).unwrap();
            assert!(from_other.recv().unwrap() < GENERATOR.generate());
        }
        drop(to_other);
    });
}

#[test]
fn tails_differ_between_threads_and_use_all_bits() {
    let tails = || (0..1000).map(|_| ThreadEntropy.next_u64()).collect::<Vec<_>>();
    let here = tails();
    let there = std::thread::spawn(tails).join().unwrap();
    assert!(here.iter().all(|tail| !there.contains(tail)));
    let ones = here.iter().fold(0, |seen, tail| seen | tail);
    let zeros = here.iter().fold(u64::MAX, |seen, tail| seen & tail);
    assert_eq!((ones, zeros), (u64::MAX, 0));
}

/// A clock whose cycle counter is set by hand and which counts how often it is read.
#[derive(Default)]
struct GatedClock {
    now_ms: AtomicU64,
    cycles: AtomicU64,
    deadline: AtomicU64,
    reads: AtomicU64,
}

/// Cycles in a millisecond of the gated clock.
const PER_MS: u64 = 1000;

impl Clock for GatedClock {
    fn read(&self) -> Reading {
        self.reads.fetch_add(1, Ordering::Relaxed);
        Reading {
            now_ms: self.now_ms.load(Ordering::Relaxed),
            deadline: self.deadline.load(Ordering::Relaxed),
        }
    }

    fn cycles(&self) -> u64 {
        self.cycles.load(Ordering::Relaxed)
    }

    fn cycles_per_ms(&self) -> u64 {
        PER_MS
    }
}

fn gated() -> Generator<GatedClock, StepEntropy> {
    let clock = GatedClock { now_ms: NOON.into(), deadline: 2_500.into(), ..GatedClock::default() };
    clock.cycles.store(2_000, Ordering::Relaxed);
    Generator::with(clock, StepEntropy::new(3))
}

#[test]
fn until_the_deadline_the_clock_is_not_read() {
    let generator = gated();
    let lease = Lease::new();
    let mut cores: Vec<_> = (0..200).map(|_| generator.generate_leased(&lease)).collect();
    assert_eq!(generator.clock.reads.load(Ordering::Relaxed), 1);
    generator.clock.cycles.store(2_499, Ordering::Relaxed);
    cores.push(generator.generate_leased(&lease));
    assert_eq!(generator.clock.reads.load(Ordering::Relaxed), 1);
    assert!(cores.iter().all(|core| core.timestamp_ms() == Some(NOON)));
    generator.clock.now_ms.store(NOON + 1, Ordering::Relaxed);
    generator.clock.cycles.store(2_500, Ordering::Relaxed);
    cores.push(generator.generate_leased(&lease));
    assert_eq!(cores[201].timestamp_ms(), Some(NOON + 1));
    assert_eq!(generator.clock.reads.load(Ordering::Relaxed), 2);
    assert_increasing(&cores);
}

#[test]
fn a_cycle_counter_that_is_nowhere_near_the_deadline_is_not_trusted() {
    // Of another core, of another machine, stopped, or long after.
    for cycles in [0, 1, 1_499, 2_500, 2_501, 1 << 40, u64::MAX] {
        let generator = gated();
        let lease = Lease::new();
        let first = generator.generate_leased(&lease);
        generator.clock.cycles.store(cycles, Ordering::Relaxed);
        generator.clock.now_ms.store(NOON + 7, Ordering::Relaxed);
        let second = generator.generate_leased(&lease);
        assert_eq!(second.timestamp_ms(), Some(NOON + 7), "at {cycles}");
        assert!(first < second);
    }
}

#[test]
fn a_clock_that_gives_no_deadline_is_read_for_every_id() {
    let generator = gated();
    generator.clock.deadline.store(0, Ordering::Relaxed);
    let lease = Lease::new();
    for cycles in [0, 1, 2_000, u64::MAX - 5, u64::MAX] {
        generator.clock.cycles.store(cycles, Ordering::Relaxed);
        for _ in 0..2 {
            assert_eq!(generator.generate_leased(&lease).timestamp_ms(), Some(NOON));
        }
    }
    assert_eq!(generator.clock.reads.load(Ordering::Relaxed), 10);
}

#[test]
fn leases_of_several_threads_keep_one_order() {
    let generator = gated();
    let leases = [const { Lease::new() }; 3];
    let choice = StepEntropy::new(11);
    let mut cores = Vec::new();
    for _ in 0..20_000 {
        let bits = choice.next_u64();
        // Long runs of one thread, so that its lease grows, and sudden changes; now and then the clock, forwards or back.
        for _ in 0..(bits >> 8) % 100 {
            cores.push(generator.generate_leased(&leases[(bits % 3) as usize]));
        }
        match bits >> 60 {
            0 => generator.clock.now_ms.store(NOON + (bits >> 20) % 1000, Ordering::Relaxed),
            1 => generator.clock.cycles.store(1_400 + (bits >> 20) % 1200, Ordering::Relaxed),
            2 => cores.push(generator.generate()),
            _ => {}
        }
    }
    assert!(cores.len() > 500_000);
    assert_increasing(&cores);
}

#[test]
fn a_used_up_counter_ends_a_lease() {
    let generator = gated();
    let lease = Lease::new();
    let mut cores = vec![generator.generate_leased(&lease)];
    let state = generator.state.load(Ordering::Relaxed);
    generator.state.store((state | COUNTER_MASK) - 100, Ordering::Relaxed);
    cores.extend((0..1000).map(|_| generator.generate_leased(&lease)));
    assert_increasing(&cores);
    assert_eq!(cores[1000].timestamp_ms(), Some(NOON + 1));
    assert_eq!(generator.stats().borrowed, 1);
}

#[test]
fn no_id_is_earlier_than_the_system_clock_was_before_it() {
    // Also while the thread moves between processors, whose counters may differ.
    let now_ms = || PlainClock.read().now_ms;
    std::thread::scope(|scope| {
        for start in 0..3 {
            scope.spawn(move || {
                for round in 0..200_000_u32 {
                    if round.is_multiple_of(64) {
                        move_to_processor(start + round as usize / 64);
                    }
                    let before = now_ms();
                    let made = generate().timestamp_ms().unwrap();
                    assert!(made >= before, "{made} is {} ms too early", before - made);
                }
            });
        }
    });
}

/// Moves the calling thread to one of the processors that it may use.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "moving a thread is a system call")]
fn move_to_processor(choice: usize) {
    thread_local! {
        static ALLOWED: Vec<usize> = {
            let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
            // SAFETY: the set is as large as its size says.
            let status = unsafe { libc::sched_getaffinity(0, size_of_val(&set), &raw mut set) };
            assert_eq!(status, 0);
            // SAFETY: the processor numbers are below the size of the set.
            (0..libc::CPU_SETSIZE as usize).filter(|cpu| unsafe { libc::CPU_ISSET(*cpu, &set) }).collect()
        };
    }
    ALLOWED.with(|allowed| {
        let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
        // SAFETY: the processor number is below the size of the set, which is as large as its size says.
        let status = unsafe {
            libc::CPU_SET(allowed[choice % allowed.len()], &mut set);
            libc::sched_setaffinity(0, size_of_val(&set), &raw const set)
        };
        assert_eq!(status, 0);
    });
}

#[cfg(not(target_os = "linux"))]
fn move_to_processor(_: usize) {
    std::thread::yield_now();
}

#[test]
fn without_the_systems_randomness_seeds_still_differ() {
    let seeds = [entropy::fallback_seed(), entropy::fallback_seed()];
    assert_ne!(seeds[0], seeds[1]);
    assert_ne!(seeds[0], [0; 32]);
}

#[test]
fn texts_are_filled_like_values() {
    let (values, texts) = (generator(NOON), generator(NOON));
    for count in [0, 1, 2, 255, 256, 257, 1000] {
        let mut cores = vec![Core::MIN; count];
        values.fill(&mut cores);
        let mut filled = vec![Core::MIN.to_text(); count];
        texts.fill_texts(&mut filled);
        let read: Vec<Core> =
            filled.iter().map(|text| Core::parse(text.as_str()).unwrap()).collect();
        assert_eq!(read, cores);
        assert_increasing(&cores);
    }
}

#[test]
fn an_addition_that_runs_over_borrows_the_next_millisecond() {
    let generator = gated();
    let lease = Lease::new();
    let mut cores: Vec<_> = (0..100).map(|_| generator.generate_leased(&lease)).collect();
    // Two states are left, and the lease takes more.
    let full = generator.state.load(Ordering::Relaxed) | COUNTER_MASK;
    generator.state.store(full - 2, Ordering::Relaxed);
    cores.extend((0..500).map(|_| generator.generate_leased(&lease)));
    cores.extend((0..10).map(|_| generator.generate()));
    assert_increasing(&cores);
    assert!(cores.iter().any(|core| core.timestamp_ms() == Some(NOON + 1)));
    let stats = generator.stats();
    assert_eq!((stats.borrowed, stats.drift_ms), (1, 1), "{stats:?}");
    // Ahead of the clock it is read again.
    let reads = generator.clock.reads.load(Ordering::Relaxed);
    cores.push(generator.generate_leased(&lease));
    assert_eq!(generator.clock.reads.load(Ordering::Relaxed), reads + 1);
}

#[test]
fn a_lease_is_small_while_others_take_states_and_grows_when_they_stop() {
    let generator = gated();
    let (mine, theirs) = (Lease::new(), Lease::new());
    let mut cores = Vec::new();
    for _ in 0..50 {
        cores.push(generator.generate_leased(&mine));
        cores.push(generator.generate_leased(&theirs));
        assert!(mine.size.get() <= 2 && theirs.size.get() <= 2);
    }
    cores.extend((0..1000).map(|_| generator.generate_leased(&mine)));
    assert_eq!(mine.size.get(), MAX_LEASE);
    cores.push(generator.generate_leased(&theirs));
    cores.push(generator.generate_leased(&mine));
    assert_increasing(&cores);
}
