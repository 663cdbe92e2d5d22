//! Guesses from names what an id is for, and from paths where in the system it is made.
//!
//! Three tables as data: words for kinds of id, path words for categories, path words for
//! services. A guess that the names do not carry is no guess: `None`. What is found here ranks the
//! findings of `rules/`.

use serde::Serialize;
use strum::{EnumIter, IntoStaticStr};
use unified_id::IdKind;

use crate::prefilter::ID_WORDS;
use crate::rules::Severity;

/// The words that name a kind of id.
const KIND_WORDS: [(IdKind, &[&str]); IdKind::ALL.len()] = [
    (IdKind::Thread, &["thread", "threads"]),
    (IdKind::Run, &["run", "runs"]),
    (IdKind::User, &["user", "users"]),
    (IdKind::Websocket, &["websocket", "ws", "socket", "connection", "conn"]),
    (IdKind::Message, &["message", "messages", "msg"]),
    (IdKind::Tool, &["tool", "tools"]),
    (IdKind::Session, &["session", "sessions", "sess"]),
    (IdKind::Request, &["request", "requests", "req"]),
    (IdKind::Agent, &["agent", "agents"]),
    (IdKind::Execution, &["execution", "executions", "exec"]),
    (IdKind::Trace, &["trace", "traces"]),
    (IdKind::Transaction, &["transaction", "transactions", "txn", "tx"]),
    (IdKind::Metric, &["metric", "metrics"]),
    (IdKind::Error, &["error", "errors"]),
    (IdKind::Job, &["job", "jobs"]),
    (IdKind::Test, &["test"]),
    (IdKind::Entity, &["entity", "entities"]),
    (IdKind::Workflow, &["workflow", "workflows"]),
    (IdKind::Pool, &["pool"]),
    (IdKind::Checkpoint, &["checkpoint", "checkpoints"]),
    (IdKind::Config, &["config"]),
];

/// Targets that say only that they hold an id: what it is for is looked for in the names around.
const VAGUE: [&str; 16] = [
    "id",
    "_id",
    "uid",
    "uuid",
    "guid",
    "pk",
    "key",
    "new_id",
    "value",
    "result",
    "return",
    "yield",
    "default",
    "default_factory",
    "factory",
    "identifier",
];

/// How paths are read: which part of the system a file is, which service it belongs to, whether it
/// is a test. Plain data; the default is the table of the systems that are replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meaning {
    /// Categories and the words of a path that name them, most telling first. Words are compared
    /// whole: `author` is not `auth`.
    pub categories: Vec<(String, Vec<String>)>,
    /// Folders that are services.
    pub services: Vec<String>,
    /// Folders that hold tests.
    pub test_folders: Vec<String>,
    /// Categories of the first phase.
    pub critical: Vec<String>,
    /// Categories of the second phase.
    pub high: Vec<String>,
}

/// The category of files that no word names.
const OTHER: &str = "other";
/// The category of tests.
const TESTS: &str = "tests";

impl Default for Meaning {
    fn default() -> Self {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let row = |(name, words): &(&str, &[&str])| ((*name).to_owned(), owned(words));
        Self {
            categories: CATEGORY_WORDS.iter().map(row).collect(),
            services: owned(&SERVICES),
            test_folders: owned(&["tests", "test", "__tests__", "spec", "specs"]),
            critical: owned(&["auth", "websocket"]),
            high: owned(&["agents", "factories", "models", "database"]),
        }
    }
}

/// Path words for categories, most telling first.
const CATEGORY_WORDS: [(&str, &[&str]); 7] = [
    ("websocket", &["websocket", "websockets", "ws", "socket", "sockets"]),
    (
        "auth",
        &[
            "auth",
            "authentication",
            "authorization",
            "oauth",
            "jwt",
            "login",
            "session",
            "sessions",
        ],
    ),
    ("factories", &["factory", "factories"]),
    ("agents", &["agent", "agents"]),
    ("models", &["model", "models", "schema", "schemas"]),
    ("database", &["database", "databases", "db", "migrations", "repository", "repositories"]),
    ("scripts", &["script", "scripts"]),
];

/// Folders that are services.
const SERVICES: [&str; 6] =
    ["auth_service", "netra_backend", "frontend", "shared", "tests", "scripts"];

/// How soon a finding should be replaced.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Priority {
    /// First phase: authentication, event routing, isolation of users.
    Critical,
    /// Second phase: agents, tools, stored models, what services share.
    High,
    /// Third phase: the rest.
    Medium,
    /// Last: tests, and what may stay.
    Low,
}

