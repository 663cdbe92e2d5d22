//! `cargo xtask fetch`: pinned sources of real projects, in `.corpora/`.
//!
//! The list is `xtask/corpora.toml`. An archive is taken from where pip, npm or cargo is set up to
//! look, checked against its SHA-256, kept in `.corpora/archives/` and unpacked into
//! `.corpora/<name>-<version>/`. Invariant: that folder is whole or absent. It is made under
//! another name and renamed, with the archive's hash in the file `.complete`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::process::{Runner, say};
use crate::tools;

/// The folder of all corpora, ignored by git.
const FOLDER: &str = ".corpora";

/// The file that says from which archive a folder was made.
const MARKER: &str = ".complete";

const UNPACK: &str = include_str!("unpack.py");

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpora {
    corpus: Vec<Corpus>,
}

/// A package with sources, by the name and version that its registry knows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Corpus {
    name: String,
    version: String,
    file: String,
    sha256: String,
    /// Whether it is there to be measured on, and not checked.
    #[serde(default)]
    bench: bool,
    #[serde(default)]
    registry: Registry,
    /// The languages of which every finding is listed among the tests of `id-scan`.
    #[serde(default)]
    languages: Vec<String>,
}

/// Which program knows where packages are.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Registry {
    #[default]
    Pip,
    Npm,
    Cargo,
}

/// Fetches and unpacks what is missing, what is there for benchmarks only if `bench` says so.
pub(crate) fn run(runner: &Runner, bench: bool) -> Result<()> {
    let corpora = read(runner)?;
    let folder = runner.root().join(FOLDER);
    for corpus in corpora.corpus.iter().filter(|corpus| bench || !corpus.bench) {
        let languages = match corpus.languages.join(", ") {
            listed if listed.is_empty() => "python".to_owned(),
            listed => listed,
        };
        let label = format!("{} {} ({languages})", corpus.name, corpus.version);
        if corpus.is_unpacked(&folder) {
            say(format!("{label}: is there"));
            continue;
        }
        corpus.download(runner, &folder).with_context(|| format!("{label} was not fetched"))?;
        corpus.unpack(runner, &folder).with_context(|| format!("{label} was not unpacked"))?;
        say(format!("{label}: fetched into {FOLDER}/{}", corpus.folder()));
    }
    Ok(())
}

/// The names of the folders of the pinned packages for Python.
pub(crate) fn python_folders(runner: &Runner) -> Result<Vec<String>> {
    let corpora = read(runner)?;
    let rows = corpora.corpus.iter().filter(|corpus| corpus.languages.is_empty());
    Ok(rows.map(Corpus::folder).collect())
}

fn read(runner: &Runner) -> Result<Corpora> {
    let list = fs::read_to_string(runner.root().join("xtask/corpora.toml"))
        .context("xtask/corpora.toml cannot be read")?;
    toml::from_str(&list).context("xtask/corpora.toml is not understood")
}

impl Corpus {
    /// The name of its folder: `@scope/name` of npm without what is none in a path.
    fn folder(&self) -> String {
        let name = self.name.trim_start_matches('@').replace('/', "-");
        format!("{name}-{}", self.version)
    }

    fn is_unpacked(&self, folder: &Path) -> bool {
        let marker = folder.join(self.folder()).join(MARKER);
        fs::read_to_string(marker).is_ok_and(|hash| hash.trim() == self.sha256)
    }

    /// Puts the archive into `archives/`, unless it is there.
    fn download(&self, runner: &Runner, folder: &Path) -> Result<()> {
        let archives = folder.join("archives");
        if archives.join(&self.file).exists() {
            return Ok(());
        }
        fs::create_dir_all(&archives)?;
        let temporary = tempfile::tempdir_in(folder)?;
        match self.registry {
            Registry::Pip => self.ask_pip(runner, temporary.path())?,
            Registry::Npm => self.ask_npm(runner, temporary.path())?,
            Registry::Cargo => self.ask_cargo(runner, temporary.path())?,
        }
        let archive = temporary.path().join(&self.file);
        if !archive.exists() {
            bail!("no file named {} was fetched: correct `file` in xtask/corpora.toml", self.file);
        }
        fs::rename(archive, archives.join(&self.file))?;
        Ok(())
    }

    fn ask_pip(&self, runner: &Runner, folder: &Path) -> Result<()> {
        let requirement = tools::requirement(&self.name, &self.version, &[&self.sha256]);
        let requirements = tools::write_requirements(folder, &requirement)?;
        let mut pip = tools::pip(runner)?;
        // What a package is built with may be binary: pip only asks it for the package's name.
        pip.args(["download", "--quiet", "--no-deps", "--no-binary", &self.name]);
        pip.arg("--require-hashes").arg("-r").arg(requirements);
        pip.arg("-d").arg(folder);
        runner.run(&mut pip).context(tools::PIP_FAILED)
    }

    fn ask_npm(&self, runner: &Runner, folder: &Path) -> Result<()> {
        let mut npm = tools::npm(runner)?;
        // Nothing of a package is run: its scripts belong to an installation.
        npm.args(["pack", "--silent", "--ignore-scripts", "--pack-destination"]).arg(folder);
        npm.arg(format!("{}@{}", self.name, self.version)).current_dir(folder);
        runner
            .capture(&mut npm)
            .context("npm is needed to fetch test data (it comes with node)")?;
        Ok(())
    }

