//! Guesses from names what an id is for, and from paths where in the system it is made.
//!
//! Three tables as data: words for kinds of id, path words for categories, path words for
//! services. A guess that the names do not carry is no guess: `None`. What is found here ranks the
//! findings of `rules/`.

use serde::Serialize;
use strum::{EnumIter, IntoStaticStr};
use unified_id::IdKind;

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

/// Path words for categories, most telling first.
const CATEGORY_WORDS: [(Category, &[&str]); 5] = [
    (Category::Websocket, &["websocket", "websockets", "ws", "socket", "sockets"]),
    (
        Category::Auth,
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
    (Category::Factories, &["factory", "factories"]),
    (Category::Agents, &["agent", "agents"]),
    (Category::Models, &["model", "models", "schema", "schemas", "migrations"]),
];

/// Folders that are services.
const SERVICES: [&str; 6] =
    ["auth_service", "netra_backend", "frontend", "shared", "tests", "scripts"];

/// The part of the system that a file belongs to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
#[non_exhaustive]
pub enum Category {
    /// Who may do what.
    Auth,
    /// Connections and the routing of events.
    Websocket,
    /// Agents and their execution.
    Agents,
    /// Code that makes objects.
    Factories,
    /// What is stored.
    Models,
    /// Tests.
    Tests,
    /// Everything else.
    Other,
}

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

/// What a path says about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) in_test: bool,
    pub(crate) category: Category,
    pub(crate) service: Option<&'static str>,
}

/// Reads a shown path.
pub(crate) fn place(path: &str) -> Place {
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (file, folders) = parts.split_last().map_or(("", &[][..]), |(file, rest)| (*file, rest));
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let in_test = folders.iter().any(|part| matches!(*part, "tests" | "test"))
        || stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem == "conftest";
    let service = folders.iter().find_map(|part| SERVICES.iter().find(|service| *service == part));
    // The names nearest to the file tell most.
    let near = std::iter::once(stem).chain(folders.iter().rev().copied());
    let category = if in_test {
        Category::Tests
    } else {
        near.flat_map(|part| {
            CATEGORY_WORDS.iter().filter(move |(_, listed)| {
                words(part).iter().any(|word| listed.contains(&word.as_str()))
            })
        })
        .map(|(category, _)| *category)
        .next()
        .unwrap_or(Category::Other)
    };
    Place { in_test, category, service: service.copied() }
}

/// How soon a finding should be replaced.
pub(crate) fn priority(place: Place, severity: Severity, id_kind: Option<&str>) -> Priority {
    if place.in_test || severity == Severity::Info {
        return Priority::Low;
    }
    match (place.category, id_kind, place.service) {
        (Category::Auth | Category::Websocket, ..)
        | (_, Some("user" | "session" | "websocket"), _) => Priority::Critical,
        (Category::Agents | Category::Factories | Category::Models, ..)
        | (_, Some("agent" | "execution" | "tool" | "run" | "thread"), _)
        | (.., Some("shared")) => Priority::High,
        _ => Priority::Medium,
    }
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
            assert_eq!(place(path), Place { in_test, category, service }, "{path}");
        };
        check("auth_service/jwt.py", false, Category::Auth, Some("auth_service"));
        check("app/websocket_manager.py", false, Category::Websocket, None);
        check("app/models/user.py", false, Category::Models, None);
        check("netra_backend/tests/auth/test_x.py", true, Category::Tests, Some("netra_backend"));
        check("app/x_test.py", true, Category::Tests, None);
        check("app/contest.py", false, Category::Other, None);
        check("author/main.py", false, Category::Other, None);
    }
}
