//! `unified-id migrate plan`: what is asked for goes to the planner; plan, statements and costs come back.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use id_migrate::mapping::{Form, Mapping};
use id_migrate::plan::Level;
use id_migrate::{KeyRequest, MigrateError, Plan, PlanOptions, config, database};

use crate::args::{FlagsFormat, PlanArgs};
use crate::exit::Outcome;
use crate::output;

pub(super) fn run(args: &PlanArgs) -> anyhow::Result<Outcome> {
    let plan =
        database::plan(&args.database, &super::access(Path::new("plan.json")), &options(args)?)?;
    let mut out = output::stdout(false);
    if let Some(folder) = &args.sql {
        fs::create_dir_all(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        for (name, text) in database::scripts(&plan, &super::access(Path::new("plan.json")))? {
            write_whole(&folder.join(name), &text)?;
        }
    }
    if let Some(path) = &args.out {
        write_whole(path, &plan.to_json())?;
    }
    if args.format == FlagsFormat::Json {
        out.write_all(plan.to_json().as_bytes())?;
    } else {
        show(&mut out, &plan)?;
        if let Some(folder) = &args.sql {
            writeln!(out, "\nstatements written to {}", folder.display())?;
        }
        if let Some(path) = &args.out {
            writeln!(
                out,
                "\nplan written to {}; next: unified-id migrate run {0}",
                path.display()
            )?;
        }
    }
    out.flush()?;
    Ok(if plan.blockers().next().is_some() { Outcome::CheckFailed } else { Outcome::Done })
}

/// What the settings file says, and on top of it what the command line says.
fn options(args: &PlanArgs) -> anyhow::Result<PlanOptions> {
    let mut options = match &args.config {
        Some(path) => {
            let text = fs::read_to_string(path)
                .with_context(|| format!("the settings {} cannot be read", path.display()))?;
            config::read(&text)?
        }
        None => PlanOptions::default(),
    };
    for key in &args.keys {
        let request = KeyRequest::parse(key)?;
        options
            .keys
            .retain(|known| (&known.table, &known.column) != (&request.table, &request.column));
        options.keys.push(request);
    }
    for text in &args.fallbacks {
        options.fallbacks.insert(0, pair(text, "--fallback", Mapping::parse)?);
    }
    for text in &args.forms {
        options.forms.insert(0, pair(text, "--form", Form::parse)?);
    }
    options.keep_order.extend(args.keep_order.iter().cloned());
    options.not_references.extend(args.not_references.iter().cloned());
    if args.namespace.is_some() {
        options.namespace.clone_from(&args.namespace);
    }
    if let Some(text) = &args.tolerance {
        options.settings.set_tolerance(text)?;
    }
    options.settings.stall_ms = args.stall_ms.unwrap_or(options.settings.stall_ms);
    options.settings.lock_timeout_ms =
        args.lock_timeout_ms.unwrap_or(options.settings.lock_timeout_ms);
    if let Some(library) = args.duckdb_library.clone().or_else(super::duckdb_library) {
        options.settings.duckdb_library = Some(library);
    }
    unified_id::TransactionId::new().core().to_text().as_str()[..16]
        .clone_into(&mut options.run_id);
    Ok(options)
}

/// Splits `NAME=VALUE` at the last `=`.
fn pair<T>(
    text: &str,
    flag: &str,
    read: impl Fn(&str) -> Option<T>,
) -> anyhow::Result<(String, T)> {
    let wrong = |what: &str| MigrateError::invalid(format!("`{flag} {text}`: {what}"));
    let (name, value) = text.rsplit_once('=').ok_or_else(|| wrong("there is no `=`"))?;
    let value = read(value).ok_or_else(|| wrong(&format!("`{value}` is not known")))?;
    // As with `--key`, names may stand in double quotes.
    let name = match KeyRequest::parse(&format!("{name}=stable")) {
        Ok(key) => format!("{}.{}", key.table, key.column),
        Err(_) => name.to_owned(),
    };
    Ok((name, value))
}

/// Whoever looks finds the old file or the new one.
pub(super) fn write_whole(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let done = fs::File::create(&part).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, path)
    });
    done.with_context(|| format!("{} cannot be written", path.display()))
}

fn show(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    writeln!(out, "{}\n", plan.database)?;
    for (no, key) in plan.keys.iter().enumerate() {
        let time =
            key.time_column.as_ref().map_or_else(String::new, |column| format!(" from {column}"));
        writeln!(
            out,
            "key {}.{}: {}{time}, {} rows, {} without a key",
            key.table,
            key.column,
            key.mapping.name(),
            key.rows,
            key.nulls
        )?;
        let formats: Vec<String> = key
            .formats
            .iter()
            .map(|format| format!("{} {}", format.values, format.format))
            .collect();
        if !formats.is_empty() {
            writeln!(out, "  formats: {}; {} in none", formats.join(", "), key.unknown_format)?;
        }
        if key.collisions + key.unmappable + key.by_fallback > 0 {
            writeln!(
                out,
                "  {} would get the id of another one, {} cannot be mapped, {} by the fallback",
                key.collisions, key.unmappable, key.by_fallback
            )?;
        }
        for reference in plan.references.iter().filter(|reference| reference.key == no) {
            let place = serde_json::to_string(&reference.place)?;
            let place = if place == "\"whole\"" { String::new() } else { format!(" {place}") };
            let origin = serde_json::to_string(&reference.origin)?;
            writeln!(
                out,
                "  <- {}.{}{place}: {}, {} values, {} orphans, {:.1} % are keys",
                reference.table,
                reference.column,
                origin.trim_matches('"'),
                reference.values,
                reference.orphans,
                reference.share * 100.0
            )?;
        }
    }
    for finding in &plan.findings {
        let level = match finding.level {
            Level::Blocker => "blocker",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        writeln!(out, "{level}: {}", finding.what)?;
    }
    show_estimate(out, plan)
}

pub(super) fn show_estimate(out: &mut impl Write, plan: &Plan) -> io::Result<()> {
    writeln!(
        out,
        "{} rows, about {:.0} s, {} MB of disk beside the database",
        plan.estimate.rows,
        plan.estimate.seconds.ceil(),
        plan.estimate.disk_bytes.div_ceil(1 << 20)
    )
}
