//! Where an id leads, by authority; and that no candidate is ever preferred.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use strum::IntoEnumIterator;
use unified_id::legacy::{Dialect, LegacyFormat, Reader};
use unified_id::{
    Authority, Core, LegacyRunFormat, LiveThreads, ParseErrorKind, Place, Route, RouteKey, Tenant,
    ThreadId, ThreadKey, UnifiedId, Unknown, UserId,
};

const CORE: &str = "01m7wqt1fbff4sq3bgc5bhn9e0";

struct Threads {
    tenant: Tenant,
    live: HashSet<ThreadKey>,
    runs: HashMap<String, ThreadKey>,
    reader: Reader,
    expected: RefCell<Vec<String>>,
}

impl Threads {
    fn new(live: &[&str]) -> Self {
        Self {
            tenant: "acme".parse().unwrap(),
            live: live.iter().map(|text| key(text)).collect(),
            runs: HashMap::new(),
            reader: Reader::new(),
            expected: RefCell::default(),
        }
    }

    fn with(mut self, dialect: Dialect) -> Self {
        self.reader = Reader::new().with_dialect(dialect);
        self
    }

    fn mapping(mut self, run: &str, thread: &str) -> Self {
        self.runs.insert(Route::mapping_text(run).into_owned(), key(thread));
        self
    }
}

impl LiveThreads for Threads {
    fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    fn mapped(&self, id: &str) -> Option<ThreadKey> {
        self.runs.get(id).cloned()
    }

    fn is_live(&self, thread: &ThreadKey) -> bool {
        self.live.contains(thread)
    }

    fn reader(&self) -> &Reader {
        &self.reader
    }

    fn expect(&self, thread: &str) -> Option<Place> {
        self.expected.borrow_mut().push(thread.to_owned());
        Some(Place { words: ThreadKey::words_of(thread)?, hash: 7 })
    }

    fn is_live_at(&self, thread: &str, place: Option<Place>) -> bool {
        let key = key(thread);
        // What comes back is what was returned for this very thread.
        assert!(place.is_none_or(|place| (Some(place.words), place.hash) == (key.to_words(), 7)));
        self.is_live(&key)
    }
}

fn key(text: &str) -> ThreadKey {
    ThreadKey::parse(text).unwrap()
}

/// Shows a route as one line: `authority thread`, `? candidates` or `- why`.
fn show(route: &Route<'_>) -> String {
    match route {
        Route::Thread { key, authority: Authority::Mapping } => format!("mapping {}", key.thread()),
        Route::Thread { key, authority: Authority::Canonical } => {
            format!("canonical {}", key.thread())
        }
        Route::Thread { key, authority: Authority::Legacy(format) } => {
            format!("{format} {}", key.thread())
        }
        Route::Thread { .. } => panic!("an authority that this test does not know"),
        Route::Ambiguous { candidates } => {
            let mut shown = "?".to_owned();
            for thread in candidates.threads() {
                shown = format!("{shown} {thread}");
            }
            if candidates.or_none() { format!("{shown} or none") } else { shown }
        }
        Route::Unknown { why: Unknown::NotLive(thread) } => format!("- not_live {thread}"),
        Route::Unknown { why } => format!("- {}", why.code()),
    }
}

#[track_caller]
fn check(live: &Threads, text: &str, expected: &str) {
    assert_eq!(show(&Route::resolve(text, live)), expected, "{text:?}");
}

#[test]
fn an_id_of_this_format_carries_its_thread_live_or_not() {
    let live = Threads::new(&[]);
    for kind in ["run", "message", "tool"] {
        check(&live, &format!("{kind}_{CORE}_{CORE}"), &format!("canonical {CORE}"));
        check(&live, &format!("{kind}_user123_{CORE}"), "canonical user123");
        check(
            &live,
            &format!("{kind}_thread_user123_{}", CORE.to_uppercase()),
            "canonical user123",
        );
    }
    check(&live, &format!("thread_{CORE}"), &format!("canonical {CORE}"));
    for kind in ["user", "session", "request", "order", "agent"] {
        check(&live, &format!("{kind}_{CORE}"), "- no_thread");
    }
    check(&live, &format!("websocket_{CORE}_{CORE}"), "- no_thread");
    // A bare core does not say what it identifies, also where a thread has the same bits.
    let live = Threads::new(&[CORE]);
    check(&live, CORE, "- no_thread");
    check(&live, "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0", "- no_thread");
}

#[test]
fn an_unambiguous_legacy_id_needs_a_live_thread() {
    let (live, dead) = (Threads::new(&["alice"]), Threads::new(&["alice2", "al"]));
    for (text, format) in [
        ("thread_alice_run_1693430400000_a1b2c3d4", "netra_run_canonical"),
        ("thread_thread_alice_run_1693430400000_a1b2c3d4", "netra_run_canonical"),
        ("run_alice_a1b2c3d4", "netra_run_idmanager"),
        ("tool_exec_thread_alice_run_1693430400000_a1b2c3d4_x_1693430400000", "netra_composite"),
        ("thread_alice_1693430400000_abcdefghi", "fe_thread_op"),
        ("user-1761256444203-181-udbw7gp71-alice", "fe_dash_uid"),
        ("thread_alice", "netra_thread_named"),
    ] {
        check(&live, text, &format!("{format} alice"));
        check(&dead, text, "- not_live alice");
    }
}

