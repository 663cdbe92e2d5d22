//! Rights are the application's, asked at every step; identity is the connection's.

use id_router::{Config, Outcome, Publication, Refused, Rejected};
use unified_id::{ThreadId, UnifiedId, UserId};

use crate::world::{World, acme, drain, key, send, who};

#[test]
fn who_may_not_read_does_not_subscribe() {
    let world = World::new(Config::default());
    let eve = world.router.connect(who("eve")).unwrap();
    assert_eq!(eve.subscribe(key("chat"), None), Err(Refused::NotAllowed));
    // A user whose name begins like a member's is not the member.
    world.rights.grant(&who("alice"), "chat");
    for user in ["al", "alice2", "Alice", "alic\u{435}"] {
        let other = world.router.connect(who(user)).unwrap();
        assert_eq!(other.subscribe(key("chat"), None), Err(Refused::NotAllowed));
    }
    assert_eq!(world.router.stats().threads, 0);
    assert_eq!(world.router.stats().subscriptions, 0);
}

#[test]
fn a_forged_id_is_not_allowed() {
    let world = World::new(Config::default());
    let thread = ThreadId::new();
    let mut alice = world.join("alice", &[&thread.to_string(), "user123"]);
    let eve = world.join("eve", &["eve"]);
    for forged in [
        UnifiedId::run(thread).to_string(),
        UnifiedId::message(thread).to_string(),
        thread.to_string(),
        "run_user123_01m7wqt1fbff4sq3bgc5bhn9e0".to_owned(),
        "run_user123_a1b2c3d4".to_owned(),
        "thread_user123_run_1693430400000_a1b2c3d4".to_owned(),
    ] {
        let outcome = send(&eve, &forged, "x");
        assert_eq!(outcome, Outcome::Rejected { why: Rejected::NotAllowed }, "{forged}");
    }
    let typed = eve.publish(&Publication::new(thread, *b"x"));
    assert_eq!(typed, Outcome::Rejected { why: Rejected::NotAllowed });
    // A mapping of another's run is none of hers either.
    world.router.record(&acme(), "run_a_b", thread).unwrap();
    assert_eq!(send(&eve, "run_a_b", "x"), Outcome::Rejected { why: Rejected::NotAllowed });
    assert_eq!(drain(&mut alice), [""; 0]);
    assert_eq!(world.router.counters().not_allowed, 8);
}

#[test]
fn a_foreign_user_in_the_payload_is_refused_and_not_rewritten() {
    let world = World::new(Config::default());
    let user = UserId::new();
    let mut alice = world.join(&user.to_string(), &["chat"]);
    for claimed in [
        UserId::new().to_string(),
        "alice".to_owned(),
        String::new(),
        user.to_string()[..20].to_owned(),
        format!("{user} "),
    ] {
        let publication = Publication::new("thread_chat", *b"x").claiming(Some(&claimed));
        let outcome = alice.publish(&publication);
        assert_eq!(outcome, Outcome::Rejected { why: Rejected::ForeignUser }, "{claimed:?}");
    }
    assert_eq!(drain(&mut alice), [""; 0]);
    let spellings = [user.to_string(), user.core().to_string(), user.core().ulid_text()];
    for claimed in &spellings {
        let publication = Publication::new("thread_chat", *b"x").claiming(Some(claimed));
        assert_eq!(alice.publish(&publication), Outcome::Delivered { n: 1 }, "{claimed}");
    }
}

#[test]
fn a_right_that_is_lost_counts_from_the_next_delivery_on() {
    let world = World::new(Config::default());
    let mut alice = world.join("alice", &["chat"]);
    let mut bob = world.join("bob", &["chat", "other"]);
    assert_eq!(send(&alice, "thread_chat", "1"), Outcome::Delivered { n: 2 });
    assert_eq!(send(&bob, "thread_other", "2"), Outcome::Delivered { n: 1 });
    world.rights.take(&who("bob"), "chat");
    assert_eq!(send(&alice, "thread_chat", "3"), Outcome::Delivered { n: 1 });
    // What was in bob's queue already is withheld as well.
    assert_eq!(drain(&mut bob), ["other 1 2", "chat revoked"]);
    assert_eq!(drain(&mut alice), ["chat 1 1", "chat 2 3"]);
    assert_eq!(world.router.counters().withheld, 1);
    world.check_sums();
    // With the right the subscription does not come back by itself.
    world.rights.grant(&who("bob"), "chat");
    assert_eq!(send(&alice, "thread_chat", "4"), Outcome::Delivered { n: 1 });
    bob.subscribe(key("chat"), None).unwrap();
    assert_eq!(send(&alice, "thread_chat", "5"), Outcome::Delivered { n: 2 });
    assert_eq!(drain(&mut bob), ["chat 4 5"]);
}