impl Priority {
    /// The phase of a migration in which it comes, from 1.
    #[must_use]
    pub fn phase(self) -> u8 {
        match self {
            Self::Critical => 1,
            Self::High => 2,
            Self::Medium | Self::Low => 3,
        }
    }
}

/// What a path says about a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) in_test: bool,
    pub(crate) category: String,
    pub(crate) service: Option<String>,
}

/// Whether the name of a file says that it is a test, in the ways of the languages.
fn is_test_file(stem: &str) -> bool {
    let camel = |end: &str| {
        let before = stem.strip_suffix(end).and_then(|rest| rest.chars().last());
        before.is_some_and(char::is_alphanumeric)
    };
    stem.starts_with("test_")
        || stem == "conftest"
        || ["_test", "_tests", "_spec", ".test", ".spec", ".e2e"]
            .iter()
            .any(|end| stem.ends_with(end))
        || ["Test", "Tests", "Spec", "IT"].into_iter().any(camel)
}

impl Meaning {
    /// Reads a shown path.
    pub(crate) fn place(&self, path: &str) -> Place {
        let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
        let (file, folders) =
            parts.split_last().map_or(("", &[][..]), |(file, rest)| (*file, rest));
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let listed = |list: &[String], part: &str| list.iter().any(|known| known == part);
        let in_test =
            folders.iter().any(|part| listed(&self.test_folders, part)) || is_test_file(stem);
        let service = folders.iter().find(|part| listed(&self.services, part));
        // The names nearest to the file tell most.
        let near = std::iter::once(stem).chain(folders.iter().rev().copied());
        let named = || {
            near.flat_map(|part| {
                let words = words(part);
                self.categories
                    .iter()
                    .filter(move |(_, listed)| words.iter().any(|word| listed.contains(word)))
            })
            .map(|(category, _)| category.as_str())
            .next()
        };
        let category = if in_test { TESTS } else { named().unwrap_or(OTHER) };
        let service = service.map(|service| (*service).to_owned());
        Place { in_test, category: category.to_owned(), service }
    }

    /// How soon a finding should be replaced.
    pub(crate) fn priority(
        &self,
        place: &Place,
        severity: Severity,
        id_kind: Option<&str>,
    ) -> Priority {
        if place.in_test || severity == Severity::Info {
            return Priority::Low;
        }
        let listed = |list: &[String]| list.contains(&place.category);
        match id_kind {
            _ if listed(&self.critical) => Priority::Critical,
            Some("user" | "session" | "websocket") => Priority::Critical,
            _ if listed(&self.high) => Priority::High,
            Some("agent" | "execution" | "tool" | "run" | "thread") => Priority::High,
            _ if place.service.as_deref() == Some("shared") => Priority::High,
            _ => Priority::Medium,
        }
    }
}

/// Whether a name says that it holds an id: `run_id`, `sessionId`, `id`, `run_id_str`.
pub(crate) fn is_id_name(name: &str) -> bool {
    let words = words(name);
    let is_id = |word: &String| ID_WORDS.contains(&word.as_str());
    match &words[..] {
        [.., last] if is_id(last) => true,
        [.., before, last] => {
            matches!(last.as_str(), "str" | "string" | "text" | "hex" | "value") && is_id(before)
        }
        _ => false,
    }
}

/// Whether a name says that it holds the id of a user.
pub(crate) fn is_user_id(name: &str) -> bool {
    is_id_name(name) && kind_of(name) == Some(IdKind::User.prefix())
}

/// Whether the name of a function says that it makes or gives an id: `generate_run_id`,
/// `id_for_user`.
pub(crate) fn names_id(name: &str) -> bool {
    words(name).iter().any(|word| ID_WORDS.contains(&word.as_str()))
}

/// Guesses the kind of an id: from its target; if that says nothing, from the literal text before
/// it, then from the names of the functions and classes around, inner ones first.
pub(crate) fn id_kind(
    target: Option<&str>,
    literal: Option<&str>,
    scope: Option<&str>,
) -> Option<&'static str> {
    if let Some(found) = target.and_then(kind_of) {
        return Some(found);
    }
    if let Some(found) = literal.and_then(kind_of) {
        return Some(found);
    }
    if target.is_some_and(|target| !VAGUE.contains(&target)) {
        return None;
    }
    let mut around = scope.into_iter().flat_map(|scope| scope.rsplit('.'));
    around.find_map(|name| kind_of(name).filter(|&kind| kind != "test"))
}

/// The last word of a name that names a kind: in `user_session_id` that is `session`.
fn kind_of(name: &str) -> Option<&'static str> {
    let words = words(name);
    words.iter().rev().find_map(|word| {
        let row = KIND_WORDS.iter().find(|(_, listed)| listed.contains(&word.as_str()));
        row.map(|(kind, _)| kind.prefix())
    })
}