#[test]
fn an_ambiguous_id_goes_nowhere_whoever_is_live() {
    let text = "run_alice_67890_ef123456";
    let expected = "? alice alice_67890";
    for live in [&[][..], &["alice"], &["alice_67890"], &["alice", "alice_67890"], &["al"]] {
        check(&Threads::new(live), text, expected);
    }
    // The deployment knows its generator; then the thread has to be live.
    for (dialect, thread) in [
        (Dialect::IdManager, "alice_67890"),
        (Dialect::Canonical0903, "alice_67890"),
        (Dialect::Ts5, "alice"),
    ] {
        let format = match dialect {
            Dialect::Ts5 => LegacyFormat::NetraRunTs5,
            _ => LegacyFormat::NetraRunIdmanager,
        };
        check(&Threads::new(&[thread]).with(dialect), text, &format!("{format} {thread}"));
        check(&Threads::new(&["al"]).with(dialect), text, &format!("- not_live {thread}"));
    }
    // This one says nothing about such a run.
    check(&Threads::new(&["alice"]).with(Dialect::Uig), text, expected);
}

#[test]
fn a_run_that_was_made_with_its_thread_is_sure_only_by_dialect() {
    let (text, thread) = ("run_context_7_5c95c6ff", "context_7_5c95c6ff");
    check(&Threads::new(&[thread]), text, "? context_7_5c95c6ff context context_7");
    check(&Threads::new(&[thread]).with(Dialect::Uig), text, &format!("netra_ctx_run {thread}"));
    let text = "run_x_1693430400000_7_5c95c6ff";
    check(&Threads::new(&[]), text, "? x_1693430400000 x_1693430400000_7 or none");
    check(&Threads::new(&["x_1693430400000"]).with(Dialect::Uig), text, "- no_thread");
}

#[test]
fn a_prefix_of_a_thread_is_no_thread() {
    let text = "context_1693430400000";
    for live in [&[][..], &["context_1693430400000"], &["context_1693430400000_7_5c95c6ff"]] {
        for threads in [Threads::new(live), Threads::new(live).with(Dialect::Uig)] {
            check(&threads, text, "- thread_is_prefix");
        }
    }
    let thread = "context_1693430400000_7_5c95c6ff";
    check(&Threads::new(&[]).mapping(text, thread), text, &format!("mapping {thread}"));
    // Fragments of users and threads in other ids are no threads either.
    let live = Threads::new(&["thread50", "thread500", "user_a6d2fa5d"]);
    check(&live, "msg_user_a6d2fa5d_thread50_1780456210034_562_0b9b9ca8", "- no_thread");
    check(&live, "ws_client_billing__1772989543220_389_86d9b844", "- no_thread");
}

#[test]
fn a_mapping_goes_before_everything_in_every_spelling() {
    let run = format!("run_user123_{CORE}");
    let upper = format!("run_thread_user123_{}", CORE.to_uppercase());
    for recorded in [&run, &upper] {
        let live = Threads::new(&["user123"]).mapping(recorded, "other");
        check(&live, &run, "mapping other");
        check(&live, &upper, "mapping other");
        check(&live, &format!("run_user12_{CORE}"), "canonical user12");
    }
    let uuid = "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0";
    let spellings = [
        uuid.to_owned(),
        uuid.to_uppercase(),
        uuid.replace('-', ""),
        CORE.into(),
        CORE.to_uppercase(),
    ];
    for recorded in &spellings {
        let live = Threads::new(&[]).mapping(recorded, "alice");
        for text in &spellings {
            check(&live, text, "mapping alice");
        }
    }
    // Also of texts that say nothing by themselves.
    for text in ["run_agent_user", "x", "run_alice_67890_ef123456", "not an id;"] {
        check(&Threads::new(&[]).mapping(text, "alice"), text, "mapping alice");
    }
}

#[test]
fn what_is_no_id_goes_nowhere() {
    let live = Threads::new(&["x"]);
    let long = "a".repeat(513);
    for (text, kind) in [
        ("", ParseErrorKind::Empty),
        (&long, ParseErrorKind::TooLong),
        ("run_01m7wqt1fbff4sq3bgc5bhn9e0", ParseErrorKind::MissingScope),
        ("run_x;_a1b2c3d4", ParseErrorKind::ForbiddenCharacter),
        ("thread_x_run_garbage", ParseErrorKind::BrokenRun),
        ("run___a1b2c3d4", ParseErrorKind::EmptyThread),
    ] {
        assert_eq!(
            Route::resolve(text, &live),
            Route::Unknown { why: Unknown::NotAnId(kind) },
            "{text:?}"
        );
    }
}

