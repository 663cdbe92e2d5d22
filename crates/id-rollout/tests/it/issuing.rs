//! What is handed out reads back as the thread that it was made for, whatever the flags say.

use id_rollout::{Flag, Issuer, Rollout, RolloutErrorKind, Sources, bucket};
use proptest::prelude::*;
use unified_id::legacy::{Dialect, LegacyFormat, Reader};
use unified_id::{IdKind, ParsedId, ThreadKey, parse_any};

use crate::Folder;

fn issuer(flags: &[(Flag, &str)]) -> Issuer {
    let folder = Folder::new();
    let sources = flags.iter().fold(folder.sources(), |sources: Sources, (flag, value)| {
        sources.with_variable(*flag, value).unwrap()
    });
    Issuer::new(Rollout::follow(sources).unwrap())
}

fn on() -> Issuer {
    issuer(&[(Flag::EnableUnifiedIdGeneration, "true")])
}

fn off(format: &str) -> Issuer {
    issuer(&[(Flag::LegacyRunFormat, format)])
}

/// The scope that a kind needs.
fn scope(kind: IdKind) -> Option<&'static str> {
    match kind {
        IdKind::Run | IdKind::Message | IdKind::Tool => Some("thread_user123"),
        IdKind::Websocket => Some("alice@example.com"),
        _ => None,
    }
}

#[test]
fn new_ids_are_canonical_for_every_kind() {
    let issuer = on();
    for kind in IdKind::ALL {
        let text = issuer.issue(*kind, scope(*kind)).unwrap();
        let Ok(ParsedId::Unified(id)) = parse_any(&text) else { panic!("{text}") };
        assert_eq!((id.kind(), id.is_canonical()), (*kind, true));
    }
    assert_eq!(issuer.stats().new, IdKind::ALL.len() as u64);
    // An old user is adopted, always by the same core.
    let users: Vec<String> = (0..2)
        .map(|_| {
            issuer.issue(IdKind::Websocket, Some("alice")).unwrap()["websocket_".len()..][..26]
                .to_owned()
        })
        .collect();
    assert_eq!(users[0], users[1]);
    let known = issuer.issue(IdKind::Websocket, Some("user_01m7wqt1fbff4sq3bgc5bhn9e0")).unwrap();
    assert!(known.starts_with("websocket_01m7wqt1fbff4sq3bgc5bhn9e0_"), "{known}");
}

#[test]
fn old_shapes_read_back_for_every_kind() {
    for format in ["idmanager", "canonical", "ts5"] {
        let issuer = off(format);
        for kind in IdKind::ALL {
            let text = issuer.issue(*kind, scope(*kind)).unwrap();
            let Ok(ParsedId::Legacy(id)) = parse_any(&text) else { panic!("{text}") };
            let expected = match kind {
                IdKind::Thread => LegacyFormat::NetraThreadSessionMs,
                IdKind::Run if format == "idmanager" => LegacyFormat::NetraRunIdmanager,
                IdKind::Run if format == "canonical" => LegacyFormat::NetraRunCanonical,
                IdKind::Run => LegacyFormat::NetraRunTs5,
                _ => LegacyFormat::UigBase,
            };
            let is_known = !matches!(
                kind,
                IdKind::Entity
                    | IdKind::Workflow
                    | IdKind::Pool
                    | IdKind::Checkpoint
                    | IdKind::Config
            );
            // A short number of ts5 would read as IDManager's first: then it is another shape.
            let is_short = format == "ts5" && id.format() == LegacyFormat::NetraRunCanonical;
            assert!(id.format() == expected || is_short, "{text}");
            assert_eq!(id.kind(), is_known.then_some(kind.prefix()), "{text}");
        }
        assert_eq!(issuer.stats().legacy, IdKind::ALL.len() as u64);
    }
}

/// `run_chat_7_<8 hex>` is read as a run that `UnifiedIdGenerator` made together with its thread.
#[test]
fn a_run_that_would_be_read_as_another_threads_gets_another_shape() {
    let issuer = off("idmanager");
    let run = issuer.run("chat_7").unwrap();
    assert!(run.starts_with("thread_chat_7_run_"), "{run}");
    assert_eq!((issuer.stats().reshaped, issuer.stats().legacy), (1, 1));
    // A deployment that knows its generator reads it rightly.
    let issuer = off("idmanager").with_reader(Reader::new().with_dialect(Dialect::IdManager));
    assert!(issuer.run("chat_7").unwrap().starts_with("run_chat_7_"));
    assert_eq!(issuer.stats().reshaped, 0);
    // No old shape can say this thread; the new format can.
    let uig = Reader::new().with_dialect(Dialect::Uig);
    let issuer = off("canonical").with_reader(uig);
    let run = issuer.run("team_1756000000000").unwrap();
    let key = parse_any(&run).unwrap().thread_key();
    assert_eq!(key, Some(ThreadKey::parse("team_1756000000000").unwrap()), "{run}");
}

