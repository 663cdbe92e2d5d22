//! Several processes on one database server, and connections that break at any moment.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use id_registry::store::{PostgresOptions, PostgresStore};
use id_registry::{Find, Outcome, Reference, Registry, RegistryErrorKind, System};
use id_testkit::postgres::Postgres;
use postgres::NoTls;
use unified_id::{Tenant, UnifiedId};

use crate::conformance::{in_schema, new_schema, small};

fn acme() -> Tenant {
    "acme".parse().unwrap()
}

fn doomed(schema: &str) -> Registry {
    let url = format!("{}?application_name=doomed", Postgres::shared().url("postgres"));
    let mut options = PostgresOptions::new(url);
    schema.clone_into(&mut options.schema);
    Registry::with_store(PostgresStore::connect(options).unwrap(), small()).unwrap()
}

#[test]
fn broken_connections_lose_nothing_that_was_acknowledged() {
    let schema = new_schema();
    let registries = [doomed(&schema), doomed(&schema)];
    let acknowledged = Mutex::new(Vec::new());
    let is_over = AtomicBool::new(false);
    let mut broken = 0;
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|number: usize| {
                let (registry, acknowledged, is_over) =
                    (&registries[number % 2], &acknowledged, &is_over);
                scope.spawn(move || {
                    // Ends by itself if the killer failed.
                    let end = Instant::now() + Duration::from_mins(3);
                    while !is_over.load(Ordering::Relaxed) && Instant::now() < end {
                        let id = UnifiedId::session().to_string();
                        let reference = Reference::new(id.clone(), "session-buddy");
                        registry.register(&acme(), "me", reference).unwrap();
                        acknowledged.lock().unwrap().push(id);
                    }
                })
            })
            .collect();
        let mut admin =
            postgres::Client::connect(&Postgres::shared().url("postgres"), NoTls).unwrap();
        while broken < 30 {
            assert!(writers.iter().all(|writer| !writer.is_finished()), "a writer failed");
            // Something is written between two breaks, however slow the machine is.
            let before = acknowledged.lock().unwrap().len();
            let end = Instant::now() + Duration::from_secs(40);
            while acknowledged.lock().unwrap().len() <= before + 4 && Instant::now() < end {
                std::thread::sleep(Duration::from_millis(5));
            }
            let killed = admin
                .query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                     WHERE application_name = 'doomed'",
                    &[],
                )
                .unwrap();
            broken += killed.len();
        }
        is_over.store(true, Ordering::Relaxed);
    });
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(!acknowledged.is_empty());
    let after = in_schema(&schema);
    for id in &acknowledged {
        assert!(after.resolve(&acme(), id).unwrap().is_some(), "{id} is lost");
    }
    // Neither are there writes that nobody knows of, but for those that were on their way.
    let stats = after.stats(&acme()).unwrap();
    assert_eq!(stats.live, acknowledged.len() as u64);
    let report = after.scrub().unwrap();
    assert!(report.is_clean(), "{:?}", report.faults);
}

#[test]
fn two_processes_race_for_one_id_and_one_wins() {
    let schema = new_schema();
    let registries = [Arc::new(in_schema(&schema)), Arc::new(in_schema(&schema))];
    for round in 0..10 {
        let id = UnifiedId::session().to_string();
        // A new tenant and new systems each time, so that they race for numbers too.
        let tenant: Tenant = format!("tenant{round}").parse().unwrap();
        let results: Vec<_> = std::thread::scope(|scope| {
            let racers: Vec<_> = (0..2_usize)
                .map(|number| {
                    let (registry, id, tenant) = (&registries[number], id.clone(), &tenant);
                    scope.spawn(move || {
                        let system = format!("system{number}");
                        registry.register(tenant, "me", Reference::new(id, system))
                    })
                })
                .collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        let new = results.iter().flatten().filter(|done| done.outcome == Outcome::New).count();
        let refused = results.iter().filter_map(|done| done.as_ref().err());
        let refused: Vec<_> = refused.map(id_registry::RegistryError::kind).collect();
        assert_eq!((new, refused), (1, vec![RegistryErrorKind::Conflict]));
        let owners: Vec<String> = registries
            .iter()
            .map(|registry| {
                registry.resolve(&tenant, &id).unwrap().unwrap().entry.system.to_string()
            })
            .collect();
        assert_eq!(owners[0], owners[1]);
    }
}

#[test]
fn what_another_process_names_is_found_at_once() {
    let schema = new_schema();
    let [writer, reader] = [in_schema(&schema), in_schema(&schema)];
    // The reader knows the tenant, and neither the systems nor the kinds that come later.
    reader
        .register(&acme(), "me", Reference::new(UnifiedId::session().to_string(), "first"))
        .unwrap();
    let id = UnifiedId::session().to_string();
    writer.register(&acme(), "you", Reference::new(&id, "second").kind("special")).unwrap();
    let found = |find: &Find| {
        let page = reader.find(&acme(), find).unwrap();
        page.entries.iter().map(|entry| entry.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(found(&Find::system("second")), [&*id]);
    assert_eq!(found(&Find::all().and_kind("special")), [&*id]);

    let system = System::new("third").unwrap().alias("troisieme").unwrap();
    writer.define_system(&acme(), "they", &system).unwrap();
    assert_eq!(reader.system(&acme(), "TROISIEME").unwrap().unwrap().name(), "third");
    let zeta: Tenant = "zeta".parse().unwrap();
    writer.register(&zeta, "me", Reference::new(&id, "second")).unwrap();
    assert_eq!(reader.tenants().unwrap(), [acme(), zeta]);
    let writers: Vec<String> =
        reader.audit(None, 0).map(|event| event.unwrap().writer.to_string()).collect();
    assert_eq!(writers, ["me", "you", "they", "me"]);
    assert!(reader.scrub().unwrap().is_clean());
}

#[test]
fn readers_that_look_for_new_names_take_none_away() {
    let schema = new_schema();
    let registry = in_schema(&schema);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    // Nobody has this name, so that the names are read again each time.
                    assert!(registry.system(&acme(), "nobody").unwrap().is_none());
                }
            });
        }
        for number in 0..60 {
            let id = UnifiedId::session().to_string();
            let reference = Reference::new(&id, format!("system-{number}"));
            registry.register(&acme(), "me", reference).unwrap();
            let page = registry.find(&acme(), &Find::system(format!("system-{number}"))).unwrap();
            assert_eq!(page.entries.len(), 1);
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert_eq!(registry.totals().unwrap().live, 60);
}
