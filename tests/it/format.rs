//! Pins the text form of every kind, made from a fixed clock and fixed randomness.

use std::fmt::Write;

use id_testkit::snapshots;
use unified_id::generator::{StepClock, StepEntropy};
use unified_id::kind::ScopeRule;
use unified_id::{Generator, IdKind, UnifiedId};

/// 2026-08-24T17:54:16.811Z.
const NOON: u64 = 1_787_594_056_811;

fn generator() -> Generator<StepClock, StepEntropy> {
    Generator::with(StepClock::new(NOON, 1), StepEntropy::new(1))
}

#[test]
fn every_kind() {
    let generator = generator();
    let scope = generator.generate().to_string();
    let mut shown = String::new();
    for kind in IdKind::ALL {
        let scopes: &[Option<&str>] = match kind.scope_rule() {
            ScopeRule::None => &[None],
            ScopeRule::Thread => &[Some(&scope), Some("user123_session456")],
            _ => &[Some(&scope)],
        };
        for scope in scopes {
            let id = UnifiedId::with_core(*kind, *scope, generator.generate()).unwrap();
            assert_eq!(UnifiedId::parse(&id.to_string()).unwrap(), id);
            writeln!(shown, "{id}").unwrap();
        }
    }
    let _guard = snapshots("format").bind_to_scope();
    insta::assert_snapshot!("every_kind", shown);
}

#[test]
fn kinds_table() {
    let mut shown = String::from("| kind | prefix | scope | meaning |\n|---|---|---|---|\n");
    for kind in IdKind::ALL {
        let scope = match kind.scope_rule() {
            ScopeRule::None => "none",
            ScopeRule::Thread => "thread",
            ScopeRule::User => "user",
            _ => panic!("a scope rule that this table does not know"),
        };
        writeln!(shown, "| {kind:?} | `{kind}` | {scope} | {} |", kind.meaning()).unwrap();
    }
    let _guard = snapshots("format").bind_to_scope();
    insta::assert_snapshot!("kinds_table", shown);
}

#[test]
fn one_value_in_all_spellings() {
    let core = generator().generate();
    let shown = format!(
        "core  {core}\nulid  {}\nuuid  {}\nbytes {:02x?}\n",
        core.ulid_text(),
        core.uuid_text(),
        core.to_bytes()
    );
    let _guard = snapshots("format").bind_to_scope();
    insta::assert_snapshot!("spellings", shown);
}
