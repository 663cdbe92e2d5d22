//! One suite for every store: what holds for one holds for all.

use std::sync::atomic::{AtomicU32, Ordering};

use id_registry::Direction::{From, To};
use id_registry::store::{PostgresOptions, PostgresStore};
use id_registry::{
    Find, Link, Matched, Metadata, Options, Outcome, Reference, Registry, RegistryErrorKind,
    Retention, TraceOptions, Window,
};
use id_testkit::postgres::Postgres;
use unified_id::{Core, Tenant, UnifiedId};

fn tenant(name: &str) -> Tenant {
    name.parse().unwrap()
}

pub(crate) fn small() -> Options {
    let mut options = Options::default();
    options.hot_entries = 100;
    options.sqlite.wal_bytes = 1 << 20;
    options
}

/// Runs a test on every store.
pub(crate) fn on_every_store(test: impl Fn(Registry)) {
    test(Registry::in_memory(small()).unwrap());
    let folder = tempfile::tempdir().unwrap();
    test(Registry::open(folder.path(), small()).unwrap());
    test(in_postgres(1));
    test(in_postgres(3));
}

/// A registry in a schema of its own.
pub(crate) fn in_postgres(shards: u16) -> Registry {
    Registry::with_store(postgres_store(&new_schema(), shards), small()).unwrap()
}

/// A registry in a schema that others may have too.
pub(crate) fn in_schema(schema: &str) -> Registry {
    Registry::with_store(postgres_store(schema, 1), small()).unwrap()
}

pub(crate) fn new_schema() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn postgres_store(schema: &str, shards: u16) -> PostgresStore {
    let mut options = PostgresOptions::new(Postgres::shared().url("postgres"));
    schema.clone_into(&mut options.schema);
    options.shards = shards;
    options.readers = 2;
    PostgresStore::connect(options).unwrap()
}

