//! Pins every error: what, where and what to do.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write;

use id_testkit::snapshots;
use strum::IntoEnumIterator;
use unified_id::legacy::{self, Reason};
use unified_id::{ParseError, ParseErrorKind, RunId, ThreadScope, UnifiedId, UserId, parse_any};

/// For every kind of error, what gives it.
fn provoke() -> Vec<ParseError> {
    let core = "01m7wqt1fbff4sq3bgc5bhn9e0";
    let reading = [
        "",
        "thread_01m7wqi1fbff4sq3bgc5bhn9e0",
        "thread_01m7wqt1fbff4sq3bgc5bhn9\u{e9}",
        "thread_01m7wqt1fbff4sq3bgc5bhn9e",
        "8zzzzzzzzzzzzzzzzzzzzzzzzz",
        "run_01m7wqt1fbff4sq3bgc5bhn9e0",
        "user_x_01m7wqt1fbff4sq3bgc5bhn9e0",
        "run_01m7wqt1fbff4sq3bgc5bhn9eo_01m7wqt1fbff4sq3bgc5bhn9e0",
        "run_01m7wqt1fbff4sq3bgc5bhn9e_01m7wqt1fbff4sq3bgc5bhn9e0",
        "run_a b_01m7wqt1fbff4sq3bgc5bhn9e0",
        "message_x_run_y_01m7wqt1fbff4sq3bgc5bhn9e0",
        "run_thread__01m7wqt1fbff4sq3bgc5bhn9e0",
        "order_01m7wqt1fbff4sq3bgc5bhn9el",
        "tool_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fbff4sq3bgc5bhn9e",
        "hello-world",
        "hello `world`\n\"quoted\"",
        "run_{thread}_1",
        "thread_x\u{200b}y",
        "run_..x_a1b2c3d4",
        " thread_x",
        "thread_x_run_garbage",
        "550e8400-e29b-41d4-a716",
        "system_req_1757361274921_92_813a54c5_7d8490dc",
    ];
    let mut errors: Vec<_> = reading.iter().map(|text| parse_any(text).unwrap_err()).collect();
    errors.push(parse_any(&"x".repeat(513)).unwrap_err());
    errors.push(UnifiedId::parse_bytes(b"run_\xff_01m7wqt1fbff4sq3bgc5bhn9e0").unwrap_err());
    errors.push(UserId::parse(&format!("run_user1_{core}")).unwrap_err());
    errors.push(RunId::parse(&format!("run_user1_{core}")).unwrap_err());
    errors.push(RunId::parse("run_user123_a1b2c3d4").unwrap_err());
    errors.push(UnifiedId::parse("sess_1757361274921_12").unwrap_err());
    errors.push(UnifiedId::parse(core).unwrap_err());
    errors.push(ThreadScope::parse("thread_").unwrap_err());
    errors.push("runs".parse::<unified_id::IdKind>().unwrap_err());
    errors.push(UnifiedId::make(unified_id::IdKind::Run, None).unwrap_err());
    errors.push(UnifiedId::make(unified_id::IdKind::User, Some(core)).unwrap_err());
    errors.push(unified_id::parse_any_bytes(b"run_\xff").unwrap_err());
    errors
}

#[test]
fn every_kind_of_error_says_what_where_and_what_to_do() {
    let errors = provoke();
    let mut shown = String::new();
    for error in &errors {
        let (code, position, help) = (error.code(), error.position(), error.help());
        writeln!(
            shown,
            "{code} at {position}
error: {error}
help:  {help}
"
        )
        .unwrap();
        assert!(!error.to_string().contains('\n') && !error.to_string().ends_with('.'), "{error}");
        assert!(!error.help().is_empty() && !error.help().ends_with('.'), "{}", error.help());
    }
    let seen: BTreeSet<_> = errors.iter().map(ParseError::code).collect();
    let all: BTreeSet<_> = ParseErrorKind::iter().map(ParseErrorKind::code).collect();
    assert_eq!(seen, all, "a kind of error is not provoked");
    let _guard = snapshots("errors").bind_to_scope();
    insta::assert_snapshot!("parse", shown);
}

/// A refusal of the table and the error that it becomes say the same, but for the text, which a refusal does not hold.
#[test]
fn refusals_speak_with_the_words_of_errors() {
    let mut seen = HashSet::new();
    let mut shown = String::new();
    for text in [
        "",
        &"x".repeat(513),
        "a;b",
        "run_..x_a1b2c3d4",
        "thread_x\u{200b}y",
        " thread_x",
        "run___a1b2c3d4",
        "thread_x_run_garbage",
        "550e8400-e29b-41d4-a716",
        "system_req_1757361274921_92_813a54c5_7d8490dc",
        "thread_01m7wqi1fbff4sq3bgc5bhn9e0",
        "hello-world",
    ] {
        let refusal = legacy::read(text).unwrap_err();
        let error = parse_any(text).unwrap_err();
        // What the reader of the new format knows better, it says.
        if !matches!(refusal.reason(), Reason::AlmostNew) {
            assert_eq!(refusal.help(), error.help(), "{text}");
        }
        let (reason, help) = (refusal.reason(), refusal.help());
        writeln!(shown, "{}\nerror: {refusal}\nhelp:  {help}\n", reason.as_ref()).unwrap();
        seen.insert(reason);
    }
    assert_eq!(seen, Reason::iter().collect(), "a reason is not provoked");
    let _guard = snapshots("errors").bind_to_scope();
    insta::assert_snapshot!("refusal", shown);
}

#[test]
fn drift_past_the_limit() {
    use unified_id::Generator;
    use unified_id::generator::{StepClock, StepEntropy};

    let generator = Generator::with(StepClock::new(1_787_594_056_811, 0), StepEntropy::new(1))
        .with_drift_limit_ms(50);
    assert!(generator.try_generate().is_ok());
    generator.clock().set(1_787_594_056_711);
    let error = generator.try_generate().unwrap_err();
    assert_eq!(error.kind(), unified_id::GenerateErrorKind::Drift);
    let _guard = snapshots("errors").bind_to_scope();
    insta::assert_snapshot!("generate", format!("error: {error}\nhelp:  {}\n", error.help()));
}

#[test]
fn a_collision() {
    use unified_id::{Core, JobId, collision::Detector};

    let job = JobId::from_core(Core::from_u128(1));
    let error = Detector::with_known([job]).register(job).unwrap_err();
    let _guard = snapshots("errors").bind_to_scope();
    insta::assert_snapshot!("collision", format!("error: {error}\nhelp:  {}\n", error.help()));
}
