//! What the registry says when it refuses: every sentence in one file.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use id_registry::{
    Cursor, Find, Metadata, Reference, Registry, RegistryError, RegistryErrorKind, Relation,
    System, Window,
};
use id_testkit::snapshots;
use unified_id::Tenant;

use crate::conformance::small;

const WORKFLOW: &str = "workflow_01m7wqt1fbff4sq3bgc5bhn9e0";
const OTHER: &str = "workflow_01m7wqt1fcff4sq3cdmzk4w7rt";

fn refused() -> Vec<RegistryError> {
    let mut options = small();
    options.open_systems = false;
    options.limits.batch = 1;
    options.limits.aliases = 1;
    let registry = Registry::in_memory(options).unwrap();
    let acme: Tenant = "acme".parse().unwrap();
    let register = |reference: Reference| registry.register(&acme, "me", reference);
    let mut errors = Vec::new();
    let first = Reference::new(WORKFLOW, "mahavishnu").alias("run_user123_a1b2c3d4");
    register(first.clone()).unwrap();
    errors.push(register(Reference::new(WORKFLOW, "akosha")).unwrap_err());
    errors.push(register(Reference::new(WORKFLOW, "mahavishnu").kind("job")).unwrap_err());
    errors.push(
        register(Reference::new(WORKFLOW.replace("workflow", "user"), "akosha")).unwrap_err(),
    );
    errors
        .push(register(Reference::new(OTHER, "akosha").alias("run_user123_a1b2c3d4")).unwrap_err());
    errors.push(register(Reference::new(OTHER, "akosha").alias(WORKFLOW)).unwrap_err());
    errors.push(register(Reference::new("no id", "akosha")).unwrap_err());
    errors.push(register(Reference::new("01m7wqt1fcff4sq3cdmzk4w7rt", "akosha")).unwrap_err());
    errors.push(register(Reference::new(OTHER, "sessionbuddy")).unwrap_err());
    errors.push(register(Reference::new(OTHER, "billing")).unwrap_err());
    errors.push(register(Reference::new(OTHER, "a/b\n")).unwrap_err());
    errors.push(register(Reference::new(OTHER, "akosha").kind("a b")).unwrap_err());
    errors.push(register(first.alias("run_user124_a1b2c3d4")).unwrap_err());
    errors.push(registry.resolve_batch(&acme, &[WORKFLOW, OTHER]).unwrap_err());
    errors.push(registry.tombstone(&acme, "me", OTHER, "").unwrap_err());
    errors.push(registry.window(&acme, WORKFLOW, &Window::around(1 << 40)).unwrap_err());
    errors.push(Metadata::new("[1]").unwrap_err());
    errors.push(Metadata::new(&format!(r#"{{"a":"{}"}}"#, "x".repeat(20_000))).unwrap_err());
    errors.push(System::new("x").and_then(|system| system.pattern("(")).unwrap_err());
    let taken = System::new("billing").and_then(|system| system.alias("Druva")).unwrap();
    errors.push(registry.define_system(&acme, "me", &taken).unwrap_err());
    errors.push(Relation::parse("uncle").unwrap_err());
    errors.push("abc".parse::<Cursor>().unwrap_err());
    register(Reference::new(OTHER, "mahavishnu")).unwrap();
    let mut find = Find::kind("workflow").limit(1);
    find.cursor = registry.find(&acme, &Find::system("mahavishnu").limit(1)).unwrap().next;
    errors.push(registry.find(&acme, &find).unwrap_err());
    errors.push(registry.backup(std::path::Path::new("copy")).unwrap_err());
    errors
}

#[test]
fn every_sentence_says_what_and_what_to_do() {
    let mut text = String::new();
    let errors = refused();
    for error in &errors {
        writeln!(text, "error[{}]: {error}\nhelp:  {}\n", error.kind().code(), error.help())
            .unwrap();
    }
    let _guard = snapshots("errors").bind_to_scope();
    insta::assert_snapshot!("registry", text);
    // The others need a broken disk, a second process, a fork or a clock: `faults.rs` meets most of them.
    let seen: BTreeSet<&str> = errors.iter().map(|error| error.kind().code()).collect();
    let elsewhere: BTreeSet<&str> = [
        RegistryErrorKind::Busy,
        RegistryErrorKind::Locked,
        RegistryErrorKind::Schema,
        RegistryErrorKind::Corrupt,
        RegistryErrorKind::Full,
        RegistryErrorKind::Store,
        RegistryErrorKind::Closed,
        RegistryErrorKind::Forked,
        RegistryErrorKind::Clock,
    ]
    .map(RegistryErrorKind::code)
    .into();
    let all: BTreeSet<&str> = <RegistryErrorKind as strum::IntoEnumIterator>::iter()
        .map(RegistryErrorKind::code)
        .collect();
    assert_eq!(&seen | &elsewhere, all);
    assert!(seen.is_disjoint(&elsewhere));
}

#[test]
fn too_many_waiting_writes_are_refused() {
    let mut options = small();
    options.queue = 1;
    let registry = Registry::in_memory(options).unwrap();
    let acme: Tenant = "acme".parse().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    let reference = || Reference::new(unified_id::UnifiedId::job().to_string(), "crackerjack");
    // The first one holds the writer's thread up, so that the next ones wait.
    registry
        .submit(&acme, "me", vec![reference()], move |_| {
            let _ = receiver.recv();
        })
        .unwrap();
    let mut refused = None;
    for _ in 0..1_000 {
        if let Err(error) = registry.submit(&acme, "me", vec![reference()], |_| {}) {
            refused = Some(error.kind());
            break;
        }
    }
    drop(sender);
    assert_eq!(refused, Some(RegistryErrorKind::Busy));
}
