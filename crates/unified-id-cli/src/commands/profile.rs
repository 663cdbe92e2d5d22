//! `unified-id inspect --profile`: what the values of a file are.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, bail};
use unified_id::Profile;
use unified_id::legacy::Reader;

use crate::args::{InspectArgs, InspectFormat, Place};
use crate::exit::Outcome;
use crate::output::{self, profile::Summary};
use crate::source::{self, Sink, csv, json, lines, log};

pub(crate) fn run(path: &Path, args: &InspectArgs) -> anyhow::Result<Outcome> {
    let reader = super::reader::of(&args.reader)?;
    let finder = args.place.regex.as_deref().map(log::Finder::new).transpose()?;
    let (mut input, head) = source::open(path)?;
    let mut column = Column { reader, profile: Profile::new(), unreadable: None };
    let selector = if let Some(finder) = finder {
        finder.read(&mut input, &mut column).with_context(|| cannot_read(path))?;
        Selector::Regex(args.place.regex.clone().unwrap_or_default())
    } else {
        let selector = selector(path, &args.place, &head)?;
        match &selector {
            Selector::Column(name, dialect) => csv::read(&mut input, *dialect, name, &mut column),
            Selector::Pointer(pointer) => {
                json::read(&mut input, &json::Pointer::parse(pointer)?, &mut column)
            }
            Selector::Lines | Selector::Regex(_) => lines::read(&mut input, &mut column),
        }
        .with_context(|| cannot_read(path))?;
        selector
    };
    if column.profile.values() == 0 {
        refuse_nothing(path, &selector, &column, &head)?;
    }
    let summary = Summary {
        source: path,
        selector: &selector,
        profile: &column.profile,
        unreadable: column.unreadable.as_ref(),
    };
    let mut out = output::stdout(args.format == InspectFormat::Text);
    match args.format {
        InspectFormat::Text => output::profile::write(&mut out, &summary)?,
        InspectFormat::Json | InspectFormat::Jsonl => {
            output::profile::write_json(&mut out, &summary, args.format == InspectFormat::Json)?;
        }
    }
    out.flush()?;
    let clean = column.profile.refused() == 0 && column.unreadable.is_none();
    Ok(if clean { Outcome::Done } else { Outcome::SomeAreNoIds })
}

fn cannot_read(path: &Path) -> String {
    format!("cannot profile {}", path.display())
}

/// Where the values stand.
#[derive(Debug)]
pub(crate) enum Selector {
    Lines,
    Column(String, csv::Dialect),
    Pointer(String),
    Regex(String),
}

/// The place that was named, or the one that the name of the file says; never a guess where there are several.
fn selector(path: &Path, place: &Place, head: &[u8]) -> anyhow::Result<Selector> {
    let delimiter = match place.delimiter.as_deref() {
        None => csv::guess_delimiter(head),
        Some("tab" | "\\t") => b'\t',
        Some(text) => match text.as_bytes() {
            [byte] => *byte,
            _ => bail!(
                "`--delimiter {text}` is not one ASCII character\nhelp:  one character, or `tab`"
            ),
        },
    };
    if let Some(column) = &place.column {
        return Ok(Selector::Column(
            column.clone(),
            csv::Dialect { delimiter, has_header: !place.no_header },
        ));
    }
    if let Some(pointer) = &place.json_pointer {
        return Ok(Selector::Pointer(pointer.clone()));
    }
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    match extension.as_str() {
        "csv" | "tsv" | "psv" => {
            let columns = csv::columns(head, delimiter)?;
            if columns.len() > 1 {
                let names: Vec<_> = columns.iter().map(|name| format!("`{name}`")).collect();
                bail!(
                    "{} has {} columns: {}\nhelp:  choose one by `--column NAME`",
                    path.display(),
                    columns.len(),
                    names.join(", ")
                );
            }
            Ok(Selector::Column("1".to_owned(), csv::Dialect { delimiter, has_header: true }))
        }
        "jsonl" | "ndjson" => match json::fields(head) {
            Ok(fields) => {
                let names: Vec<_> = fields.iter().map(|name| format!("`/{name}`")).collect();
                bail!(
                    "the lines of {} are objects with {}\nhelp:  choose a place by `--json-pointer P`",
                    path.display(),
                    names.join(", ")
                )
            }
            Err(_) => Ok(Selector::Pointer(String::new())),
        },
        _ => Ok(Selector::Lines),
    }
}

/// A place at which nothing stands in the whole file was named wrongly.
fn refuse_nothing(
    path: &Path,
    selector: &Selector,
    column: &Column,
    head: &[u8],
) -> anyhow::Result<()> {
    let path = path.display();
    if let Some(unreadable) = &column.unreadable {
        let help = match selector {
            Selector::Pointer(_) => {
                "one JSON value per line is read; `jq -c '.[]'` makes such lines of an array"
            }
            _ => "look at that line",
        };
        bail!(
            "no value of {path} can be read: line {}: {}\nhelp:  {help}",
            unreadable.first_row,
            unreadable.first
        );
    }
    match selector {
        Selector::Pointer(pointer) => {
            let names: Vec<_> = json::fields(head).unwrap_or_default();
            let names: Vec<_> = names.iter().map(|name| format!("`/{name}`")).collect();
            let there = if names.is_empty() { "no object".to_owned() } else { names.join(", ") };
            bail!("no line of {path} has a value at `{pointer}`\nhelp:  the first line has {there}")
        }
        Selector::Regex(regex) => {
            bail!("`{regex}` finds nothing in {path}\nhelp:  try it on one line of the file first")
        }
        // Rows without a value are an answer: the column is empty.
        Selector::Column(..) | Selector::Lines => Ok(()),
    }
}

/// What takes the values of the column.
struct Column {
    reader: Reader,
    profile: Profile,
    unreadable: Option<Unreadable>,
}

/// Rows that could not be read.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Unreadable {
    pub(crate) count: u64,
    pub(crate) first_row: u64,
    pub(crate) first: String,
}

impl Sink for Column {
    fn value(&mut self, value: &[u8], row: u64) {
        self.profile.add(&self.reader, value, row);
    }

    fn absent(&mut self) {
        self.profile.add_absent();
    }

    fn unreadable(&mut self, row: u64, why: impl FnOnce() -> String) {
        match &mut self.unreadable {
            Some(unreadable) => unreadable.count += 1,
            None => self.unreadable = Some(Unreadable { count: 1, first_row: row, first: why() }),
        }
    }
}
