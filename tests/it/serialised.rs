//! Ids in serialised data: the canonical string in JSON.

use unified_id::{IdKind, KeyedRunId, RunId, ThreadId, ThreadKey, ThreadScope, UnifiedId};

fn check<T>(value: &T, json: &str)
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    assert_eq!(&serde_json::from_str::<T>(json).unwrap(), value);
    assert!(serde_json::from_str::<T>("\"\"").is_err());
    assert!(serde_json::from_str::<T>("7").is_err());
}

#[test]
fn json_has_canonical_strings() {
    let core = "01m7wqt1fbff4sq3bgc5bhn9e0".parse().unwrap();
    let thread = ThreadId::from_core(core);
    let keyed = KeyedRunId::from_parts("user123".parse().unwrap(), core);
    check(&core, "\"01m7wqt1fbff4sq3bgc5bhn9e0\"");
    check(&thread, "\"thread_01m7wqt1fbff4sq3bgc5bhn9e0\"");
    check(
        &RunId::from_parts(thread, core),
        "\"run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fbff4sq3bgc5bhn9e0\"",
    );
    check(&keyed, "\"run_user123_01m7wqt1fbff4sq3bgc5bhn9e0\"");
    check(&UnifiedId::from(keyed), "\"run_user123_01m7wqt1fbff4sq3bgc5bhn9e0\"");
    check(&ThreadKey::from(core), "\"01m7wqt1fbff4sq3bgc5bhn9e0\"");
    check(&ThreadScope::parse("user123").unwrap(), "\"user123\"");
    check(&IdKind::Websocket, "\"websocket\"");
}

#[test]
fn a_wrong_id_in_json_says_what_is_wrong() {
    let error = serde_json::from_str::<RunId>("\"run_01m7wqt1fbff4sq3bgc5bhn9e0\"").unwrap_err();
    assert!(error.to_string().contains("the scope is missing at byte 4"), "{error}");
}
