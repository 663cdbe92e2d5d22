//! The engine against Python's own parser, on the standard library and on real packages.

use std::path::PathBuf;
use std::process::Command;

use crate::oracle::{Table, compare, files_below};

/// Modules that nearly every program uses: tens of thousands of uses to resolve.
const COMMON: [&str; 7] = ["os", "re", "sys", "time", "itertools", "functools", "collections"];

fn standard_library() -> PathBuf {
    let ask = "import sysconfig; print(sysconfig.get_paths()['stdlib'])";
    let output = Command::new("python3").args(["-c", ask]).output();
    let output = output.expect("python3 is on the PATH: the oracle needs it");
    PathBuf::from(String::from_utf8(output.stdout).unwrap().trim())
}

/// The unpacked packages for Python, pinned by `cargo xtask fetch`; those for benchmarks left out.
pub(crate) fn corpora() -> Vec<PathBuf> {
    let root = id_testkit::workspace_root();
    let list = std::fs::read_to_string(root.join("xtask/corpora.toml")).unwrap();
    let list: toml::Table = list.parse().unwrap();
    let rows = list["corpus"].as_array().expect("the list has rows");
    let folder = |row: &toml::Value| {
        let [name, version] = ["name", "version"].map(|key| row[key].as_str().unwrap());
        let path = root.join(".corpora").join(format!("{name}-{version}"));
        assert!(path.is_dir(), "{} is missing: run `cargo xtask fetch`", path.display());
        path
    };
    let is_checked =
        |row: &&toml::Value| row.get("bench").is_none() && row.get("languages").is_none();
    rows.iter().filter(is_checked).map(folder).collect()
}

#[test]
fn the_standard_library_reads_as_python_reads_it() {
    let files = files_below(&standard_library());
    let (uses, rejected) = compare(&Table::everything_of(&COMMON), &files);
    assert!(uses > 10_000, "{uses} uses are too few to say anything");
    assert!(rejected < 40, "{rejected} files were left out");
}

#[test]
fn real_packages_read_as_python_reads_them() {
    let files: Vec<_> = corpora().iter().flat_map(|folder| files_below(folder)).collect();
    let (uses, rejected) = compare(&Table::uuid(), &files);
    assert!(uses >= 300, "{uses} uses are too few to say anything");
    assert!(rejected < 10, "{rejected} files were left out");
}
