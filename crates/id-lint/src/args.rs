//! The flags as they are typed. What they mean is decided in `settings.rs`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Finds stray id generation in a repository.
#[derive(Debug, Parser)]
#[command(name = "id-lint", version, about, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Scan(Scan),
    Fix(Fix),
    Report(Report),
    #[command(subcommand)]
    Baseline(Baseline),
    Explain(Explain),
    Lsp(Lsp),
    Schema,
    Completions(Completions),
    Man(Man),
}

/// Finds every use of an id generator.
///
/// Exit code: 0 if there is none, 1 if there is a warning or an error that no comment allows and no
/// baseline knows, 2 if something could not be scanned, read or written; findings are printed in
/// every case.
#[derive(Debug, ClapArgs)]
pub(crate) struct Scan {
    #[command(flatten)]
    pub(crate) inputs: Inputs,

    #[command(flatten)]
    pub(crate) changes: Changes,

    /// The findings that are known: a file that `id-lint baseline create` made.
    ///
    /// Unless given, the file that the configuration names, else `id-lint-baseline.txt` beside the
    /// configuration or in the nearest folder above.
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    pub(crate) baseline: Option<PathBuf>,

    /// Reports findings that a baseline knows too.
    #[arg(long)]
    pub(crate) no_baseline: bool,

    #[command(flatten)]
    pub(crate) outputs: Outputs,
}

/// Rewrites what can be rewritten: safe fixes, in which type and meaning stay.
///
/// Files are replaced whole or not at all. Findings that remain are printed as `scan` does. Exit
/// code: 0 if none remain, 1 if a warning or an error remains, 2 if a file could not be scanned or
/// written.
#[derive(Debug, ClapArgs)]
pub(crate) struct Fix {
    #[command(flatten)]
    pub(crate) inputs: Inputs,

    /// Print the changes as a patch and write nothing.
    ///
    /// `git apply` and `patch -p1` read it, also with the findings behind it.
    #[arg(long)]
    pub(crate) diff: bool,

    /// Apply also what someone has to look at: where a type changes, or a thread or a user is
    /// taken from the scope.
    #[arg(long = "unsafe")]
    pub(crate) with_unsafe: bool,

    /// What ids are rewritten into: `unified-id`, `unified-id-generator`, or a TOML file of
    /// templates.
    ///
    /// Unless given, what the configuration says, else `unified-id`.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,

    /// The findings that are known, as for `scan`: they are fixed too, and not printed if they
    /// remain.
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    pub(crate) baseline: Option<PathBuf>,

    /// Prints remaining findings that a baseline knows too.
    #[arg(long)]
    pub(crate) no_baseline: bool,

    /// When to use colors.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// Says how far the migration is: ids that the library makes against ids that something else makes,
/// by service, category, owner and phase.
///
/// What a baseline knows counts as stray; what a comment allows does not. Exit code: 0 if every
/// threshold holds, 1 if one does not, 2 if something could not be scanned.
#[derive(Debug, ClapArgs)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) inputs: Inputs,

    /// The form of the report.
    #[arg(long, value_enum, default_value_t = ReportFormat::Text)]
    pub(crate) format: ReportFormat,

    /// The file that it is written to, instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    /// The migrated share in percent, at least: of all, or of one category with `auth=95`. Can be
    /// repeated.
    #[arg(long, value_name = "[CATEGORY=]PERCENT", value_parser = minimum)]
    pub(crate) min_migrated: Vec<Minimum>,

    /// What the library is: a profile as for `fix`.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) profile: Option<String>,

    /// The file of known findings whose history is the trend, as for `scan`.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,

    /// When to use colors.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For eyes.
    Text,
    /// For a page or a comment.
    Markdown,
    /// One page with charts that needs nothing else.
    Html,
    /// For programs: one object.
    Json,
}

/// A share that has to be reached, of one category or of all.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Minimum {
    pub(crate) category: Option<String>,
    pub(crate) percent: f64,
}

