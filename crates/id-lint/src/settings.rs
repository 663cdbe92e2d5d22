//! Turns flags and settings files into the settings of the engine. The working directory, the
//! environment and the day are read here.
//!
//! Each path on the command line has the settings that are nearest to it, in its folder or above:
//! `id-lint.toml`, else a `pyproject.toml` with a table `[tool.id-lint]`. Paths with the same
//! settings are scanned together.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use id_scan::{Ban, Config, Day, Exclude, Import, Profile, RuleId, Severity, Template};

use crate::args::{Color, Inputs};
use crate::exit::Usage;
use crate::settings_file::{self, FileSettings, FixSettings, ProfileSettings, RuleLevel, Wrong};

/// The name of the settings file.
const FILE: &str = "id-lint.toml";
/// The settings file of Python projects.
const PYPROJECT: &str = "pyproject.toml";
/// The name of the baseline unless the settings say another.
const BASELINE: &str = "id-lint-baseline.txt";
/// The profiles of fixes unless the settings say others: one for each language.
const PROFILES: [&str; 2] = ["unified-id", "typescript"];
/// No settings file is larger.
const MAX_BYTES: u64 = 16 << 20;

/// Everything that holds for some paths.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) config: Config,
    /// The file that they come from.
    pub(crate) source: Option<PathBuf>,
    pub(crate) file: FileSettings,
    /// What findings are rewritten into, by those who ask for fixes.
    pub(crate) profiles: Vec<Profile>,
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
        if inputs.config.is_none() && !inputs.isolated {
            settings.config.noted = vec![FILE.to_owned(), PYPROJECT.to_owned()];
        }
        Ok(settings)
    });
    settings.collect()
}

/// What was made of the paths of some settings.
pub(crate) type Made<T> = (Settings, T);

/// Makes something of each group, and of each folder in it that has settings of its own: those hold
/// there, and the others do not. `make` also says which settings files it met.
///
/// A walk tells where settings lie when it is over; where some do, the group is walked again
/// without their folders. A folder without a baseline of its own shares that of the group.
pub(crate) fn each<T>(
    groups: Vec<Settings>,
    inputs: &Inputs,
    mut make: impl FnMut(&Settings) -> anyhow::Result<(T, Vec<PathBuf>)>,
) -> anyhow::Result<Vec<Made<T>>> {
    let mut groups: VecDeque<_> = groups.into();
    let mut all = Vec::new();
    while let Some(mut group) = groups.pop_front() {
        // Every path was one that is excluded.
        if group.config.paths.is_empty() {
            continue;
        }
        let (made_of, noted) = make(&group)?;
        let own = group.source.as_ref().and_then(|source| source.canonicalize().ok());
        let mut inner: Vec<(PathBuf, PathBuf, FileSettings)> = Vec::new();
        for path in noted {
            let Some(folder) = path.parent().map(Path::to_owned) else { continue };
            let is_inside = inner.iter().any(|(known, ..)| folder.starts_with(known));
            if is_inside || path.canonicalize().ok() == own || is_above(&group, &folder) {
                continue;
            }
            // In one folder the file of our own comes first.
            let beside = folder.join(FILE);
            let path = if beside.is_file() { beside } else { path };
            if let Some(file) = read(&path)? {
                inner.retain(|(known, ..)| !known.starts_with(&folder));
                inner.push((folder, path, file));
            }
        }
        if inner.is_empty() {
            all.push((group, made_of));
            continue;
        }
        group.config.skip.extend(inner.iter().map(|(folder, ..)| folder.clone()));
        let again = make(&group)?.0;
        for (folder, source, file) in inner {
            let root = &group.config.root;
            let mut settings = made(root, Some(source), file, inputs, vec![folder])?;
            settings.config.noted.clone_from(&group.config.noted);
            if !settings.baseline_is_named && !settings.baseline.is_file() {
                settings.baseline.clone_from(&group.baseline);
                settings.baseline_is_named = group.baseline_is_named;
            }
            groups.push_back(settings);
        }
        all.push((group, again));
    }
    Ok(all)
}

/// Whether a folder is one of a group's paths, or lies above one: its settings are those of the
/// group, or of nothing in it.
fn is_above(group: &Settings, folder: &Path) -> bool {
    group.config.paths.iter().any(|path| {
        let full: PathBuf = group.config.root.join(path).components().collect();
        full.starts_with(folder)
    })
}

