//! What holds for all ids and all texts.

use proptest::prelude::*;
use unified_id::{
    Core, IdKind, KeyedMessageId, ParsedId, RunId, ThreadId, ThreadKey, ThreadScope, UnifiedId,
    UserId, WebsocketId, parse_any,
};

fn core() -> impl Strategy<Value = Core> {
    any::<u128>().prop_map(Core::from_u128)
}

/// Texts that are nearly ids: the words, separators and cores that ids are made of, in any order.
fn nearly_an_id() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("thread".to_owned()),
        Just("run".to_owned()),
        Just("user".to_owned()),
        Just("websocket".to_owned()),
        Just("order".to_owned()),
        Just("_".to_owned()),
        Just("-".to_owned()),
        Just("8zzzzzzzzzzzzzzzzzzzzzzzzz".to_owned()),
        core().prop_map(|core| core.to_string()),
        core().prop_map(Core::ulid_text),
        core().prop_map(Core::uuid_text),
        "[a-z0-9_-]{0,30}",
        "\\PC{0,3}",
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.join("_"))
}

fn key() -> impl Strategy<Value = String> {
    "[A-Za-z0-9][A-Za-z0-9_-]{0,40}".prop_filter("not a legacy key", |key| {
        matches!(ThreadScope::parse(key), Ok(ThreadScope::Legacy(_))) && !key.starts_with("thread_")
    })
}

