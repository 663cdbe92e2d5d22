//! What takes the place of a stray id: for each kind an expression and the import that it needs.
//!
//! Profiles are data. Two are built in for Python: the package `unified_id`, and the generator class
//! of one of the systems that it replaces. Others are made by a configuration. `judge.rs` fills
//! their expressions in.

use serde::Deserialize;
use unified_id::IdKind;
use unified_id::kind::ScopeRule;

/// Something that a module offers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Import {
    /// The dotted name of the module.
    pub module: String,
    /// The name in it.
    pub name: String,
}

/// The replacement for one kind of id.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The kind, as the word in a name that says it: `user`; `*` for all that have no row.
    pub kind: String,
    /// The expression. `{thread}`, `{user}`, `{agent}` and `{tool}` are looked for in the scope of
    /// the use; `{kind}` is the kind, `{Kind}` the kind with a capital.
    pub expression: String,
    /// What has to be imported; its name may be another one in the file.
    pub import: Option<Import>,
    /// Shown only: something is needed first that a fix cannot make.
    #[serde(default)]
    pub shown_only: Option<String>,
}

/// Replacements for all kinds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Profile {
    /// The name.
    pub name: String,
    /// The language of the files that it holds for: `python`.
    pub language: String,
    /// The modules and packages that are the id library: they are not fixed.
    #[serde(default)]
    pub own: Vec<String>,
    /// The rows.
    #[serde(rename = "template")]
    pub templates: Vec<Template>,
}

/// The package whose ids are the target.
const PACKAGE: &str = "unified_id";

/// The names of the profiles that are built in.
const BUILT_IN: [&str; 4] = ["unified-id", "unified-id-generator", "typescript", "rust"];

impl Profile {
    /// Finds a profile that is built in.
    ///
    /// # Examples
    ///
    /// ```
    /// use id_scan::Profile;
    ///
    /// assert!(Profile::find("unified-id").is_some());
    /// assert!(Profile::find("unknown").is_none());
    /// ```
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        match name {
            "unified-id" => Some(package()),
            "unified-id-generator" => Some(generator()),
            "typescript" => Some(typed("typescript", "unified-id", ".")),
            "rust" => Some(typed("rust", PACKAGE, "::")),
            _ => None,
        }
    }

    /// The names of the profiles that are built in.
    #[must_use]
    pub fn names() -> &'static [&'static str] {
        &BUILT_IN
    }

    pub(crate) fn is_for(&self, language: &str) -> bool {
        self.language == language
    }

    /// The row of a kind, the one for all others last.
    pub(crate) fn template(&self, kind: &str) -> Option<&Template> {
        let row = |name: &str| self.templates.iter().find(|row| row.kind == name);
        row(kind).or_else(|| row("*"))
    }
}

/// A word with a capital.
pub(crate) fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// Ids of the Python package: texts with a class for each kind.
fn package() -> Profile {
    let row = |kind: &IdKind| {
        let class = format!("{}Id", capital(kind.prefix()));
        let argument = match kind.scope_rule() {
            ScopeRule::Thread => "{thread}",
            ScopeRule::User => "{user}",
            _ => "",
        };
        Template {
            kind: kind.prefix().to_owned(),
            expression: format!("{class}.new({argument})"),
            import: Some(Import { module: PACKAGE.to_owned(), name: class }),
            shown_only: None,
        }
    };
    let own = Template {
        kind: "*".to_owned(),
        expression: "{Kind}Id.new()".to_owned(),
        import: None,
        shown_only: Some("first define `class {Kind}Id(Id, prefix=\"{kind}\")`".to_owned()),
    };
    Profile {
        name: "unified-id".to_owned(),
        language: "python".to_owned(),
        own: vec![PACKAGE.to_owned()],
        templates: IdKind::ALL.iter().map(row).chain([own]).collect(),
    }
}

/// Ids of a library whose types have the names of the Python package's.
fn typed(language: &str, module: &str, access: &str) -> Profile {
    let mut profile = package();
    (profile.name, profile.language) = (language.to_owned(), language.to_owned());
    profile.own = vec![module.to_owned(), PACKAGE.to_owned()];
    for template in &mut profile.templates {
        template.expression = template.expression.replace(".new(", &format!("{access}new("));
        if let Some(import) = &mut template.import {
            module.clone_into(&mut import.module);
        }
        if template.shown_only.is_some() {
            template.shown_only = Some("first define the kind `{kind}`".to_owned());
        }
    }
    profile
}

/// The class `UnifiedIdGenerator` of `shared.id_generation`.
fn generator() -> Profile {
    let class = || Import {
        module: "shared.id_generation.unified_id_generator".to_owned(),
        name: "UnifiedIdGenerator".to_owned(),
    };
    let row = |&(kind, call): &(&str, &str)| Template {
        kind: kind.to_owned(),
        expression: format!("UnifiedIdGenerator.{call}"),
        import: Some(class()),
        shown_only: None,
    };
    Profile {
        name: "unified-id-generator".to_owned(),
        language: "python".to_owned(),
        own: vec!["id_generation".to_owned(), "unified_id_generator".to_owned()],
        templates: GENERATOR_CALLS.iter().map(row).collect(),
    }
}

/// The calls of that class by kind.
const GENERATOR_CALLS: [(&str, &str); 6] = [
    ("websocket", "generate_websocket_connection_id({user})"),
    ("execution", "generate_agent_execution_id({agent}, {user})"),
    ("tool", "generate_tool_execution_id({tool}, {agent})"),
    ("message", "generate_message_id(\"message\", {user}, {thread})"),
    ("session", "generate_session_id({user})"),
    ("*", "generate_base_id(\"{kind}\")"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_row_and_every_name_a_profile() {
        for name in Profile::names() {
            let profile = Profile::find(name).expect("a name has a profile");
            assert_eq!(profile.name, *name);
            for kind in IdKind::ALL {
                assert!(profile.template(kind.prefix()).is_some(), "{name}: {kind:?}");
            }
        }
        let package = package();
        let expression = |kind| package.template(kind).map(|row| row.expression.as_str());
        assert_eq!(expression("user"), Some("UserId.new()"));
        assert_eq!(expression("run"), Some("RunId.new({thread})"));
        assert_eq!(expression("websocket"), Some("WebsocketId.new({user})"));
        assert_eq!(expression("order"), Some("{Kind}Id.new()"));
    }
}
