//! What code of a folder must never contain: a table of words per folder, and words forbidden
//! everywhere.

use super::source::{code, code_without_tests, has_word};
use super::{File, Finding};

/// Words that sources below a folder must not contain.
struct Rule {
    folder: &'static str,
    words: &'static [&'static str],
    /// File or folder names, cut at the first dot, that may contain them. `*` at the end stands for
    /// the rest of the name.
    but_in: &'static [&'static str],
    what_to_do: &'static str,
}

const PRINTING: &[&str] = &["print!", "println!", "eprint!", "eprintln!"];
const ASYNC: &[&str] = &["async fn", "async move", "async {", ".await"];
const TO_CALLER: &str = "return it to the caller, binaries print";
const NO_ASYNC: &str = "keep it synchronous";

/// What each library must never contain; by folder, so that a new crate finds its rows here.
const RULES: &[Rule] = &[
    Rule { folder: "src/", words: PRINTING, but_in: &[], what_to_do: TO_CALLER },
    Rule { folder: "src/", words: ASYNC, but_in: &[], what_to_do: NO_ASYNC },
    Rule {
        folder: "src/",
        words: &["std::fs", "std::net", "std::env", "process::Command", "process::exit"],
        but_in: &[],
        what_to_do: "the id library does no I/O: take the value as an argument",
    },
    Rule {
        folder: "src/",
        words: &[
            "SystemTime::now",
            "Instant::now",
            "getrandom::fill",
            "getrandom::u32",
            "getrandom::u64",
            "rand_core",
            "rand_chacha",
        ],
        but_in: &["generator*", "clock*", "entropy*"],
        what_to_do: "clocks and randomness are read by the generator alone",
    },
    Rule {
        folder: "src/",
        words: &["regex::"],
        but_in: &["legacy"],
        what_to_do: "regular expressions never run on the canonical path",
    },
    Rule { folder: "crates/id-scan/src/", words: PRINTING, but_in: &[], what_to_do: TO_CALLER },
    Rule { folder: "crates/id-scan/src/", words: ASYNC, but_in: &[], what_to_do: NO_ASYNC },
    Rule {
        folder: "crates/id-scan/src/",
        words: &["clap::", "std::env"],
        but_in: &[],
        what_to_do: "flags and settings belong to id-lint",
    },
    Rule {
        folder: "crates/id-scan/src/",
        words: &["std::fs", "fs::read", "fs::read_to_string", "fs::read_dir", "File::open"],
        but_in: &["walk", "source", "write"],
        what_to_do: "files are read in walk.rs and source.rs",
    },
    Rule {
        folder: "crates/id-scan/src/",
        words: &["fs::write", "fs::rename", "fs::remove_file", "File::create", "OpenOptions"],
        but_in: &["write"],
        what_to_do: "files are written in write.rs",
    },
    Rule { folder: "crates/id-migrate/src/", words: PRINTING, but_in: &[], what_to_do: TO_CALLER },
    Rule {
        folder: "crates/id-migrate/src/",
        words: ASYNC,
        but_in: &["postgres"],
        what_to_do: "only drivers/postgres.rs is asynchronous",
    },
    Rule { folder: "crates/id-registry/src/", words: PRINTING, but_in: &[], what_to_do: TO_CALLER },
    Rule {
        folder: "crates/id-registry/src/",
        words: &["axum::", "http::"],
        but_in: &[],
        what_to_do: "wire types belong to id-server",
    },
    Rule {
        folder: "crates/id-registry/src/",
        words: &["rusqlite::", "postgres::", "tokio_postgres::"],
        but_in: &["store"],
        what_to_do: "databases are spoken to in store/",
    },
    Rule { folder: "crates/id-router/src/", words: PRINTING, but_in: &[], what_to_do: TO_CALLER },
    Rule {
        folder: "crates/id-router/src/",
        words: &["axum::", "http::", "std::fs", "std::net", "tokio::net"],
        but_in: &[],
        what_to_do: "the router knows no transport and no storage",
    },
    Rule { folder: "crates/id-server/src/", words: PRINTING, but_in: &[], what_to_do: TO_CALLER },
    Rule {
        folder: "crates/id-server/src/",
        words: &["rusqlite::", "postgres::", "tokio_postgres::"],
        but_in: &[],
        what_to_do: "databases are spoken to in id-registry",
    },
];

/// Words that no Rust source contains, tests included.
const RUST: &[(&str, &str)] = &[
    ("#[ignore", "a test that is not run proves nothing: run it or delete it"),
    ("#[should_panic", "assert on the error instead"),
    ("todo!", "finish it"),
    ("unimplemented!", "finish it"),
];

/// Words that no Python source contains.
const PYTHON: &[(&str, &str)] = &[
    ("pytest.skip", "a test that is not run proves nothing: run it or delete it"),
    ("pytest.importorskip", "make the import a requirement of the tests"),
    ("mark.skip", "a test that is not run proves nothing: run it or delete it"),
    ("mark.xfail", "assert on what happens instead"),
];

/// Returns where files lie that are compiled for tests only, as beginnings of paths: those that
/// `#[cfg(test)] mod name;` declares, and every folder `tests`.
pub(crate) fn test_modules(files: &[File]) -> Vec<String> {
    let mut places = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let Some((folder, name)) = file.path.rsplit_once('/') else { continue };
        let module = name.trim_end_matches(".rs");
        let folder = match module {
            "lib" | "main" | "mod" => folder.to_owned(),
            _ => format!("{folder}/{module}"),
        };
        let code = code(&file.text);
        for declared in code.split("#[cfg(test)]").skip(1) {
            let words = declared.trim_start().trim_start_matches("pub(crate)").trim_start();
            let Some(rest) = words.strip_prefix("mod ") else { continue };
            let name_len = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            let (name, rest) = rest.split_at(name_len.unwrap_or(rest.len()));
            if rest.starts_with(';') {
                places.push(format!("{folder}/{name}.rs"));
                places.push(format!("{folder}/{name}/"));
            }
        }
    }
    places
}

