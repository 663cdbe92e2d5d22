//! Ids as constants: what the compiler reads and writes is what the program reads and writes.

use proptest::prelude::*;
use unified_id::{
    ConstText, Core, Id, ParseErrorKind, RunId, ThreadId, UserId, WebsocketId, id, kind,
};

kind! {
    /// An order.
    Order = "order" as OrderId;
    /// One line of an order.
    OrderLine = "orderline" in Order as OrderLineId;
    /// The longest prefix.
    Longest = "abcdefghijklmnopqrstuvwxyzabcdef" in Order;
}

const CORE: Core = id!(Core, "01m7wqt1fbff4sq3bgc5bhn9e0");
const THREAD: ThreadId = id!(ThreadId, "thread_01m7wqt1fbff4sq3bgc5bhn9e0");
const RUN: RunId = id!(RunId, "run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt");
const ORDER: OrderId = id!(OrderId, "order_01M7WQT1FBFF4SQ3BGC5BHN9E0");
const LINE: OrderLineId =
    id!(OrderLineId, "orderline_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt");
const TEXTS: [ConstText; 5] = [
    CORE.to_text_const(),
    THREAD.to_text_const(),
    RUN.to_text_const(),
    ORDER.to_text_const(),
    LINE.to_text_const(),
];
const TOPIC: &str = TEXTS[1].as_str();
const _: () = assert!(matches!(RunId::parse_const("run_x"), Err(ParseErrorKind::WrongLength)));

#[test]
fn constants_are_the_ids_that_they_say() {
    assert_eq!(TOPIC, "thread_01m7wqt1fbff4sq3bgc5bhn9e0");
    assert_eq!(THREAD, TOPIC.parse().unwrap());
    assert_eq!((RUN.thread(), THREAD.core(), ORDER.core()), (THREAD, CORE, CORE));
    assert_eq!(LINE.scope(), ORDER);
    let shown = [
        CORE.to_string(),
        THREAD.to_string(),
        RUN.to_string(),
        ORDER.to_string(),
        LINE.to_string(),
    ];
    assert_eq!(TEXTS.map(|text| text.to_string()), shown);
    assert_eq!(
        (TEXTS[0].as_ref(), format!("{:?}", TEXTS[0])),
        (&*shown[0], format!("{:?}", shown[0]))
    );
    let longest = Id::<Longest>::from_parts(ORDER, Core::MAX);
    assert_eq!(longest.to_text_const().as_str(), longest.to_string());
    assert_eq!(
        id!(WebsocketId, "websocket_01m7wqt1fbff4sq3bgc5bhn9e0_7zzzzzzzzzzzzzzzzzzzzzzzzz",).core(),
        Core::MAX
    );
}

#[test]
fn what_is_no_id_is_told_as_at_run_time() {
    let core = CORE.to_string();
    for text in [
        String::new(),
        "thread".to_owned(),
        "thread_".to_owned(),
        format!("user_{core}"),
        format!("thread_{}", &core[1..]),
        format!("thread_{core}0"),
        format!("thread_x_{core}"),
        "thread_01m7wqt1fbff4sq3bgc5bhn9eu".to_owned(),
        "thread_01m7wqt1fbff4sq3bgc5bhn9e-".to_owned(),
        "thread_8zzzzzzzzzzzzzzzzzzzzzzzzz".to_owned(),
    ] {
        let expected = ThreadId::parse(&text).unwrap_err().kind();
        let expected = match expected {
            // Constants try no old format: what an old system could have written is no core here.
            ParseErrorKind::OtherFormat => ThreadId::parse_const(&text).unwrap_err(),
            other => other,
        };
        assert_eq!(ThreadId::parse_const(&text), Err(expected), "{text}");
    }
    for (text, kind) in [
        (format!("run_{core}"), ParseErrorKind::MissingScope),
        (format!("run_user123_{core}"), ParseErrorKind::WrongLength),
        (format!("run_{core}_{}", &core[1..]), ParseErrorKind::WrongLength),
        (format!("run_{}i_{core}", &core[1..]), ParseErrorKind::MistypedScope),
        (format!("run_{core}_{}l", &core[1..]), ParseErrorKind::Lookalike),
        (format!("run_{core}_8{}", &core[1..]), ParseErrorKind::Overflow),
        (format!("tool_{core}_{core}"), ParseErrorKind::WrongKind),
        (String::new(), ParseErrorKind::Empty),
    ] {
        assert_eq!(RunId::parse_const(&text), Err(kind), "{text}");
        assert!(RunId::parse(&text).is_err(), "{text}");
    }
    assert_eq!(Core::parse_const(""), Err(ParseErrorKind::Empty));
    assert_eq!(Core::parse_const("7zzzzzzzzzzzzzzzzzzzzzzzzz"), Ok(Core::MAX));
}

proptest! {
    #[test]
    fn constants_and_programs_read_and_write_the_same(scope: u128, core: u128, text in "\\PC{0,40}") {
        let (user, core) = (UserId::from_core(Core::from_u128(scope)), Core::from_u128(core));
        let websocket = WebsocketId::from_parts(user, core);
        prop_assert_eq!(core.to_text_const().to_string(), core.to_string());
        prop_assert_eq!(user.to_text_const().to_string(), user.to_string());
        prop_assert_eq!(websocket.to_text_const().to_string(), websocket.to_string());
        prop_assert_eq!(Core::parse_const(&core.ulid_text()), Ok(core));
        prop_assert_eq!(UserId::parse_const(&user.to_string()), Ok(user));
        prop_assert_eq!(WebsocketId::parse_const(&websocket.to_string()), Ok(websocket));
        let errors = Core::parse(&text).map_err(|error| error.kind());
        prop_assert_eq!(Core::parse_const(&text), errors);
        prop_assert!(UserId::parse_const(&text).is_err());
        let text = format!("websocket_{text}");
        prop_assert!(WebsocketId::parse_const(&text).is_err());
    }
}
