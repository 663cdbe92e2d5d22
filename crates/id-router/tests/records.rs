//! Everything that is refused leaves one structured record, without the payload.
//!
//! A program of its own: `tracing` decides once per place in the code whether anybody listens there, and a test beside these,
//! which has no listener, could be the first to come to such a place.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "it/world.rs"]
#[expect(dead_code, reason = "the other tests use the rest")]
mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use id_router::{Config, Limits, Publication};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use unified_id::ThreadId;

use world::{World, acme, key, send};

type Fields = BTreeMap<String, String>;

/// Keeps the fields of every record.
#[derive(Clone, Default)]
struct Records(Arc<Mutex<Vec<Fields>>>);

impl Records {
    fn take(&self) -> Vec<Fields> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

struct Collect<'a>(&'a mut Fields);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl Subscriber for Records {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        fields.insert("target".to_owned(), event.metadata().target().to_owned());
        event.record(&mut Collect(&mut fields));
        self.0.lock().unwrap().push(fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

const SECRET: &str = "the payload";

#[test]
fn one_record_for_each_refusal_and_none_for_the_rest() {
    let records = Records::default();
    tracing::subscriber::with_default(records.clone(), || {
        let limits = Limits { body_bytes: 100, ..Limits::default() };
        let world = World::new(Config { limits, ..Config::default() });
        let alice = world.join("alice", &["alice"]);
        let forged = format!("thread_{}", ThreadId::new().core());
        let long = "x".repeat(101);
        for (to, body, expected) in [
            ("thread_alice", SECRET, None),
            ("run_alice_67890_ef123456", SECRET, Some(("ambiguous", "ambiguous"))),
            ("run_4a051838b531", SECRET, Some(("unknown", "no_thread"))),
            ("context_1693430400000", SECRET, Some(("unknown", "thread_is_prefix"))),
            ("run_a;b\n_x", SECRET, Some(("unknown", "not_an_id"))),
            (&*forged, SECRET, Some(("rejected", "not_allowed"))),
            ("thread_alice", &long, Some(("rejected", "too_large"))),
        ] {
            let _ = send(&alice, to, body);
            let taken = records.take();
            let Some((outcome, why)) = expected else {
                assert!(taken.is_empty(), "{to}: {taken:?}");
                continue;
            };
            let [record] = &taken[..] else { panic!("{to}: {taken:?}") };
            assert_eq!((&*record["outcome"], &*record["why"]), (outcome, why), "{to}");
            assert_eq!(record["tenant"], "\"acme\"");
            assert_eq!(record["user"], "\"alice\"");
            assert_eq!(
                record["id"],
                format!("{to:?}"),
                "escaped, so that one record stays one line"
            );
            assert_eq!(record["target"], "id_router");
            assert!(
                !format!("{record:?}").contains(SECRET) && !format!("{record:?}").contains(&long)
            );
        }
        let claiming = Publication::new("thread_alice", *b"x").claiming(Some("bob"));
        let _ = alice.publish(&claiming);
        let _ = alice.subscribe(key("foreign"), None);
        let _ = world.router.record(&acme(), "", key("alice"));
        let taken = records.take();
        let whys: Vec<&str> = taken.iter().map(|record| &*record["why"]).collect();
        assert_eq!(whys, ["foreign_user", "not_allowed", "not_mappable"]);
    });
}

#[test]
fn a_long_id_is_cut() {
    let records = Records::default();
    tracing::subscriber::with_default(records.clone(), || {
        let world = World::new(Config::default());
        let alice = world.join("alice", &[]);
        let _ = send(&alice, &"\u{e9}".repeat(100_000), "x");
    });
    let taken = records.take();
    assert_eq!(taken[0]["id"].chars().count(), 66);
    assert_eq!(taken[0]["id_len"], "200000");
}