    /// Cargo looks a package up by fetching it, without what it depends on.
    fn ask_cargo(&self, runner: &Runner, folder: &Path) -> Result<()> {
        let mut cargo = Command::new("cargo");
        cargo.args(["info", "--quiet"]).arg(format!("{}@{}", self.name, self.version));
        runner.capture(cargo.current_dir(folder))?;
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
        let cache = home.context("the folder of cargo is not known")?.join("registry/cache");
        for registry in fs::read_dir(&cache).context("cargo keeps no packages")? {
            let archive = registry?.path().join(&self.file);
            if archive.exists() {
                fs::copy(archive, folder.join(&self.file))?;
            }
        }
        Ok(())
    }

    /// Unpacks the archive beside its place, then renames the folder.
    fn unpack(&self, runner: &Runner, folder: &Path) -> Result<()> {
        let archive = folder.join("archives").join(&self.file);
        let hash = sha256(&archive)?;
        if hash != self.sha256 {
            fs::remove_file(&archive)?;
            bail!(
                "{} has the SHA-256 {hash}, but {} is pinned in xtask/corpora.toml: the archive \
                 was removed; run the command again, and if it stays wrong do not trust it",
                self.file,
                self.sha256
            );
        }
        let temporary = tempfile::tempdir_in(folder)?;
        let mut python = Command::new("python3");
        python.args(["-I", "-c", UNPACK]).arg(&archive).arg(temporary.path());
        runner.run(&mut python)?;
        let top = fs::read_dir(temporary.path())?.next().context("nothing was unpacked")??.path();
        tools::write(&top.join(MARKER), &format!("{hash}\n"))?;
        let target = folder.join(self.folder());
        if target.exists() {
            fs::remove_dir_all(&target)?;
        }
        fs::rename(top, target)?;
        Ok(())
    }
}

/// Returns the SHA-256 of a file in lower-case hexadecimal.
pub(crate) fn sha256(path: &Path) -> Result<String> {
    let bytes = fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut text = String::new();
    for byte in Sha256::digest(bytes) {
        write!(text, "{byte:02x}").expect("invariant: writing to a string does not fail");
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Makes an archive whose members are `names`, each a file with one line.
    fn corpus(folder: &Path, names: &[&str]) -> Corpus {
        const MAKE: &str = "import io, sys, tarfile\n\
            with tarfile.open(sys.argv[1], 'w:gz') as tar:\n \
            for name in sys.argv[2:]:\n  \
            info = tarfile.TarInfo(name); info.size = 2; tar.addfile(info, io.BytesIO(b'1\\n'))\n";
        let archives = folder.join("archives");
        fs::create_dir_all(&archives).unwrap();
        let archive = archives.join("demo-1.tar.gz");
        let mut python = Command::new("python3");
        python.args(["-I", "-c", MAKE]).arg(&archive).args(names);
        runner().run(&mut python).unwrap();
        let sha256 = sha256(&archive).unwrap();
        Corpus {
            name: "demo".into(),
            version: "1".into(),
            file: "demo-1.tar.gz".into(),
            sha256,
            bench: false,
            registry: Registry::Pip,
            languages: Vec::new(),
        }
    }

    fn runner() -> Runner {
        Runner::new(Duration::from_mins(1))
    }

    fn entries(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_list_is_understood_and_its_hashes_are_whole() {
        let corpora: Corpora = toml::from_str(include_str!("../corpora.toml")).unwrap();
        for corpus in &corpora.corpus {
            assert_eq!(corpus.sha256.len(), 64, "{corpus:?}");
            assert!(corpus.file.contains(&corpus.version), "{corpus:?}");
            assert!(corpus.languages.iter().all(|name| !name.is_empty()), "{corpus:?}");
        }
    }

    #[test]
    fn an_archive_is_unpacked_once_without_its_top_folder() {
        let folder = tempfile::tempdir().unwrap();
        let corpus = corpus(folder.path(), &["demo-1/setup.py", "demo-1/demo/ids.py"]);
        assert!(!corpus.is_unpacked(folder.path()));
        corpus.unpack(&runner(), folder.path()).unwrap();
        assert!(corpus.is_unpacked(folder.path()));
        assert!(folder.path().join("demo-1/demo/ids.py").exists());
        assert_eq!(entries(folder.path()), ["archives", "demo-1"]);
    }

    #[test]
    fn a_wrong_hash_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut corpus = corpus(folder.path(), &["demo-1/setup.py"]);
        corpus.sha256 = "0".repeat(64);
        let error = corpus.unpack(&runner(), folder.path()).unwrap_err().to_string();
        assert!(error.contains("SHA-256"), "{error}");
        assert_eq!(entries(folder.path()), ["archives"]);
        assert!(entries(&folder.path().join("archives")).is_empty());
    }

    #[test]
    fn a_path_that_leads_outside_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for names in [["demo-1/a.py", "../evil.py"], ["demo-1/a.py", "demo-1/../../evil.py"]] {
            let corpus = corpus(folder.path(), &names);
            corpus.unpack(&runner(), folder.path()).unwrap_err();
            assert_eq!(entries(folder.path()), ["archives"]);
        }
    }

    #[test]
    fn two_folders_at_the_top_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let corpus = corpus(folder.path(), &["demo-1/a.py", "demo-2/a.py"]);
        corpus.unpack(&runner(), folder.path()).unwrap_err();
        assert_eq!(entries(folder.path()), ["archives"]);
    }
}
