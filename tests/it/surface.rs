//! The parts of the public surface that hold for every type: text, debug text, order, hash, conversions.

use std::collections::{BTreeSet, HashSet};

use unified_id::generator::{self, Generator, PlainClock, ThreadEntropy};
use unified_id::kind::{BuiltIn, is_prefix, is_registered};
use unified_id::{
    AsBytes, AsUuid, Context, Core, CoreBytes, Id, IdKind, KeyedMessageId, KeyedRunId, KeyedToolId,
    Kind, LegacyKey, ParseErrorKind, RunId, Scope, ThreadId, ThreadKey, ThreadScope, UnifiedId,
    UserId, WebsocketId,
};

unified_id::kind! {
    /// An order.
    Order = "order" as OrderId;
    /// One line of an order.
    OrderLine = "orderline" in Order as OrderLineId;
}

const CORE: &str = "01m7wqt1fbff4sq3bgc5bhn9e0";

/// What holds for the typed id of any built-in kind.
fn check<K: BuiltIn + Kind<Scope = S>, S: Scope>(first: Id<K, S>, second: Id<K, S>) {
    let text = first.to_string();
    assert!(text.starts_with(&format!("{}_", K::KIND)));
    assert_eq!(text, first.to_text().as_str());
    assert_eq!(text, String::from(first));
    assert_eq!((first.to_text().as_ref(), first.to_text().len()), (text.as_str(), text.len()));
    assert_eq!(format!("{first:?}"), format!("Id({text})"));
    assert_eq!(format!("{:?} {}", first.to_text(), first.to_text()), format!("{text:?} {text}"));
    assert_eq!(format!("{first:>90}").len(), 90);
    assert_eq!(Id::<K, S>::try_from(text.as_str()).unwrap(), first);
    assert_eq!(Id::<K, S>::parse_bytes(text.as_bytes()).unwrap(), first);
    assert!(first < second && first.partial_cmp(&second).is_some());
    assert_eq!(HashSet::from([first, first, second]).len(), 2);
    assert!(first.timestamp_ms().is_some());

    let unified = UnifiedId::from(first);
    assert_eq!(
        (unified.kind(), unified.core(), unified.to_string()),
        (K::KIND, first.core(), text.clone())
    );
    assert_eq!(format!("{unified:?}"), format!("UnifiedId({text})"));
    assert_eq!(
        (unified.timestamp_ms(), text.parse::<UnifiedId>().unwrap()),
        (first.timestamp_ms(), unified.clone())
    );
    assert_eq!(Id::<K, S>::try_from(&unified).unwrap(), first);
    assert!(unified < UnifiedId::from(second));
}

#[test]
fn every_kind_has_the_whole_api() {
    let (thread, user) = (UnifiedId::thread(), UnifiedId::user());
    check(thread, UnifiedId::thread());
    check(user, UnifiedId::user());
    check(UnifiedId::run(thread), UnifiedId::run(&thread));
    check(UnifiedId::message(thread), UnifiedId::message(thread));
    check(UnifiedId::tool(thread), UnifiedId::tool(thread));
    check(UnifiedId::websocket(user), UnifiedId::websocket(user));
    check(UnifiedId::session(), UnifiedId::session());
    check(UnifiedId::request(), UnifiedId::request());
    check(UnifiedId::agent(), UnifiedId::agent());
    check(UnifiedId::execution(), UnifiedId::execution());
    check(UnifiedId::trace(), UnifiedId::trace());
    check(UnifiedId::transaction(), UnifiedId::transaction());
    check(UnifiedId::metric(), UnifiedId::metric());
    check(UnifiedId::error(), UnifiedId::error());
    check(UnifiedId::job(), UnifiedId::job());
    check(UnifiedId::test(), UnifiedId::test());
    check(UnifiedId::entity(), UnifiedId::entity());
    check(UnifiedId::workflow(), UnifiedId::workflow());
    check(UnifiedId::pool(), UnifiedId::pool());
    check(UnifiedId::checkpoint(), UnifiedId::checkpoint());
    check(UnifiedId::config(), UnifiedId::config());
}

