//! New run ids in the old shapes, read by the rules of the five old extractors.

use std::fmt::Write;

use id_testkit::extractors::{
    EXTRACTORS, Extractor, id_manager, manager_0903, manager_0912, run_id_generator,
};
use id_testkit::snapshots;
use proptest::prelude::*;
use strum::IntoEnumIterator;
use unified_id::{Core, IdKind, LegacyRunFormat, ThreadKey, ThreadScope, UnifiedId, parse_any};

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