/// The kind that a name says: of `user_session_id` that is `session`.
pub(crate) fn last_kind(name: &str) -> Option<&'static str> {
    kind_of(name)
}

/// The word that says what a name is the id of: `order` in `order_id` and `orderIdStr`.
pub(crate) fn kind_word(name: &str) -> Option<String> {
    let is_form = |word: &str| {
        ID_WORDS.contains(&word)
            || matches!(word, "str" | "string" | "text" | "hex" | "value")
            || matches!(word, "make" | "new" | "generate" | "gen" | "create" | "get" | "next")
            || matches!(word, "build" | "unique" | "random" | "fresh" | "my")
    };
    let words = words(name);
    let word = words.into_iter().rev().find(|word| !is_form(word))?;
    word.chars().all(|c| c.is_ascii_lowercase()).then_some(word)
}

/// Whether a word says a kind.
pub(crate) fn is_word_of(word: &str, kind: &str) -> bool {
    let row = KIND_WORDS.iter().find(|(known, _)| known.prefix() == kind);
    word == kind || row.is_some_and(|(_, words)| words.contains(&word))
}

/// Whether a name says that it holds a uuid, not just any id.
pub(crate) fn says_uuid(name: &str) -> bool {
    words(name).iter().any(|word| matches!(word.as_str(), "uuid" | "uuids" | "guid"))
}

/// Splits a name at underscores, other marks and capitals.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut small = false;
    for letter in name.chars().take(200) {
        let starts = !letter.is_alphanumeric() || (letter.is_uppercase() && small);
        if starts {
            words.push(String::new());
        }
        small = letter.is_lowercase() || letter.is_numeric();
        if let (true, Some(word)) = (letter.is_alphanumeric(), words.last_mut()) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_telling_word_is_the_kind() {
        let check = |target, literal, scope, expected: Option<&str>| {
            assert_eq!(
                id_kind(target, literal, scope),
                expected,
                "{target:?} {literal:?} {scope:?}"
            );
        };
        check(Some("user_session_id"), None, None, Some("session"));
        check(Some("wsId"), None, None, Some("websocket"));
        check(Some("id"), Some("run_"), None, Some("run"));
        check(Some("id"), None, Some("Workflow.__init__"), Some("workflow"));
        check(Some("return"), None, Some("make_message"), Some("message"));
        check(Some("filename"), None, Some("User.save"), None);
        check(None, None, Some("test_everything"), None);
        check(Some("runtime"), None, None, None);
    }

    #[test]
    fn a_name_says_that_it_holds_an_id() {
        for name in
            ["id", "run_id", "sessionId", "ID", "id_", "user_id_str", "guid", "ids", "runID"]
        {
            assert!(is_id_name(name), "{name}");
        }
        for name in ["idx", "valid", "name", "run_name", "id_field", "side", "key", "width"] {
            assert!(!is_id_name(name), "{name}");
        }
        assert!(names_id("id_for_user") && !names_id("validate"));
    }

    #[test]
    fn every_kind_of_the_library_has_words_of_its_own() {
        let kinds: Vec<_> = KIND_WORDS.iter().map(|(kind, _)| *kind).collect();
        assert!(IdKind::ALL.iter().all(|kind| kinds.contains(kind)));
        let mut all: Vec<_> = KIND_WORDS.iter().flat_map(|(_, words)| *words).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "a word names two kinds");
        for (kind, words) in KIND_WORDS {
            assert!(words.contains(&kind.prefix()), "{kind:?}");
        }
    }

    #[test]
    fn paths_say_tests_category_and_service() {
        let check = |path, in_test, category, service| {
            let place = Meaning::default().place(path);
            let found = (place.in_test, place.category.as_str(), place.service.as_deref());
            assert_eq!(found, (in_test, category, service), "{path}");
        };
        check("auth_service/jwt.py", false, "auth", Some("auth_service"));
        check("app/websocket_manager.py", false, "websocket", None);
        check("app/models/user.py", false, "models", None);
        check("netra_backend/tests/auth/test_x.py", true, "tests", Some("netra_backend"));
        check("app/x_test.py", true, "tests", None);
        check("app/contest.py", false, "other", None);
        check("author/main.py", false, "other", None);
        check("web/session.test.ts", true, "tests", None);
        check("src/UserServiceTest.java", true, "tests", None);
        check("src/contest.ts", false, "other", None);
        check("app/db/ids.py", false, "database", None);
    }
}