#[test]
fn a_key_is_a_whole_tenant_and_a_whole_thread() {
    let tenants: Vec<Tenant> =
        ["a", "a/b", "ab"].iter().map(|name| name.parse().unwrap()).collect();
    let clones = tenants.clone();
    let mut keys = HashSet::new();
    for (tenant, clone) in tenants.iter().zip(&clones) {
        for thread in ["al", "alice", "alice2", "b/c"] {
            assert!(keys.insert(RouteKey::new(tenant, key(thread))));
            assert!(!keys.insert(RouteKey::new(clone, key(&format!("thread_{thread}")))));
        }
    }
    assert_eq!(keys.len(), 12);
    assert_eq!(Tenant::new("").unwrap_err().kind(), ParseErrorKind::Empty);
    assert_eq!(Tenant::new(&"a".repeat(513)).unwrap_err().kind(), ParseErrorKind::TooLong);
}

proptest! {
    /// A new run leads to its thread, also when it is rendered in an old shape for a deployment that reads that shape.
    #[test]
    fn a_new_run_leads_to_its_thread(thread: u128, core: u128, key in "[a-z][a-z0-9_]{0,20}[a-z0-9]") {
        let thread = ThreadId::from_core(Core::from_u128(thread));
        let ms = 1_795_187_082_732_u128 << 80;
        let core = Core::from_u128(ms | core >> 48);
        let live = Threads::new(&[&thread.to_string()]);
        for scope in [thread.core().to_string(), key] {
            let Ok(run) = UnifiedId::with_core(unified_id::IdKind::Run, Some(&scope), core) else { return Ok(()) };
            let expected = ThreadKey::parse(&scope).unwrap();
            let route = Route::resolve(&run.to_string(), &live);
            prop_assert_eq!(route.thread(), Some(&expected));
            for (format, dialect) in LegacyRunFormat::iter().zip([Dialect::IdManager, Dialect::Canonical0903, Dialect::Ts5]) {
                let text = run.to_legacy(format).unwrap();
                let live = Threads::new(&[&scope]).with(dialect);
                let route = Route::resolve(&text, &live);
                prop_assert!(route.thread().is_none_or(|thread| *thread == expected), "{}", text);
            }
        }
    }

    /// In a batch each id leads where it leads alone, and the order stays.
    #[test]
    fn many_ids_lead_where_each_leads_alone(
        texts in prop::collection::vec(
            prop_oneof![
                Just("run_alice_a1b2c3d4".to_owned()),
                Just("thread_alice_run_1693430400000_a1b2c3d4".to_owned()),
                Just("run_alice_67890_ef123456".to_owned()),
                Just("run_bob_a1b2c3d4".to_owned()),
                Just("run_recorded_12345678".to_owned()),
                Just(format!("run_alice_{CORE}")),
                "[a-z0-9_]{0,40}",
            ],
            0..40,
        )
    ) {
        let live = Threads::new(&["alice", "alice_67890"]).mapping("run_recorded_12345678", "carol");
        let mut given = Vec::new();
        Route::resolve_each(texts.iter().map(String::as_str), &live, |text, route| given.push((text.to_owned(), show(&route))));
        let alone: Vec<_> = texts.iter().map(|text| (text.clone(), show(&Route::resolve(text, &live)))).collect();
        prop_assert_eq!(given, alone);
    }

    /// Whatever the text, the answer is one of the live threads, one that the id itself carries, or none.
    #[test]
    fn resolving_never_panics_and_never_invents(text in "\\PC{0,60}", user: u128) {
        let live = Threads::new(&["alice"]);
        if let Route::Thread { key, authority: Authority::Legacy(_) } = Route::resolve(&text, &live) {
            prop_assert!(live.is_live(key.thread()));
        }
        let user = UserId::from_core(Core::from_u128(user));
        prop_assert!(Route::resolve(&user.to_string(), &live).thread().is_none());
    }
}

#[test]
fn the_thread_of_the_commonest_old_runs_is_expected_and_nothing_rests_on_it() {
    let check = |id: &str, expected: &[&str], is_found: bool| {
        let threads = Threads::new(&["alice_b", "x"]);
        assert_eq!(Route::resolve(id, &threads).thread().is_some(), is_found, "{id}");
        assert_eq!(threads.expected.into_inner(), expected, "{id}");
    };
    check("run_alice_b_a1b2c3d4", &["alice_b"], true);
    check("thread_alice_b_run_1693430400000_a1b2c3d4", &["alice_b"], true);
    check("thread_thread_x_run_1693430400000_a1b2c3d4", &["thread_x"], true);
    // Wrong, and of no consequence.
    check("run_x_12345_a1b2c3d4", &["x_12345"], false);
    check("run_x_garbage_z", &[], false);
    check("run__a1b2c3d4", &[""], false);
    check("run_\u{fc}\u{fc}_a1b2c3d4", &["\u{fc}\u{fc}"], false);
    for id in [
        "",
        "_",
        "_a1b2c3d4",
        "run_a1b2c3d4",
        "thread_run_1693430400000_a1b2c3d4",
        "\u{fc}_1234567",
    ] {
        check(id, &[], false);
    }
    // Of an id of this format nothing has to be expected.
    check(&UnifiedId::run(ThreadId::new()).to_string(), &[], true);
}