#[test]
fn a_right_that_is_lost_while_events_wait_withholds_them() {
    let world = World::new(Config::default());
    let alice = world.join("alice", &["chat"]);
    let mut bob = world.join("bob", &["chat"]);
    for _ in 0..3 {
        assert_eq!(send(&alice, "thread_chat", "x"), Outcome::Delivered { n: 2 });
    }
    assert_eq!(drain(&mut bob).len(), 3);
    for _ in 0..3 {
        assert_eq!(send(&alice, "thread_chat", "x"), Outcome::Delivered { n: 2 });
    }
    world.rights.take(&who("bob"), "chat");
    assert_eq!(drain(&mut bob), ["chat revoked"]);
    assert_eq!(world.router.counters().withheld, 3);
    assert_eq!(world.router.stats().subscriptions, 1);
    world.check_sums();
}

#[test]
fn unsubscribing_and_revoking_discard_what_waits() {
    let world = World::new(Config::default());
    let alice = world.join("alice", &["chat", "other"]);
    let (mut bob, mut again) =
        (world.join("bob", &["chat", "other"]), world.join("bob", &["chat"]));
    for to in ["thread_chat", "thread_other"] {
        assert!(matches!(send(&alice, to, to), Outcome::Delivered { .. }));
    }
    assert!(bob.unsubscribe(&key("chat")) && !bob.unsubscribe(&key("chat")));
    assert_eq!(drain(&mut bob), ["other 1 thread_other"]);
    assert_eq!(world.router.revoke(&who("bob"), &key("chat")), 1);
    assert_eq!(drain(&mut again), ["chat revoked"]);
    assert_eq!(world.router.revoke_user(&who("bob")), 2);
    assert_eq!(drain(&mut bob), ["shut out"]);
    assert_eq!(drain(&mut bob), ["shut out"], "it stays closed");
    assert_eq!(bob.subscribe(key("other"), None), Err(Refused::Closed));
    assert_eq!(send(&bob, "thread_other", "x"), Outcome::Rejected { why: Rejected::Closed });
    assert_eq!(send(&alice, "thread_other", "x"), Outcome::Delivered { n: 1 });
    world.check_sums();
}

#[test]
fn a_closed_thread_ends_all_subscriptions() {
    let world = World::new(Config::default());
    let mut alice = world.join("alice", &["chat"]);
    world.router.open_thread(&acme(), key("chat")).unwrap();
    world.router.open_thread(&acme(), key("chat")).unwrap();
    assert_eq!(send(&alice, "thread_chat", "x"), Outcome::Delivered { n: 1 });
    assert!(world.router.close_thread(&acme(), &key("chat")));
    assert!(!world.router.close_thread(&acme(), &key("chat")));
    assert_eq!(drain(&mut alice), ["chat closed"]);
    assert!(matches!(send(&alice, "thread_chat", "x"), Outcome::Rejected { .. }));
    alice.leave();
    assert_eq!(world.router.stats(), id_router::Stats::default());
    world.check_sums();
}

#[test]
fn rights_that_panic_deliver_nothing_and_still_count() {
    let world = World::new(Config::default());
    let alice = world.join("alice", &["chat"]);
    let _quiet = Quiet::new();
    assert_eq!(alice.subscribe(key("panics"), None), Err(Refused::NotAllowed));
    let outcome = alice.publish(&Publication::new(key("panics"), *b"x"));
    assert_eq!(outcome, Outcome::Rejected { why: Rejected::Failed });
    assert_eq!(send(&alice, "thread_chat", "x"), Outcome::Delivered { n: 1 });
    world.check_sums();
}

/// Keeps the message of a panic that is meant out of the output.
struct Quiet;

impl Quiet {
    fn new() -> Self {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let text = info.payload().downcast_ref::<&str>().copied().unwrap_or_default();
            if !text.contains("cannot be told") {
                hook(info);
            }
        }));
        Self
    }
}
