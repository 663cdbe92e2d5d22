//! What is told about the store is what the store holds; who is told may be down.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use id_registry::store::{ClickHouse, ClickHouseTransport};
use id_registry::{
    Action, Link, Metadata, Options, Outbox, OutboxOptions, Reference, Registry, RegistryError,
    RegistryErrorKind, Sink, Told,
};
use unified_id::{Tenant, UnifiedId};

use crate::conformance::{on_every_store, small};

fn acme() -> Tenant {
    "acme".parse().unwrap()
}

/// What a listener knows of an id: system, kind, state, metadata, aliases, links.
type Known = (String, String, String, String, Vec<String>, Vec<String>);

/// A listener that builds the store anew from what it is told.
#[derive(Default)]
struct Copy {
    entries: BTreeMap<(String, String), Known>,
    /// Fails after it took something, as a connection that breaks before the answer.
    fails: bool,
}

impl Sink for Copy {
    fn name(&self) -> &'static str {
        "copy"
    }

    fn take(&mut self, told: &[Told]) -> Result<(), RegistryError> {
        for told in told {
            let Some(entry) = &told.entry else { continue };
            let at = (told.event.tenant.to_string(), entry.id.to_string());
            let known = self.entries.entry(at).or_insert_with(|| {
                let (system, kind) = (entry.system.to_string(), entry.kind.to_string());
                (system, kind, String::new(), String::new(), Vec::new(), Vec::new())
            });
            entry.state.name().clone_into(&mut known.2);
            known.3 = entry.metadata.to_string();
            if let Some(alias) = &told.alias
                && !known.4.contains(alias)
            {
                known.4.push(alias.clone());
                known.4.sort();
            }
            for (relation, other) in &told.links {
                let link = format!("{} {other}", relation.name());
                if !known.5.contains(&link) {
                    known.5.push(link);
                    known.5.sort();
                }
            }
        }
        if std::mem::take(&mut self.fails) {
            // Any error of a registry will do.
            return Err(Registry::in_memory(Options::default())?
                .resolve(&acme(), "no id")
                .unwrap_err());
        }
        Ok(())
    }
}

/// Some writes of every kind.
fn write_all_kinds(registry: &Registry) -> Vec<String> {
    let ids: Vec<String> = (0..12).map(|_| UnifiedId::workflow().to_string()).collect();
    for (number, id) in ids.iter().enumerate() {
        let metadata = Metadata::new(&format!(r#"{{"number":{number},"text":"a\"b\\c\u00e4"}}"#));
        let reference = Reference::new(id.clone(), "mahavishnu")
            .metadata(metadata.unwrap())
            .alias(format!("run_user{number}_a1b2c3d4"))
            .link(Link::parent(ids[0].clone()));
        registry.register(&acme(), "me", reference).unwrap();
    }
    let again = Reference::new(ids[3].clone(), "mahavishnu")
        .link(Link::run("run_user9_a1b2c3d4"))
        .alias("run_other_a1b2c3d4");
    registry.register(&acme(), "me", again).unwrap();
    registry.tombstone(&acme(), "me", &ids[1], "test").unwrap();
    registry.purge(&acme(), "me", &ids[2]).unwrap();
    ids
}

#[test]
fn what_is_told_is_the_store() {
    on_every_store(|registry| {
        write_all_kinds(&registry);
        let mut copy = Copy::default();
        let mut rounds = 0;
        loop {
            // Every other time the answer is lost, and the same events come again.
            copy.fails = rounds % 2 == 0;
            rounds += 1;
            match registry.tell(&mut copy, 5) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => assert_eq!(error.kind(), RegistryErrorKind::Unparsable),
            }
        }
        let exported: BTreeMap<(String, String), Known> = registry
            .export(&acme())
            .map(|exported| {
                let exported = exported.unwrap();
                let entry = &exported.entry;
                let mut aliases = exported.aliases.clone();
                aliases.sort();
                let mut links: Vec<String> = (exported.links.iter())
                    .map(|(relation, other)| format!("{} {other}", relation.name()))
                    .collect();
                links.sort();
                let at = (entry.tenant.to_string(), entry.id.to_string());
                let known = (
                    entry.system.to_string(),
                    entry.kind.to_string(),
                    entry.state.name().to_owned(),
                    entry.metadata.to_string(),
                    aliases,
                    links,
                );
                (at, known)
            })
            .collect();
        assert_eq!(copy.entries, exported);
        assert_eq!(registry.outbox_state("copy").unwrap().behind, 0);
    });
}

/// A listener that can be down, and hangs until it is told to say so.
struct Flaky {
    is_down: Arc<AtomicBool>,
    has_failed: bool,
    taken: Arc<Mutex<Vec<u64>>>,
}

impl Sink for Flaky {
    fn name(&self) -> &'static str {
        "flaky"
    }

    fn take(&mut self, told: &[Told]) -> Result<(), RegistryError> {
        while self.is_down.load(Ordering::Acquire) {
            std::thread::sleep(Duration::from_millis(5));
        }
        if !std::mem::replace(&mut self.has_failed, true) {
            let registry = Registry::in_memory(Options::default())?;
            return registry.resolve(&acme(), "no id").map(|_| ());
        }
        self.taken.lock().unwrap().extend(told.iter().map(|told| told.event.seq));
        Ok(())
    }
}