#[test]
fn kinds_of_applications_have_it_too() {
    let (order, other) = (OrderId::new(), Id::<Order>::new());
    let line: OrderLineId = Id::<OrderLine>::new(order);
    assert!(order < other && line.belongs_to(order) && !line.belongs_to(other));
    assert_eq!(line.to_string().parse::<Id<OrderLine>>().unwrap(), line);
    let upper = line.to_string().to_uppercase().replacen("ORDERLINE", "orderline", 1);
    assert_eq!(upper.parse::<Id<OrderLine>>().unwrap(), line);
    let bounds = Id::<OrderLine>::min_for(order, 5)..=Id::<OrderLine>::max_for(order, 5);
    assert!(!bounds.contains(&line) && Id::<Order>::min_for(5) < Id::<Order>::max_for(5));
    assert!(is_registered("run") && !is_registered("order") && is_prefix("order"));
    for (text, kind) in [
        (format!("orderline_{CORE}"), ParseErrorKind::MissingScope),
        (format!("orderline__{CORE}"), ParseErrorKind::MissingScope),
        (format!("orderline_user123_{CORE}"), ParseErrorKind::InvalidScope),
        (format!("order_{CORE}_{CORE}"), ParseErrorKind::UnexpectedScope),
        ("orderline_".to_owned(), ParseErrorKind::WrongLength),
        (String::new(), ParseErrorKind::Empty),
    ] {
        let error = if text.starts_with("order_") {
            text.parse::<Id<Order>>().unwrap_err()
        } else {
            text.parse::<Id<OrderLine>>().unwrap_err()
        };
        assert_eq!(error.kind(), kind, "{text}");
    }
}

#[test]
fn ids_on_old_threads() {
    let key: LegacyKey = "thread_user123".parse().unwrap();
    assert_eq!((key.as_ref(), format!("{key:>9}")), ("user123", "  user123".to_owned()));
    let (first, second) = (KeyedRunId::new(key.clone()), KeyedRunId::new(key.clone()));
    let message: KeyedMessageId = UnifiedId::message(&key);
    let tool: KeyedToolId = UnifiedId::tool(key.clone());
    assert!(first < second && first.partial_cmp(&second).is_some());
    assert_eq!(HashSet::from([first.clone(), first.clone(), second]).len(), 2);
    assert_eq!((first.thread(), first.thread_key()), (&key, key.thread_key()));
    assert_eq!(first.timestamp_ms(), first.core().timestamp_ms());
    assert_eq!(format!("{first:?}"), format!("KeyedId({first})"));
    assert_eq!(UnifiedId::from(message.clone()).kind(), IdKind::Message);
    assert_eq!(UnifiedId::from(tool).thread_key(), Some(ThreadKey::parse("user123").unwrap()));
    for (text, kind) in [
        (message.to_string(), ParseErrorKind::WrongKind),
        (format!("run_{CORE}_{CORE}"), ParseErrorKind::WrongScope),
        (format!("run_{CORE}"), ParseErrorKind::MissingScope),
    ] {
        assert_eq!(text.parse::<KeyedRunId>().unwrap_err().kind(), kind);
    }
    assert_eq!(CORE.parse::<LegacyKey>().unwrap_err().kind(), ParseErrorKind::WrongScope);
    assert_eq!(RunId::parse(&first.to_string()).unwrap_err().kind(), ParseErrorKind::WrongScope);
    let mixed = UnifiedId::from(first);
    assert_eq!(RunId::try_from(&mixed).unwrap_err().kind(), ParseErrorKind::WrongScope);
    assert_eq!(UnifiedId::from(KeyedRunId::parse(&mixed.to_string()).unwrap()), mixed);
}