/// Reads `[CATEGORY=]PERCENT`.
fn minimum(text: &str) -> Result<Minimum, String> {
    let (category, percent) = match text.split_once('=') {
        Some((category, percent)) => (Some(category.to_owned()), percent),
        None => (None, text),
    };
    let number = percent.trim_end_matches('%').parse::<f64>().ok();
    let percent = number.filter(|number| (0.0..=100.0).contains(number));
    let percent = percent.ok_or_else(|| format!("`{text}` holds no number from 0 to 100"))?;
    Ok(Minimum { category, percent })
}

/// What is scanned, and by which settings.
#[derive(Debug, ClapArgs)]
pub(crate) struct Inputs {
    /// Files and folders; a path named here is scanned even if it is ignored or hidden.
    ///
    /// Ignore files and exclusions in a named folder always hold, those above it unless they leave
    /// nothing of it to scan. A .gitignore ends at the root of a repository. `-` is standard input.
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,

    /// The settings: a file `id-lint.toml` or a `pyproject.toml` with a table `[tool.id-lint]`.
    ///
    /// Unless given, the nearest one in the folder of each path or above it.
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    pub(crate) config: Option<PathBuf>,

    /// Reads no settings from files.
    #[arg(long)]
    pub(crate) isolated: bool,

    /// Leaves out what a pattern of an ignore file names, besides what the settings exclude.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) exclude: Vec<String>,

    /// Leaves out excluded files also where they are named, as hooks name them.
    #[arg(long)]
    pub(crate) force_exclude: bool,

    /// How many threads to use, at most 256; one for each processor unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
}

/// Which part of the tree counts.
#[derive(Debug, ClapArgs)]
#[group(multiple = false)]
pub(crate) struct Changes {
    /// Reports what is new since a commit, branch or tag: what its common ancestor with this state
    /// did not have. Looks only at files that changed.
    #[arg(long, value_name = "REF")]
    pub(crate) since: Option<String>,

    /// Reports what the next commit would add: reads the files as they are staged.
    #[arg(long)]
    pub(crate) staged: bool,

    /// Reports what a unified diff adds, which led to the files as they are; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    pub(crate) diff: Option<PathBuf>,

    /// Scans standard input as if it were this file.
    #[arg(long, value_name = "PATH")]
    pub(crate) stdin_filename: Option<PathBuf>,
}

/// How the report is written.
#[derive(Debug, ClapArgs)]
pub(crate) struct Outputs {
    /// A form of the report, and the file it is written to: `sarif=findings.sarif`. Can be repeated.
    ///
    /// Without a file it goes to standard output, which takes one form.
    #[arg(long, short, value_name = "FORMAT[=FILE]", value_parser = output)]
    pub(crate) output: Vec<Output>,

    /// The form on standard output.
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,

    /// Prints numbers by rule, category and service instead of the findings, in the form for eyes.
    #[arg(long)]
    pub(crate) statistics: bool,

    /// Prints the settings that hold and where they come from, and scans nothing.
    #[arg(long)]
    pub(crate) show_settings: bool,

    /// When to use colors.
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = Color::Auto)]
    pub(crate) color: Color,
}

/// A form and where it goes; `None` is standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) file: Option<PathBuf>,
}

/// Reads `FORMAT[=FILE]`.
fn output(text: &str) -> Result<Output, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("no file stands behind `=`".to_owned()),
        Some((name, file)) => (name, (file != "-").then(|| PathBuf::from(file))),
        None => (text, None),
    };
    let format = Format::from_str(name, false).map_err(|_| {
        let known = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let known: Vec<_> = known.map(|value| value.get_name().to_owned()).collect();
        let near = id_scan::nearest(name, known.iter().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!(", did you mean `{near}`?"));
        format!("`{name}` is no format{hint} [formats: {}]", known.join(", "))
    })?;
    Ok(Output { format, file })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For eyes.
    Text,
    /// For programs: one object with everything that is known.
    Json,
    /// For programs: one finding on each line.
    #[value(alias = "json-lines")]
    Jsonl,
    /// SARIF 2.1.0, for code scanning; findings outside tests first.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// A GitLab code quality report.
    Gitlab,
    /// `JUnit` XML, for test reports.
    Junit,
    /// Reviewdog diagnostics.
    Rdjson,
    /// For the summary of a job, or a comment.
    Markdown,
    /// One page that needs nothing else.
    Html,
    /// One line for each finding, with what to do: for agents and other readers of lines.
    #[value(alias = "agents", alias = "concise", alias = "oneline")]
    Agent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// If the output is a terminal that shows them.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Keeps the findings that are known, so that there are never more.