#[test]
fn an_id_is_found_by_every_spelling() {
    on_every_store(|registry| {
        let acme = tenant("acme");
        let id = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0";
        let old = "5f0c8a52-4a3e-4bd2-9c46-1b2f0a7d9e11";
        let reference = Reference::new(id, "mahavishnu")
            .metadata(Metadata::new(r#"{"name":"nightly"}"#).unwrap())
            .alias(old)
            .alias("run_user123_a1b2c3d4");
        let registered = registry.register(&acme, "me", reference).unwrap();
        assert_eq!(registered.outcome, Outcome::New);
        for _ in 0..2 {
            for (text, by) in [
                (id, Matched::Id),
                ("workflow_01M7WQT1FBFF4SQ3BGC5BHN9E0", Matched::Id),
                ("01m7wqt1fbff4sq3bgc5bhn9e0", Matched::Core),
                ("01M7WQT1FBFF4SQ3BGC5BHN9E0", Matched::Core),
                ("01a1f97d-05eb-7bc9-9b8d-7061571aa5c0", Matched::Core),
                ("01A1F97D05EB7BC99B8D7061571AA5C0", Matched::Core),
                (old, Matched::Alias),
                ("5F0C8A524A3E4BD29C461B2F0A7D9E11", Matched::Alias),
                ("run_user123_a1b2c3d4", Matched::Alias),
            ] {
                let found =
                    registry.resolve(&acme, text).unwrap().unwrap_or_else(|| panic!("{text}"));
                assert_eq!((&*found.entry.id, found.by), (id, by), "{text}");
                assert_eq!(found.entry.metadata.as_str(), r#"{"name":"nightly"}"#);
            }
            registry.clear_hot_tier();
        }
        // The same core behind another prefix is another claim.
        assert!(registry.resolve(&acme, "user_01m7wqt1fbff4sq3bgc5bhn9e0").unwrap().is_none());
        assert!(registry.resolve(&tenant("zeta"), id).unwrap().is_none());
        let error = registry.resolve(&acme, "no id").unwrap_err();
        assert_eq!(error.kind(), RegistryErrorKind::Unparsable);
    });
}

#[test]
fn the_first_writer_keeps_an_id() {
    on_every_store(|registry| {
        let acme = tenant("acme");
        let id = UnifiedId::session().to_string();
        let register = |system: &str, id: &str| {
            registry.register(&acme, "me", Reference::new(id, system)).map(|done| done.outcome)
        };
        assert_eq!(register("session-buddy", &id).unwrap(), Outcome::New);
        assert_eq!(register("Session_Buddy", &id).unwrap(), Outcome::Same);
        assert_eq!(register("akosha", &id).unwrap_err().kind(), RegistryErrorKind::Conflict);
        let as_user = id.replace("session_", "user_");
        assert_eq!(
            register("session-buddy", &as_user).unwrap_err().kind(),
            RegistryErrorKind::Conflict
        );
        // In another tenant it is another id.
        let zeta = tenant("zeta");
        let other = registry.register(&zeta, "me", Reference::new(id.clone(), "akosha")).unwrap();
        assert_eq!(other.outcome, Outcome::New);
        // An alias is taken as well.
        let mine = UnifiedId::session().to_string();
        let with_alias = Reference::new(mine, "session-buddy").alias("run_user123_a1b2c3d4");
        registry.register(&acme, "me", with_alias).unwrap();
        let theirs = Reference::new(UnifiedId::session().to_string(), "akosha")
            .alias("run_user123_a1b2c3d4");
        assert_eq!(
            registry.register(&acme, "me", theirs).unwrap_err().kind(),
            RegistryErrorKind::Conflict
        );
        assert_eq!(registry.stats(&acme).unwrap().live, 2);
        assert_eq!(registry.stats(&acme).unwrap().aliases, 1);
    });
}

#[test]
fn questions_have_pages() {
    on_every_store(|registry| {
        let acme = tenant("acme");
        let ids: Vec<String> = (0..25).map(|_| UnifiedId::test().to_string()).collect();
        let references = ids.iter().map(|id| Reference::new(id.clone(), "crackerjack")).collect();
        let results = registry.register_batch(&acme, "me", references).unwrap();
        assert!(results.iter().all(Result::is_ok));
        for descending in [false, true] {
            for start in [Find::system("crackerjack"), Find::kind("test"), Find::all()] {
                let mut find = start.limit(10);
                find.is_descending = descending;
                let mut found = Vec::new();
                loop {
                    let page = registry.find(&acme, &find).unwrap();
                    found.extend(page.entries.iter().map(|entry| entry.id.to_string()));
                    let Some(next) = page.next else { break };
                    find.cursor = Some(next.to_string().parse().unwrap());
                }
                if descending {
                    found.reverse();
                }
                assert_eq!(found, ids);
            }
        }
        let mut window = Window::around(60_000).limit(7);
        let mut found = Vec::new();
        loop {
            let page = registry.window(&acme, &ids[3], &window).unwrap();
            found.extend(page.entries.iter().map(|entry| entry.id.to_string()));
            let Some(next) = page.next else { break };
            window.cursor = Some(next);
        }
        let mut expected = ids.clone();
        expected.remove(3);
        assert_eq!(found, expected);
        // A cursor belongs to one question and one tenant.
        let page = registry.find(&acme, &Find::all().limit(1)).unwrap();
        let mut other = Find::system("crackerjack").limit(1);
        other.cursor = page.next;
        assert_eq!(registry.find(&acme, &other).unwrap_err().kind(), RegistryErrorKind::Cursor);
    });
}

#[test]
fn ids_without_a_certain_time_have_no_neighbours() {
    on_every_store(|registry| {
        let acme = tenant("acme");
        let plain = Core::from_u128(0x0191_7b2c_4a5b_ffff_ffff_ffff_ffff_ffff).to_string();
        let timed = Core::min_for(0x0191_7b2c_4a5b).to_string();
        for id in [&plain, &timed] {
            let reference = Reference::new(id.clone(), "oneiric").kind("config");
            registry.register(&acme, "me", reference).unwrap();
        }
        for id in [&plain, &timed] {
            assert!(registry.window(&acme, id, &Window::default()).unwrap().entries.is_empty());
        }
    });
}

#[test]
fn a_trace_has_links_aliases_and_neighbours() {
    on_every_store(|registry| {
        let acme = tenant("acme");
        let thread = UnifiedId::thread();
        let run = UnifiedId::run(thread);
        let workflow = UnifiedId::workflow().to_string();
        let session = UnifiedId::session().to_string();
        let of = |reference| registry.register(&acme, "me", reference).unwrap();
        of(Reference::new(thread.to_string(), "netra"));
        of(Reference::new(run.to_string(), "netra").alias("run_user123_a1b2c3d4"));
        of(Reference::new(workflow.clone(), "mahavishnu")
            .link(Link::session(session.clone()))
            .link(Link::run(run.to_string())));
        let trace =
            registry.trace(&acme, &run.to_string(), &TraceOptions::default()).unwrap().unwrap();
        assert_eq!(trace.aliases.items, ["run_user123_a1b2c3d4"]);
        let links: Vec<_> = trace
            .links
            .items
            .iter()
            .map(|link| {
                (link.relation.name(), link.direction, link.id.clone(), link.entry.is_some())
            })
            .collect();
        assert_eq!(
            links,
            [("thread", To, thread.to_string(), true), ("run", From, workflow.clone(), true)]
        );
        let systems: Vec<_> = trace
            .neighbours
            .iter()
            .map(|group| (&*group.system, group.entries.items.len()))
            .collect();
        assert_eq!(systems, [("mahavishnu", 1), ("netra", 1)]);
        let trace = registry.trace(&acme, &workflow, &TraceOptions::default()).unwrap().unwrap();
        assert_eq!(trace.links.items.len(), 2);
        assert!(registry.trace(&acme, &session, &TraceOptions::default()).unwrap().is_none());
    });
}

#[test]
fn deleted_ids_keep_their_owner() {
    on_every_store(|registry| {
        let acme = tenant("acme");
        let id = UnifiedId::entity().to_string();
        let reference =
            || Reference::new(id.clone(), "akosha").metadata(Metadata::new(r#"{"a":1}"#).unwrap());
        registry.register(&acme, "me", reference()).unwrap();
        registry.tombstone(&acme, "me", &id, "test").unwrap();
        assert_eq!(registry.resolve(&acme, &id).unwrap().unwrap().entry.state.name(), "deleted");
        assert!(registry.find_by_system(&acme, "akosha").unwrap().entries.is_empty());
        let keep = Retention::new(None, Some(60_000));
        assert_eq!(registry.retain(&acme, "me", &keep).unwrap().purged, 0);
        registry.purge(&acme, "me", &id).unwrap();
        registry.clear_hot_tier();
        let entry = registry.resolve(&acme, &id).unwrap().unwrap().entry;
        assert_eq!((entry.state.name(), entry.metadata.as_str()), ("purged", "{}"));
        let theirs = Reference::new(id.clone(), "mahavishnu");
        assert_eq!(
            registry.register(&acme, "me", theirs).unwrap_err().kind(),
            RegistryErrorKind::Conflict
        );
        let stats = registry.stats(&acme).unwrap();
        assert_eq!((stats.live, stats.deleted), (0, 1));
        let actions: Vec<_> =
            registry.audit(Some(&acme), 0).map(|event| event.unwrap().action.name()).collect();
        assert_eq!(actions, ["register", "delete", "purge"]);
        assert!(registry.scrub().unwrap().is_clean(), "{:?}", registry.scrub());
    });
}
