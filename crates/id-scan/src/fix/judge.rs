//! Decides what takes the place of a finding, and how far that can be trusted.
//!
//! A fix is safe where the type and the meaning stay: the expression is a text, the name that it is
//! given says its kind, and nothing around it says more than that kind. What is not so is a reason,
//! and the reasons stand in the message. Where there is no kind, or the expression is no value of
//! its own, there is no fix. Facts come from `lang/rewrite.rs`, words from `profile.rs`.

use super::profile::{Profile, Template, capital};
use super::{Applicability, Edit, Fix};
use crate::diagnostic::Finding;
use crate::lang::rewrite::{Origin, Rewrite, Value};
use crate::lang::{Rewriter, Shape};
use crate::meaning;
use crate::rules::RuleId;

/// The names that a template asks for in the scope of the use.
const NAMES: [&str; 4] = ["thread", "user", "agent", "tool"];

/// Collects what speaks against a fix.
struct Doubts {
    applicability: Applicability,
    reasons: Vec<String>,
}

impl Doubts {
    fn add(&mut self, applicability: Applicability, reason: impl Into<String>) {
        self.applicability = self.applicability.max(applicability);
        self.reasons.push(reason.into());
    }
}

/// Makes the fix of a finding; `None` if there is none.
pub(super) fn judge(
    profile: &Profile,
    finding: &Finding,
    file: &mut Rewriter<'_>,
    patched: bool,
) -> Option<Fix> {
    let origin = origin(finding)?;
    let place = file.rewrite(finding, origin)?;
    let mut doubts = Doubts { applicability: Applicability::Safe, reasons: Vec::new() };
    let other_form = finding.rule == RuleId::RandomBuiltId;
    if other_form || origin == Origin::Library || origin == Origin::Part {
        doubts.add(Applicability::Unsafe, "ids that exist have another form");
    }
    let old = match finding.rule {
        RuleId::LegacyIdModule => Some(old_call(finding, &place)?),
        _ => None,
    };
    let (kind, said) = match old.as_ref().and_then(|old| old.kind.clone()) {
        Some(kind) => (kind, Said::ByName),
        None => kind(finding)?,
    };
    if patched {
        doubts.add(Applicability::Unsafe, "a test replaces the generator in this file");
    }
    match said {
        Said::ByName => {}
        Said::AmongOthers => doubts.add(Applicability::Unsafe, "its name says more than the kind"),
        Said::Around if place.of_class => {
            doubts.add(Applicability::Unsafe, "only the class says the kind");
        }
        Said::Around => doubts.add(Applicability::DisplayOnly, "only names around it say the kind"),
    }
    if let Some(Old { loses: Some(reason), .. }) = &old {
        doubts.add(Applicability::Unsafe, *reason);
    }
    let template = profile.template(&kind)?;
    weigh(finding, &place, &kind, template, &mut doubts)?;
    let (expression, found) = filled(template, &kind, finding, &place, old.as_ref(), file);
    for (name, value) in found {
        match value {
            Some(_) if old.as_ref().is_some_and(|old| old.given(name)) => {}
            Some(value) => {
                doubts.add(Applicability::Unsafe, format!("`{value}` is taken for the {name}"));
            }
            None => doubts.add(Applicability::DisplayOnly, format!("no {name} is in scope")),
        }
    }
    if let Some(reason) = &template.shown_only {
        let reason = reason.replace("{kind}", &kind).replace("{Kind}", &capital(&kind));
        doubts.add(Applicability::DisplayOnly, reason);
    }
    let place_of = |import| file.import(import, place.span.start).map(|made| (import, made));
    let (expression, import, mut edits) = match template.import.as_ref().map(place_of) {
        Some(Some((import, (local, edits)))) => {
            let expression = renamed(&expression, &import.name, &local);
            (expression, Some((import.clone(), local)), edits)
        }
        Some(None) => {
            doubts.add(Applicability::DisplayOnly, "the import has no place before it");
            (expression, None, Vec::new())
        }
        None => (expression, None, Vec::new()),
    };
    let text = match place.value {
        Value::Factory => as_function(&expression),
        Value::Text | Value::Object => expression,
    };
    let replacement = Edit::new(place.span.start, place.span.end, text);
    let mut message = format!("replace it with `{}`", replacement.text);
    for (number, reason) in doubts.reasons.iter().enumerate() {
        message.push_str(if number == 0 { ": " } else { ", " });
        message.push_str(reason);
    }
    edits.push(replacement.clone());
    edits.sort();
    Some(Fix {
        applicability: doubts.applicability,
        message,
        edits,
        replacement,
        import,
        frees: place.names,
    })
}

