//! A primary that dies, and the standby that takes its place.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use id_registry::store::{PostgresOptions, PostgresStore};
use id_registry::{Outcome, Reference, Registry, RegistryErrorKind};
use id_testkit::postgres::Pair;
use postgres::NoTls;
use unified_id::{Tenant, UnifiedId};

use crate::conformance::small;

fn acme() -> Tenant {
    "acme".parse().unwrap()
}

fn registry(url: String) -> Registry {
    Registry::with_store(PostgresStore::connect(PostgresOptions::new(url)).unwrap(), small())
        .unwrap()
}

fn session() -> Reference {
    Reference::new(UnifiedId::session().to_string(), "session-buddy")
}

/// Waits for what another thread brings about.
fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < end, "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn wait_until_the_second_follows(pair: &Pair) {
    let mut admin = postgres::Client::connect(&pair.url_of(0, "postgres"), NoTls).unwrap();
    let sql = "SELECT 1 FROM pg_stat_replication WHERE state = 'streaming' AND application_name = 'second'";
    wait_for("the standby follows", || !admin.query(sql, &[]).unwrap().is_empty());
}

fn wait_until_the_second_has_all(pair: &Pair) {
    let mut admin = postgres::Client::connect(&pair.url_of(0, "postgres"), NoTls).unwrap();
    let sql = "SELECT 1 FROM pg_stat_replication WHERE replay_lsn >= pg_current_wal_flush_lsn()";
    wait_for("the standby has all", || !admin.query(sql, &[]).unwrap().is_empty());
}

#[test]
fn what_was_acknowledged_outlives_the_primary() {
    let mut pair = Pair::synchronous();
    wait_until_the_second_follows(&pair);
    let registry = registry(pair.url("postgres"));
    let acknowledged = Mutex::new(Vec::new());
    let after_the_change = AtomicUsize::new(0);
    let (is_dead, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    while !is_over.load(Ordering::Acquire) {
                        let was_dead = is_dead.load(Ordering::Acquire);
                        let reference = session();
                        let id = reference.id().to_owned();
                        registry.register(&acme(), "me", reference).unwrap();
                        // As many readers as connections, so that all of them break.
                        assert!(was_dead || registry.resolve(&acme(), &id).is_ok());
                        acknowledged.lock().unwrap().push(id);
                        if was_dead {
                            after_the_change.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        let is_running = || assert!(writers.iter().all(|writer| !writer.is_finished()));
        wait_for("registrations", || {
            is_running();
            acknowledged.lock().unwrap().len() >= 200
        });
        pair.kill_first();
        is_dead.store(true, Ordering::Release);
        pair.promote_second();
        wait_for("registrations after the change", || {
            is_running();
            after_the_change.load(Ordering::Relaxed) >= 200
        });
        is_over.store(true, Ordering::Release);
    });
    for id in acknowledged.into_inner().unwrap() {
        let found = registry.resolve(&acme(), &id).unwrap();
        assert!(found.is_some_and(|found| *found.entry.system == *"session-buddy"), "{id} is lost");
    }
    let report = registry.scrub().unwrap();
    assert!(report.is_clean(), "{:?}", report.faults);
}

#[test]
fn nothing_is_acknowledged_that_the_standby_does_not_have() {
    let mut pair = Pair::synchronous();
    wait_until_the_second_follows(&pair);
    let registry = registry(pair.url("postgres"));
    registry.register(&acme(), "me", session()).unwrap();
    pair.hold_second();
    let reference = session();
    let (done, result) = channel();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let registered = registry.register(&acme(), "me", reference.clone());
            done.send(registered.map(|registered| registered.outcome)).unwrap();
        });
        let mut admin = postgres::Client::connect(&pair.url_of(0, "postgres"), NoTls).unwrap();
        let waits = |client: &mut postgres::Client| {
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE wait_event = 'SyncRep' AND pid <> pg_backend_pid()";
            wait_for("a commit that waits", || !client.query(sql, &[]).unwrap().is_empty());
        };
        // The first connection breaks while its commit, which is done here, waits for the standby. The next try finds what
        // the first one wrote; it must wait as well, or it would acknowledge what only the primary has.
        waits(&mut admin);
        waits(&mut admin);
        assert!(result.try_recv().is_err(), "acknowledged without the standby");
        pair.release_second();
        let outcome = result.recv_timeout(Duration::from_mins(1)).unwrap().unwrap();
        assert_eq!(outcome, Outcome::Same);
    });
    pair.kill_first();
    pair.promote_second();
    assert!(registry.resolve(&acme(), reference.id()).unwrap().is_some());
}

#[test]
fn a_database_that_lost_what_was_committed_is_not_taken_for_the_old_one() {
    let mut pair = Pair::asynchronous();
    wait_until_the_second_follows(&pair);
    let before = registry(pair.url("postgres"));
    before.register(&acme(), "me", session()).unwrap();
    let kept = session();
    before.register(&acme(), "me", kept.clone()).unwrap();
    wait_until_the_second_has_all(&pair);
    pair.detach_second();
    // The number of this tenant is lost with the primary, and another one will get it.
    let beta: Tenant = "beta".parse().unwrap();
    let lost = session();
    before.register(&beta, "me", lost.clone()).unwrap();
    pair.kill_first();
    pair.release_second();
    pair.promote_second();
    let after = registry(pair.url("postgres"));
    assert!(after.resolve(&acme(), kept.id()).unwrap().is_some());
    let gamma: Tenant = "gamma".parse().unwrap();
    let theirs = session();
    after.register(&gamma, "you", theirs.clone()).unwrap();
    // Whoever saw the lost writes learns of it, and neither reads nor writes by numbers that are somebody else's.
    for _ in 0..20 {
        let error = before.resolve(&beta, theirs.id()).unwrap_err();
        assert_eq!(error.kind(), RegistryErrorKind::Corrupt, "{error}");
    }
    let error = before.register(&beta, "me", session()).unwrap_err();
    assert_eq!(error.kind(), RegistryErrorKind::Corrupt, "{error}");
    assert!(after.resolve(&beta, lost.id()).unwrap().is_none());
    assert!(after.scrub().unwrap().is_clean());
}
