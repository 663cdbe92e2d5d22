//! What must hold for any bytes: the functions that the fuzzer calls, and the test command with the corpus.
//!
//! Invariant: needs neither libFuzzer nor anything of this workspace but the library, so `tests/it/fuzz.rs` includes it.

use unified_id::legacy::{self, Dialect, LegacyId, Reader};
use unified_id::{
    Authority, Core, IdKind, KeyedRunId, LegacyKey, LiveThreads, MappingId, ParseError, ParsedId,
    Route, RunId, Tenant, ThreadId, ThreadKey, ThreadScope, UnifiedId, Unknown, WebsocketId,
    parse_any_bytes,
};

/// The longest text that a reader looks at.
const MAX_INPUT_BYTES: usize = 512;

/// Reads bytes with every reader: none panics, what is read is written as a canonical fixed point, all readers that accept
/// a text agree, and errors point into the text.
///
/// # Panics
///
/// Panics if that does not hold.
pub fn parse(data: &[u8]) {
    let read = check(data, parse_any_bytes(data));
    let unified = check(data, UnifiedId::parse_bytes(data));
    let (thread, run) =
        (check(data, ThreadId::parse_bytes(data)), check(data, RunId::parse_bytes(data)));
    let websocket = check(data, WebsocketId::parse_bytes(data));
    match &read {
        Some(ParsedId::Unified(id)) => {
            let owned = id.to_unified();
            assert_eq!(unified.as_ref(), Some(&owned));
            let canonical = owned.to_string();
            assert_eq!(id.is_canonical(), canonical.as_bytes() == data);
            let Ok(ParsedId::Unified(again)) = parse_any_bytes(canonical.as_bytes()) else {
                panic!("{canonical} is not read");
            };
            assert!(again.is_canonical());
            assert_eq!(again.to_unified(), owned);
            assert_eq!(again.time(), id.time());
            assert_eq!(
                owned.user_id().is_some(),
                matches!(owned.kind(), IdKind::User | IdKind::Websocket)
            );
            if let Some(thread) = owned.thread_scope() {
                assert_eq!(owned.thread_key(), Some(thread.thread_key()));
            }
        }
        Some(ParsedId::Foreign(id)) => {
            assert_eq!(id.to_string().as_bytes(), data);
            assert!(IdKind::from_prefix(id.prefix()).is_none());
        }
        Some(ParsedId::Bare(core)) => {
            assert_eq!(core.to_string().as_bytes(), data.to_ascii_lowercase());
        }
        _ => {}
    }
    // A typed reader accepts what the general one reads as its kind, and the same value.
    let typed =
        [thread.map(UnifiedId::from), run.map(UnifiedId::from), websocket.map(UnifiedId::from)];
    for id in typed.into_iter().flatten() {
        assert_eq!(unified.as_ref(), Some(&id));
    }
    let Ok(text) = str::from_utf8(data) else {
        assert!(read.is_none() && unified.is_none());
        return;
    };
    if let Some(core) = check(data, Core::parse(text)) {
        assert!(matches!(read, Some(ParsedId::Bare(bare)) if bare == core));
    }
    if let Some(id) = check(data, KeyedRunId::parse(text)) {
        assert_eq!(unified, Some(id.into()));
    }
    if let Some(key) = check(data, ThreadKey::parse(text)) {
        assert_eq!(ThreadKey::parse(&key.to_string()).ok().as_ref(), Some(&key));
        if let Some(scope) = check(data, ThreadScope::parse(text)) {
            assert_eq!(scope.thread_key(), key);
        }
    }
    if let Some(key) = check(data, text.parse::<LegacyKey>()) {
        assert_eq!(key.as_str().parse().ok().as_ref(), Some(&key));
        let run = format!("run_{key}_{}", Core::MIN);
        let read = UnifiedId::parse(&run);
        assert_eq!(read.expect("a key can stand in an id").thread_key(), Some(key.thread_key()));
    }
}