/// What the use of a finding makes; `None` if it is nothing that a fresh id can replace.
fn origin(finding: &Finding) -> Option<Origin> {
    // The same name has to give the same id.
    if matches!(finding.function.as_str(), "uuid3" | "uuid5") {
        return None;
    }
    match finding.rule {
        RuleId::RawUuidCall | RuleId::RawUuidReference | RuleId::TruncatedUuid => {
            Some(Origin::Uuid)
        }
        RuleId::ThirdPartyId => Some(Origin::Library),
        RuleId::LegacyIdModule => Some(Origin::Text),
        RuleId::RandomBuiltId
            if finding.function.starts_with("token_") && finding.function != "token_bytes" =>
        {
            let whole = finding.shape != Shape::Interpolated;
            Some(if whole { Origin::Text } else { Origin::Part })
        }
        RuleId::RandomBuiltId | RuleId::TimeBuiltId => Some(Origin::Part),
        _ => None,
    }
}

/// How the kind of an id is said.
#[derive(Clone, Copy)]
enum Said {
    /// By the name that it is given.
    ByName,
    /// By that name, which says something else besides.
    AmongOthers,
    /// By the names of the function and the class around it.
    Around,
}

/// The kind of id by the name that it is given; `None` if that is no name of an id.
fn kind(finding: &Finding) -> Option<(String, Said)> {
    let target = finding.target.as_deref();
    let function = || finding.scope.as_deref().and_then(|scope| scope.rsplit('.').next());
    let name = match target? {
        "return" | "yield" => function()?,
        target => target,
    };
    if !meaning::is_id_name(name) {
        return None;
    }
    match (finding.id_kind, meaning::kind_word(name)) {
        // A word of the name that is no kind of the library is one of the project's own.
        (Some(kind), Some(word)) => {
            let alone = meaning::is_word_of(&word, kind);
            Some((kind.to_owned(), if alone { Said::ByName } else { Said::AmongOthers }))
        }
        (Some(kind), None) => Some((kind.to_owned(), Said::Around)),
        (None, Some(word)) => Some((word, Said::ByName)),
        (None, None) => None,
    }
}

/// Weighs everything around the expression; `None` if it is more than an id.
fn weigh(
    finding: &Finding,
    place: &Rewrite,
    kind: &str,
    template: &Template,
    doubts: &mut Doubts,
) -> Option<()> {
    let is_mark = |c: char| matches!(c, '_' | '-');
    let is_plain = |text: &String| text.chars().all(|c| c.is_ascii_alphanumeric() || is_mark(c));
    if !place.before.iter().all(is_plain) {
        // An address, a path, a sentence.
        return None;
    }
    if place.after.iter().any(|text| !text.chars().all(is_mark)) {
        return None;
    }
    if place.others.is_empty() && place.after.iter().any(|text| !text.is_empty()) {
        return None;
    }
    let said: Vec<_> = place.before.iter().flat_map(|text| text.split(is_mark)).collect();
    let more = said.iter().find(|word| {
        !word.is_empty() && !meaning::is_word_of(&word.to_ascii_lowercase(), kind) && **word != "id"
    });
    if let Some(word) = more {
        doubts.add(Applicability::Unsafe, format!("the text says `{word}`"));
    }
    for other in &place.others {
        let counts = ["time", "random", "token", "uuid", "now", "count", "randint", "hex"];
        let fresh = counts.iter().any(|word| other.contains(word));
        let last = other.rsplit('.').next().unwrap_or_default();
        let asks = |name: &str| template.expression.contains(&format!("{{{name}}}"));
        let asked = NAMES.into_iter().any(|name| asks(name) && rank(name, last).is_some());
        if fresh {
            doubts.add(Applicability::Unsafe, format!("`{}` is left out", shown(other)));
        } else if !asked {
            doubts.add(Applicability::DisplayOnly, format!("`{}` would be lost", shown(other)));
        }
    }
    let target = finding.target.as_deref().unwrap_or_default();
    if meaning::says_uuid(target) {
        doubts.add(Applicability::Unsafe, format!("`{target}` says that it is a uuid"));
    }
    let is_text = place.annotation.as_deref().is_some_and(is_text_type);
    match place.value {
        Value::Text => {}
        Value::Factory if is_text => {}
        Value::Object | Value::Factory => {
            doubts.add(Applicability::Unsafe, "the type becomes a text");
        }
    }
    if place.asks_for_uuid && (place.positional || place.value != Value::Text) {
        doubts.add(Applicability::DisplayOnly, "what it is given to holds uuids");
    }
    if place.annotation.as_deref().is_some_and(|annotation| annotation.contains("UUID")) {
        doubts.add(Applicability::Unsafe, "its annotation says that it is a uuid");
    }
    if place.read_as_uuid {
        doubts.add(Applicability::Unsafe, format!("`{target}` is read as a uuid in this file"));
    }
    if place.positional {
        doubts.add(Applicability::Unsafe, "it is handed to a call");
    }
    if place.comment {
        doubts.add(Applicability::DisplayOnly, "a comment stands in it");
    }
    Some(())
}

