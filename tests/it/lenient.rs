//! The lenient reader: what a person may type, and what stays an error.

use proptest::prelude::*;
use unified_id::{Core, ParseErrorKind, RunId, ThreadId, UnifiedId, UserId, WebsocketId};

const CORE: &str = "01m7wqt1fbff4sq3bgc5bhn9e0";

/// Types a text as people do: digits as the letters that look like them, capitals, hyphens. Gives what was done.
fn mistype(text: &str, choices: &[u8]) -> (String, [usize; 3]) {
    let (mut typed, mut done) = (String::new(), [0; 3]);
    for (character, choice) in text.chars().zip(choices.iter().cycle()) {
        if choice & 0x30 == 0x30 {
            typed.push('-');
            done[2] += 1;
        }
        match (character, choice % 6) {
            ('1', 0) => typed.push('i'),
            ('1', 1) => typed.push('I'),
            ('1', 2) => typed.push('l'),
            ('1', 3) => typed.push('L'),
            ('0', 0 | 1) => typed.push('o'),
            ('0', 2 | 3) => typed.push('O'),
            ('a'..='z', 0..4) => {
                typed.push(character.to_ascii_uppercase());
                done[0] += 1;
                continue;
            }
            _ => {
                typed.push(character);
                continue;
            }
        }
        done[1] += 1;
    }
    (typed, done)
}

proptest! {
    #[test]
    fn what_a_person_types_is_the_id_that_was_meant(
        scope: u128, core: u128, choices in prop::collection::vec(any::<u8>(), 1..40),
    ) {
        let (scope, core) = (Core::from_u128(scope), Core::from_u128(core));
        let (typed, done) = mistype(&core.to_string(), &choices);
        let read = Core::parse_lenient(&typed).unwrap();
        let changes = [read.changes.upper_case, read.changes.look_alikes, read.changes.hyphens];
        prop_assert_eq!((read.id, changes), (core, done));
        prop_assert_eq!(read.changes.is_empty(), typed == core.to_string());

        let (typed_scope, done_scope) = mistype(&scope.to_string(), &choices);
        let websocket = WebsocketId::from_parts(UserId::from_core(scope), core);
        let text = format!("WebSocket_{typed_scope}_{typed}");
        let read = WebsocketId::parse_lenient(&text).unwrap();
        let changes = [read.changes.upper_case, read.changes.look_alikes, read.changes.hyphens];
        let expected = [done[0] + done_scope[0] + 2, done[1] + done_scope[1], done[2] + done_scope[2]];
        prop_assert_eq!((read.id, changes), (websocket, expected));
        let run = RunId::parse_lenient(&format!("run_{typed_scope}_{typed}")).unwrap().id;
        prop_assert_eq!(run, RunId::from_parts(ThreadId::from_core(scope), core));
        prop_assert_eq!(ThreadId::parse_lenient(&format!("thread_{typed}")).unwrap().id.core(), core);
    }

    #[test]
    fn what_the_strict_reader_reads_is_the_same_id(
        text in "(run|message|thread|user|websocket)_([A-Za-z0-9_-]{1,30}_)?[0-7][0-9a-hjkmnp-tv-zA-HJKMNP-TV-Z]{25}",
    ) {
        if let Ok(strict) = UnifiedId::parse(&text) {
            prop_assert_eq!(UnifiedId::parse_lenient(&text).unwrap().id, strict);
        }
        if let Ok(strict) = RunId::parse(&text) {
            prop_assert_eq!(RunId::parse_lenient(&text).unwrap().id, strict);
        }
    }

    #[test]
    fn any_text_is_one_id_or_one_error(text in "\\PC{0,80}") {
        for error in [
            Core::parse_lenient(&text).err(),
            RunId::parse_lenient(&format!("run_{text}")).err(),
            UnifiedId::parse_lenient(&text).err(),
        ] {
            prop_assert!(error.is_none_or(|error| error.position() <= text.len() + 4));
        }
    }
}

