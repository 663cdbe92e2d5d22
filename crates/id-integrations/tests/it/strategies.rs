//! The strategies of the feature `proptest`: what they give is valid, and they give all there is.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::str::FromStr;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use unified_id::{
    CoreBytes, Id, IdKind, KeyedId, KeyedRunId, LegacyKey, ParseError, RunId, ScopeRef, ThreadId,
    ThreadKey, ThreadScope, UnifiedId, WebsocketId,
};

use crate::{Order, OrderLine};

#[track_caller]
fn check<T: FromStr<Err = ParseError> + ToString + PartialEq + Debug>(value: &T) {
    assert_eq!(&value.to_string().parse::<T>().unwrap(), value);
}

proptest! {
    #[test]
    fn every_text_is_read_back(
        typed: (ThreadId, RunId, WebsocketId, Id<Order>, Id<OrderLine>),
        keyed: KeyedId<unified_id::kind::Tool>,
        any: UnifiedId,
        key: LegacyKey,
        thread: (ThreadScope, ThreadKey),
        bytes: CoreBytes,
    ) {
        check(&typed.0);
        check(&typed.1);
        check(&typed.2);
        check(&typed.3);
        check(&typed.4);
        check(&keyed);
        check(&any);
        check(&key);
        check(&thread.0);
        check(&thread.1);
        prop_assert_eq!(unified_id::Core::from(bytes).to_bytes(), bytes.0);
    }
}

#[test]
fn all_kinds_and_all_scopes_come_up() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    let mut has_time = [false; 2];
    for _ in 0..2_000 {
        let id = any::<UnifiedId>().new_tree(&mut runner).unwrap().current();
        has_time[usize::from(id.timestamp_ms().is_some())] = true;
        seen.insert((
            id.kind(),
            match id.scope() {
                ScopeRef::None => 0,
                ScopeRef::Core(_) => 1,
                ScopeRef::Key(_) => 2,
            },
        ));
    }
    // Kinds on a thread have two forms.
    assert_eq!(seen.len(), IdKind::ALL.len() + 3);
    assert_eq!(has_time, [true; 2]);
}

#[test]
fn ids_shrink_to_the_simplest() {
    let mut runner = TestRunner::deterministic();
    let mut tree = any::<KeyedRunId>().new_tree(&mut runner).unwrap();
    while tree.simplify() {}
    assert_eq!(tree.current().to_string(), "run_0_00000000000000000000000000");
}
