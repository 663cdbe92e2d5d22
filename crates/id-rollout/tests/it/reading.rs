//! Flags decide what is read, and refuse nothing else.

use id_rollout::{Flag, ReadErrorKind, Rollout, RolloutReader, Sources};
use unified_id::legacy::{Dialect, Reader, rows};
use unified_id::parse_any;

use crate::Folder;

fn reader(flags: &[(Flag, &str)], reader: Reader) -> RolloutReader {
    let folder = Folder::new();
    let sources = flags.iter().fold(folder.sources(), |sources: Sources, (flag, value)| {
        sources.with_variable(*flag, value).unwrap()
    });
    RolloutReader::with_reader(Rollout::follow(sources).unwrap(), reader)
}

const NEW: [&str; 4] = [
    "run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt",
    "run_user123_session456_01m7wqt1fcff4sq3cdmzk4w7rt",
    "order_item_01m7wqt1fbff4sq3bgc5bhn9e0",
    "01m7wqt1fbff4sq3bgc5bhn9e0",
];

#[test]
fn everything_is_read_if_nothing_is_said() {
    let reader = reader(&[], Reader::new());
    for text in rows().iter().map(unified_id::legacy::Row::example).chain(NEW) {
        assert_eq!(reader.parse_any(text).is_ok(), parse_any(text).is_ok(), "{text}");
    }
    assert_eq!(
        reader.refused(ReadErrorKind::NoId),
        rows().iter().filter(|row| row.is_refused()).count() as u64
    );
    assert_eq!(reader.counts().total(), (rows().len() + NEW.len()) as u64);
}

#[test]
fn old_ids_can_be_turned_off() {
    let reader = reader(&[(Flag::EnableLegacyIdCompatibility, "off")], Reader::new());
    for text in NEW {
        assert!(reader.parse_any(text).is_ok(), "{text}");
    }
    let mut refused = 0;
    for row in rows().iter().filter(|row| !row.is_refused() && row.name() != "ulid") {
        let error = reader.parse_any(row.example()).unwrap_err();
        assert_eq!((error.kind(), error.format()), (ReadErrorKind::LegacyOff, row.name()));
        refused += 1;
    }
    assert_eq!(reader.refused(ReadErrorKind::LegacyOff), refused);
    // What was refused was counted by its format all the same: that is what tells when nobody sends any more.
    assert_eq!(reader.counts().format("netra_run_canonical"), 1);
}

#[test]
fn strict_refuses_what_is_not_certain() {
    let strict = reader(&[(Flag::EnableIdValidationStrictMode, "true")], Reader::new());
    let check = |text: &str, expected: Option<ReadErrorKind>| {
        let kind = strict.parse_any(text).err().map(|error| {
            assert!(!error.help().is_empty() && !error.to_string().is_empty());
            error.kind()
        });
        assert_eq!(kind, expected, "{text}");
    };
    for text in NEW {
        check(text, None);
    }
    check("thread_user123_run_1693430400000_a1b2c3d4", None);
    check("run_thread_user123_01m7wqt1fcff4sq3cdmzk4w7rt", Some(ReadErrorKind::NotCanonical));
    check("01M7WQT1FBFF4SQ3BGC5BHN9E0", Some(ReadErrorKind::NotCanonical));
    check("run_user_session_67890_ef123456", Some(ReadErrorKind::Ambiguous));
    check("websocket_factory_1757372478799", Some(ReadErrorKind::Ambiguous));
    check("0000000000000000", Some(ReadErrorKind::NotUnique));
    check("hello world", Some(ReadErrorKind::NoId));
    // A dialect settles the reading, but not what is not in the text.
    let uig = Reader::new().with_dialect(Dialect::Uig);
    let strict = reader(&[(Flag::EnableIdValidationStrictMode, "true")], uig);
    let error = strict.parse_any("websocket_factory_1757372478799").unwrap_err();
    assert_eq!(error.kind(), ReadErrorKind::ThreadPrefix);
}

#[test]
fn ids_of_an_application_follow_the_flags_as_old_ones() {
    let row = "[[row]]\nname = \"order\"\npattern = \"ord-{ms:ms}-{hex8}\"\nkind = \"order\"\nbefore = \"table\"";
    let rows = unified_id::legacy::Rows::from_toml(row).unwrap();
    let text = "ord-1756152290611-a1b2c3d4";
    let of = |flag, value| reader(&[(flag, value)], Reader::new().with_rows(&rows).unwrap());
    let off = of(Flag::EnableLegacyIdCompatibility, "off");
    let error = off.parse_any(text).unwrap_err();
    assert_eq!((error.kind(), error.format()), (ReadErrorKind::LegacyOff, "application"));
    assert_eq!(off.counts().format("application"), 1);
    assert!(of(Flag::EnableIdValidationStrictMode, "on").parse_any(text).is_ok());
}
