//! The models, and the faults that they have to find.
#![cfg(unified_id_model)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use id_model::{NoEntropy, PER_MS, Still, Time, assert_one_order, check, generator};
use loom::sync::atomic::{AtomicBool, Ordering};
use loom::sync::{Arc, Mutex, mpsc};
use loom::thread;
use unified_id::generator::Clock;
use unified_id::generator::model::{CycleRate, Mutation, ThreadLease, mutate, use_up};
use unified_id::{Core, Generator};

/// A deadline that the cycle counter of a still clock has not passed.
const WATCHED: Still = Still { deadline: 1_000 };

/// Makes ids until the lease holds one in advance.
fn warm<C: Clock>(generator: &Generator<C, NoEntropy>) -> (ThreadLease, Core) {
    let lease = ThreadLease::new();
    let ids: [Core; 3] = std::array::from_fn(|_| lease.generate(generator));
    (lease, ids[2])
}

/// Every thread reads the clock for every id: the compare-and-swap alone.
fn without_leases() {
    let generator = generator(Still { deadline: 0 });
    let others: Vec<_> = (0..2)
        .map(|_| {
            let generator = Arc::clone(&generator);
            thread::spawn(move || vec![generator.generate()])
        })
        .collect();
    let mut made = vec![vec![generator.generate()]];
    made.extend(others.into_iter().map(|thread| thread.join().unwrap()));
    assert_one_order(&made);
}

/// Two threads with leases, from the first id on.
fn with_leases() {
    let generator = generator(WATCHED);
    let other = {
        let generator = Arc::clone(&generator);
        thread::spawn(move || {
            let lease = ThreadLease::new();
            (0..3).map(|_| lease.generate(&generator)).collect::<Vec<_>>()
        })
    };
    let lease = ThreadLease::new();
    let here = (0..3).map(|_| lease.generate(&generator)).collect();
    assert_one_order(&[here, other.join().unwrap()]);
}

/// Three threads: one has states in advance, one takes a lease, one takes an id without.
fn with_and_without() {
    let generator = generator(WATCHED);
    let (lease, before) = warm(&generator);
    let leased = {
        let generator = Arc::clone(&generator);
        thread::spawn(move || vec![before, lease.generate(&generator), lease.generate(&generator)])
    };
    let fresh = {
        let generator = Arc::clone(&generator);
        thread::spawn(move || vec![ThreadLease::new().generate(&generator)])
    };
    let here = [before, generator.generate()];
    let [leased, fresh] = [leased, fresh].map(|thread| thread.join().unwrap());
    assert!(here[1] > before && fresh[0] > before);
    assert_one_order(&[vec![here[1]], leased, fresh]);
}

/// What was made before a flag was raised is smaller than all that is made by whoever saw it.
fn handed_over_by_a_flag() {
    let generator = generator(WATCHED);
    let (lease, _) = warm(&generator);
    let (posted, flag) = (Arc::new(Mutex::new(None)), Arc::new(AtomicBool::new(false)));
    let sender = {
        let (generator, posted, flag) =
            (Arc::clone(&generator), Arc::clone(&posted), Arc::clone(&flag));
        thread::spawn(move || {
            *posted.lock().unwrap() = Some(ThreadLease::new().generate(&generator));
            flag.store(true, Ordering::Release);
        })
    };
    let seen = flag.load(Ordering::Acquire).then(|| posted.lock().unwrap().unwrap());
    let mine = lease.generate(&generator);
    assert!(seen.is_none_or(|seen| seen < mine), "{seen:?} was there before {mine:?}");
    sender.join().unwrap();
    assert!(posted.lock().unwrap().unwrap() < lease.generate(&generator));
}

/// There and back again through channels, with leases on both sides.
fn handed_over_by_a_channel() {
    let generator = generator(WATCHED);
    let (lease, _) = warm(&generator);
    let (to_other, inbox) = mpsc::channel::<Core>();
    let (to_here, answers) = mpsc::channel::<Core>();
    let other = {
        let generator = Arc::clone(&generator);
        thread::spawn(move || {
            let lease = ThreadLease::new();
            let early = lease.generate(&generator);
            let received = inbox.recv().unwrap();
            let mine = lease.generate(&generator);
            assert!(received < mine && early < mine);
            to_here.send(mine).unwrap();
        })
    };
    let sent = lease.generate(&generator);
    to_other.send(sent).unwrap();
    let meanwhile = lease.generate(&generator);
    let received = answers.recv().unwrap();
    let mine = lease.generate(&generator);
    assert!(sent < meanwhile && meanwhile < mine && received < mine);
    other.join().unwrap();
}