#[test]
fn spellings_of_threads_stay_what_the_strict_reader_makes_of_them() {
    let uuid = "01a1f97d-05eb-7bc9-9b8d-7061571aa5c0";
    for scope in [CORE, uuid, "thread_user123", "User-123", "x-l-o", &format!("thread_{CORE}")] {
        let text = format!("run_{scope}_{CORE}");
        let read = UnifiedId::parse_lenient(&text).unwrap();
        assert_eq!(read.id, UnifiedId::parse(&text).unwrap(), "{text}");
        assert!(read.changes.is_empty(), "{text}: {}", read.changes);
    }
    let read = RunId::parse_lenient(&format!("run_{uuid}_{CORE}")).unwrap();
    assert_eq!((read.id.thread().core().to_string().as_str(), read.changes.hyphens), (CORE, 0));
    // A hyphenated core is an old thread's key to the reader that knows keys, as it is to the strict one.
    let hyphens = format!("run_01m7wqt1fb-ff4sq3bg-c5bhn9e0_{CORE}");
    assert!(UnifiedId::parse(&hyphens).unwrap().thread_key().unwrap().as_text().is_some());
    assert!(UnifiedId::parse_lenient(&hyphens).unwrap().changes.is_empty());
    assert_eq!(RunId::parse_lenient(&hyphens).unwrap().id.thread().core().to_string(), CORE);
}

#[test]
fn what_nobody_could_have_meant_stays_an_error() {
    for (text, kind, position) in [
        ("", ParseErrorKind::Empty, 0),
        ("--", ParseErrorKind::WrongLength, 2),
        ("8zzzz-zzzzzzzzzzzzzzzzzzzzz", ParseErrorKind::Overflow, 0),
        ("-8-ZZZZZZZZZZZZZZZZZZZZZZZZZ", ParseErrorKind::Overflow, 1),
        ("01m7-wqt1-fbff4sq3bgc5bhn9eu", ParseErrorKind::Lookalike, 27),
        ("01m7-wqt1 fbff4sq3bgc5bhn9e0", ParseErrorKind::InvalidCharacter, 9),
        ("01m7-wqt1-fbff4sq3bgc5bhn9\u{e9}", ParseErrorKind::InvalidCharacter, 26),
        (" 01m7wqt1fbff4sq3bgc5bhn9e0", ParseErrorKind::InvalidCharacter, 0),
        ("01m7-wqt1-fbff4sq3bgc5bhn9e", ParseErrorKind::WrongLength, 0),
        (&"0-".repeat(257), ParseErrorKind::TooLong, 512),
    ] {
        let error = Core::parse_lenient(text).unwrap_err();
        assert_eq!((error.kind(), error.position()), (kind, position), "{text}");
    }
    for (text, kind, position) in [
        ("thread", ParseErrorKind::WrongKind, 0),
        ("user_o1m7wqt1fbff4sq3bgc5bhn9e0", ParseErrorKind::WrongKind, 0),
        ("THREAD_8-zzzzzzzzzzzzzzzzzzzzzzzzz", ParseErrorKind::Overflow, 7),
        ("thread_01m7-wqt1-fbff4sq3bgc5bhn9eU", ParseErrorKind::Lookalike, 34),
    ] {
        let error = ThreadId::parse_lenient(text).unwrap_err();
        assert_eq!((error.kind(), error.position()), (kind, position), "{text}");
    }
    let error = UnifiedId::parse_lenient("RUN_o1m7wqt1-fbff4sq3bgc5bhn9e0").unwrap_err();
    assert_eq!((error.kind(), error.position()), (ParseErrorKind::MissingScope, 4));
    let error = UnifiedId::parse_lenient("hello").unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::UnknownFormat);
    let error = UnifiedId::parse_lenient("run_user123_a1b2c3d4").unwrap_err();
    assert_eq!(error.kind(), ParseErrorKind::OtherFormat);
}

#[test]
fn changes_are_told_in_words() {
    let changes = |text| Core::parse_lenient(text).unwrap().changes.to_string();
    assert_eq!(changes(CORE), "nothing");
    assert_eq!(changes("01m7wqt1fbff4sq3bgc5bhn9eO"), "1 look-alike");
    assert_eq!(
        changes("o1m7wqt1-fbff4sq3bgc5bhn9-EO"),
        "1 upper-case letter, 2 look-alikes, 2 hyphens"
    );
}