/// Reads bytes as a legacy id, by the table and in every dialect: no reader panics, what is read is made of pieces of the
/// text, what is ambiguous has as many different threads as it says, a dialect gives one of the readings or none that
/// contradicts, and refusals point into the text.
///
/// # Panics
///
/// Panics if that does not hold.
pub fn legacy(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let read = legacy::read(text);
    match &read {
        Ok(id) => check_legacy(text, id),
        Err(refusal) => {
            assert!(refusal.position() <= data.len().min(MAX_INPUT_BYTES), "{refusal}");
            assert!(!refusal.to_string().contains('\n') && !refusal.help().is_empty());
        }
    }
    for dialect in [Dialect::IdManager, Dialect::Canonical0903, Dialect::Ts5, Dialect::Uig] {
        let reader = Reader::new().with_dialect(dialect);
        match (&read, reader.read(text)) {
            (Ok(id), Ok(settled)) => {
                check_legacy(text, &settled);
                let is_reading = core::iter::once(id.thread())
                    .chain(id.alternatives())
                    .any(|thread| key(thread) == key(settled.thread()));
                assert!(is_reading, "{text}: {dialect} reads what no reading is");
            }
            (Err(_), Err(_)) => {}
            // A dialect may read a thread with a blank at an end first, which refuses the text.
            (_, Err(refusal)) => assert_eq!(refusal.reason(), legacy::Reason::Blank, "{text}"),
            (Err(refusal), Ok(_)) => assert_eq!(refusal.reason(), legacy::Reason::Blank, "{text}"),
        }
    }
    // The general reader asks the table last, and then gives its answer.
    if let Ok(ParsedId::Legacy(id)) = unified_id::parse_any(text) {
        let table = read.expect("the table reads what the general reader takes from it");
        assert_eq!((id.format(), key(id.thread())), (table.format(), key(table.thread())));
    }
}

fn key(thread: Option<legacy::ThreadText<'_>>) -> Option<&str> {
    thread.map(|thread| thread.key())
}

fn check_legacy(text: &str, id: &LegacyId<'_>) {
    assert_eq!(id.text(), text);
    assert!(!id.row().is_refused());
    let inside = text.as_bytes().as_ptr_range();
    for (name, part) in id.parts() {
        let part = part.as_bytes().as_ptr_range();
        assert!(inside.start <= part.start && part.end <= inside.end, "{name}");
    }
    let mut keys: Vec<_> =
        core::iter::once(id.thread()).chain(id.alternatives()).map(key).collect();
    let count = keys.len();
    assert_eq!(id.is_ambiguous(), count > 1);
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count, "{text}: two readings give one thread");
    for thread in core::iter::once(id.thread()).chain(id.alternatives()).flatten() {
        let thread = thread.to_string();
        assert!(!thread.starts_with(' ') && !thread.ends_with(' '), "{text}");
    }
    if id.kind() == Some("thread") {
        assert_eq!(id.thread().map(|thread| thread.to_string()).as_deref(), Some(text));
    }
}

/// Checks an error and gives what was read.
fn check<T>(data: &[u8], result: Result<T, ParseError>) -> Option<T> {
    match result {
        Ok(read) => Some(read),
        Err(error) => {
            let (message, help) = (error.to_string(), error.help());
            assert!(error.position() <= data.len().min(MAX_INPUT_BYTES), "{message}");
            assert!(!message.is_empty() && !message.contains('\n'), "{message:?}");
            assert!(!help.is_empty() && !help.contains('\n'), "{help:?}");
            None
        }
    }
}

/// A tenant in which every thread is live or none, with at most one mapping.
struct World {
    tenant: Tenant,
    is_live: bool,
    mapping: Option<(String, ThreadKey)>,
    reader: Reader,
}

impl LiveThreads for World {
    fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    fn mapped(&self, id: &str) -> Option<ThreadKey> {
        self.mapping.as_ref().filter(|(known, _)| known == id).map(|(_, thread)| thread.clone())
    }

    fn is_live(&self, _: &ThreadKey) -> bool {
        self.is_live
    }

    fn reader(&self) -> &Reader {
        &self.reader
    }
}

