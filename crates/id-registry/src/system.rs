//! Systems: who makes ids. A name, its other spellings, and what its ids look like.
//!
//! Invariant: one system has one name per tenant, whatever spelling it is asked by; `_`, `-`, blanks and case never tell two
//! systems apart. What an id looks like is a hint for people, and decides nothing.

use std::collections::HashMap;
use std::sync::Arc;

use regex::{RegexSet, RegexSetBuilder};
use serde::{Deserialize, Serialize};

use crate::error::{RegistryError, RegistryErrorKind, shown};

/// The longest name of a system, kind or writer, in bytes.
pub(crate) const MAX_NAME_BYTES: usize = 64;

/// The most aliases, prefixes or patterns of one system.
const MAX_PARTS: usize = 32;

/// The longest pattern in bytes.
const MAX_PATTERN_BYTES: usize = 256;

/// The systems that every tenant knows from the start, with their other names and the prefixes of their old ids.
const KNOWN: &[(&str, &[&str], &[&str])] = &[
    ("akosha", &[], &["entity_"]),
    ("crackerjack", &[], &["test_", "job_"]),
    ("dhruva", &["druva", "dhara"], &[]),
    ("mahavishnu", &[], &["workflow_", "pool_", "checkpoint_"]),
    ("netra", &["netra-apex", "netra-backend"], &["run_", "thread_", "websocket_", "user_"]),
    ("oneiric", &[], &["config_"]),
    ("session-buddy", &[], &["session_"]),
];

/// What is known of a system.
///
/// # Examples
///
/// ```
/// use id_registry::{Options, Registry, System};
///
/// let registry = Registry::in_memory(Options::default())?;
/// let tenant = "acme".parse().unwrap();
/// let billing = System::new("billing")?.alias("invoices")?.prefix("inv_")?.pattern("^INV-[0-9]{8}$")?;
/// registry.define_system(&tenant, "admin", &billing)?;
/// assert_eq!(registry.system(&tenant, "Invoices")?.unwrap().name(), "billing");
/// // Known from the start, in every spelling.
/// assert_eq!(registry.system(&tenant, "session_buddy")?.unwrap().name(), "session-buddy");
/// # Ok::<(), id_registry::RegistryError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    name: String,
    aliases: Vec<String>,
    prefixes: Vec<String>,
    patterns: Vec<String>,
}

impl System {
    /// Makes a system of a name: 1 to 64 letters, digits, `-`, `_`, `.` or blanks, in any case.
    ///
    /// # Errors
    ///
    /// [`Name`](RegistryErrorKind::Name) if it cannot be one.
    pub fn new(name: &str) -> Result<Self, RegistryError> {
        Ok(Self {
            name: normal(name)?,
            aliases: Vec::new(),
            prefixes: Vec::new(),
            patterns: Vec::new(),
        })
    }

    /// Adds another name.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); [`Limit`](RegistryErrorKind::Limit) above 32.
    pub fn alias(mut self, name: &str) -> Result<Self, RegistryError> {
        let name = normal(name)?;
        if name != self.name && !self.aliases.contains(&name) {
            push(&mut self.aliases, name, "aliases of a system")?;
        }
        Ok(self)
    }

    /// Adds what its ids begin with.
    ///
    /// # Errors
    ///
    /// [`Name`](RegistryErrorKind::Name) if it is empty or longer than 64 bytes, [`Limit`](RegistryErrorKind::Limit) above 32.
    pub fn prefix(mut self, prefix: &str) -> Result<Self, RegistryError> {
        if prefix.is_empty() || prefix.len() > MAX_NAME_BYTES {
            return Err(RegistryError::new(
                RegistryErrorKind::Name,
                format!("a prefix of {} bytes", prefix.len()),
                format!("give 1 to {MAX_NAME_BYTES} bytes"),
            ));
        }
        push(&mut self.prefixes, prefix.to_owned(), "prefixes of a system")?;
        Ok(self)
    }