#[test]
fn a_listener_that_is_down_holds_nothing_up() {
    let registry = Arc::new(Registry::in_memory(small()).unwrap());
    let (is_down, taken) = (Arc::new(AtomicBool::new(true)), Arc::default());
    let sink = Flaky { is_down: is_down.clone(), has_failed: false, taken: Arc::clone(&taken) };
    let mut options = OutboxOptions::default();
    options.longest_wait = Duration::from_millis(100);
    options.batch = 64;
    let outbox = Outbox::start(registry.clone(), Box::new(sink), options).unwrap();
    let ids: Vec<String> = (0..500).map(|_| UnifiedId::job().to_string()).collect();
    // Did a write wait for the listener, which hangs, none of them would end.
    for id in &ids {
        let reference = Reference::new(id.clone(), "crackerjack");
        registry.register(&acme(), "me", reference).unwrap();
    }
    let state = outbox.state().unwrap();
    assert_eq!((state.position, state.behind), (0, 500));
    assert!(state.oldest_at_ms.is_some());
    is_down.store(false, Ordering::Release);
    let end = Instant::now() + Duration::from_mins(1);
    while outbox.state().unwrap().behind > 0 {
        assert!(Instant::now() < end, "the outbox does not catch up");
        std::thread::sleep(Duration::from_millis(5));
    }
    outbox.stop();
    assert_eq!(*taken.lock().unwrap(), (1..=500).collect::<Vec<u64>>());
}

/// Collects what would be sent, for the real engine to run.
#[derive(Default, Clone)]
struct Statements(Arc<Mutex<Vec<(String, String)>>>);

impl ClickHouseTransport for Statements {
    fn send(&mut self, statement: &str, rows: &str) -> Result<(), String> {
        self.0.lock().unwrap().push((statement.to_owned(), rows.to_owned()));
        Ok(())
    }
}

#[test]
fn the_trace_tables_hold_on_the_real_engine() {
    let registry = Registry::in_memory(small()).unwrap();
    let ids = write_all_kinds(&registry);
    let statements = Statements::default();
    let mut sink = ClickHouse::new(statements.clone());
    while registry.tell(&mut sink, 7).unwrap() > 0 {}
    let mut all = statements.0.lock().unwrap().clone();
    // All of it came twice, the second time after a later claim of another owner: the first one stays.
    let inserts: Vec<_> =
        all.iter().filter(|(text, _)| text.starts_with("INSERT")).cloned().collect();
    let claim = inserts[0].1.lines().next().unwrap().replace("mahavishnu", "thief");
    let first = u64::MAX - 1;
    let claim = claim.replace(&first.to_string(), &(first - 1_000).to_string());
    all.push(("INSERT INTO unified_id_entry FORMAT JSONEachRow".to_owned(), claim));
    all.extend(inserts);
    let queries = [
        "SELECT count(), uniqExact(id), any(system) FROM unified_id_entry FINAL",
        "SELECT state, count() FROM unified_id_state GROUP BY state ORDER BY state",
        "SELECT action, count() FROM unified_id_event FINAL GROUP BY action ORDER BY action",
        "SELECT relation, count() FROM unified_id_link FINAL GROUP BY relation ORDER BY relation",
        "SELECT countIf(abs(dateDiff('millisecond', made_at, registered_at)) < 60000) \
         FROM unified_id_entry FINAL",
    ];
    let answers = id_testkit::chdb::run(&all, &queries.map(str::to_owned));
    let links = ids.len() - 1;
    let expected = format!(
        "12,12,\"mahavishnu\"\n\"deleted\",1\n\"live\",10\n\"purged\",1\n\"{}\",13\n\"delete\",1\n\"link\",1\n\"purge\",1\n\"register\",12\n\"parent\",{links}\n\"run\",1\n12\n",
        Action::Alias.name()
    );
    assert_eq!(answers, expected);
}
