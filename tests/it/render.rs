//! New run ids in the old shapes, read by the rules of the five old extractors.

use std::fmt::Write;

use id_testkit::snapshots;
use proptest::prelude::*;
use regex::Regex;
use strum::IntoEnumIterator;
use unified_id::{Core, IdKind, LegacyRunFormat, ThreadKey, ThreadScope, UnifiedId, parse_any};

/// `IDManager`.
fn id_manager(text: &str) -> Option<String> {
    let pattern = Regex::new("^run_(.+)_([a-f0-9]{8})$").unwrap();
    pattern.captures(text).map(|found| found[1].to_owned())
}

/// `run_id_generator`.
fn run_id_generator(text: &str) -> Option<String> {
    let (thread, _) = text.strip_prefix("thread_")?.split_once("_run_")?;
    (!thread.is_empty()).then(|| thread.to_owned())
}

/// `UnifiedIDManager` of 2025-09-03.
fn manager_0903(text: &str) -> Option<String> {
    let pattern = Regex::new(r"^thread_(.*?)_run_([0-9]+)_([a-f0-9A-F]{8})$").unwrap();
    if let Some(found) = pattern.captures(text) {
        return Some(found[1].to_owned());
    }
    let parts: Vec<&str> = text.split('_').collect();
    let last = parts.last()?;
    let is_hex = last.len() == 8 && last.chars().all(|character| character.is_ascii_hexdigit());
    if !text.starts_with("run_") || text.len() <= 13 || !is_hex {
        return None;
    }
    let middle = &parts[1..parts.len() - 1];
    let start = middle.iter().position(|part| !part.is_empty()).unwrap_or(middle.len());
    Some(middle[start..].join("_"))
}

/// `UnifiedIDManager` of 2025-09-12.
#[expect(clippy::unnecessary_wraps, reason = "all extractors have one type")]
fn manager_0912(text: &str) -> Option<String> {
    if ["websocket_factory_", "context_", "agent_"].iter().any(|start| text.starts_with(start)) {
        return Some(format!("thread_{text}"));
    }
    let parts: Vec<&str> = text.split('_').collect();
    if parts[0] == "run" && parts.len() >= 3 {
        return Some(parts[1..parts.len().saturating_sub(2).max(1)].join("_"));
    }
    Some(text.to_owned())
}

type Extractor = fn(&str) -> Option<String>;

const EXTRACTORS: [(&str, Extractor); 4] = [
    ("IDManager", id_manager),
    ("run_id_generator", run_id_generator),
    ("UnifiedIDManager 2025-09-03", manager_0903),
    ("UnifiedIDManager 2025-09-12", manager_0912),
];

/// The extractor that a shape was made for.
fn own(format: LegacyRunFormat) -> Vec<Extractor> {
    match format {
        LegacyRunFormat::IdManager => vec![id_manager],
        LegacyRunFormat::Canonical => vec![run_id_generator, manager_0903],
        LegacyRunFormat::Ts5 => vec![manager_0912],
        _ => panic!("a shape that this test does not know"),
    }
}

const CORE: &str = "01m7wqt1fcff4sq3cdmzk4w7rt";

#[test]
fn what_each_old_extractor_makes_of_each_shape() {
    let core: Core = CORE.parse().unwrap();
    let mut shown = String::new();
    for scope in ["01m7wqt1fbff4sq3bgc5bhn9e0", "user123_session456"] {
        let run = UnifiedId::with_core(IdKind::Run, Some(scope), core).unwrap();
        let old = LegacyRunFormat::iter()
            .map(|format| (format.to_string(), run.to_legacy(format).unwrap()));
        // What happens to a new id that is sent there all the same: the reason for the rendering.
        for (format, text) in old.chain([("new".to_owned(), run.to_string())]) {
            writeln!(shown, "{format}: {text}").unwrap();
            for (name, extract) in EXTRACTORS {
                let thread = extract(&text);
                let verdict = if thread.as_deref() == Some(scope) { "right" } else { "" };
                writeln!(shown, "  {name:28} {:44} {verdict}", thread.unwrap_or("-".to_owned()))
                    .unwrap();
            }
        }
    }
    let _guard = snapshots("legacy").bind_to_scope();
    insta::assert_snapshot!("rendered_runs", shown);
}

#[test]
fn only_runs_are_rendered() {
    assert_eq!(UnifiedId::from(UnifiedId::thread()).to_legacy(LegacyRunFormat::Ts5), None);
    assert_eq!("ts5".parse::<LegacyRunFormat>().unwrap(), LegacyRunFormat::Ts5);
}

proptest! {
    #[test]
    fn its_own_extractor_and_our_reader_find_the_thread(
        core in any::<u128>().prop_map(Core::from_u128),
        ms in 1_577_836_800_000_u64..5_964_364_800_000,
        key in "[a-zA-Z0-9][a-zA-Z0-9_-]{0,30}",
    ) {
        let Ok(scope) = ThreadScope::parse(&key) else { return Ok(()) };
        let core = Core::from_u128(u128::from(ms) << 80 | core.to_u128() >> 48);
        let run = UnifiedId::with_core(IdKind::Run, Some(&key), core).unwrap();
        for format in LegacyRunFormat::iter() {
            let text = run.to_legacy(format).unwrap();
            for extract in own(format) {
                let thread = extract(&text).unwrap();
                prop_assert_eq!(ThreadKey::parse(&thread).unwrap(), scope.thread_key(), "{}", text);
            }
            let read = parse_any(&text).unwrap();
            let old = read.as_legacy().unwrap();
            let candidates = old.alternatives().chain([old.thread()]).flatten();
            let keys: Vec<_> = candidates.map(|thread| ThreadKey::parse(&thread.to_cow()).unwrap()).collect();
            prop_assert!(keys.contains(&scope.thread_key()), "{}: {:?}", text, keys);
        }
    }
}

#[test]
fn typed_runs_are_rendered_as_runs_of_any_type() {
    let core: Core = "01m7wqt1fcff4sq3cdmzk4w7rt".parse().unwrap();
    let thread = unified_id::ThreadId::from_core(core);
    let run = unified_id::RunId::from_parts(thread, core);
    let keyed = unified_id::KeyedRunId::from_parts("user123".parse().unwrap(), core);
    for format in LegacyRunFormat::iter() {
        assert_eq!(UnifiedId::from(run).to_legacy(format), Some(run.to_legacy(format)));
        assert_eq!(UnifiedId::from(keyed.clone()).to_legacy(format), Some(keyed.to_legacy(format)));
        assert!(keyed.to_legacy(format).contains("user123"));
        assert_eq!(UnifiedId::from(thread).to_legacy(format), None);
    }
}
