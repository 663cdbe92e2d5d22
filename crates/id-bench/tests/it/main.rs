//! What the comparison in the README says of the peers, checked on the versions that are locked.

use type_safe_id::{StaticType, TypeSafeId};

#[derive(Default)]
struct Thread;

impl StaticType for Thread {
    const TYPE: &'static str = "thread";
}

/// Returns library and verdict of each row of a table of forks.
#[cfg(unix)]
fn verdicts(page: &str) -> Vec<(&str, &str)> {
    page.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
            Some((cells.next()?, cells.next()?))
        })
        .filter(|(_, verdict)| ["repeats", "differs"].contains(verdict))
        .collect()
}

#[cfg(unix)]
#[test]
fn who_repeats_ids_after_a_fork() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_forks")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let table = String::from_utf8(output.stdout).unwrap();
    let measured = verdicts(&table);
    assert_eq!(measured[0], ("unified-id", "differs"), "{table}");
    let published = verdicts(include_str!("../../../../docs/benchmarks/fork.md"));
    assert_eq!(
        measured, published,
        "docs/benchmarks/fork.md and the README say otherwise:\n{table}"
    );
    let repeating = measured.iter().filter(|(_, verdict)| *verdict == "repeats").count();
    assert!(repeating > 0, "a check that finds nobody proves nothing");
}

#[test]
fn who_accepts_more_than_128_bits() {
    let bare = "8ZZZZZZZZZZZZZZZZZZZZZZZZZ";
    let typed = "thread_8zzzzzzzzzzzzzzzzzzzzzzzzz";
    assert!(unified_id::Core::parse(bare).is_err());
    assert!(unified_id::ThreadId::parse(typed).is_err());
    assert!(ulid::Ulid::from_string(bare).is_ok());
    assert!(bare.parse::<mr_ulid::Ulid>().is_err());
    assert!(typed.parse::<TypeSafeId<Thread>>().is_err());
    assert!(typed.parse::<mti::prelude::MagicTypeId>().is_err());
    assert!(bare.parse::<ferroid::id::ULID>().is_ok());
}