/// The settings file that holds for a file, which need not be there.
pub(crate) fn source_of(folder: &Path) -> anyhow::Result<Option<PathBuf>> {
    nearest_file(folder)
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
    settings.config.fixes.clone_from(&settings.profiles);
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
    let profiles = profiles(&folder, &file.fix, &[])?;
    // What new code calls is not to go.
    config.legacy_modules.retain(|module| !is_own(&profiles, module));
    let named = file.baseline.as_ref().map(|name| folder.join(name));
    let baseline_is_named = named.is_some();
    let baseline = named.unwrap_or_else(|| {
        let beside = folder.join(BASELINE);
        let above = root.ancestors().map(|folder| folder.join(BASELINE));
        if beside.is_file() {
            beside
        } else if source.is_some() {
            baseline_above(&folder).unwrap_or(beside)
        } else {
            above.into_iter().find(|path| path.is_file()).unwrap_or(beside)
        }
    });
    Ok(Settings { config, source, file, profiles, baseline, baseline_is_named })
}

/// The baseline of the settings above a folder, if it is there, else one that lies above: folders
/// with settings of their own share it.
fn baseline_above(folder: &Path) -> Option<PathBuf> {
    let mut folder = folder.to_owned();
    while let Some(above) = folder.parent() {
        let Some(source) = nearest_file(above).ok().flatten() else {
            return above
                .ancestors()
                .map(|folder| folder.join(BASELINE))
                .find(|path| path.is_file());
        };
        let file = read(&source).ok().flatten()?;
        source.parent()?.clone_into(&mut folder);
        let baseline = folder.join(file.baseline.as_deref().unwrap_or(BASELINE));
        if baseline.is_file() {
            return Some(baseline);
        }
    }
    None
}

/// The profiles that are asked for by name, by a file of templates, or that the settings hold; those
/// of a file are relative to `folder`.
pub(crate) fn profiles(
    folder: &Path,
    file: &FixSettings,
    asked: &[String],
) -> anyhow::Result<Vec<Profile>> {
    let asked = if asked.is_empty() { &file.profile.0[..] } else { asked };
    if !asked.is_empty() {
        return asked.iter().map(|name| profile(folder, file, name)).collect();
    }
    let own = file.profiles.iter().map(|own| made_profile(own, "the settings"));
    let known = PROFILES.iter().filter_map(|name| Profile::find(name)).map(Ok);
    own.chain(known).collect()
}

/// Whether new code calls a module.
pub(crate) fn is_own(profiles: &[Profile], module: &String) -> bool {
    profiles.iter().any(|profile| profile.own.contains(module))
}

fn profile(folder: &Path, file: &FixSettings, name: &str) -> anyhow::Result<Profile> {
    if let Some(own) = file.profiles.iter().find(|own| own.name == name) {
        return made_profile(own, "the settings");
    }
    if let Some(profile) = Profile::find(name) {
        return Ok(profile);
    }
    let path = folder.join(name);
    if path.extension().is_none_or(|extension| extension != "toml") {
        let own = file.profiles.iter().map(|own| own.name.as_str());
        let names: Vec<_> = own.chain(Profile::names().iter().copied()).collect();
        let near = id_scan::nearest(name, names.iter().copied());
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let names = names.join("`, `");
        let help = format!("name `{names}`, or a file of templates that ends with `.toml`");
        return Err(Usage::new(format!("`{name}` is no profile{hint}"), help).into());
    }
    let about = |what: &str| format!("the profile `{}` {what}", shown(&path));
    let text = std::fs::read_to_string(&path).with_context(|| about("cannot be read"))?;
    let own = settings_file::parse_profile(&text).map_err(|Wrong { line, column, message }| {
        let place = format!("{}:{line}:{column}", shown(&path));
        let help = "it needs `name`, `language` and at least one `[[template]]`";
        Usage::new(format!("invalid profile: {place}: {message}"), help)
    })?;
    made_profile(&own, &format!("`{}`", shown(&path)))
}

/// A profile as the engine has it.
fn made_profile(own: &ProfileSettings, place: &str) -> anyhow::Result<Profile> {
    let language = if own.language == "javascript" { "typescript" } else { &own.language };
    let known = Profile::languages();
    if !known.contains(&language) {
        let near = id_scan::nearest(language, known.iter().copied());
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let message = format!(
            "invalid profile `{}` in {place}: no `{language}` is rewritten{hint}",
            own.name
        );
        return Err(Usage::new(message, format!("name one of {}", known.join(", "))).into());
    }
    let templates = own.template.iter().map(|row| {
        let import = row.import.as_ref();
        let import = import.map(|import| Import::new(&import.module, &import.name));
        Template::new(&row.kind, &row.expression, import)
    });
    Ok(Profile::new(&own.name, language, own.own.clone(), templates.collect()))
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
    /// The same settings, by which findings get fixes; profiles that a flag names hold instead of
    /// those of the settings.
    pub(crate) fn with_fixes(&self, asked: &[String]) -> anyhow::Result<Self> {
        let mut settings = self.clone();
        if !asked.is_empty() {
            settings.profiles = profiles(&self.config.root, &self.file.fix, asked)?;
            settings.config.legacy_modules.retain(|module| !is_own(&settings.profiles, module));
        }
        settings.config.fixes.clone_from(&settings.profiles);
        Ok(settings)
    }

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
