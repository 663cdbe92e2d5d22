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
    assert_eq!(core.as_bytes()[6] & 0x08, 0);
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
    assert_eq!(borrowed.as_bytes()[6] & 0x08, 0);
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
