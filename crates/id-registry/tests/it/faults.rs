//! What happens to the data: power cuts, full disks, flipped bits, second processes, clocks that jump.
#![expect(clippy::disallowed_methods, reason = "the files of a test have no reader to protect")]

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use id_registry::{
    Link, Metadata, Options, Reference, Registry, RegistryErrorKind, Retention, TraceOptions,
    WallClock,
};
use unified_id::{Core, IdKind, Tenant, UnifiedId};

use crate::disk;

fn acme() -> Tenant {
    "acme".parse().unwrap()
}

/// A log that is small enough to begin anew often.
fn small() -> Options {
    let mut options = Options::default();
    options.hot_entries = 1_000;
    options.sqlite.wal_bytes = 256 << 10;
    options
}

fn on_test_disk() -> Options {
    disk::install();
    let mut options = small();
    options.sqlite.vfs = Some(disk::NAME);
    options
}

fn reference(id: &str) -> Reference {
    let metadata = Metadata::new(&format!(r#"{{"of":"{id}"}}"#)).unwrap();
    Reference::new(id, "session-buddy").metadata(metadata)
}

/// Registers from several threads, cuts the power again and again, and returns how many acknowledged ids were lost.
fn lost_by_power_cuts(options: &Options, folder: &Path, cuts: u64) -> usize {
    let registry = Arc::new(Registry::open(folder, options.clone()).unwrap());
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let is_over = Arc::new(AtomicBool::new(false));
    // So many that the cut comes in the midst of writes, and no more.
    let allowed = Arc::new(AtomicUsize::new(60));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let (registry, acknowledged, is_over) =
                (registry.clone(), acknowledged.clone(), is_over.clone());
            let allowed = allowed.clone();
            std::thread::spawn(move || {
                while !is_over.load(Ordering::Relaxed) {
                    if acknowledged.lock().unwrap().len() > allowed.load(Ordering::Relaxed) {
                        std::thread::yield_now();
                        continue;
                    }
                    let id = UnifiedId::session().to_string();
                    registry.register(&acme(), "me", reference(&id)).unwrap();
                    acknowledged.lock().unwrap().push(id);
                }
            })
        })
        .collect();
    let mut lost = 0;
    let mut seen = 0;
    for cut in 0..cuts {
        // Some writes between two cuts, so that every cut meets another state.
        while acknowledged.lock().unwrap().len() < seen + 40 {
            assert!(threads.iter().all(|thread| !thread.is_finished()), "a caller failed");
            std::thread::yield_now();
        }
        // What was acknowledged before the cut has to be there after it.
        let known: Vec<String> = acknowledged.lock().unwrap().clone();
        seen = known.len();
        allowed.store(seen + 60, Ordering::Relaxed);
        let after = tempfile::tempdir().unwrap();
        disk::cut_power(folder, after.path(), cut.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        // What cannot even be opened is lost as a whole.
        let Ok(found) = Registry::open(after.path(), small()) else {
            lost += known.len();
            continue;
        };
        lost +=
            known.iter().filter(|id| !matches!(found.resolve(&acme(), id), Ok(Some(_)))).count();
        if lost == 0 {
            let report = found.scrub().unwrap();
            assert!(report.is_clean(), "{:?}", report.faults);
        }
    }
    is_over.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    lost
}

#[test]
fn a_power_cut_loses_nothing_that_was_acknowledged() {
    let options = on_test_disk();
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(lost_by_power_cuts(&options, folder.path(), 25), 0);
}

#[test]
fn a_disk_that_lies_is_found_by_the_same_test() {
    let options = on_test_disk();
    let folder = tempfile::tempdir().unwrap();
    // Made on an honest disk, so that there is something to open after the cut.
    drop(Registry::open(folder.path(), options.clone()).unwrap());
    disk::lie(folder.path());
    assert!(lost_by_power_cuts(&options, folder.path(), 5) > 0);
}

#[test]
fn a_full_disk_refuses_writes_and_loses_nothing() {
    let options = on_test_disk();
    let folder = tempfile::tempdir().unwrap();
    let registry = Registry::open(folder.path(), options).unwrap();
    let ids: Vec<String> = (0..50).map(|_| UnifiedId::session().to_string()).collect();
    for id in &ids[..20] {
        registry.register(&acme(), "me", reference(id)).unwrap();
    }
    disk::set_room(folder.path(), Some(0));
    // A tenant and a system that are new: their numbers must not stay behind.
    let zeta: Tenant = "zeta".parse().unwrap();
    for id in &ids[20..25] {
        let error = registry.register(&acme(), "me", reference(id)).unwrap_err();
        assert_eq!(error.kind(), RegistryErrorKind::Full, "{error}");
        let new = Reference::new(id.clone(), "brand-new");
        assert_eq!(
            registry.register(&zeta, "me", new).unwrap_err().kind(),
            RegistryErrorKind::Full
        );
    }
    assert!(!registry.health().is_ok);
    for id in &ids[..20] {
        assert!(registry.resolve(&acme(), id).unwrap().is_some(), "reading goes on");
    }
    disk::set_room(folder.path(), None);
    for id in &ids[20..] {
        registry.register(&acme(), "me", reference(id)).unwrap();
    }
    let new = Reference::new(ids[0].clone(), "brand-new");
    registry.register(&zeta, "me", new).unwrap();
    assert!(registry.health().is_ok);
    registry.clear_hot_tier();
    for id in &ids {
        assert!(registry.resolve(&acme(), id).unwrap().is_some());
    }
    assert_eq!(&*registry.resolve(&zeta, &ids[0]).unwrap().unwrap().entry.system, "brand-new");
    assert!(registry.scrub().unwrap().is_clean());
}

/// Opens a registry with one bit flipped and looks at all of its ids; returns how many errors there were.
fn with_flipped_bit(source: &Path, bit: u64, ids: &[String]) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = std::fs::read(source.join("registry.db")).unwrap();
    let at = usize::try_from(bit / 8).unwrap();
    bytes[at] ^= 1 << (bit % 8);
    std::fs::write(folder.path().join("registry.db"), bytes).unwrap();
    let registry = match Registry::open(folder.path(), small()) {
        Ok(registry) => registry,
        Err(error) => {
            let kinds =
                [RegistryErrorKind::Corrupt, RegistryErrorKind::Schema, RegistryErrorKind::Store];
            assert!(kinds.contains(&error.kind()), "bit {bit}: {error}");
            return 1;
        }
    };
    let mut errors = 0;
    for id in ids {
        match registry.resolve(&acme(), id) {
            Ok(Some(found)) => {
                let expected = format!(r#"{{"of":"{id}"}}"#);
                assert_eq!(&*found.entry.id, id, "bit {bit}");
                assert_eq!(&*found.entry.system, "session-buddy", "bit {bit}");
                assert_eq!(found.entry.metadata.as_str(), expected, "bit {bit}");
            }
            // A flip among the pointers of the tree hides rows; the scrub tells.
            Ok(None) => errors += 1,
            Err(error) => {
                errors += 1;
                let kinds = [RegistryErrorKind::Corrupt, RegistryErrorKind::Store];
                assert!(kinds.contains(&error.kind()), "bit {bit}: {error}");
            }
        }
    }
    if errors > 0 {
        assert!(!registry.scrub().is_ok_and(|report| report.is_clean()), "bit {bit}");
    }
    errors
}

#[test]
fn a_flipped_bit_never_gives_a_wrong_owner() {
    let folder = tempfile::tempdir().unwrap();
    let ids: Vec<String> = (0..120).map(|_| UnifiedId::session().to_string()).collect();
    {
        let registry = Registry::open(folder.path(), small()).unwrap();
        let references = ids.iter().map(|id| reference(id)).collect();
        registry.register_batch(&acme(), "me", references).unwrap();
    }
    let bits = 8 * std::fs::metadata(folder.path().join("registry.db")).unwrap().len();
    let mut errors = 0;
    for number in 0..250_u64 {
        let bit = (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8) % bits;
        errors += with_flipped_bit(folder.path(), bit, &ids);
    }
    assert!(errors > 20, "the flips reach the rows: {errors}");
}

/// The inner pages of a tree, and its leaves, from the root on, by the format of the file.
fn pages_of(file: &Path, tree: &str) -> [Vec<usize>; 2] {
    let connection = rusqlite::Connection::open(file).unwrap();
    let number =
        |sql: &str| connection.query_row(sql, [], |row| row.get::<_, u32>(0)).unwrap() as usize;
    assert_eq!(number("PRAGMA page_size"), PAGE);
    let mut open =
        vec![number(&format!("SELECT rootpage FROM sqlite_schema WHERE name = '{tree}'"))];
    let bytes = std::fs::read(file).unwrap();
    let (mut inner, mut leaves) = (Vec::new(), Vec::new());
    while let Some(page) = open.pop() {
        let page_bytes = &bytes[(page - 1) * PAGE..page * PAGE];
        let short =
            |at: usize| usize::from(u16::from_be_bytes([page_bytes[at], page_bytes[at + 1]]));
        let child =
            |at: usize| u32::from_be_bytes(page_bytes[at..at + 4].try_into().unwrap()) as usize;
        // 2 is an inner page of an index, 10 a leaf.
        if page_bytes[0] == 2 {
            inner.push(page);
            open.push(child(8));
            open.extend((0..short(3)).map(|cell| child(short(12 + 2 * cell))));
        } else {
            leaves.push(page);
        }
    }
    [inner, leaves]
}

const PAGE: usize = 8192;

/// Where the types of the tenants stand in a page: behind the pointer to a child, the length of the row and of its header.
fn tenant_types(page: &[u8]) -> Vec<usize> {
    let short = |at: usize| usize::from(u16::from_be_bytes([page[at], page[at + 1]]));
    let (head, child) = if page[0] == 2 { (12, 4) } else { (8, 0) };
    let len_bytes = |at: usize| page[at..].iter().take_while(|byte| **byte >= 0x80).count() + 1;
    (0..short(3))
        .map(|cell| short(head + 2 * cell) + child)
        .map(|row| row + len_bytes(row) + 1)
        .collect()
}

#[test]
fn a_flipped_bit_in_the_tree_hides_no_record() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    let ids: Vec<String> = (0..300).map(|_| UnifiedId::session().to_string()).collect();
    {
        let registry = Registry::open(folder.path(), small()).unwrap();
        // Long rows make a deep tree.
        let metadata =
            |id: &str| Metadata::new(&format!(r#"{{"of":"{id}","more":"{:1200}"}}"#, ""));
        let references =
            ids.iter().map(|id| reference(id).metadata(metadata(id).unwrap())).collect();
        registry.register_batch(&acme(), "me", references).unwrap();
        registry.checkpoint().unwrap();
    }
    let pages = pages_of(&file, "record");
    assert!(pages[0].len() > 5, "the tree has inner pages: {pages:?}");
    let whole = std::fs::read(&file).unwrap();
    let mut errors = 0;
    for number in 0..120_u64 {
        let random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let of = &pages[usize::from(number % 4 == 3)];
        let page = of[usize::try_from(random >> 40).unwrap() % of.len()];
        // Not covered, as `docs/DESIGN.md` says: bytes 0 to 7, the page's type and counts, and the type of a row's tenant, which
        // can become one that SQLite takes for nothing.
        let within = 64 + usize::try_from(random >> 8).unwrap() % (8 * (PAGE - 8));
        let bit = 8 * PAGE * (page - 1) + within;
        if tenant_types(&whole[PAGE * (page - 1)..PAGE * page]).contains(&(within / 8)) {
            continue;
        }
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let damaged = tempfile::tempdir().unwrap();
        std::fs::write(damaged.path().join("registry.db"), bytes).unwrap();
        let Ok(registry) = Registry::open(damaged.path(), small()) else {
            errors += 1;
            continue;
        };
        let mut stolen = 0;
        for id in &ids {
            match registry.resolve(&acme(), id) {
                Ok(found) => {
                    let found = found.unwrap_or_else(|| panic!("bit {bit} hides {id}"));
                    assert_eq!((&*found.entry.id, &*found.entry.system), (&**id, "session-buddy"));
                }
                Err(_) if stolen == 3 => errors += 1,
                Err(_) => {
                    errors += 1;
                    stolen += 1;
                    let theirs = Reference::new(id.clone(), "akosha");
                    assert!(registry.register(&acme(), "you", theirs).is_err(), "bit {bit}: {id}");
                }
            }
        }
    }
    assert!(errors > 100, "the flips reach the tree: {errors}");
}

/// Flips bits all over the tables of links and the indexes: what a list holds is right, and what it lacks the scrub tells.
#[test]
fn a_flipped_bit_in_a_link_or_an_index_is_told() {
    const SYSTEMS: [&str; 2] = ["akosha", "crackerjack"];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    // The same ids in every run, so that the same bits are flipped.
    let session = |number: u128| {
        let core = Core::from_u128(1_795_187_082_732 << 80 | number << 40 | number);
        UnifiedId::with_core(IdKind::Session, None, core).unwrap().to_string()
    };
    let parent = session(0);
    let ids: Vec<String> = (1..=60).map(session).collect();
    {
        let registry = Registry::open(folder.path(), small()).unwrap();
        registry.register(&acme(), "me", Reference::new(&parent, "mahavishnu")).unwrap();
        let references = ids.iter().enumerate().map(|(number, id)| {
            Reference::new(id, SYSTEMS[number % 2]).link(Link::parent(parent.clone()))
        });
        registry.register_batch(&acme(), "me", references.collect()).unwrap();
        registry.checkpoint().unwrap();
        let report = registry.scrub().unwrap();
        assert!(report.is_clean(), "{:?}", report.faults);
    }
    let whole = std::fs::read(&file).unwrap();
    let pages: Vec<usize> = ["link", "record_system", "record_kind"]
        .iter()
        .flat_map(|table| pages_of(&file, table).concat())
        .collect();
    assert!(pages.len() > 3, "{pages:?}");
    let (mut missing, mut refused) = (0, 0);
    for number in 0..120_u64 {
        let random = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let page = pages[usize::try_from(random >> 40).unwrap() % pages.len()];
        let bit = 8 * PAGE * (page - 1) + usize::try_from(random >> 8).unwrap() % (8 * PAGE);
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let damaged = tempfile::tempdir().unwrap();
        std::fs::write(damaged.path().join("registry.db"), bytes).unwrap();
        let Ok(registry) = Registry::open(damaged.path(), small()) else {
            refused += 1;
            continue;
        };
        let mut is_whole = true;
        match registry.trace(&acme(), &parent, &TraceOptions::default()) {
            Ok(trace) => {
                let links = trace.unwrap().links.items;
                assert!(links.iter().all(|link| ids.contains(&link.id)), "bit {bit}");
                is_whole &= links.len() == ids.len();
            }
            Err(_) => refused += 1,
        }
        for (number, system) in SYSTEMS.into_iter().enumerate() {
            match registry.find_by_system(&acme(), system) {
                Ok(page) => {
                    let of = |id: &str| ids.iter().position(|other| other == id).map(|at| at % 2);
                    let is_right = page.entries.iter().all(|entry| of(&entry.id) == Some(number));
                    assert!(is_right, "bit {bit}");
                    is_whole &= page.entries.len() == ids.len() / 2;
                }
                Err(_) => refused += 1,
            }
        }
        if !is_whole {
            missing += 1;
            assert!(!registry.scrub().is_ok_and(|report| report.is_clean()), "bit {bit}");
        }
    }
    assert!(missing + refused > 10, "the flips reach the rows: {missing} and {refused}");
}

#[test]
fn a_scrub_reads_links_and_looks_for_their_other_ends() {
    let damages = [
        ("UPDATE link SET text = 'other' WHERE relation = 1", "fails its checksum"),
        ("DELETE FROM link WHERE relation = 1", "has no other end"),
        ("DELETE FROM link WHERE relation = 17", "has no other end"),
        (
            "DELETE FROM record WHERE key IN (SELECT other FROM link WHERE relation = 32)",
            "no other end",
        ),
    ];
    for (damage, expected) in damages {
        let folder = tempfile::tempdir().unwrap();
        {
            let registry = Registry::open(folder.path(), small()).unwrap();
            let [parent, id, alias] = [(); 3].map(|()| UnifiedId::session().to_string());
            let reference = reference(&id).link(Link::parent(parent)).alias(alias);
            registry.register(&acme(), "me", reference).unwrap();
            let report = registry.scrub().unwrap();
            assert!(report.is_clean(), "{:?}", report.faults);
        }
        let connection = rusqlite::Connection::open(folder.path().join("registry.db")).unwrap();
        assert!(connection.execute(damage, []).unwrap() > 0, "{damage}");
        drop(connection);
        let registry = Registry::open(folder.path(), small()).unwrap();
        let faults = registry.scrub().unwrap().faults;
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{damage}: {faults:?}");
    }
}

#[test]
fn a_second_process_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let first = Registry::open(folder.path(), small()).unwrap();
    let error = Registry::open(folder.path(), small()).unwrap_err();
    assert_eq!(error.kind(), RegistryErrorKind::Locked);
    assert!(error.to_string().contains(&format!("process {}", std::process::id())), "{error}");
    drop(first);
    Registry::open(folder.path(), small()).unwrap();
}

#[test]
fn other_files_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("registry.db");
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("CREATE TABLE mine (x); INSERT INTO mine VALUES (1)").unwrap();
    drop(other);
    let before = std::fs::read(&file).unwrap();
    let error = Registry::open(folder.path(), small()).unwrap_err();
    assert_eq!(error.kind(), RegistryErrorKind::Schema, "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    // What a newer version wrote is not touched either.
    let newer = tempfile::tempdir().unwrap();
    drop(Registry::open(newer.path(), small()).unwrap());
    let connection = rusqlite::Connection::open(newer.path().join("registry.db")).unwrap();
    connection.pragma_update(None, "user_version", 2).unwrap();
    drop(connection);
    let error = Registry::open(newer.path(), small()).unwrap_err();
    assert_eq!(error.kind(), RegistryErrorKind::Schema, "{error}");
}

#[test]
fn a_clock_that_jumps_deletes_nothing() {
    const DAY_MS: u64 = 24 * 60 * 60 * 1000;
    let now = Arc::new(AtomicU64::new(1_800_000_000_000));
    let mut options = small();
    options.clock = WallClock::new({
        let now = now.clone();
        move || now.load(Ordering::Relaxed)
    });
    let registry = Registry::in_memory(options).unwrap();
    let ids: Vec<String> = (0..3).map(|_| UnifiedId::session().to_string()).collect();
    registry.register(&acme(), "me", reference(&ids[0])).unwrap();
    // Back by a year: the order of the audit stays that of the writes.
    now.fetch_sub(365 * DAY_MS, Ordering::Relaxed);
    registry.register(&acme(), "me", reference(&ids[1])).unwrap();
    let seqs: Vec<u64> = registry.audit(None, 0).map(|event| event.unwrap().seq).collect();
    assert_eq!(seqs, [1, 2]);
    // Ahead by ten years: nothing is deleted on that word.
    now.fetch_add(11 * 365 * DAY_MS, Ordering::Relaxed);
    let keep = Retention::new(Some(90 * DAY_MS), None);
    let error = registry.retain(&acme(), "me", &keep).unwrap_err();
    assert_eq!(error.kind(), RegistryErrorKind::Clock);
    assert_eq!(registry.stats(&acme()).unwrap().live, 2);
    // Unless somebody vouches for it.
    let mut trusting = keep;
    trusting.trust_clock = true;
    assert_eq!(registry.retain(&acme(), "me", &trusting).unwrap().deleted, 2);
    registry.register(&acme(), "me", reference(&ids[2])).unwrap();
    assert_eq!(registry.stats(&acme()).unwrap().live, 1);
}

#[test]
fn a_backup_of_a_busy_registry_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let registry = Arc::new(Registry::open(folder.path(), small()).unwrap());
    let ids: Vec<String> = (0..200).map(|_| UnifiedId::session().to_string()).collect();
    let references = ids.iter().map(|id| reference(id)).collect();
    registry.register_batch(&acme(), "me", references).unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let thread = std::thread::spawn({
        let (registry, is_over) = (registry.clone(), is_over.clone());
        move || {
            while !is_over.load(Ordering::Relaxed) {
                let id = UnifiedId::session().to_string();
                registry.register(&acme(), "me", reference(&id)).unwrap();
            }
        }
    });
    let copy = tempfile::tempdir().unwrap();
    let file = copy.path().join("registry.db");
    registry.backup(&file).unwrap();
    assert_eq!(registry.backup(&file).unwrap_err().kind(), RegistryErrorKind::Store);
    is_over.store(true, Ordering::Relaxed);
    thread.join().unwrap();
    let restored = Registry::open(copy.path(), small()).unwrap();
    for id in &ids {
        assert!(restored.resolve(&acme(), id).unwrap().is_some());
    }
    let report = restored.scrub().unwrap();
    assert!(report.is_clean(), "{:?}", report.faults);
}
