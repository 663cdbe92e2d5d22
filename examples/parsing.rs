//! Parsing: any text becomes one id or one error that says what is wrong, where, and what to do.

use unified_id::{ParseErrorKind, ParsedId, RunId, ThreadKey, parse_any};

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() -> Result<(), unified_id::ParseError> {
    // A typed id, where the kind is known: another kind is an error.
    let run = RunId::parse("run_01m7wqt1fbff4sq3bgc5bhn9e0_01m7wqt1fcff4sq3cdmzk4w7rt")?;
    println!("{run} belongs to {}", run.thread());

    // Any text.
    for text in [
        "run_user123_session456_01m7wqt1fcff4sq3cdmzk4w7rt",
        "thread_user123_run_1693430400000_a1b2c3d4",
        "order_01m7wqt1fbff4sq3bgc5bhn9e0",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "thread_01m7wqi1fbff4sq3bgc5bhn9e0",
    ] {
        match parse_any(text) {
            Ok(ParsedId::Unified(id)) => {
                println!("{text}: a {} in {:?}", id.kind(), id.scope_text());
            }
            Ok(ParsedId::Legacy(id)) => {
                println!(
                    "{text}: {} on {:?}",
                    id.format(),
                    id.thread().map(|thread| thread.to_cow())
                );
            }
            Ok(ParsedId::Foreign(id)) => println!("{text}: a foreign {}", id.prefix()),
            Ok(other) => println!("{text}: {other:?}"),
            Err(error) => println!("error: {error}\nhelp:  {}", error.help()),
        }
    }

    // A typing error never becomes another thread.
    let mistyped = "run_01m7wqt1fbff4sq3bgc5bhn9eo_01m7wqt1fcff4sq3cdmzk4w7rt";
    let place = parse_any(mistyped).err().map(|error| (error.kind(), error.position()));
    assert_eq!(place, Some((ParseErrorKind::MistypedScope, 29)));

    // All spellings of a thread have one key; different threads never share one.
    let key = ThreadKey::parse("thread_user123")?;
    assert_eq!(key, ThreadKey::parse("user123")?);
    assert_ne!(key, ThreadKey::parse("user1234")?);
    Ok(())
}
