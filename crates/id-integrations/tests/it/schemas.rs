//! `schemars` and `utoipa`: the pattern takes what the library writes and refuses near misses.

use proptest::prelude::*;
use regex::Regex;
use schemars::JsonSchema;
use serde_json::Value;
use unified_id::{
    Core, Id, IdKind, KeyedRunId, LegacyKey, MessageId, RunId, ThreadId, ThreadKey, ThreadScope,
    UnifiedId, WebsocketId,
};
use utoipa::ToSchema;

use crate::{CORE, Order, OrderLine, keyed, run, thread, unified};

fn json<T: JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

/// What a schema says, as a check.
struct Schema {
    pattern: Regex,
    length: std::ops::RangeInclusive<u64>,
}

impl Schema {
    fn of<T: JsonSchema>() -> Self {
        let schema = json::<T>();
        let length = schema["minLength"].as_u64().unwrap()..=schema["maxLength"].as_u64().unwrap();
        Self { pattern: Regex::new(schema["pattern"].as_str().unwrap()).unwrap(), length }
    }

    fn takes(&self, text: &str) -> bool {
        self.pattern.is_match(text) && self.length.contains(&(text.len() as u64))
    }
}

/// Checks both schemas of a type: alike, and true of their own examples.
#[track_caller]
fn check<T: JsonSchema + ToSchema + serde::de::DeserializeOwned>(name: &str) {
    let schema = json::<T>();
    assert_eq!(schema["title"], name);
    assert_eq!(T::name(), name);
    let open_api = serde_json::to_value(<T as utoipa::PartialSchema>::schema()).unwrap();
    for field in ["type", "description", "pattern", "minLength", "maxLength", "examples", "enum"] {
        assert_eq!(schema.get(field), open_api.get(field), "{name}: {field}");
    }
    for example in schema["examples"].as_array().into_iter().flatten() {
        let text = example.as_str().unwrap();
        if schema.get("pattern").is_some() {
            assert!(Schema::of::<T>().takes(text), "{name}: {text}");
        }
        serde_json::from_value::<T>(example.clone()).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

#[test]
fn both_schemas_say_the_same_and_their_examples_are_read() {
    check::<ThreadId>("ThreadId");
    check::<RunId>("RunId");
    check::<WebsocketId>("WebsocketId");
    check::<Id<OrderLine>>("OrderlineId");
    check::<KeyedRunId>("KeyedRunId");
    check::<UnifiedId>("UnifiedId");
    check::<Core>("Core");
    check::<ThreadKey>("ThreadKey");
    check::<ThreadScope>("ThreadScope");
    check::<LegacyKey>("LegacyKey");
    check::<IdKind>("IdKind");
}

#[test]
fn schemas_read_well() {
    assert_eq!(
        json::<RunId>()["pattern"],
        "^run_[0-7][0-9a-hjkmnp-tv-z]{25}_[0-7][0-9a-hjkmnp-tv-z]{25}$"
    );
    assert_eq!(json::<RunId>()["description"], "The id of one execution on a thread.");
    assert_eq!(json::<Id<Order>>()["description"], "An id of the kind `order`.");
    assert_eq!(json::<RunId>()["examples"][0], run().to_string());
    assert_eq!(json::<IdKind>()["enum"].as_array().unwrap().len(), IdKind::ALL.len());
    assert!(json::<ThreadKey>().get("pattern").is_none());
}

#[test]
fn the_pattern_of_a_core_is_the_alphabet() {
    let schema = Schema::of::<Core>();
    for at in 0..CORE.len() {
        for byte in 0..=127_u8 {
            let text =
                [&CORE[..at], char::from(byte).encode_utf8(&mut [0; 4]), &CORE[at + 1..]].concat();
            // A schema describes what is written: lower case.
            let is_written = Core::parse(&text).is_ok_and(|core| core.to_string() == text);
            assert_eq!(schema.takes(&text), is_written, "{text:?}");
        }
    }
}

#[test]
fn near_misses_are_refused() {
    let run_schema = Schema::of::<RunId>();
    let keyed_schema = Schema::of::<KeyedRunId>();
    let any = Schema::of::<UnifiedId>();
    let run_text = run().to_string();
    let refused = [
        String::new(),
        format!("run_{CORE}"),
        format!("run_{CORE}{CORE}"),
        format!("run__{CORE}"),
        format!("runs_{CORE}_{CORE}"),
        format!("xrun_{CORE}_{CORE}"),
        format!("order_{CORE}"),
        format!(" {run_text}"),
        format!("{run_text}\n"),
        format!("{run_text}_"),
        run_text.to_uppercase(),
        run_text.replacen("run_0", "run_8", 1),
        run_text.replace("ff", "uf"),
        format!("run_{}_{CORE}", &CORE[1..]),
        format!("run_{CORE}0_{CORE}"),
        format!("run_user_{CORE}x"),
        format!("run_user__{CORE}"),
        format!("run_-user_{CORE}"),
        format!("run_us er_{CORE}"),
        format!("thread_user123_{CORE}"),
        format!("websocket_user123_{CORE}"),
        // Longer than a key of any kind; the longest text of `UnifiedId` has another prefix than `run`.
        format!("run_{}_{CORE}", "a".repeat(201)),
        format!("run_{}b_{CORE}", "a_".repeat(103)),
    ];
    for text in &refused {
        assert!(!run_schema.takes(text), "{text:?}");
        assert!(!keyed_schema.takes(text), "{text:?}");
        assert!(!any.takes(text), "{text:?}");
        assert!(RunId::parse(text).is_err() || RunId::parse(text).unwrap().to_string() != *text);
    }
    assert!(!run_schema.takes(&keyed().to_string()) && !keyed_schema.takes(&run_text));
    assert!(!Schema::of::<MessageId>().takes(&run_text));
    assert!(!Schema::of::<RunId>().takes(&thread().to_string()));
    assert!(unified().iter().all(|id| any.takes(&id.to_string())));
}

proptest! {
    #[test]
    fn what_is_written_is_taken(
        typed: (ThreadId, RunId, WebsocketId, Id<Order>, Id<OrderLine>),
        keyed: KeyedRunId,
        ids: [UnifiedId; 8],
        thread: ThreadScope,
        key: LegacyKey,
    ) {
        prop_assert!(Schema::of::<ThreadId>().takes(&typed.0.to_string()));
        prop_assert!(Schema::of::<RunId>().takes(&typed.1.to_string()));
        prop_assert!(Schema::of::<WebsocketId>().takes(&typed.2.to_string()));
        prop_assert!(Schema::of::<Id<Order>>().takes(&typed.3.to_string()));
        prop_assert!(Schema::of::<Id<OrderLine>>().takes(&typed.4.to_string()));
        prop_assert!(Schema::of::<KeyedRunId>().takes(&keyed.to_string()));
        prop_assert!(Schema::of::<ThreadScope>().takes(&thread.to_string()));
        prop_assert!(Schema::of::<LegacyKey>().takes(key.as_str()));
        let any = Schema::of::<UnifiedId>();
        for id in ids {
            prop_assert!(any.takes(&id.to_string()), "{}", id);
        }
    }

    /// The pattern of a type without a legacy key takes exactly what the reader takes and a writer gives.
    #[test]
    fn one_changed_byte_is_taken_by_both_or_none(id: RunId, at in 0_usize..57, byte in 32..=126_u8) {
        let mut text = id.to_string();
        text.replace_range(at..=at, &char::from(byte).to_string());
        let is_written = RunId::parse(&text).is_ok_and(|read| read.to_string() == text);
        prop_assert_eq!(Schema::of::<RunId>().takes(&text), is_written, "{}", text);
    }

    /// With a legacy key it is wider, never narrower.
    #[test]
    fn what_is_read_as_it_is_written_is_taken(key in "[0-9A-Za-z_-]{1,40}") {
        let text = format!("tool_{key}_{CORE}");
        if UnifiedId::parse(&text).is_ok_and(|read| read.to_string() == text) {
            prop_assert!(Schema::of::<UnifiedId>().takes(&text), "{}", text);
        }
    }
}