proptest! {
    #[test]
    fn a_core_is_read_as_it_was_written(core in core()) {
        prop_assert_eq!(Core::parse(&core.to_string()).unwrap(), core);
        prop_assert_eq!(Core::parse(&core.ulid_text()).unwrap(), core);
    }

    #[test]
    fn text_order_is_byte_order(left in core(), right in core()) {
        prop_assert_eq!(left.to_string().cmp(&right.to_string()), left.cmp(&right));
        prop_assert_eq!(left.to_bytes().cmp(&right.to_bytes()), left.cmp(&right));
    }

    #[test]
    fn typed_ids_are_read_as_they_were_written(scope in core(), core in core()) {
        let (thread, user) = (ThreadId::from_core(scope), UserId::from_core(scope));
        let run = RunId::from_parts(thread, core);
        let websocket = WebsocketId::from_parts(user, core);
        prop_assert_eq!(ThreadId::parse(&thread.to_string()).unwrap(), thread);
        prop_assert_eq!(RunId::parse(&run.to_string()).unwrap(), run);
        prop_assert_eq!(run.thread(), thread);
        prop_assert_eq!(WebsocketId::parse(&websocket.to_string()).unwrap().user(), user);
        prop_assert_eq!(UnifiedId::parse(&run.to_string()).unwrap(), UnifiedId::from(run));
        prop_assert_eq!(RunId::try_from(&UnifiedId::from(run)).unwrap(), run);
        prop_assert!(ThreadId::try_from(&UnifiedId::from(run)).is_err());
    }

    #[test]
    fn a_run_on_an_old_thread_gives_back_its_key(key in key(), core in core()) {
        let id = UnifiedId::with_core(IdKind::Run, Some(&key), core).unwrap();
        let read = UnifiedId::parse(&id.to_string()).unwrap();
        prop_assert_eq!(&read, &id);
        prop_assert_eq!(read.thread_key().unwrap(), ThreadKey::parse(&key).unwrap());
    }

    #[test]
    fn unified_ids_are_ordered_as_their_texts(
        left in prop_oneof![key(), core().prop_map(|core| core.to_string())], left_core in core(),
        right in prop_oneof![key(), core().prop_map(|core| core.to_string())], right_core in core(),
        kinds in prop::array::uniform2(prop::sample::select(vec![IdKind::Run, IdKind::Message, IdKind::Tool])),
    ) {
        let left = UnifiedId::with_core(kinds[0], Some(&left), left_core).unwrap();
        let right = UnifiedId::with_core(kinds[1], Some(&right), right_core).unwrap();
        prop_assert_eq!(left.to_string().cmp(&right.to_string()), left.cmp(&right));
    }

    #[test]
    fn keyed_ids_are_ordered_as_their_texts(left in key(), right in key(), core in core()) {
        let id = |key: &str| KeyedMessageId::from_parts(key.parse().unwrap(), core);
        let (left, right) = (id(&left), id(&right));
        prop_assert_eq!(left.to_string().cmp(&right.to_string()), left.cmp(&right));
    }

    #[test]
    fn reading_never_panics(text in prop_oneof![any::<String>(), nearly_an_id()]) {
        let _ = parse_any(&text);
        let _ = ThreadKey::parse(&text);
        let _ = RunId::parse(&text);
    }

    #[test]
    fn reading_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = unified_id::parse_any_bytes(&bytes);
        let _ = UnifiedId::parse_bytes(&bytes);
        let _ = RunId::parse_bytes(&bytes);
    }

    #[test]
    fn an_error_points_into_the_text(text in nearly_an_id()) {
        if let Err(error) = parse_any(&text) {
            prop_assert!(error.position() <= text.len().min(512));
            prop_assert!(!error.to_string().contains('\n'));
        }
    }

    #[test]
    fn what_is_read_is_written_canonically_and_read_again_as_the_same(text in nearly_an_id()) {
        if let Ok(ParsedId::Unified(id)) = parse_any(&text) {
            let canonical = id.to_unified().to_string();
            prop_assert_eq!(canonical == text, id.is_canonical());
            let Ok(ParsedId::Unified(again)) = parse_any(&canonical) else { panic!("{canonical}") };
            prop_assert_eq!(again.to_unified(), id.to_unified());
            prop_assert_eq!(again.time(), id.time());
        }
    }

    #[test]
    fn one_changed_character_never_gives_another_thread_silently(
        scope in core(), core in core(), at in 4_usize..30, to in "[ilouILOU]",
    ) {
        let mut text = RunId::from_parts(ThreadId::from_core(scope), core).to_string();
        text.replace_range(at..=at, &to);
        let error = parse_any(&text).unwrap_err();
        prop_assert_eq!(error.position(), at);
    }

    #[test]
    fn all_spellings_of_a_thread_have_one_key(core in core()) {
        let key = ThreadKey::from(core);
        let uuid = core.uuid_text();
        for text in [core.to_string(), core.ulid_text(), uuid.clone(), uuid.to_uppercase(), uuid.replace('-', "")] {
            prop_assert_eq!(&ThreadKey::parse(&text).unwrap(), &key);
            prop_assert_eq!(&ThreadKey::parse(&format!("thread_{text}")).unwrap(), &key);
            prop_assert_eq!(&ThreadKey::parse(&format!("thread_thread_{text}")).unwrap(), &key);
        }
    }
}

proptest! {
    /// A key is held in place or on the heap by its length; nothing of that shows.
    #[test]
    fn keys_are_equal_ordered_and_hashed_as_their_texts(
        left in "[a-c_\u{e9}]{1,40}", right in "[a-c_\u{e9}]{1,40}", core in core(),
    ) {
        use std::hash::BuildHasher as _;
        let state = std::hash::RandomState::new();
        let (first, second) = (ThreadKey::parse(&left).unwrap(), ThreadKey::parse(&right).unwrap());
        prop_assert_eq!(first.as_text(), Some(&*left));
        prop_assert_eq!(first.to_string(), &*left);
        prop_assert_eq!(first == second, left == right);
        prop_assert_eq!(first.cmp(&second), left.cmp(&right));
        prop_assert_eq!(state.hash_one(&first), state.hash_one(ThreadKey::parse(&format!("thread_{left}")).unwrap()));
        prop_assert!(ThreadKey::from(core) < first && ThreadKey::from(core) != first);
        prop_assert_eq!(size_of::<ThreadKey>(), 32);
    }
}
