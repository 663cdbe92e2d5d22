//! Turns flags and settings files into the settings of the engine. The working directory, the
//! environment and the day are read here.
//!
//! Each path on the command line has the settings that are nearest to it, in its folder or above:
//! `id-lint.toml`, else a `pyproject.toml` with a table `[tool.id-lint]`. Paths with the same
//! settings are scanned together.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use id_scan::{Ban, Config, Day, Exclude, Profile, RuleId, Severity};

use crate::args::{Color, Inputs};
use crate::exit::Usage;
use crate::settings_file::{self, FileSettings, RuleLevel, Wrong};

/// The name of the settings file.
const FILE: &str = "id-lint.toml";
/// The settings file of Python projects.
const PYPROJECT: &str = "pyproject.toml";
/// The name of the baseline unless the settings say another.
const BASELINE: &str = "id-lint-baseline.txt";
/// The profile of fixes unless the settings say another.
const PROFILE: &str = "unified-id";
/// No settings file is larger.
const MAX_BYTES: u64 = 16 << 20;

/// Everything that holds for some paths.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    /// The file that they come from.
    pub(crate) source: Option<PathBuf>,
    pub(crate) file: FileSettings,
    /// What findings are rewritten into, by those who ask for fixes.
    pub(crate) profile: Profile,
    /// Where the baseline is, or would be.
    pub(crate) baseline: PathBuf,
    /// Whether somebody named it: then it has to be there.
    pub(crate) baseline_is_named: bool,
}

/// The working directory, as an absolute path.
pub(crate) fn root() -> anyhow::Result<PathBuf> {
    std::env::current_dir().context("the working directory cannot be read")
}

/// A path as it is shown: from the working directory.
pub(crate) fn shown(path: &Path) -> String {
    root().map_or_else(|_| path.display().to_string(), |root| id_scan::shown_path(&root, path))
}

/// Makes the settings of each group of paths, in the order of their first path.
pub(crate) fn groups(inputs: &Inputs, baseline: Option<&Path>) -> anyhow::Result<Vec<Settings>> {
    let root = root()?;
    let mut groups: Vec<(Option<PathBuf>, Vec<PathBuf>)> = Vec::new();
    for path in &inputs.paths {
        let source = match (&inputs.config, inputs.isolated) {
            (Some(file), _) => Some(root.join(file)),
            (None, true) => None,
            (None, false) => nearest_file(&root.join(path))?,
        };
        match groups.iter_mut().find(|(known, _)| *known == source) {
            Some((_, paths)) => paths.push(path.clone()),
            None => groups.push((source, vec![path.clone()])),
        }
    }
    let settings = groups.into_iter().map(|(source, paths)| {
        let file = source.as_deref().map(read).transpose()?.flatten();
        let mut settings = made(&root, source, file.unwrap_or_default(), inputs, paths)?;
        if let Some(baseline) = baseline {
            (settings.baseline, settings.baseline_is_named) = (root.join(baseline), true);
        }
        Ok(settings)
    });
    settings.collect()
}

/// The settings for files of one folder, as an editor asks for them.
pub(crate) fn of_folder(folder: &Path) -> anyhow::Result<Settings> {
    let source = nearest_file(folder)?;
    let file = source.as_deref().map(read).transpose()?.flatten();
    let inputs = Inputs {
        paths: vec![folder.to_owned()],
        config: None,
        isolated: false,
        exclude: Vec::new(),
        force_exclude: false,
        threads: None,
    };
    let mut settings =
        made(folder, source, file.unwrap_or_default(), &inputs, inputs.paths.clone())?;
    settings.config.fixes = Some(settings.profile.clone());
    Ok(settings)
}

/// Finds the settings file in a folder, or that of a file, or above it.
fn nearest_file(path: &Path) -> anyhow::Result<Option<PathBuf>> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let mut folders = path.ancestors();
    if !path.is_dir() {
        folders.next();
    }
    for folder in folders {
        let own = folder.join(FILE);
        if own.is_file() {
            return Ok(Some(own));
        }
        let project = folder.join(PYPROJECT);
        if project.is_file() && read(&project)?.is_some() {
            return Ok(Some(project));
        }
    }
    Ok(None)
}

