//! Where flags come from: variables of the environment, which go before the file, which goes before the defaults.
//!
//! Invariant: this file is the only reader of the environment and of the file. Next: `rollout.rs`, which follows it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use toml_edit::{Document, Item};

use crate::error::RolloutError;
use crate::flags::{Flag, Flags, Value};

/// The variable that names the file.
const CONFIG: &str = "UNIFIED_ID_CONFIG";

/// The file, if no variable names another: in the folder in which the program was started.
const FILE: &str = "unified-id.toml";

/// What variables of flags begin with that switch something: one that names no flag is a typing error.
const SWITCHES: &str = "UNIFIED_ID_ENABLE_";

/// The table of the file in which the flags may stand as well.
pub(crate) const TABLE: &str = "flags";

/// More than any such file has; what is larger is another file.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum Origin {
    /// Nothing is said anywhere.
    Default,
    /// The file.
    File,
    /// A variable of the environment.
    Environment,
}

/// Where flags are read from.
#[derive(Clone, Debug)]
pub struct Sources {
    file: PathBuf,
    /// The file was named by somebody, so it has to be there.
    is_named: bool,
    environment: Vec<(Flag, Value)>,
}

/// Flags as they were read, and where each comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The values.
    pub flags: Flags,
    origins: Vec<Origin>,
}

impl Loaded {
    /// Returns where the value of a flag comes from.
    #[must_use]
    pub fn origin(&self, flag: Flag) -> Origin {
        self.origins[flag as usize]
    }
}

impl Sources {
    /// Returns a file alone, whatever the environment says. It need not be there yet.
    #[must_use]
    pub fn new(file: impl Into<PathBuf>) -> Self {
        let file = file.into();
        // A program may change its folder later.
        let file = std::path::absolute(&file).unwrap_or(file);
        Self { file, is_named: false, environment: Vec::new() }
    }

    /// Returns what the environment of this process says: the variables `UNIFIED_ID_<FLAG>`, and the file that
    /// `UNIFIED_ID_CONFIG` names, else `unified-id.toml` in the current folder.
    ///
    /// An empty variable is as good as none. The environment is read here, once: a process has the one it was started with.
    ///
    /// # Errors
    ///
    /// [`Value`](crate::RolloutErrorKind::Value) or [`UnknownFlag`](crate::RolloutErrorKind::UnknownFlag) with the
    /// name of the variable.
    pub fn of_process() -> Result<Self, RolloutError> {
        Self::of(std::env::vars_os())
    }

    /// Returns what these variables say, as [`of_process`](Self::of_process).
    ///
    /// # Errors
    ///
    /// As [`of_process`](Self::of_process).
    pub fn of(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, RolloutError> {
        let (mut named, mut environment) = (None, Vec::new());
        for (name, value) in variables.into_iter().filter(|(_, value)| !value.is_empty()) {
            let Some(name) = name.to_str() else { continue };
            if name == CONFIG {
                named = Some(value);
                continue;
            }
            let flag = Flag::all().find(|flag| flag.variable() == name);
            if let Some(flag) = flag {
                let read = Value::parse(flag, &value.to_string_lossy());
                environment.push((flag, read.map_err(|error| error.at(name))?));
            } else if let Some(rest) = name.strip_prefix(SWITCHES) {
                let wanted = format!("enable_{}", rest.to_ascii_lowercase());
                return Err(RolloutError::unknown_flag(&wanted).at(name));
            }
        }
        let is_named = named.is_some();
        let sources = Self::new(named.map_or_else(|| PathBuf::from(FILE), PathBuf::from));
        Ok(Self { is_named, environment, ..sources })
    }

    /// Lets a flag have a value whatever the file says, as a variable of the environment does.
    ///
    /// # Errors
    ///
    /// [`Value`](crate::RolloutErrorKind::Value) if the flag cannot have it.
    pub fn with_variable(mut self, flag: Flag, text: &str) -> Result<Self, RolloutError> {
        let value = Value::parse(flag, text).map_err(|error| error.at(&flag.variable()))?;
        self.environment.push((flag, value));
        Ok(self)
    }

    /// Returns the file.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Returns the value that a variable gives a flag, whatever the file says.
    #[must_use]
    pub fn from_environment(&self, flag: Flag) -> Option<Value> {
        self.environment.iter().rev().find(|(of, _)| *of == flag).map(|(_, value)| *value)
    }

    /// Reads all flags as they are at this moment.
    ///
    /// # Errors
    ///
    /// [`Read`](crate::RolloutErrorKind::Read) if the file cannot be read, or is not there though it was named;
    /// [`File`](crate::RolloutErrorKind::File), [`Value`](crate::RolloutErrorKind::Value) or
    /// [`UnknownFlag`](crate::RolloutErrorKind::UnknownFlag) if it holds something else than flags.
    pub fn load(&self) -> Result<Loaded, RolloutError> {
        let text = self.read()?;
        if text.is_none() && self.is_named {
            return Err(RolloutError::read(&self.file, io::ErrorKind::NotFound.into()));
        }
        self.parse(text.as_deref())
    }

    /// Reads the file; `None` if it is not there.
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, RolloutError> {
        let fail = |error| RolloutError::read(&self.file, error);
        // A pipe would be waited for.
        match std::fs::metadata(&self.file) {
            Ok(data) if !data.is_file() => {
                return Err(RolloutError::file(
                    &self.file,
                    None,
                    "is no file",
                    "name a file in UNIFIED_ID_CONFIG",
                ));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fail(error)),
        }
        let mut text = Vec::new();
        let file = match File::open(&self.file) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(fail(error)),
        };
        file.take(MAX_FILE_BYTES + 1).read_to_end(&mut text).map_err(fail)?;
        if text.len() as u64 > MAX_FILE_BYTES {
            return Err(RolloutError::file(
                &self.file,
                None,
                "is larger than 1 MiB",
                "this is another file",
            ));
        }
        Ok(Some(text))
    }

