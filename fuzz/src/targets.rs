//! What must hold for any bytes: the functions that the fuzzer calls, and the test command with the corpus.
//!
//! Invariant: needs neither libFuzzer nor anything of this workspace but the library, so `tests/it/fuzz.rs` includes it.

use unified_id::{
    Core, IdKind, KeyedRunId, LegacyKey, ParseError, ParsedId, RunId, ThreadId, ThreadKey,
    ThreadScope, UnifiedId, WebsocketId, parse_any_bytes,
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