/// Routes bytes where every thread is live, where none is, by a mapping and in every dialect: a route is the thread that the
/// text was read as and no candidate of several, a mapping is found under every spelling and goes before everything else, a
/// dialect leads to one of the candidates.
///
/// # Panics
///
/// Panics if that does not hold.
pub fn route(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let tenant: Tenant = "acme".parse().expect("a name");
    let world = |is_live, reader| World { tenant: tenant.clone(), is_live, mapping: None, reader };
    let live = world(true, Reader::new());
    let read = unified_id::parse_any(text);
    let route = Route::resolve(text, &live);
    match (&route, &read) {
        (Route::Thread { key, authority: Authority::Canonical }, Ok(ParsedId::Unified(id))) => {
            assert_eq!(id.thread_key().as_ref(), Some(key.thread()), "{text}");
        }
        (Route::Thread { key, authority: Authority::Legacy(format) }, Ok(ParsedId::Legacy(id))) => {
            assert!(!id.is_ambiguous() && !id.thread_is_prefix(), "{text}");
            assert_eq!(*format, id.format());
            let thread = id.thread().expect("a route has a thread").to_string();
            assert_eq!(ThreadKey::parse(&thread).ok().as_ref(), Some(key.thread()), "{text}");
        }
        (Route::Ambiguous { candidates }, Ok(ParsedId::Legacy(id))) => {
            assert!(id.is_ambiguous(), "{text}");
            assert!(candidates.threads().len() + usize::from(candidates.or_none()) > 1, "{text}");
        }
        (Route::Unknown { why: Unknown::NotAnId(kind) }, Err(error)) => {
            assert_eq!(*kind, error.kind());
        }
        (Route::Unknown { why: Unknown::NoThread | Unknown::ThreadIsPrefix }, Ok(_)) => {}
        _ => panic!("{text}: {read:?} leads to {route:?}"),
    }
    let candidates: Vec<ThreadKey> = match &route {
        Route::Ambiguous { candidates } => candidates.threads().to_vec(),
        Route::Thread { key, .. } => vec![key.thread().clone()],
        Route::Unknown { .. } => Vec::new(),
    };
    for dialect in [Dialect::IdManager, Dialect::Canonical0903, Dialect::Ts5, Dialect::Uig] {
        let settled = world(true, Reader::new().with_dialect(dialect));
        if let Some(thread) = Route::resolve(text, &settled).thread() {
            assert!(candidates.contains(thread), "{text}: {dialect} leads to {thread}");
        }
    }
    let nobody = world(false, Reader::new());
    let dead = Route::resolve(text, &nobody);
    match (&route, &dead) {
        (
            Route::Thread { key, authority: Authority::Legacy(_) },
            Route::Unknown { why: Unknown::NotLive(thread) },
        ) => {
            assert_eq!(key.thread(), thread);
        }
        _ => assert_eq!(route, dead, "{text}"),
    }
    let id = MappingId::new(text);
    let spelling = id.to_text().into_owned();
    let again = MappingId::new(&spelling);
    assert_eq!((again.to_text().as_ref(), again.as_cores()), (spelling.as_str(), id.as_cores()));
    let elsewhere = ThreadKey::from(Core::MAX);
    let may_be_mapped = !spelling.is_empty() && spelling.len() <= MAX_INPUT_BYTES;
    let recorded =
        World { mapping: Some((spelling, elsewhere.clone())), ..world(false, Reader::new()) };
    let mapped = Route::resolve(text, &recorded);
    if may_be_mapped {
        let Route::Thread { key, authority: Authority::Mapping } = &mapped else {
            panic!("{text}: the mapping is not found");
        };
        assert_eq!(key.thread(), &elsewhere);
    } else {
        assert_eq!(mapped, dead);
    }
}

/// Gives bytes to both codecs, as text and as a value: they agree.
///
/// # Panics
///
/// Panics if they do not.
pub fn codec(data: &[u8]) {
    let mut text = [b'0'; 26];
    for (place, byte) in text.iter_mut().zip(data) {
        *place = *byte;
    }
    assert!(unified_id::fuzzing::decodes_alike(&text), "{text:?}");
    let mut value = [0; 16];
    for (place, byte) in value.iter_mut().zip(data) {
        *place = *byte;
    }
    let value = u128::from_be_bytes(value);
    assert!(unified_id::fuzzing::encodes_alike(value), "{value:#x}");
}
