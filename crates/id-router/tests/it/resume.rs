//! Lost connections: what was sent meanwhile comes after, or a gap says that it does not.

use id_router::{Config, Limits, Outcome, Position, Stats};

use crate::world::{World, acme, drain, key, send};

/// A run of this format, whose route does not depend on who is there.
const RUN: &str = "run_chat_01m7wqt1fbff4sq3bgc5bhn9e0";

fn remembering(events: usize) -> World {
    World::new(Config {
        limits: Limits { history_events: events, ..Limits::default() },
        ..Config::default()
    })
}

#[test]
fn a_lost_connection_gets_what_it_missed() {
    let world = remembering(10);
    let bob = world.join("bob", &["other"]);
    world.rights.grant(bob.identity(), "chat");
    let mut alice = world.join("alice", &["chat"]);
    assert_eq!(send(&bob, "thread_chat", "1"), Outcome::Delivered { n: 1 });
    assert_eq!(drain(&mut alice), ["chat 1 1"]);
    let seen = alice.subscribe(key("chat"), None).unwrap();
    assert_eq!(seen.number(), 1);
    drop(alice);
    for body in ["2", "3"] {
        assert_eq!(send(&bob, "thread_chat", body), Outcome::Queued);
    }
    world.router.sweep();
    let mut alice = world.join("alice", &[]);
    assert_eq!(alice.subscribe(key("chat"), Some(seen)).unwrap().number(), 3);
    assert_eq!(drain(&mut alice), ["chat 2 2", "chat 3 3"]);
    // Who was there throughout or comes anew gets nothing twice.
    let mut other = world.join("alice", &["chat"]);
    assert_eq!(drain(&mut other), [""; 0]);
    world.check_sums();
}

#[test]
fn who_leaves_or_does_not_come_back_is_forgotten() {
    let world = remembering(10);
    let bob = world.join("bob", &["other"]);
    world.rights.grant(bob.identity(), "chat");
    world.join("alice", &["chat"]).leave();
    assert_eq!(send(&bob, RUN, "1"), Outcome::NoSubscriber);
    let alice = world.join("alice", &["chat"]);
    let seen = alice.subscribe(key("chat"), None).unwrap();
    drop(alice);
    assert_eq!(send(&bob, "thread_chat", "2"), Outcome::Queued);
    world.router.sweep();
    assert_eq!(world.router.stats().waiting, 1);
    // Lost once more: it waits from then on.
    drop(world.join("alice", &["chat"]));
    world.router.sweep();
    assert_eq!(send(&bob, "thread_chat", "3"), Outcome::Queued);
    world.router.sweep();
    assert_eq!(world.router.stats().waiting, 0);
    assert_eq!(send(&bob, RUN, "4"), Outcome::NoSubscriber);
    // The numbers of another epoch mean nothing: the gap is honest.
    let mut alice = world.join("alice", &[]);
    let now = alice.subscribe(key("chat"), Some(seen)).unwrap();
    assert!(!now.is_comparable(&seen));
    assert_eq!(drain(&mut alice), ["chat gap of ? until 0"]);
    assert_eq!(send(&bob, "thread_chat", "5"), Outcome::Delivered { n: 1 });
    assert_eq!(drain(&mut alice), ["chat 1 5"]);
    drop((alice, bob));
    (0..3).for_each(|_| world.router.sweep());
    assert_eq!(world.router.stats(), Stats::default());
    world.check_sums();
}

#[test]
fn what_is_not_kept_any_more_is_a_gap_of_so_many() {
    let world = remembering(2);
    let alice = world.join("alice", &["chat"]);
    let start = alice.subscribe(key("chat"), None).unwrap();
    for body in ["1", "2", "3", "4", "5"] {
        assert_eq!(send(&alice, "thread_chat", body), Outcome::Delivered { n: 1 });
    }
    let at = |number: u64| format!("{}.{number}", start.to_string().split('.').next().unwrap());
    for (after, expected) in [
        (0, vec!["chat gap of 3 until 3", "chat 4 4", "chat 5 5"]),
        (2, vec!["chat gap of 1 until 3", "chat 4 4", "chat 5 5"]),
        (3, vec!["chat 4 4", "chat 5 5"]),
        (5, vec![]),
        // A place that has not been reached was made up.
        (6, vec!["chat gap of ? until 5"]),
        (u64::MAX, vec!["chat gap of ? until 5"]),
    ] {
        let mut other = world.join("alice", &[]);
        let after: Position = at(after).parse().unwrap();
        assert_eq!(other.subscribe(key("chat"), Some(after)).unwrap().number(), 5);
        assert_eq!(drain(&mut other), expected, "{after}");
        other.leave();
    }
}

#[test]
fn the_bytes_that_are_kept_are_bounded_for_a_tenant() {
    let limits = Limits { history_bytes_per_tenant: 2_000, ..Limits::default() };
    let world = World::new(Config { limits, ..Config::default() });
    let alice = world.join("alice", &["a", "b"]);
    let body = "x".repeat(500);
    for _ in 0..10 {
        for to in ["thread_a", "thread_b"] {
            assert_eq!(send(&alice, to, &body), Outcome::Delivered { n: 1 });
            assert!(world.router.stats().history_bytes <= 2_000);
        }
    }
    drop(alice);
    let bob = world.join("bob", &["c"]);
    world.rights.grant(bob.identity(), "a");
    // Longer than all that may be kept: nobody will get it, and nobody is told otherwise.
    assert_eq!(send(&bob, "thread_a", &"x".repeat(3_000)), Outcome::NoSubscriber);
    world.router.close_thread(&acme(), &key("a"));
    world.router.close_thread(&acme(), &key("b"));
    assert_eq!(world.router.stats().history_bytes, 0);
}

#[test]
fn without_history_nothing_waits() {
    let world = remembering(0);
    let bob = world.join("bob", &["other"]);
    world.rights.grant(bob.identity(), "chat");
    drop(world.join("alice", &["chat"]));
    assert_eq!(send(&bob, RUN, "1"), Outcome::NoSubscriber);
    assert_eq!(world.router.stats().waiting, 0);
}