/// Reads a settings file; `None` if it is a project file without a table for us.
fn read(path: &Path) -> anyhow::Result<Option<FileSettings>> {
    let about = |what: &str| format!("the settings `{}` cannot be read{what}", shown(path));
    let size = path.metadata().with_context(|| about(""))?.len();
    if size > MAX_BYTES {
        anyhow::bail!(about(": the file is larger than 16 MB"));
    }
    let text = std::fs::read_to_string(path).with_context(|| about(""))?;
    let is_project = path.file_name().is_some_and(|name| name == PYPROJECT);
    let parsed = if is_project {
        settings_file::parse_pyproject(&text)
    } else {
        settings_file::parse(&text).map(Some)
    };
    parsed.map_err(|Wrong { line, column, message }| {
        let place = format!("{}:{line}:{column}", shown(path));
        Usage::new(
            format!("invalid settings: {place}: {message}"),
            "`id-lint schema` prints every setting with what it means",
        )
        .into()
    })
}

fn made(
    root: &Path,
    source: Option<PathBuf>,
    file: FileSettings,
    inputs: &Inputs,
    paths: Vec<PathBuf>,
) -> anyhow::Result<Settings> {
    let folder = source.as_deref().and_then(Path::parent).unwrap_or(root);
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let mut config = Config::new(root, paths);
    config.threads = inputs.threads.and_then(|threads| NonZeroUsize::new(threads.into()));
    config.today = today();
    let patterns: Vec<_> = file.exclude.iter().chain(&inputs.exclude).collect();
    config.exclude = Exclude::new(&folder, &patterns)?;
    apply(&file, &mut config, source.as_deref())?;
    if inputs.force_exclude {
        let keeps = |path: &PathBuf| {
            let full: PathBuf = root.join(path).components().collect();
            let full = full.canonicalize().unwrap_or(full);
            let covers = |at: &Path| config.exclude.covers(at, full.is_dir() || at != full);
            !full.ancestors().any(covers)
        };
        config.paths.retain(keeps);
    }
    let profile = profile(&folder, file.fix.profile.as_deref())?;
    // What new code calls is not to go.
    config.legacy_modules.retain(|module| !profile.own.contains(module));
    let named = file.baseline.as_ref().map(|name| folder.join(name));
    let baseline_is_named = named.is_some();
    let baseline = named.unwrap_or_else(|| {
        let beside = folder.join(BASELINE);
        let above = root.ancestors().map(|folder| folder.join(BASELINE));
        if source.is_some() || beside.is_file() {
            beside
        } else {
            above.into_iter().find(|path| path.is_file()).unwrap_or(beside)
        }
    });
    Ok(Settings { config, source, file, profile, baseline, baseline_is_named })
}

/// Finds a profile by its name, or reads it from a file relative to `folder`.
pub(crate) fn profile(folder: &Path, name: Option<&str>) -> anyhow::Result<Profile> {
    let name = name.unwrap_or(PROFILE);
    if let Some(profile) = Profile::find(name) {
        return Ok(profile);
    }
    let path = folder.join(name);
    if path.extension().is_none_or(|extension| extension != "toml") {
        let names = Profile::names().join("`, `");
        let help = format!("name `{names}`, or a file of templates that ends with `.toml`");
        return Err(Usage::new(format!("`{name}` is no profile"), help).into());
    }
    let about = |what: &str| format!("the profile `{}` {what}", path.display());
    let text = std::fs::read_to_string(&path).with_context(|| about("cannot be read"))?;
    toml::from_str(&text).with_context(|| about("is not understood"))
}

