//! Manifests of the crates: lints, versions and dependencies are written once, in the root.

use toml::{Table, Value};

use super::{File, Finding};

/// Fields of `[package]` that the workspace gives.
const INHERITED: &[&str] = &["version", "edition", "rust-version", "license", "authors", "publish"];

const DEPENDENCIES: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// A workspace of its own, because its builds need other flags.
const OTHER_WORKSPACES: &[&str] = &["bindings/", "fuzz/"];

/// Finds what a manifest says itself but should take from the root.
pub(crate) fn check(files: &[File]) -> Vec<Finding> {
    let is_ours = |file: &&File| {
        (file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml"))
            && !OTHER_WORKSPACES.iter().any(|folder| file.path.starts_with(folder))
    };
    files.iter().filter(is_ours).flat_map(check_manifest).collect()
}

fn check_manifest(file: &File) -> Vec<Finding> {
    let table: Table = match file.text.parse() {
        Ok(table) => table,
        Err(error) => return vec![Finding::new(&file.path, 1, error.to_string(), "correct it")],
    };
    let Some(package) = table.get("package").and_then(Value::as_table) else { return Vec::new() };
    let mut findings = Vec::new();
    let mut report = |word: &str, what: String, what_to_do: String| {
        findings.push(Finding::new(&file.path, line_of(&file.text, word), what, what_to_do));
    };
    if !table.get("lints").is_some_and(is_inherited) {
        let what = "the lints of the workspace are not taken over".to_owned();
        report("[package]", what, "add `lints.workspace = true`".to_owned());
    }
    for field in INHERITED {
        if !package.get(*field).is_some_and(is_inherited) {
            let what = format!("`{field}` is not the workspace's");
            report(field, what, format!("write `{field}.workspace = true`"));
        }
    }
    let name = package.get("name").and_then(Value::as_str).unwrap_or_default();
    let of_targets = table.get("target").and_then(Value::as_table);
    let of_targets = of_targets.into_iter().flat_map(Table::values).filter_map(Value::as_table);
    for holder in std::iter::once(&table).chain(of_targets) {
        let kinds = DEPENDENCIES.iter().filter_map(|kind| holder.get(*kind)?.as_table());
        for (dependency, value) in kinds.flatten() {
            // A crate that turns on its own features for its tests names itself by path.
            let is_itself = dependency == name && value.get("path").is_some();
            if !is_inherited(value) && !is_itself {
                let what = format!("the dependency {dependency} is not the workspace's");
                let what_to_do = format!(
                    "write `{dependency}.workspace = true` and its version in the root Cargo.toml"
                );
                report(dependency, what, what_to_do);
            }
        }
    }
    findings
}

fn is_inherited(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

/// Returns the first line that starts with a word, or the first line.
fn line_of(text: &str, word: &str) -> usize {
    text.lines().position(|line| line.starts_with(word)).map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::super::tests::file;
    use super::*;

    const GOOD: &str = "[package]\nname = \"a\"\nversion.workspace = true\n\
        edition.workspace = true\nrust-version.workspace = true\nlicense.workspace = true\n\
        authors.workspace = true\npublish.workspace = true\n[lints]\nworkspace = true\n";

    fn findings(text: &str) -> Vec<String> {
        check(&[file("crates/a/Cargo.toml", text)]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_is_inherited_is_fine() {
        let rest = "[dependencies]\nb.workspace = true\nc = { workspace = true, optional = true }\n\
            [dev-dependencies]\na = { path = \".\" }\n";
        assert_eq!(findings(&format!("{GOOD}{rest}")), [""; 0]);
        assert_eq!(findings("[workspace]\nmembers = []\n"), [""; 0]);
    }

    #[test]
    fn a_version_of_its_own_is_found_with_its_line() {
        let lines = findings(&format!("{GOOD}[dependencies]\nb = \"1\"\n"));
        assert!(lines[0].starts_with("crates/a/Cargo.toml:12: the dependency b"), "{lines:?}");
        let target = "[target.'cfg(unix)'.dependencies]\nb = { version = \"1\" }\n";
        assert_eq!(findings(&format!("{GOOD}{target}")).len(), 1);
    }

    #[test]
    fn missing_lints_and_fields_are_found() {
        let lines = findings(&GOOD.replace("[lints]\nworkspace = true\n", ""));
        assert!(lines[0].contains("lints.workspace = true"), "{lines:?}");
        let lines = findings(&GOOD.replace("edition.workspace = true", "edition = \"2021\""));
        assert!(lines[0].starts_with("crates/a/Cargo.toml:4: `edition`"), "{lines:?}");
    }
}
