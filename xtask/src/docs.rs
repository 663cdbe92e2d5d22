//! `cargo xtask docs [--check]`: pages that are made from the code, committed and compared.
//!
//! A generator returns its pages; this module alone writes or compares them. To add one, write a
//! function and a row in `GENERATORS`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::process::{Runner, cargo, say};
use crate::tools;

/// Everything that is generated, in the order in which it is made.
const GENERATORS: &[Generator] = &[
    Generator { owns: "docs/cli", pages: cli_pages },
    Generator { owns: "docs/schema", pages: schema_pages },
];

/// The binaries with a help page: package and binary.
const BINARIES: &[(&str, &str)] = &[("unified-id-cli", "unified-id"), ("id-lint", "id-lint")];

/// A maker of pages.
struct Generator {
    /// The folder that holds its pages and nothing else.
    owns: &'static str,
    pages: fn(&Runner) -> Result<Vec<Page>>,
}

/// A generated file, by its path from the root.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    path: PathBuf,
    content: String,
}

/// Writes every page, or with `check` compares them; returns whether all was up to date.
pub(crate) fn run(runner: &Runner, check: bool) -> Result<bool> {
    let mut is_current = true;
    for generator in GENERATORS {
        let pages = (generator.pages)(runner)?;
        for stale in differing(runner.root(), generator.owns, &pages)? {
            is_current = false;
            let path = stale.display();
            if check {
                say(format!("{path}: differs from what the code says, run `cargo xtask docs`"));
                continue;
            }
            let target = runner.root().join(&stale);
            match pages.iter().find(|page| page.path == stale) {
                None => fs::remove_file(&target)?,
                Some(page) => {
                    fs::create_dir_all(target.parent().expect("invariant: pages lie in folders"))?;
                    tools::write(&target, &page.content)?;
                }
            }
            say(format!("{path}: written anew"));
        }
    }
    Ok(is_current)
}

/// Returns the paths whose file is missing, different or no page at all.
fn differing(root: &Path, owned: &str, pages: &[Page]) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = pages
        .iter()
        .filter(|page| {
            fs::read_to_string(root.join(&page.path)).ok().as_ref() != Some(&page.content)
        })
        .map(|page| page.path.clone())
        .collect();
    if root.join(owned).exists() {
        for entry in fs::read_dir(root.join(owned))? {
            let path = Path::new(owned).join(entry?.file_name());
            if !pages.iter().any(|page| page.path == path) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    Ok(paths)
}

/// One page per binary: its help and that of every subcommand. No help, no page.
fn cli_pages(runner: &Runner) -> Result<Vec<Page>> {
    let mut pages = Vec::new();
    for (package, binary) in BINARIES {
        let program = build(runner, package, binary)?;
        let mut sections = Vec::new();
        collect_help(runner, &program, &[(*binary).to_owned()], &mut sections)?;
        if !sections.is_empty() {
            let path = Path::new("docs/cli").join(format!("{binary}.md"));
            pages.push(Page { path, content: page(binary, &sections) });
        }
    }
    Ok(pages)
}

/// The schema of the linter's settings, as the linter prints it.
fn schema_pages(runner: &Runner) -> Result<Vec<Page>> {
    let program = build(runner, "id-lint", "id-lint")?;
    let content = runner.capture(Command::new(program).arg("schema"))?;
    Ok(vec![Page { path: PathBuf::from("docs/schema/id-lint.schema.json"), content }])
}

/// Builds a binary and returns where cargo put it.
fn build(runner: &Runner, package: &str, binary: &str) -> Result<PathBuf> {
    let mut command = cargo(&["build", "--quiet", "--package", package, "--bin", binary]);
    let messages = runner.capture(command.arg("--message-format=json-render-diagnostics"))?;
    let of_binary = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .find(|message| message["target"]["name"] == binary && message["executable"].is_string());
    let message = of_binary.with_context(|| format!("cargo built no binary {binary}"))?;
    Ok(PathBuf::from(message["executable"].as_str().unwrap_or_default()))
}

/// Adds the help of `words` (the program's name, then subcommands) and of all below it.
fn collect_help(
    runner: &Runner,
    program: &Path,
    words: &[String],
    sections: &mut Vec<(String, String)>,
) -> Result<()> {
    let mut command = Command::new(program);
    // Without a terminal the width comes from this variable: the page is the same everywhere.
    command.args(&words[1..]).arg("--help").env("COLUMNS", "100").stderr(Stdio::null());
    let help = runner.capture(&mut command)?;
    if help.trim().is_empty() {
        return Ok(());
    }
    if sections.len() > 100 {
        bail!("`{}` has subcommands without end", words.join(" "));
    }
    sections.push((words.join(" "), tidy_help(&help)));
    for name in subcommands(&help) {
        let words = [words, &[name]].concat();
        collect_help(runner, program, &words, sections)?;
    }
    Ok(())
}

/// Returns the names under `Commands:` in a help text of clap, but for `help` itself.
fn subcommands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let entries = listed.take_while(|line| !line.is_empty() && line.starts_with(' '));
    // Names are indented by two; a description that goes on below one is indented further.
    let names = entries.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// Removes blanks at line ends and around the text.
fn tidy_help(help: &str) -> String {
    help.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn page(binary: &str, sections: &[(String, String)]) -> String {
    let mut text = format!(
        "# `{binary}`\n\n<!-- Made by `cargo xtask docs` from the program's own help. Do not edit. -->\n"
    );
    for (command, help) in sections {
        if command != binary {
            text.push_str("\n## `");
            text.push_str(command);
            text.push_str("`\n");
        }
        text.push_str("\n```text\n");
        text.push_str(help);
        text.push_str("\n```\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const HELP: &str = "Finds ids\n\nUsage: id-lint <COMMAND>\n\nCommands:\n  scan  Scans paths,  \n        all of them\n  fix   Fixes\n  help  Print this message\n\nOptions:\n  -h, --help  Print help\n";

    #[test]
    fn subcommands_are_read_from_the_help_of_clap() {
        assert_eq!(subcommands(HELP), ["scan", "fix"]);
        assert_eq!(subcommands("Usage: x\n\nOptions:\n  -h  Help\n"), [""; 0]);
    }

    #[test]
    fn a_page_has_one_section_per_command() {
        let sections = [("a".to_owned(), tidy_help(HELP)), ("a b".to_owned(), "B".to_owned())];
        let text = page("a", &sections);
        assert!(text.starts_with("# `a`\n"), "{text}");
        assert!(text.contains("  scan  Scans paths,\n"), "{text}");
        assert!(text.ends_with("## `a b`\n\n```text\nB\n```\n"), "{text}");
    }

    #[test]
    fn missing_different_and_surplus_pages_differ() {
        let root = tempfile::tempdir().unwrap();
        let path = PathBuf::from("docs/cli/a.md");
        let pages = [Page { path: path.clone(), content: "one\n".into() }];
        assert_eq!(
            differing(root.path(), "docs/cli", &pages).unwrap(),
            std::slice::from_ref(&path)
        );
        fs::create_dir_all(root.path().join("docs/cli")).unwrap();
        tools::write(&root.path().join(&path), "one\n").unwrap();
        assert!(differing(root.path(), "docs/cli", &pages).unwrap().is_empty());
        tools::write(&root.path().join(&path), "two\n").unwrap();
        assert_eq!(
            differing(root.path(), "docs/cli", &pages).unwrap(),
            std::slice::from_ref(&path)
        );
        assert_eq!(differing(root.path(), "docs/cli", &[]).unwrap(), [path]);
    }
}