/// Applies what a file says to the defaults.
fn apply(file: &FileSettings, config: &mut Config, source: Option<&Path>) -> anyhow::Result<()> {
    for (name, level) in &file.rules {
        let Some(rule) = RuleId::find(name) else {
            let known = RuleId::all().flat_map(|rule| [rule.code(), rule.name()]);
            let near = id_scan::nearest(name, known);
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            let place = source.map(shown).unwrap_or_default();
            let message = format!("invalid settings: {place}: `{name}` is no rule{hint}");
            return Err(Usage::new(message, "`id-lint explain` lists the rules").into());
        };
        let severity = match level {
            RuleLevel::Off => {
                config.rules.off.push(rule);
                continue;
            }
            RuleLevel::Info => Severity::Info,
            RuleLevel::Warning => Severity::Warning,
            RuleLevel::Error => Severity::Error,
        };
        config.rules.severities.insert(rule, severity);
    }
    if file.thresholds.migrated.is_some_and(|share| !(0.0..=100.0).contains(&share)) {
        let place = source.map(shown).unwrap_or_default();
        let message = format!("invalid settings: {place}: `thresholds.migrated` is no share");
        return Err(Usage::new(message, "write percent, from 0 to 100").into());
    }
    config.bans = file
        .bans
        .iter()
        .map(|ban| {
            let (module, function, instead) =
                (ban.module.clone(), ban.function.clone(), ban.instead.clone());
            Ban { module, function, instead }
        })
        .collect();
    if let Some(modules) = &file.legacy_modules {
        config.legacy_modules.clone_from(modules);
    }
    config.legacy_modules.extend(file.extend_legacy_modules.iter().cloned());
    let meaning = &mut config.meaning;
    let rows = &file.categories.0;
    meaning.categories.retain(|(name, _)| !rows.iter().any(|(own, _)| own == name));
    let first = rows.iter().filter(|(_, words)| !words.is_empty()).cloned();
    meaning.categories = first.chain(std::mem::take(&mut meaning.categories)).collect();
    let lists = [
        (&file.services, &mut meaning.services),
        (&file.test_folders, &mut meaning.test_folders),
        (&file.priorities.critical, &mut meaning.critical),
        (&file.priorities.high, &mut meaning.high),
    ];
    for (own, known) in lists {
        if let Some(own) = own {
            known.clone_from(own);
        }
    }
    Ok(())
}

/// The day by the calendar of UTC, so that a comment ends everywhere at once.
fn today() -> Option<Day> {
    let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let part = |number: i8| u8::try_from(number).ok();
    Day::new(u16::try_from(date.year()).ok()?, part(date.month())?, part(date.day())?)
}

impl Settings {
    /// The settings that hold, in the form of the file, with a remark where they come from.
    pub(crate) fn shown(&self) -> anyhow::Result<String> {
        let mut file = self.file.clone();
        let config = &self.config;
        file.baseline = Some(id_scan::shown_path(&config.root, &self.baseline));
        file.rules = RuleId::all()
            .map(|rule| {
                let level = match config.rules.severity(rule) {
                    _ if !config.rules.is_on(rule) => RuleLevel::Off,
                    Severity::Info => RuleLevel::Info,
                    Severity::Warning => RuleLevel::Warning,
                    Severity::Error => RuleLevel::Error,
                };
                (rule.code().to_owned(), level)
            })
            .collect();
        file.legacy_modules = Some(config.legacy_modules.clone());
        file.extend_legacy_modules.clear();
        file.categories.0.clone_from(&config.meaning.categories);
        file.services = Some(config.meaning.services.clone());
        file.test_folders = Some(config.meaning.test_folders.clone());
        file.priorities.critical = Some(config.meaning.critical.clone());
        file.priorities.high = Some(config.meaning.high.clone());
        let source = match &self.source {
            Some(path) => id_scan::shown_path(&config.root, path),
            None => "the defaults, no settings file was found".to_owned(),
        };
        let paths: Vec<_> =
            config.paths.iter().map(|path| id_scan::shown_path(&config.root, path)).collect();
        let text = toml::to_string(&file)?;
        Ok(format!("# settings of: {}\n# from: {source}\n\n{text}", paths.join(", ")))
    }
}

/// What the color flag means for a stream.
pub(crate) fn color(color: Color) -> anstream::ColorChoice {
    match color {
        Color::Auto => anstream::ColorChoice::Auto,
        Color::Always => anstream::ColorChoice::Always,
        Color::Never => anstream::ColorChoice::Never,
    }
}
