//! Slow readers: bounded queues, honest gaps, or the end.

use id_router::{Config, Limits, Outcome, Overflow, Stats};

use crate::world::{World, drain, key, send};

fn small(overflow: Overflow) -> World {
    let limits = Limits { queue_events: 3, queue_bytes: 100, ..Limits::default() };
    World::new(Config { overflow, limits, ..Config::default() })
}

#[test]
fn the_oldest_is_dropped_and_a_gap_stands_in_its_place() {
    let world = small(Overflow::DropOldest);
    let mut alice = world.join("alice", &["a", "b"]);
    for body in ["1", "2", "3", "4", "5"] {
        assert_eq!(send(&alice, "thread_a", body), Outcome::Delivered { n: 1 });
        assert_eq!(send(&alice, "thread_b", body), Outcome::Delivered { n: 1 });
    }
    assert_eq!(alice.queued(), 3);
    assert_eq!(
        drain(&mut alice),
        ["a gap of 4 until 4", "b gap of 3 until 3", "b 4 4", "a 5 5", "b 5 5"]
    );
    assert_eq!(world.router.counters().dropped, 7);
    assert_eq!(send(&alice, "thread_a", "6"), Outcome::Delivered { n: 1 });
    assert_eq!(drain(&mut alice), ["a 6 6"]);
    world.check_sums();
}

#[test]
fn bytes_are_bounded_too() {
    let world = small(Overflow::DropOldest);
    let mut alice = world.join("alice", &["a"]);
    let long = "x".repeat(60);
    for body in [&long, &long, "y"] {
        assert_eq!(send(&alice, "thread_a", body), Outcome::Delivered { n: 1 });
    }
    assert_eq!(
        drain(&mut alice),
        ["a gap of 1 until 1".to_owned(), format!("a 2 {long}"), "a 3 y".to_owned()]
    );
    // One event may be longer than the queue; then it is alone.
    let huge = "x".repeat(200);
    assert_eq!(send(&alice, "thread_a", &huge), Outcome::Delivered { n: 1 });
    assert_eq!(drain(&mut alice), [format!("a 4 {huge}")]);
}

#[test]
fn a_slow_reader_is_closed_where_that_is_the_policy() {
    let world = small(Overflow::Close);
    let (mut slow, mut quick) = (world.join("slow", &["a"]), world.join("quick", &["a"]));
    for body in ["1", "2", "3", "4", "5"] {
        assert!(matches!(send(&quick, "thread_a", body), Outcome::Delivered { .. }));
        assert_eq!(drain(&mut quick).len(), 1);
    }
    assert_eq!(drain(&mut slow), ["overflow"]);
    assert_eq!(world.router.stats().connections, 1);
    world.check_sums();
    drop((slow, quick));
    (0..2).for_each(|_| world.router.sweep());
    assert_eq!(world.router.stats(), Stats::default());
}

#[test]
fn what_cuts_the_last_reader_off_waits_for_it() {
    let world = small(Overflow::Close);
    let bob = world.join("bob", &[]);
    world.rights.grant(bob.identity(), "a");
    let mut alice = world.join("alice", &["a"]);
    let seen = alice.subscribe(key("a"), None).unwrap();
    for body in ["1", "2", "3"] {
        assert_eq!(send(&bob, "thread_a", body), Outcome::Delivered { n: 1 });
    }
    assert_eq!(send(&bob, "thread_a", "4"), Outcome::Queued);
    assert_eq!(drain(&mut alice), ["overflow"]);
    let mut alice = world.join("alice", &[]);
    // What does not fit into the queue at once is a gap; it does not cut her off again.
    assert_eq!(alice.subscribe(key("a"), Some(seen)).unwrap().number(), 4);
    assert_eq!(drain(&mut alice), ["a gap of 1 until 1", "a 2 2", "a 3 3", "a 4 4"]);
    world.check_sums();
}

#[test]
fn a_gap_of_an_ended_subscription_goes_with_it() {
    let world = small(Overflow::DropOldest);
    let mut alice = world.join("alice", &["a"]);
    for body in ["1", "2", "3", "4"] {
        assert_eq!(send(&alice, "thread_a", body), Outcome::Delivered { n: 1 });
    }
    assert!(alice.unsubscribe(&key("a")));
    alice.subscribe(key("a"), None).unwrap();
    assert_eq!(drain(&mut alice), [""; 0]);
    world.check_sums();
}

#[test]
fn draining_gives_out_what_waits_and_then_ends() {
    let world = World::new(Config::default());
    let mut alice = world.join("alice", &["a"]);
    assert_eq!(send(&alice, "thread_a", "1"), Outcome::Delivered { n: 1 });
    world.router.drain();
    assert!(matches!(send(&alice, "thread_a", "2"), Outcome::Rejected { .. }));
    assert_eq!(alice.subscribe(key("b"), None).unwrap_err().code(), "draining");
    assert_eq!(world.router.connect(crate::world::who("bob")).unwrap_err().code(), "draining");
    assert_eq!(drain(&mut alice), ["a 1 1", "draining"]);
    alice.leave();
    assert_eq!(world.router.stats(), Stats::default());
    world.check_sums();
}
