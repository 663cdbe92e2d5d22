//! Who may know whom: the only table of allowed arrows between the crates of the workspace.

use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata};

use super::Finding;

/// A crate and what it may use at run time or in its build script.
struct Row {
    name: &'static str,
    may_use: &'static [&'static str],
    /// Nobody depends on it but as a dev-dependency.
    is_dev_only: bool,
}

const fn row(name: &'static str, may_use: &'static [&'static str]) -> Row {
    Row { name, may_use, is_dev_only: false }
}

const fn dev_only(name: &'static str, may_use: &'static [&'static str]) -> Row {
    Row { name, may_use, is_dev_only: true }
}

/// Everything below level 3.
const BELOW: &[&str] = &[
    "unified-id",
    "id-scan",
    "id-postgres",
    "id-migrate",
    "id-registry",
    "id-router",
    "id-rollout",
    "id-server",
    "id-client",
];

/// Lower levels first. Crates that do not exist yet have their row already.
const TABLE: &[Row] = &[
    row("unified-id", &[]),
    row("id-scan", &["unified-id"]),
    row("id-postgres", &[]),
    row("id-migrate", &["unified-id", "id-postgres"]),
    row("id-registry", &["unified-id", "id-postgres"]),
    row("id-router", &["unified-id"]),
    row("id-rollout", &["unified-id"]),
    row("id-server", &["unified-id", "id-registry", "id-router", "id-rollout"]),
    row("id-client", &["unified-id", "id-registry", "id-router", "id-rollout"]),
    row("id-lint", &["unified-id", "id-scan"]),
    row("unified-id-cli", BELOW),
    row("unified-id-python", BELOW),
    dev_only("id-testkit", &[]),
    dev_only("id-integrations", &["unified-id"]),
    dev_only("id-nostd", &["unified-id"]),
    dev_only("id-portable", &["unified-id"]),
    dev_only("id-bench", BELOW),
    dev_only("id-counts", &["unified-id"]),
    dev_only("id-model", BELOW),
    dev_only("xtask", BELOW),
];

/// Where `anyhow` may be used: binaries and what serves development. Libraries have typed errors.
const ANYHOW: &[&str] =
    &["id-lint", "unified-id-cli", "id-testkit", "id-bench", "id-counts", "xtask"];

/// A crate of the workspace as its manifest describes it.
#[derive(Debug)]
pub(crate) struct Crate {
    name: String,
    manifest: String,
    /// Names of normal and build dependencies, ours and foreign.
    uses: Vec<String>,
}

/// Reads the crates of the workspace from cargo's metadata.
pub(crate) fn crates(metadata: &Metadata, root: &Path) -> Vec<Crate> {
    let of_package = |package: &cargo_metadata::Package| {
        let manifest = package.manifest_path.as_std_path();
        let manifest = manifest.strip_prefix(root).unwrap_or(manifest);
        let uses = package.dependencies.iter();
        let uses = uses.filter(|dependency| dependency.kind != DependencyKind::Development);
        Crate {
            name: package.name.to_string(),
            manifest: manifest.to_string_lossy().into_owned(),
            uses: uses.map(|dependency| dependency.name.clone()).collect(),
        }
    };
    metadata.workspace_packages().into_iter().map(of_package).collect()
}

/// Finds arrows that the table does not allow.
pub(crate) fn check(crates: &[Crate]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for of in crates {
        let mut report = |what: String, what_to_do: &str| {
            findings.push(Finding::new(&of.manifest, 1, what, what_to_do));
        };
        let Some(row) = find(&of.name) else {
            report(
                format!("the crate {} has no row in the table of arrows", of.name),
                "add one to xtask/src/tidy/arrows.rs",
            );
            continue;
        };
        for used in &of.uses {
            if used == "anyhow" && !ANYHOW.contains(&row.name) {
                report(
                    format!("the library {} depends on anyhow", of.name),
                    "give it a typed error",
                );
            }
            let is_ours = find(used).is_some() || crates.iter().any(|other| other.name == *used);
            if !is_ours || row.may_use.contains(&used.as_str()) {
                continue;
            }
            let what_to_do = if find(used).is_some_and(|used| used.is_dev_only) {
                "make it a dev-dependency"
            } else {
                "turn the arrow round or move the code to a crate that both may use"
            };
            report(format!("{} must not depend on {used}", of.name), what_to_do);
        }
    }
    findings
}

fn find(name: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(name: &str, uses: &[&str]) -> Vec<String> {
        let uses = uses.iter().map(|&used| used.to_owned()).collect();
        let of = Crate { name: name.into(), manifest: "Cargo.toml".into(), uses };
        check(&[of]).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn arrows_of_the_table_are_allowed() {
        assert!(findings("id-scan", &["unified-id", "memchr"]).is_empty());
        assert!(findings("unified-id-cli", &["id-server", "anyhow"]).is_empty());
    }

    #[test]
    fn other_arrows_are_found() {
        assert!(findings("id-scan", &["id-registry"])[0].contains("must not depend"));
        assert!(findings("unified-id", &["id-scan"])[0].contains("turn the arrow"));
        assert!(findings("id-lint", &["id-testkit"])[0].contains("dev-dependency"));
        assert!(findings("id-scan", &["anyhow"])[0].contains("typed error"));
    }

    #[test]
    fn an_unknown_crate_is_found() {
        assert!(findings("id-new", &[])[0].contains("add one to"));
    }

    #[test]
    fn a_row_only_names_rows_above_it() {
        for (at, row) in TABLE.iter().enumerate() {
            for used in row.may_use {
                assert!(TABLE[..at].iter().any(|above| above.name == *used), "{used}");
            }
        }
    }
}
