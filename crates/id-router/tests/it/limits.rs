//! Nothing grows past its limit, and what was counted is given back.

use std::fmt::Write as _;

use id_router::{Config, Identity, Limits, Outcome, Publication, Refused, Rejected, Stats};

use crate::world::{World, acme, key, send, who};

fn limited() -> World {
    let limits = Limits {
        connections_per_user: 2,
        connections_per_tenant: 3,
        subscriptions_per_user: 3,
        subscriptions_per_tenant: 4,
        subscribers_per_thread: 3,
        open_threads_per_tenant: 1,
        waiting_threads_per_tenant: 1,
        mappings_per_tenant: 2,
        body_bytes: 10,
        ..Limits::default()
    };
    World::new(Config { limits, ..Config::default() })
}

#[track_caller]
fn check<T: std::fmt::Debug>(result: Result<T, Refused>, limit: &str) {
    match result {
        Err(Refused::Limit { limit: reached }) => assert_eq!(reached, limit),
        other => panic!("{other:?}"),
    }
}

#[test]
fn connections_are_counted_by_user_and_tenant() {
    let world = limited();
    let first = world.join("alice", &[]);
    let _second = world.join("alice", &[]);
    check(world.router.connect(who("alice")), "connections_per_user");
    let _third = world.join("bob", &[]);
    check(world.router.connect(who("carol")), "connections_per_tenant");
    let elsewhere = Identity::new("zeta".parse().unwrap(), "alice");
    world.router.connect(elsewhere).unwrap();
    first.leave();
    world.router.connect(who("alice")).unwrap();
}

#[test]
fn subscriptions_are_counted_by_user_tenant_and_thread() {
    let world = limited();
    let (one, two) = (world.join("alice", &["a", "b"]), world.join("alice", &["a"]));
    for thread in ["c", "d"] {
        world.rights.grant(&who("alice"), thread);
    }
    check(two.subscribe(key("c"), None), "subscriptions_per_user");
    let bob = world.join("bob", &["a"]);
    world.rights.grant(&who("bob"), "c");
    check(bob.subscribe(key("c"), None), "subscriptions_per_tenant");
    assert!(one.unsubscribe(&key("b")));
    bob.subscribe(key("c"), None).unwrap();
    // Subscribing twice is one subscription.
    bob.subscribe(key("c"), None).unwrap();
    assert_eq!(world.router.stats().subscriptions, 4);
    one.unsubscribe(&key("a"));
    drop((one, two));
    bob.leave();
    (0..2).for_each(|_| world.router.sweep());
    assert_eq!(world.router.stats(), Stats::default());
}

#[test]
fn a_thread_has_so_many_subscribers() {
    let limits = Limits { subscribers_per_thread: 1, ..Limits::default() };
    let world = World::new(Config { limits, ..Config::default() });
    let _alice = world.join("alice", &["a"]);
    let bob = world.join("bob", &[]);
    world.rights.grant(&who("bob"), "a");
    check(bob.subscribe(key("a"), None), "subscribers_per_thread");
    assert_eq!(world.router.stats().subscriptions, 1);
}

#[test]
fn mappings_open_threads_and_bodies_are_bounded() {
    let world = limited();
    for run in ["run_a", "run_b"] {
        world.router.record(&acme(), run, key("a")).unwrap();
    }
    check(world.router.record(&acme(), "run_c", key("a")), "mappings_per_tenant");
    assert!(world.router.forget(&acme(), "run_a"));
    world.router.record(&acme(), "run_c", key("a")).unwrap();
    world.router.open_thread(&acme(), key("a")).unwrap();
    check(world.router.open_thread(&acme(), key("b")), "open_threads_per_tenant");
    let alice = world.join("alice", &["a"]);
    let long = Publication::new("thread_a", *b"12345678901");
    assert_eq!(alice.publish(&long), Outcome::Rejected { why: Rejected::TooLarge });
    assert_eq!(send(&alice, "thread_a", "1234567890"), Outcome::Delivered { n: 1 });
}

#[test]
fn only_so_many_threads_wait() {
    let world = limited();
    drop(world.join("alice", &["a", "b"]));
    assert_eq!((world.router.stats().waiting, world.router.stats().threads), (1, 1));
    (0..2).for_each(|_| world.router.sweep());
    assert_eq!(world.router.stats(), Stats::default());
}

#[test]
fn every_refusal_says_what_and_what_to_do() {
    let all = [
        Refused::NotAllowed,
        Refused::Limit { limit: "connections_per_user" },
        Refused::NotMappable,
        Refused::Conflict { thread: key("alice") },
        Refused::Closed,
        Refused::Draining,
    ];
    let mut shown = String::new();
    for refused in all {
        writeln!(shown, "{}\n  error: {refused}\n  help:  {}", refused.code(), refused.help())
            .unwrap();
    }
    let _guard = id_testkit::snapshots("errors").bind_to_scope();
    insta::assert_snapshot!("router_refused", shown);
}