#[test]
fn threads_in_all_their_forms() {
    let core: Core = CORE.parse().unwrap();
    let thread = ThreadId::from_core(core);
    for text in [CORE, "user123"] {
        let key = ThreadKey::parse(text).unwrap();
        let scope = ThreadScope::try_from(&key).unwrap();
        assert_eq!(scope.thread_key(), key);
        assert_eq!(UnifiedId::run(&scope).thread_scope(), Some(scope.clone()));
        assert_eq!(UnifiedId::run(scope.clone()).thread_key(), Some(key.clone()));
        assert_eq!(format!("{key}"), text);
        assert!(format!("{key:?}").contains(text) && format!("{scope:?}").contains(text));
        assert_eq!(text.parse::<ThreadKey>().unwrap(), key);
    }
    assert!(ThreadScope::try_from(&ThreadKey::parse("a b").unwrap()).is_err());
    for other in [UnifiedId::from(UserId::from_core(core)), UnifiedId::run(thread).into()] {
        let error = ThreadScope::parse(&other.to_string()).unwrap_err();
        assert_eq!(error.kind(), ParseErrorKind::WrongKind, "{other} is no thread");
    }
    assert_eq!(ThreadKey::from(thread).as_core(), Some(core));
    let keys = BTreeSet::from([
        ThreadKey::from(core),
        ThreadKey::parse("b").unwrap(),
        ThreadKey::parse("a").unwrap(),
    ]);
    assert_eq!(keys.first().and_then(ThreadKey::as_core), Some(core));
    let unified = UnifiedId::from(thread);
    assert_eq!((unified.thread_scope(), unified.user_id()), (Some(thread.into()), None));
    let user = UserId::from_core(core);
    let websocket = UnifiedId::from(WebsocketId::new(user));
    assert_eq!((websocket.thread_scope(), websocket.user_id()), (None, Some(user)));
    assert_eq!(
        (UnifiedId::from(user).user_id(), UnifiedId::from(user).thread_key()),
        (Some(user), None)
    );
    let websocket = UnifiedId::make(IdKind::Websocket, Some(&user.to_string())).unwrap();
    assert_eq!(websocket.user_id(), Some(user));
}

#[test]
fn unified_ids_of_different_kinds_and_scopes_have_one_order() {
    let core: Core = CORE.parse().unwrap();
    let id = |kind, scope| UnifiedId::with_core(kind, scope, core).unwrap();
    let ids = [
        id(IdKind::Run, Some(CORE)),
        id(IdKind::Run, Some("a")),
        id(IdKind::Run, Some("a-b")),
        id(IdKind::Thread, None),
        id(IdKind::Tool, Some("01")),
    ];
    for left in &ids {
        for right in &ids {
            assert_eq!(left.cmp(right), left.to_string().cmp(&right.to_string()));
            assert_eq!(left == right, left.partial_cmp(right) == Some(std::cmp::Ordering::Equal));
        }
    }
}

#[test]
fn cores_in_all_their_forms() {
    let core: Core = CORE.parse().unwrap();
    assert_eq!(format!("{core:?} {core:>28}"), format!("Core({CORE:?})   {CORE}"));
    let text = core.to_text();
    assert_eq!((text.as_ref(), format!("{text} {text:?}")), (CORE, format!("{CORE} {CORE:?}")));
    assert_eq!(Core::from_bytes(core.to_bytes()), core);
    assert_eq!("".parse::<Core>().unwrap_err().kind(), ParseErrorKind::Empty);
    assert_eq!("x".parse::<Core>().unwrap_err().kind(), ParseErrorKind::WrongLength);
}

