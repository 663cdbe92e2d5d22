//! Every kind of error says what, where and what to do.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::ffi::OsString;

use id_rollout::{Flag, Issuer, Rollout, RolloutError, RolloutErrorKind, Sources, Value};
use id_testkit::snapshots;

use crate::{Folder, write};

#[test]
fn every_kind_says_what_where_and_what_to_do() {
    let folder = Folder::new();
    let file = folder.file();
    let of_file = |text: &str| {
        write(&file, text);
        folder.sources().load().unwrap_err()
    };
    let variable = |name: &str, value: &str| {
        Sources::of([(OsString::from(name), OsString::from(value))]).unwrap_err()
    };
    let mut errors = vec![
        Flag::parse("rollout_percents").unwrap_err(),
        Flag::parse("colour").unwrap_err(),
        Value::parse(Flag::RolloutPercent, "101").unwrap_err(),
        variable("UNIFIED_ID_ROLLOUT_PERCENT", "many"),
        variable("UNIFIED_ID_ENABLE_UNIFIED_ID_GENERATING", "true"),
        of_file("a = 1\nrollout_percent = 10\n"),
        of_file("# so many\nrollout_percent = 1000\n"),
        of_file("rollout_percent = \"10\"\n"),
        of_file("enable_unified_id_generation = 1\n"),
        of_file("rollout_percent = = 1\n"),
        of_file("rollout_percent = 1\n[flags]\nrollout_percent = 2\n"),
        of_file("[flag]\nrollout_percent = 2\n"),
    ];
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    errors.push(folder.sources().load().unwrap_err());
    let missing = file.join("missing.toml");
    let named = Sources::of([("UNIFIED_ID_CONFIG".into(), missing.clone().into_os_string())]);
    errors.push(named.unwrap().load().unwrap_err());
    errors.push(Sources::new(missing.join("x")).set(Flag::RolloutPercent, "1").unwrap_err());
    let other = Folder::new();
    let issuer = Issuer::new(Rollout::follow(other.sources()).unwrap());
    for thread in
        ["", "user_01m7wqt1fbff4sq3bgc5bhn9e0", "01m7wqi1fbff4sq3bgc5bhn9e0", "a_run_b", "x\\y"]
    {
        errors.push(issuer.run(thread).unwrap_err());
    }
    let folder_text = folder.file().parent().unwrap().display().to_string();
    let mut shown = String::new();
    let mut kinds: BTreeMap<String, RolloutErrorKind> = BTreeMap::new();
    for error in &errors {
        kinds.insert(format!("{:?}", error.kind()), error.kind());
        shown.push_str(&show(error).replace(&folder_text, "FOLDER"));
    }
    // All that can be caused here; a thread that cannot be started needs a machine that is full.
    assert_eq!(
        kinds.into_keys().collect::<Vec<_>>(),
        ["File", "Read", "Scope", "UnknownFlag", "Value", "Write"]
    );
    let _guard = snapshots("errors").bind_to_scope();
    insta::assert_snapshot!("rollout", shown);
}

fn show(error: &RolloutError) -> String {
    let cause = error.source().map_or_else(String::new, |cause| format!(": {cause}"));
    assert!(!error.help().is_empty() && !error.to_string().contains('\n'));
    format!("error: {error}{cause}\nhelp:  {}\n\n", error.help())
}