/// Whether an annotation says text.
fn is_text_type(annotation: &str) -> bool {
    let bare: String = annotation.chars().filter(|c| !" '\"".contains(*c)).collect();
    let bare = bare.strip_prefix("typing.").unwrap_or(&bare);
    matches!(bare, "str" | "Optional[str]" | "str|None" | "None|str" | "Mapped[str]")
}

/// A value for each name that a template asked for.
type Asked = Vec<(&'static str, Option<String>)>;

/// Fills in a template; returns with it what was found for each name that it asks for.
fn filled(
    template: &Template,
    kind: &str,
    finding: &Finding,
    place: &Rewrite,
    old: Option<&Old>,
    file: &Rewriter<'_>,
) -> (String, Asked) {
    let mut expression = template.expression.replace("{kind}", kind);
    expression = expression.replace("{Kind}", &capital(kind));
    let mut asked = Vec::new();
    for name in NAMES {
        let field = format!("{{{name}}}");
        if !expression.contains(&field) {
            continue;
        }
        let given = old.and_then(|old| old.argument(name));
        let in_string = || {
            let mut others = place.others.iter();
            let found = others
                .find(|other| rank(name, other.rsplit('.').next().unwrap_or_default()).is_some());
            found.filter(|other| is_name(other)).cloned()
        };
        let target = finding.target.as_deref();
        let in_scope = || {
            file.in_scope(finding.byte_start, &|candidate: &str| {
                rank(name, candidate).filter(|_| Some(candidate) != target)
            })
        };
        let value = given.or_else(in_string).or_else(in_scope);
        expression = expression.replace(&field, value.as_deref().unwrap_or(name));
        asked.push((name, value));
    }
    (expression, asked)
}

/// How well a name in scope fits what a template asks for; less is better.
fn rank(asked: &str, name: &str) -> Option<u32> {
    if name.strip_suffix("_id") == Some(asked) {
        return Some(0);
    }
    if name == asked {
        return Some(1);
    }
    if meaning::is_id_name(name) && meaning::last_kind(name) == Some(asked) {
        return Some(2);
    }
    let rest = name.strip_prefix(asked)?;
    (matches!(asked, "agent" | "tool") && matches!(rest, "_name" | "_type")).then_some(3)
}

/// Whether an expression is a name with attributes.
fn is_name(text: &str) -> bool {
    text.split('.').all(|part| {
        let starts = part.starts_with(|first: char| first.is_alphabetic() || first == '_');
        starts && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    })
}

/// An expression in which a name is another one.
fn renamed(expression: &str, name: &str, local: &str) -> String {
    if name == local {
        return expression.to_owned();
    }
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut out = String::with_capacity(expression.len() + local.len());
    let mut rest = expression;
    while let Some(at) = rest.find(name) {
        let (before, found) = rest.split_at(at);
        let after = found.get(name.len()..).unwrap_or_default();
        let whole =
            !out.chars().chain(before.chars()).next_back().is_some_and(|c| is_part(c) || c == '.')
                && !after.starts_with(is_part);
        out.push_str(before);
        out.push_str(if whole { local } else { name });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A function without parameters that makes what an expression makes.
fn as_function(expression: &str) -> String {
    match expression.strip_suffix("()") {
        Some(function) if is_name(function) => function.to_owned(),
        _ => format!("lambda: {expression}"),
    }
}

fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(40).collect();
    if shown.len() < text.len() {
        shown.push_str("...");
    }
    shown
}

/// A call of an old generator.
struct Old {
    /// The kind that it makes; `None` if only the target says it.
    kind: Option<String>,
    /// What it was given, by what that is.
    arguments: Vec<(&'static str, String)>,
    /// Why the replacement says less.
    loses: Option<&'static str>,
}

impl Old {
    fn argument(&self, name: &str) -> Option<String> {
        let found = self.arguments.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.clone())
    }

    fn given(&self, name: &str) -> bool {
        self.arguments.iter().any(|(known, _)| *known == name)
    }
}

/// The old generators: the function, the kind that it makes, and what its arguments are. An empty
/// name is an argument that the new id does not carry.
const OLD: [(&str, &str, &[&str]); 15] = [
    ("generate_run_id", "run", &["thread", ""]),
    ("generate_thread_id", "thread", &[]),
    ("generate_user_id", "user", &[]),
    ("generate_session_id", "session", &["", ""]),
    ("generate_request_id", "request", &[]),
    ("generate_agent_id", "agent", &[]),
    ("generate_execution_id", "execution", &[]),
    ("generate_websocket_id", "websocket", &[]),
    ("generate_tool_id", "tool", &[]),
    ("generate_transaction_id", "transaction", &[]),
    ("generate_message_id", "message", &["", "", "thread"]),
    ("generate_websocket_connection_id", "websocket", &["user", ""]),
    ("generate_websocket_client_id", "websocket", &["user", ""]),
    ("generate_agent_execution_id", "execution", &["", ""]),
    ("generate_tool_execution_id", "tool", &["", ""]),
];

/// Reads the call of an old generator by the table of what it becomes; `None` if it has no row.
fn old_call(finding: &Finding, place: &Rewrite) -> Option<Old> {
    let given = &place.arguments;
    if given.iter().any(|argument| argument.starts_with('*')) {
        return None;
    }
    let plain = |argument: &String| is_name(argument);
    match finding.function.as_str() {
        "generate_base_id" => {
            let word = given.first()?.trim_matches(['"', '\'']);
            let kind = meaning::last_kind(word).filter(|kind| *kind == word)?;
            (given.len() == 1).then(|| Old {
                kind: Some(kind.to_owned()),
                arguments: Vec::new(),
                loses: None,
            })
        }
        "generate_id" => {
            let word = given.first()?.rsplit_once("IDType.")?.1.to_ascii_lowercase();
            let kind = meaning::last_kind(&word).filter(|kind| *kind == word)?;
            (given.len() == 1).then(|| Old {
                kind: Some(kind.to_owned()),
                arguments: Vec::new(),
                loses: None,
            })
        }
        "generate_ulid" if given.is_empty() => {
            let loses = Some("a bare ULID has no prefix");
            Some(Old { kind: None, arguments: Vec::new(), loses })
        }
        function => {
            let (_, kind, known) = OLD.iter().find(|(name, ..)| *name == function)?;
            if given.len() > known.len() {
                return None;
            }
            let mut old =
                Old { kind: Some((*kind).to_owned()), arguments: Vec::new(), loses: None };
            for (argument, name) in given.iter().zip(*known) {
                // A keyword says its own name.
                let value = argument.split_once('=').map_or(argument.as_str(), |(_, value)| value);
                let value = value.trim().to_owned();
                if name.is_empty() {
                    old.loses = Some("an argument is left out");
                } else if argument.contains('=') && !argument.starts_with(name) {
                    return None;
                } else if plain(&value) || value.starts_with(['"', '\'']) {
                    old.arguments.push((name, value));
                } else {
                    old.arguments.push((name, value));
                    old.loses = Some("its argument is no plain name");
                }
            }
            Some(old)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_scope_are_ranked() {
        assert_eq!(rank("thread", "thread_id"), Some(0));
        assert_eq!(rank("thread", "thread"), Some(1));
        assert_eq!(rank("user", "current_user_id"), Some(2));
        assert_eq!(rank("agent", "agent_type"), Some(3));
        assert_eq!(rank("thread", "threads"), None);
        assert_eq!(rank("user", "username"), None);
    }

    #[test]
    fn a_name_is_changed_as_a_whole() {
        let renamed = |text| renamed(text, "UserId", "UnifiedUserId");
        assert_eq!(renamed("UserId.new()"), "UnifiedUserId.new()");
        assert_eq!(renamed("f(MyUserId, UserId)"), "f(MyUserId, UnifiedUserId)");
        assert_eq!(as_function("UserId.new()"), "UserId.new");
        assert_eq!(as_function("RunId.new(thread)"), "lambda: RunId.new(thread)");
    }
}