#[test]
fn generators_can_be_made_over_other_clocks() {
    let plain = Generator::with(PlainClock, ThreadEntropy);
    assert!(plain.generate() < plain.generate());
    let own = Generator::default();
    assert!(own.generate() < own.generate());
    assert!(own.try_generate().is_ok());
    let _ = generator::generate();
    // Not the counters of faults: a virtual machine that is paused during the tests may have one.
    assert!(generator::stats().drift_ms < 60_000);
    assert!(generator::layout::opaque().timestamp_ms().is_none());
    assert!(generator::layout::ulid().leading_ms() > 1_700_000_000_000);
    assert_eq!(UserId::opaque().timestamp_ms(), None);
    assert!(ThreadId::batch(100).is_sorted());
    let thread = ThreadId::new();
    assert!(RunId::batch(thread, 100).iter().all(|run| run.thread() == thread));
}

#[test]
fn a_limit_of_the_process_makes_try_new_an_error() {
    use unified_id::generator::{drift_limit_ms, reserve, set_drift_limit_ms};
    let (thread, key) = (ThreadId::new(), LegacyKey::parse("user123").unwrap());
    assert_eq!(drift_limit_ms(), u64::MAX);
    assert!(ThreadId::try_new().unwrap() < ThreadId::try_new().unwrap());
    assert_eq!(RunId::try_new(thread).unwrap().thread(), thread);
    assert_eq!(KeyedRunId::try_new(key.clone()).unwrap().thread(), &key);
    set_drift_limit_ms(0);
    // A thousand million places are a quarter of a second; a machine that was paused for longer has caught up.
    let error = (0..50).find_map(|_| {
        drop(reserve(1 << 30));
        let failed = [RunId::try_new(thread).is_err(), KeyedRunId::try_new(key.clone()).is_err()];
        let error = ThreadId::try_new().err()?;
        (failed == [true; 2]).then_some(error)
    });
    set_drift_limit_ms(u64::MAX);
    assert!(error.unwrap().drift_ms() > 0);
    assert!(ThreadId::new() < ThreadId::try_new().unwrap(), "without a limit there is no error");
}

#[test]
fn slices_are_filled_in_order() {
    let mut threads = vec![ThreadId::from_core(Core::MIN); 10_000];
    let before = ThreadId::new();
    ThreadId::fill(&mut threads);
    assert!(threads.is_sorted() && before < threads[0] && threads[9_999] < ThreadId::new());
    assert_eq!(threads.iter().collect::<HashSet<_>>().len(), threads.len());
    let mut runs = vec![RunId::from_parts(before, Core::MIN); 1000];
    RunId::fill(threads[0], &mut runs);
    assert!(runs.is_sorted() && runs.iter().all(|run| run.belongs_to(threads[0])));
    ThreadId::fill(&mut []);
}

#[test]
fn a_context_is_made_together() {
    let user = UserId::new();
    let context = UnifiedId::context(user);
    assert_eq!((context.user(), context.thread()), (user, context.run().thread()));
    assert!(context.thread().core() < context.run().core());
    assert!(context.run().core() < context.request().core());
    let next = Context::on_thread(user, context.thread());
    assert_eq!((next.user(), next.thread()), (user, context.thread()));
    assert!(context.run() < next.run() && context.request() < next.request());
    assert_eq!(context.run().thread_key(), ThreadKey::from(context.thread()));
}

#[test]
fn the_storage_forms_hold_the_id() {
    let thread = ThreadId::from_core(CORE.parse().unwrap());
    assert_eq!((AsBytes::from(thread).0, AsUuid::from(thread).0), (thread, thread));
    assert_eq!(format!("{:?}", CoreBytes::from(thread.core())), format!("CoreBytes({CORE:?})"));
    let text = thread.to_text();
    assert_eq!(text.clone().as_str(), text.as_str());
}