    /// Makes flags of the text of the file, if there is one, and of the environment.
    pub(crate) fn parse(&self, text: Option<&[u8]>) -> Result<Loaded, RolloutError> {
        // A writer that was cut off right after it opened the file must not turn a fleet back to the defaults.
        if text.is_some_and(|text| text.trim_ascii().is_empty()) {
            return Err(RolloutError::file(
                &self.file,
                None,
                "is empty",
                "write flags, or a line that starts with `#` if all of them are to have their defaults",
            ));
        }
        let mut flags = Flags::default();
        let mut origins = vec![Origin::Default; Flag::all().count()];
        for (flag, value) in parse_file(text.unwrap_or_default(), &self.file)? {
            flags.give(flag, value);
            origins[flag as usize] = Origin::File;
        }
        for (flag, value) in &self.environment {
            flags.give(*flag, *value);
            origins[*flag as usize] = Origin::Environment;
        }
        Ok(Loaded { flags, origins })
    }
}

/// Reads the flags of a file: keys at its top, or in a table `[flags]`. Other tables belong to others.
fn parse_file(text: &[u8], path: &Path) -> Result<Vec<(Flag, Value)>, RolloutError> {
    let line_at = |at: usize| text[..at.min(text.len())].split(|byte| *byte == b'\n').count();
    let fail = |at: Option<usize>, what: &str, help: &str| {
        RolloutError::file(path, at.map(line_at), what, help)
    };
    let toml = str::from_utf8(text).map_err(|error| {
        fail(Some(error.valid_up_to()), "bytes that are not UTF-8", "save the file as UTF-8")
    })?;
    // A mark that the text is UTF-8 is no part of it.
    let (toml, offset) = toml.strip_prefix('\u{feff}').map_or((toml, 0), |rest| (rest, 3));
    let document = Document::parse(toml).map_err(|error| {
        let at = error.span().map(|span| span.start + offset);
        let message = error.message().replace('\n', " ");
        fail(at, &format!("no TOML: {message}"), "write lines such as `rollout_percent = 10`")
    })?;
    let mut found: Vec<(Flag, Value)> = Vec::new();
    let mut take = |key: &str, at: Option<usize>, item: &Item| {
        let place = |error: RolloutError| {
            let line = at.map_or_else(String::new, |at| format!(":{}", line_at(at + offset)));
            error.at(&format!("{}{line}", path.display()))
        };
        let flag = Flag::parse(key).map_err(place)?;
        if found.iter().any(|(known, _)| *known == flag) {
            let what = format!("`{flag}` stands at the top and in `[{TABLE}]`");
            return Err(fail(at, &what, "keep one of the two"));
        }
        // A number that is a text, or a switch that is a number, is a mistake in a file that has types.
        let value = match (flag, item) {
            (Flag::LegacyRunFormat, Item::Value(toml_edit::Value::String(text))) => {
                Value::parse(flag, text.value())
            }
            (Flag::RolloutPercent, Item::Value(toml_edit::Value::Integer(number))) => {
                Value::parse(flag, &number.value().to_string())
            }
            (Flag::LegacyRunFormat | Flag::RolloutPercent, _) => {
                Err(RolloutError::value(flag, shown(item).trim()))
            }
            (_, Item::Value(toml_edit::Value::Boolean(on))) => Ok(Value::Switch(*on.value())),
            _ => Err(RolloutError::value(flag, shown(item).trim())),
        };
        found.push((flag, value.map_err(place)?));
        Ok(())
    };
    let top = document.as_table();
    for (key, item) in top {
        let at = top.key(key).and_then(toml_edit::Key::span).map(|span| span.start);
        match (key, item.as_table_like()) {
            (TABLE, Some(table)) => {
                for (key, item) in table.iter() {
                    let at = table.key(key).and_then(toml_edit::Key::span).map(|span| span.start);
                    take(key, at, item)?;
                }
            }
            // A table of somebody else; a flag in it would do nothing, and nobody would know.
            (_, Some(table)) => {
                if let Some(flag) = Flag::all().find(|flag| table.contains_key(flag.name())) {
                    let what =
                        format!("`{flag}` stands in the table `[{key}]`, where it is no flag");
                    return Err(fail(
                        at,
                        &what,
                        "write it at the top of the file, or in `[flags]`",
                    ));
                }
            }
            (_, None) if item.is_array_of_tables() => {}
            (_, None) => take(key, at, item)?,
        }
    }
    Ok(found)
}

fn shown(item: &Item) -> String {
    match item.as_value() {
        Some(value) => value.to_string(),
        None => "a table".to_owned(),
    }
}