#[test]
fn every_run_shape_holds_a_thread_that_was_handed_out() {
    for format in ["idmanager", "canonical", "ts5"] {
        let issuer = off(format);
        for _ in 0..200 {
            let thread = issuer.thread();
            let run = issuer.run(&thread).unwrap();
            let id = parse_any(&run).unwrap();
            assert_eq!(id.thread_key(), Some(ThreadKey::parse(&thread).unwrap()), "{run}");
        }
    }
}

#[test]
fn a_thread_that_cannot_be_a_scope_keeps_the_old_shape() {
    let issuer = on();
    let run = issuer.run("team a/b").unwrap();
    assert!(run.starts_with("thread_team a/b_run_"), "{run}");
    let stats = issuer.stats();
    assert_eq!((stats.new, stats.legacy, stats.unscopable), (0, 1, 1));
}

#[test]
fn errors_do_not_depend_on_the_flags() {
    for issuer in [on(), off("canonical"), off("ts5")] {
        for thread in
            ["", "thread_", "user_01m7wqt1fbff4sq3bgc5bhn9e0", "01m7wqi1fbff4sq3bgc5bhn9e0"]
        {
            assert_eq!(issuer.run(thread).unwrap_err().kind(), RolloutErrorKind::Scope, "{thread}");
        }
        for (kind, scope) in
            [(IdKind::Run, None), (IdKind::User, Some("a")), (IdKind::Thread, Some("a"))]
        {
            assert_eq!(issuer.issue(kind, scope).unwrap_err().kind(), RolloutErrorKind::Scope);
        }
        assert_eq!(issuer.stats().refused, 7);
    }
}

#[test]
fn a_share_of_the_threads_gets_new_ids_and_keeps_them() {
    let issuer = issuer(&[(Flag::EnableUnifiedIdGeneration, "true"), (Flag::RolloutPercent, "30")]);
    let mut new = 0;
    for at in 0..500 {
        let thread = format!("thread_user{at}");
        let is_in = bucket(&ThreadKey::parse(&thread).unwrap()) < 30;
        new += u32::from(is_in);
        for spelling in [&thread, &format!("user{at}")] {
            for kind in [IdKind::Run, IdKind::Message] {
                let id = issuer.issue(kind, Some(spelling)).unwrap();
                assert_eq!(matches!(parse_any(&id), Ok(ParsedId::Unified(_))), is_in, "{id}");
            }
        }
    }
    assert!((100..200).contains(&new), "{new}");
    // New threads and their runs are on one side.
    for _ in 0..300 {
        let thread = issuer.thread();
        let run = issuer.run(&thread).unwrap();
        let is_new = |text: &str| matches!(parse_any(text), Ok(ParsedId::Unified(_)));
        assert_eq!(is_new(&thread), is_new(&run), "{thread} {run}");
    }
}

fn hostile_thread() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "al",
        "alice",
        "alice2",
        "_run_",
        "run_",
        "thread_",
        "_",
        "-",
        "12345",
        "1756000000000",
        "a1b2c3d4",
        "\u{430}",
        "\0",
        " ",
        "@",
        ".",
        "session",
        "context",
        "_run",
        "01m7wqt1fbff4sq3bgc5bhn9e0",
        "ABCDEF01",
        "/",
    ]);
    prop_oneof![
        prop::collection::vec(pieces, 1..6).prop_map(|pieces| pieces.concat()),
        "[a-z0-9_-]{1,40}",
        "\\PC{0,20}",
        Just("x".repeat(512)),
    ]
}

proptest! {
    #[test]
    fn props_what_is_handed_out_holds_its_thread_or_nothing_is(
        thread in hostile_thread(),
        format in prop::sample::select(vec!["idmanager", "canonical", "ts5"]),
        new in any::<bool>(),
    ) {
        let issuer = if new {
            issuer(&[(Flag::EnableUnifiedIdGeneration, "true"), (Flag::LegacyRunFormat, format)])
        } else {
            off(format)
        };
        if let Ok(run) = issuer.run(&thread) {
            let key = ThreadKey::parse(&thread).unwrap();
            let id = parse_any(&run).unwrap();
            // Not merely among the readings: the recommended one.
            prop_assert_eq!(id.thread_key(), Some(key), "{}", run);
        }
    }
}