#[test]
fn other_layouts_are_what_other_crates_say_they_are() {
    use unified_id::generator::layout::{MonotonicUlid, opaque, ulid};
    for _ in 0..1000 {
        let uuid = uuid::Uuid::from_u128(opaque().to_u128());
        assert_eq!(
            (uuid.get_version(), uuid.get_variant()),
            (Some(uuid::Version::Random), uuid::Variant::RFC4122)
        );
        assert_eq!(uuid::Uuid::from_u128(UserId::opaque().core().to_u128()).get_version_num(), 4);
        let plain = ulid();
        let peer = ulid::Ulid(plain.to_u128());
        assert_eq!(
            (peer.timestamp_ms(), peer.to_string()),
            (plain.leading_ms(), plain.ulid_text())
        );
    }
    // 80 random bits: each is 0 in some value and 1 in another.
    let (zeros, ones) = (0..1000)
        .map(|_| ulid().to_u128() & ((1 << 80) - 1))
        .fold(((1 << 80) - 1, 0), |(zeros, ones), bits| (zeros & bits, ones | bits));
    assert_eq!((zeros, ones), (0, (1 << 80) - 1));
    let mut ulids = MonotonicUlid::new();
    let mut latest = ulid::Ulid(ulids.next().unwrap().to_u128());
    let mut steps = 0;
    for core in ulids.take(10_000) {
        let next = ulid::Ulid(core.to_u128());
        if next.timestamp_ms() == latest.timestamp_ms() {
            assert_eq!(Ok(next), latest.increment(), "one more than the one before");
            steps += 1;
        }
        assert!(latest < next);
        latest = next;
    }
    assert!(steps > 0);
}

#[test]
fn a_collision_that_was_found_elsewhere_is_counted() {
    use unified_id::collision::{Detector, detect};
    let id = UserId::new();
    let detector = Detector::default();
    let collision = detect(&id, &HashSet::from([id])).unwrap_err();
    detector.count(&collision);
    detector.count(&collision);
    let stats = detector.stats();
    assert_eq!((stats.total_collisions, stats.unique_ids_involved, stats.known_ids), (2, 1, 0));
}

#[test]
fn an_error_can_be_shown_to_a_developer() {
    let error = "run".parse::<RunId>().unwrap_err();
    let shown = format!("{error:?}");
    assert!(shown.contains("WrongKind") && shown.contains("does not start with `run_`"), "{shown}");
    assert_eq!("run".parse::<IdKind>().unwrap(), IdKind::Run);
    let foreign = unified_id::parse_any("order_01m7wqt1fbff4sq3bgc5bhn9e0").unwrap();
    assert_eq!((foreign.format(), foreign.thread_key()), ("typeid", None));
    assert!(foreign.as_unified().is_none() && foreign.as_legacy().is_none());
    let bare = unified_id::parse_any(CORE).unwrap();
    assert_eq!(
        (bare.format(), bare.core().map(|core| core.to_string())),
        ("ulid", Some(CORE.to_owned()))
    );
    let unscoped = format!("thread_{CORE}");
    let unified = unified_id::parse_any(&unscoped).unwrap();
    assert_eq!(
        (unified.format(), unified.as_unified().unwrap().kind()),
        ("canonical", IdKind::Thread)
    );
    assert_eq!(unified.thread_key(), Some(ThreadKey::parse(CORE).unwrap()));
    assert_eq!((unified.core(), unified.as_unified().unwrap().core_text()), (bare.core(), CORE));
    let unified_id::ParsedId::Foreign(order) = foreign else { panic!("{foreign:?}") };
    assert_eq!(String::from(order), "order_01m7wqt1fbff4sq3bgc5bhn9e0");
    let websocket = format!("websocket_{CORE}_{}", &CORE[1..]).parse::<WebsocketId>().unwrap_err();
    assert_eq!((websocket.kind(), websocket.position()), (ParseErrorKind::WrongLength, 37));
    let old = unified_id::parse_any("run_user123_a1b2c3d4").unwrap();
    assert_eq!((old.format(), old.core()), ("netra_run_idmanager", None));
    assert_eq!(old.thread_key(), Some(ThreadKey::parse("user123").unwrap()));
}
