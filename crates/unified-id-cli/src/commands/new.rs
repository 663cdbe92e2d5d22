//! `unified-id new`: makes ids.

use std::io::{self, BufWriter, Write};

use anyhow::anyhow;
use unified_id::kind::ScopeRule;
use unified_id::legacy::Reader;
use unified_id::{IdKind, ParseError, ParseErrorKind, UnifiedId};

use crate::args::{NewArgs, NewFormat};
use crate::exit::Outcome;
use id_server::inspect::Record;

pub(crate) fn run(args: &NewArgs) -> anyhow::Result<Outcome> {
    let kind: IdKind = args.kind.parse().map_err(|error| explain(&error))?;
    let explain = |error: ParseError| match error.kind() {
        ParseErrorKind::MissingScope => missing_scope(kind),
        ParseErrorKind::UnexpectedScope => {
            anyhow!("the id of {} has no scope\nhelp:  leave out `--scope`", kind.meaning())
        }
        ParseErrorKind::InvalidScope => anyhow!(
            "{error}\nhelp:  a thread in an id holds letters, digits, `-` and `_`; give this one an id of its own: `unified-id new thread`"
        ),
        ParseErrorKind::WrongKind | ParseErrorKind::UnknownFormat
            if kind.scope_rule() == ScopeRule::User =>
        {
            anyhow!(
                "{error}\nhelp:  the scope of {} is the id of a user, as `unified-id new user` makes it",
                kind.meaning()
            )
        }
        _ => explain(&error),
    };
    // One id is made in any case, so that `-n 0` with a wrong scope is an error too.
    let first = UnifiedId::make(kind, args.scope.as_deref()).map_err(explain)?;
    let mut out = BufWriter::new(io::stdout().lock());
    let mut next = Some(first);
    for _ in 0..args.number {
        let id = match next.take() {
            Some(id) => id,
            None => UnifiedId::make(kind, args.scope.as_deref()).map_err(explain)?,
        };
        match args.format {
            NewFormat::Text => writeln!(out, "{id}")?,
            NewFormat::Jsonl => {
                serde_json::to_writer(&mut out, &Record::of(&id.to_string(), &Reader::new()))
                    .map_err(io::Error::from)?;
                writeln!(out)?;
            }
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn missing_scope(kind: IdKind) -> anyhow::Error {
    let parent = if kind.scope_rule() == ScopeRule::User { "user" } else { "thread" };
    anyhow!(
        "the id of {} needs its {parent}\nhelp:  pass it, as in `unified-id new {kind} --scope \
         \"$(unified-id new {parent})\"`",
        kind.meaning()
    )
}

fn explain(error: &ParseError) -> anyhow::Error {
    anyhow!("{error}\nhelp:  {}", error.help())
}
