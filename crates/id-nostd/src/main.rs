//! Reads and writes ids in a program without the standard library: `cargo run --profile no-std -p id-nostd`.
//!
//! Only a program proves it: a library that asks for `std` somewhere still compiles where `std` is there to be found. Here it
//! is not: panics, memory and the start of the program are what this file says, and the C library is asked for nothing but
//! the start and `abort`. The profile `no-std` stops at a panic instead of unwinding, which needs no runtime. In other
//! profiles, which unwind, the standard library is linked for that alone, so that the crate builds with the workspace.
//! Exit code 0 if all is well; a check that fails aborts.
#![no_std]
#![no_main]
#![expect(unsafe_code, reason = "a program without `std` brings its own start and memory")]

extern crate alloc;
#[cfg(panic = "unwind")]
extern crate std;

mod memory;

use alloc::string::ToString as _;

use unified_id_bare::{
    Core, IdKind, KeyedRunId, LegacyKey, ParseErrorKind, RunId, ThreadId, ThreadKey, UnifiedId,
    UnifiedRef, adopt, parse_any,
};

unified_id_bare::kind! {
    /// A kind of an application.
    Order = "order";
}

/// Where the C library starts the program.
// SAFETY: nothing else in the program has this name.
#[unsafe(no_mangle)]
extern "C" fn main() -> i32 {
    ids_are_written_and_read();
    errors_say_what_is_wrong();
    0
}

fn ids_are_written_and_read() {
    let core = Core::from_bytes(*b"0123456789abcdef");
    let thread = ThreadId::from_core(core);
    let run = RunId::from_parts(thread, core);
    assert_eq!(run.to_text().as_str(), run.to_string());
    assert_eq!(RunId::parse(&run.to_string()).map(|read| read.thread()).ok(), Some(thread));
    assert_eq!(
        parse_any(&run.to_string()).ok().and_then(|id| id.as_unified()).map(UnifiedRef::to_unified),
        Some(UnifiedId::from(run)),
    );
    for kind in IdKind::ALL {
        let scope = (kind.scope_rule() != unified_id_bare::kind::ScopeRule::None).then_some(core);
        let scope = scope.map(|scope| scope.to_string());
        let id = UnifiedId::with_core(*kind, scope.as_deref(), core).ok();
        assert!(id.is_some_and(|id| UnifiedId::parse(&id.to_string()).ok() == Some(id)));
    }

    let key = "thread_user123".parse::<LegacyKey>().ok();
    let keyed = key.map(|key| KeyedRunId::from_parts(key, core));
    assert!(keyed.is_some_and(|id| KeyedRunId::parse(&id.to_string()).ok() == Some(id)));
    let order = unified_id_bare::Id::<Order>::from_core(core);
    assert_eq!(order.to_string().parse().ok(), Some(order));
    let user = ThreadKey::parse("alice@example.org").map(|key| adopt(IdKind::User, &key)).ok();
    assert_eq!(user.and_then(Core::uuid_version), Some(8));
}

fn errors_say_what_is_wrong() {
    let error = ThreadId::parse("thread_01m7wqt1fbff4sq3bgc5bhn9eu").err();
    let error = error.as_ref();
    assert_eq!(error.map(unified_id_bare::ParseError::kind), Some(ParseErrorKind::Lookalike));
    assert!(error.is_some_and(|error| error.to_string().contains("byte 32")));
}