/// Finds forbidden words in one file.
pub(crate) fn check(file: &File, test_modules: &[String]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if file.has_extension("py") && !file.path.starts_with("examples/stray/") {
        find(file, &file.text, PYTHON.iter().copied(), &mut findings);
    }
    if file.is_rust() {
        find(file, &code(&file.text), RUST.iter().copied(), &mut findings);
        let is_test = file.path.contains("/tests/")
            || test_modules.iter().any(|place| file.path.starts_with(place));
        if !is_test {
            let code = code_without_tests(&file.text);
            for rule in RULES.iter().filter(|rule| rule.holds_for(&file.path)) {
                let words = rule.words.iter().map(|&word| (word, rule.what_to_do));
                find(file, &code, words, &mut findings);
                find_grouped(file, &code, rule, &mut findings);
            }
        }
    }
    findings
}

impl Rule {
    fn holds_for(&self, path: &str) -> bool {
        path.strip_prefix(self.folder).is_some_and(|rest| {
            !rest.split('/').any(|part| {
                let name = part.split('.').next().unwrap_or(part);
                self.but_in.iter().any(|allowed| match allowed.strip_suffix('*') {
                    Some(start) => name.starts_with(start),
                    None => name == *allowed,
                })
            })
        })
    }
}

fn find<'a>(
    file: &File,
    text: &str,
    words: impl Iterator<Item = (&'a str, &'a str)>,
    findings: &mut Vec<Finding>,
) {
    for (word, what_to_do) in words {
        for (at, _) in text.lines().enumerate().filter(|(_, line)| has_word(line, word)) {
            let what = format!("`{word}` is not allowed here");
            findings.push(Finding::new(&file.path, at + 1, what, what_to_do));
        }
    }
}

/// Finds `use std::{fs, ...}`, the other way to write `std::fs`.
fn find_grouped(file: &File, code: &str, rule: &Rule, findings: &mut Vec<Finding>) {
    const OPEN: &str = "std::{";
    for (at, _) in code.match_indices(OPEN) {
        let group = &code[at + OPEN.len()..];
        let group = &group[..group.find(';').unwrap_or(group.len())];
        for word in rule.words {
            let module = word.strip_prefix("std::");
            if module.is_some_and(|module| has_word(group, module)) {
                let line = code[..at].matches('\n').count() + 1;
                findings.push(Finding::new(
                    &file.path,
                    line,
                    format!("`{word}` is not allowed here"),
                    rule.what_to_do,
                ));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    #[track_caller]
    fn check_count(path: &str, text: &str, expected: usize) {
        let declaring = file("src/id.rs", "#[cfg(test)]\nmod tests;\nmod used;\n");
        let findings = check(&file(path, text), &test_modules(&[declaring]));
        assert_eq!(findings.len(), expected, "{findings:?}");
    }

    #[test]
    fn modules_for_tests_only_are_known() {
        let root = file("src/legacy/mod.rs", "mod a;\n#[cfg(test)]\nmod generate;\n");
        let leaf = file("src/id.rs", "#[cfg(test)]\nmod tests;\n#[cfg(test)]\nmod b {}\n");
        assert_eq!(
            test_modules(&[root, leaf]),
            ["src/legacy/generate.rs", "src/legacy/generate/", "src/id/tests.rs", "src/id/tests/"]
        );
    }

    #[test]
    fn the_id_library_does_no_io() {
        check_count("src/id.rs", "use std::fs;\n", 1);
        check_count("src/id.rs", "use std::{fmt, fs};\n", 1);
        check_count("src/id.rs", "fn f() { println!(); }\n", 1);
        check_count("src/id.rs", "async fn f() {}\n", 1);
        check_count(
            "src/id.rs",
            "//! Uses no `std::fs`.\nuse std::fmt;\nlet a = \"std::env\";\n",
            0,
        );
        check_count("src/id.rs", "#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n", 0);
        check_count("src/id/tests.rs", "use std::fs;\n", 0);
        check_count("src/id/used.rs", "use std::fs;\n", 1);
    }

    #[test]
    fn clocks_regexes_and_files_have_one_home() {
        check_count("src/id.rs", "let a = SystemTime::now();\n", 1);
        check_count("src/generator.rs", "let a = SystemTime::now();\n", 0);
        check_count("src/clock_cycles.rs", "let a = Instant::now();\n", 0);
        check_count("src/parse.rs", "let a = regex::Regex::new();\n", 1);
        check_count("src/legacy/shape.rs", "let a = regex::Regex::new();\n", 0);
        check_count("crates/id-scan/src/engine.rs", "fs::read(path)\n", 1);
        check_count("crates/id-scan/src/walk.rs", "std::fs::read(path)\n", 0);
        check_count("crates/id-scan/src/source.rs", "fs::write(path)\n", 1);
        check_count("crates/id-lint/src/main.rs", "use std::fs;\n", 0);
    }

    #[test]
    fn tests_are_run_and_code_is_finished() {
        check_count("tests/it/a.rs", "#[ignore]\nfn a() { todo!() }\n", 2);
        check_count("tests/it/a.rs", "// #[ignore]\nlet a = \"todo!()\";\n", 0);
        check_count("bindings/python/tests/a.py", "pytest.skip('no')\n", 1);
        check_count("bindings/python/tests/a.py", "assert parse(a)\n", 0);
    }
}