#[derive(Debug, Subcommand)]
pub(crate) enum Baseline {
    /// Writes every finding that there is to a new baseline.
    Create {
        #[command(flatten)]
        of: BaselineOf,
        /// Replaces a baseline that is there.
        #[arg(long)]
        force: bool,
    },
    /// Reports findings that the baseline does not know; a baseline must be there.
    Check {
        #[command(flatten)]
        of: BaselineOf,
        /// Fails also if entries are left over that nothing is found for.
        #[arg(long)]
        exact: bool,
        #[command(flatten)]
        outputs: Outputs,
    },
    /// Removes the entries that nothing is found for any more; adds none.
    Prune {
        #[command(flatten)]
        of: BaselineOf,
    },
    /// As `prune`; fails if there are new findings, unless growth is allowed.
    Update {
        #[command(flatten)]
        of: BaselineOf,
        /// Adds the new findings.
        #[arg(long)]
        allow_growth: bool,
    },
    /// Merges two states of a baseline, as git calls it: `id-lint baseline merge %O %A %B`.
    ///
    /// The result is written to OURS. Exit code 2 leaves OURS as it was, for git to report a
    /// conflict.
    Merge {
        /// The common ancestor.
        base: PathBuf,
        /// This side, and the result.
        ours: PathBuf,
        /// The other side.
        theirs: PathBuf,
    },
}

/// What a baseline is made of.
#[derive(Debug, ClapArgs)]
pub(crate) struct BaselineOf {
    #[command(flatten)]
    pub(crate) inputs: Inputs,

    /// The baseline; found as `id-lint scan` finds it unless given.
    #[arg(long, value_name = "FILE")]
    pub(crate) baseline: Option<PathBuf>,
}

/// Prints the page of a rule: why, examples, what to use instead, how far its fix can be trusted.
#[derive(Debug, ClapArgs)]
pub(crate) struct Explain {
    /// A code or a name, as `UID003` or `truncated-uuid`; all rules in one line each unless given.
    pub(crate) rule: Option<String>,
}

/// Serves an editor: diagnostics while typing, and actions, over standard input and output.
#[derive(Debug, ClapArgs)]
pub(crate) struct Lsp {
    /// What editors add; standard input and output is the only way.
    #[arg(long, hide = true)]
    pub(crate) stdio: bool,
}

/// Prints the completions of a shell.
#[derive(Debug, ClapArgs)]
pub(crate) struct Completions {
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// Prints the manual page.
#[derive(Debug, ClapArgs)]
pub(crate) struct Man {
    /// A command that has a page of its own: `scan`.
    pub(crate) command: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_flags_do_not_contradict_each_other() {
        Args::command().debug_assert();
    }

    #[test]
    fn an_output_is_a_form_and_a_file() {
        let check = |text: &str, format: Format, file: Option<&str>| {
            let file = file.map(PathBuf::from);
            assert_eq!(output(text), Ok(Output { format, file }), "{text}");
        };
        check("json", Format::Json, None);
        check("json=-", Format::Json, None);
        check("sarif=a=b.sarif", Format::Sarif, Some("a=b.sarif"));
        check("agents", Format::Agent, None);
        assert!(output("sariff").expect_err("no format").contains("did you mean `sarif`?"));
        assert!(output("sarif=").is_err());
    }
}