    /// Adds a regular expression that its ids match.
    ///
    /// # Errors
    ///
    /// [`Name`](RegistryErrorKind::Name) if it is none, or too large; [`Limit`](RegistryErrorKind::Limit) above 32.
    pub fn pattern(mut self, pattern: &str) -> Result<Self, RegistryError> {
        compile([pattern])?;
        push(&mut self.patterns, pattern.to_owned(), "patterns of a system")?;
        Ok(self)
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the other names.
    #[must_use]
    pub fn aliases(&self) -> &[String] {
        &self.aliases
    }

    /// Returns what its ids begin with.
    #[must_use]
    pub fn prefixes(&self) -> &[String] {
        &self.prefixes
    }

    /// Returns the regular expressions that its ids match.
    #[must_use]
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

fn push(list: &mut Vec<String>, item: String, what: &str) -> Result<(), RegistryError> {
    if list.len() == MAX_PARTS {
        return Err(RegistryError::limit(what, MAX_PARTS, "items"));
    }
    list.push(item);
    Ok(())
}

fn compile<'p>(patterns: impl IntoIterator<Item = &'p str>) -> Result<RegexSet, RegistryError> {
    let wrong = |pattern: &str, why: String| {
        RegistryError::new(
            RegistryErrorKind::Name,
            format!("`{}` is no pattern: {why}", shown(pattern)),
            "write a regular expression of at most 256 bytes, such as ^INV-[0-9]{8}$",
        )
    };
    let patterns: Vec<&str> = patterns.into_iter().collect();
    if let Some(long) = patterns.iter().find(|pattern| pattern.len() > MAX_PATTERN_BYTES) {
        return Err(wrong(long, format!("it has {} bytes", long.len())));
    }
    RegexSetBuilder::new(&patterns).size_limit(1 << 20).dfa_size_limit(1 << 20).build().map_err(
        |error| {
            let last = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
            wrong(patterns.first().copied().unwrap_or_default(), last)
        },
    )
}

/// Returns the one spelling of a system's name.
pub(crate) fn normal(name: &str) -> Result<String, RegistryError> {
    let trimmed = name.trim();
    let is_name_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b' ');
    let starts = trimmed.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric);
    if trimmed.len() > MAX_NAME_BYTES || !starts || !trimmed.bytes().all(is_name_byte) {
        return Err(RegistryError::new(
            RegistryErrorKind::Name,
            format!("`{}` cannot be the name of a system", shown(name)),
            "use 1 to 64 letters, digits, `-`, `_` and `.`, the first a letter or digit",
        ));
    }
    Ok(trimmed.to_ascii_lowercase().replace(['_', ' '], "-"))
}

/// Checks the name of a kind or writer, which stays as it is.
pub(crate) fn check_word(what: &str, word: &str) -> Result<(), RegistryError> {
    let is_word_byte = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b'`');
    if word.is_empty() || word.len() > MAX_NAME_BYTES || !word.bytes().all(is_word_byte) {
        return Err(RegistryError::new(
            RegistryErrorKind::Name,
            format!("`{}` cannot be a {what}", shown(word)),
            "use 1 to 64 letters, digits or signs of ASCII, without blanks, quotes and backslashes",
        ));
    }
    Ok(())
}

/// The systems of one tenant.
#[derive(Debug)]
pub(crate) struct Systems {
    by_name: HashMap<String, Arc<System>, foldhash::fast::RandomState>,
    all: Vec<Arc<System>>,
    /// The patterns of all, and whose each is; made when somebody asks.
    patterns: std::sync::OnceLock<(RegexSet, Vec<usize>)>,
}