/// While the time passes from one millisecond into the next, no id is earlier than a reading of the clock before it.
fn over_the_end_of_a_millisecond() {
    let generator = generator(Time::new(true));
    let (lease, before) = warm(&generator);
    let other = {
        let generator = Arc::clone(&generator);
        thread::spawn(move || {
            generator.clock().pass(PER_MS);
            vec![ThreadLease::new().generate(&generator)]
        })
    };
    let now_ms = generator.clock().now_ms();
    let here = vec![before, lease.generate(&generator)];
    let made_ms = here[1].timestamp_ms().unwrap();
    assert!(made_ms >= now_ms, "made in {made_ms} after the clock had said {now_ms}");
    assert_one_order(&[here, other.join().unwrap()]);
}

/// The clock is set back while another thread makes ids.
fn with_a_clock_that_goes_back() {
    let generator = generator(Time::new(true));
    let (lease, before) = warm(&generator);
    let other = {
        let generator = Arc::clone(&generator);
        thread::spawn(move || {
            generator.clock().set_back(7);
            generator.clock().pass(PER_MS);
            vec![generator.generate()]
        })
    };
    let here = vec![before, lease.generate(&generator), lease.generate(&generator)];
    assert_one_order(&[here, other.join().unwrap()]);
    assert!(generator.stats().rollbacks <= 1);
}

/// The counter of the millisecond is used up while two threads take states.
fn with_a_used_up_counter() {
    let generator = generator(WATCHED);
    let (lease, before) = warm(&generator);
    use_up(&generator, 1);
    let other = {
        let generator = Arc::clone(&generator);
        thread::spawn(move || vec![generator.generate(), generator.generate()])
    };
    let here = vec![before, lease.generate(&generator), lease.generate(&generator)];
    assert_one_order(&[here, other.join().unwrap()]);
}

/// Threads that note readings of a counter that keeps its rate never find it wrong, also while its origin is renewed.
fn the_rate_of_a_good_counter() {
    const LATER: u64 = 4_100_000_000;
    let rate = Arc::new(CycleRate::new());
    rate.note(0);
    assert_ne!(rate.note(20_000_000), 0, "calibrated");
    let other = {
        let rate = Arc::clone(&rate);
        thread::spawn(move || rate.note(LATER + 50))
    };
    rate.note(LATER);
    other.join().unwrap();
    assert_eq!(rate.faults(), 0);
}

const MODELS: [fn(); 9] = [
    without_leases,
    with_leases,
    with_and_without,
    handed_over_by_a_flag,
    handed_over_by_a_channel,
    over_the_end_of_a_millisecond,
    with_a_clock_that_goes_back,
    with_a_used_up_counter,
    the_rate_of_a_good_counter,
];

/// Returns which of the models fail with a fault; the checker is loud about it.
fn failing(mutation: Mutation) -> Vec<fn()> {
    let fails = |model: &fn()| {
        let model = *model;
        mutate(Some(mutation));
        let result = catch_unwind(AssertUnwindSafe(|| check(model)));
        mutate(None);
        result.is_err()
    };
    MODELS.into_iter().filter(fails).collect()
}

macro_rules! models_pass {
    ($($model:ident)+) => {
        mod passes {$(
            #[test]
            fn $model() {
                super::check(super::$model);
            }
        )+}
    };
}

models_pass! {
    without_leases with_leases with_and_without handed_over_by_a_flag handed_over_by_a_channel
    over_the_end_of_a_millisecond with_a_clock_that_goes_back with_a_used_up_counter the_rate_of_a_good_counter
}

#[test]
fn a_plain_store_for_the_compare_and_swap_is_found() {
    let failing = failing(Mutation::PlainStore);
    assert!(failing.contains(&(without_leases as fn())));
}

#[test]
fn a_lease_that_is_not_checked_is_found() {
    let failing = failing(Mutation::UncheckedLease);
    assert!(failing.contains(&(handed_over_by_a_flag as fn())));
}

#[test]
fn accesses_without_order_are_found() {
    let failing = failing(Mutation::RelaxedOrder);
    assert!(failing.contains(&(over_the_end_of_a_millisecond as fn())));
}