impl Systems {
    /// What every tenant begins with.
    pub(crate) fn known() -> Self {
        let mut systems = Self {
            by_name: HashMap::default(),
            all: Vec::new(),
            patterns: std::sync::OnceLock::new(),
        };
        for (name, aliases, prefixes) in KNOWN {
            let owned = |list: &[&str]| list.iter().map(|&text| text.to_owned()).collect();
            let system = System {
                name: (*name).to_owned(),
                aliases: owned(aliases),
                prefixes: owned(prefixes),
                patterns: Vec::new(),
            };
            systems.put(system);
        }
        systems
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn all(&self) -> &[Arc<System>] {
        &self.all
    }

    /// Finds a system by its one spelling.
    pub(crate) fn of_normal(&self, name: &str) -> Option<&Arc<System>> {
        self.by_name.get(name)
    }

    /// Checks that no name of a system is another one's.
    pub(crate) fn check(&self, system: &System) -> Result<(), RegistryError> {
        for name in std::iter::once(&system.name).chain(&system.aliases) {
            if let Some(other) = self.by_name.get(name)
                && other.name != system.name
            {
                return Err(RegistryError::new(
                    RegistryErrorKind::Name,
                    format!("`{name}` is a name of the system `{}` already", other.name),
                    "choose another name or alias",
                ));
            }
        }
        Ok(())
    }

    /// Adds a system or takes the place of the one with its name.
    pub(crate) fn put(&mut self, system: System) {
        let system = Arc::new(system);
        self.by_name.retain(|_, other| other.name != system.name);
        self.all.retain(|other| other.name != system.name);
        for name in std::iter::once(&system.name).chain(&system.aliases) {
            self.by_name.insert(name.clone(), system.clone());
        }
        self.all.push(system);
        self.all.sort_by(|left, right| left.name.cmp(&right.name));
        self.patterns = std::sync::OnceLock::new();
    }

    /// Returns the systems whose ids look like a text: by pattern first, then by prefix.
    pub(crate) fn recognise(&self, text: &str) -> Vec<Arc<System>> {
        let (patterns, owners) = self.patterns.get_or_init(|| {
            let owned: Vec<(usize, &str)> = (self.all.iter().enumerate())
                .flat_map(|(at, system)| {
                    system.patterns.iter().map(move |pattern| (at, &**pattern))
                })
                .collect();
            // Each was compiled when it was added; together they may be too large, and then none counts.
            let set = compile(owned.iter().map(|(_, pattern)| *pattern)).unwrap_or_default();
            (set, owned.iter().map(|(at, _)| *at).collect())
        });
        let by_pattern = patterns.matches(text).into_iter().map(|at| owners[at]);
        let by_prefix = (0..self.all.len()).filter(|at| {
            self.all[*at].prefixes.iter().any(|prefix| text.starts_with(prefix.as_str()))
        });
        let mut found: Vec<usize> = Vec::new();
        for at in by_pattern.chain(by_prefix) {
            if !found.contains(&at) {
                found.push(at);
            }
        }
        found.into_iter().map(|at| self.all[at].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_name_are_one() {
        for name in ["session-buddy", "session_buddy", "Session Buddy", " SESSION_BUDDY "] {
            assert_eq!(normal(name).unwrap(), "session-buddy");
        }
        for name in ["", " ", "-a", "a/b", "a\nb", &"x".repeat(65), "\u{e4}"] {
            assert_eq!(normal(name).unwrap_err().kind(), RegistryErrorKind::Name, "{name}");
        }
    }

    #[test]
    fn a_name_belongs_to_one_system() {
        let systems = Systems::known();
        assert!(systems.check(&System::new("druva").unwrap()).is_err());
        assert!(systems.check(&System::new("x").unwrap().alias("netra").unwrap()).is_err());
        assert!(systems.check(&System::new("dhruva").unwrap().alias("druva").unwrap()).is_ok());
    }

    #[test]
    fn ids_are_recognised_by_pattern_and_prefix() {
        let mut systems = Systems::known();
        systems.put(System::new("billing").unwrap().pattern("^INV-[0-9]{3}$").unwrap());
        let names = |text: &str| -> Vec<String> {
            systems.recognise(text).iter().map(|system| system.name().to_owned()).collect()
        };
        assert_eq!(names("INV-123"), ["billing"]);
        assert_eq!(names("session_01m7wqt1fbff4sq3bgc5bhn9e0"), ["session-buddy"]);
        assert!(names("INV-1234").is_empty());
        assert!(System::new("x").unwrap().pattern("(").is_err());
        assert!(System::new("x").unwrap().pattern("((a{100}){100}){100}").is_err());
    }
}
