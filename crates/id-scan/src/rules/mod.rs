//! The rules: each has a code, a name for the bad pattern, a severity and a file of its own.
//!
//! The registry is the only place that knows all rules; their order in [`RuleId`] is that of their
//! codes, their order in [`SPECIFIC_FIRST`] that in which they are tried. One use is one finding:
//! the first rule that applies names it. Uses come from `lang/`; findings go to `engine.rs`.

mod raw_uuid_call;
mod raw_uuid_reference;
mod truncated_uuid;
mod deterministic_uuid;
mod time_built_id;
mod random_built_id;
mod object_identity_id;
mod third_party_id;
mod local_id_generator;
mod database_generated_id;
mod natural_key_id;
mod dynamic_uuid;
mod ad_hoc_id_parsing;
mod patched_generator;
mod legacy_id_module;
mod banned_function;
mod user_id_prefix;

use serde::{Serialize, Serializer};
use strum::{EnumIter, EnumString, IntoEnumIterator as _, IntoStaticStr};
use unified_id::IdKind;
use unified_id::kind::ScopeRule;

use crate::fix::Applicability;
use crate::lang::Use;
use crate::tracked::Family;

/// How bad a finding is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing; does not fail a check.
    Info,
    /// Should be replaced.
    Warning,
    /// Loses or mixes up data.
    Error,
}

/// The code of a rule.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, EnumString, IntoStaticStr,
)]
#[non_exhaustive]
pub enum RuleId {
    /// A generator is called: `uuid.uuid4()`.
    #[strum(serialize = "UID001")]
    RawUuidCall,
    /// A generator is handed on: `default_factory=uuid.uuid4`.
    #[strum(serialize = "UID002")]
    RawUuidReference,
    /// A part of a uuid is taken for an id: `uuid.uuid4().hex[:8]`.
    #[strum(serialize = "UID003")]
    TruncatedUuid,
    /// A uuid is made from a name: `uuid.uuid5(namespace, name)`.
    #[strum(serialize = "UID004")]
    DeterministicUuid,
    /// An id is built from the clock: `f"run_{int(time.time())}"`.
    #[strum(serialize = "UID005")]
    TimeBuiltId,
    /// An id is built from random digits: `secrets.token_hex(4)`.
    #[strum(serialize = "UID006")]
    RandomBuiltId,
    /// An address or a hash is taken for an id: `id(self)`.
    #[strum(serialize = "UID007")]
    ObjectIdentityId,
    /// Another library makes the id: `ulid.new()`.
    #[strum(serialize = "UID008")]
    ThirdPartyId,
    /// A function of the project's own makes ids.
    #[strum(serialize = "UID009")]
    LocalIdGenerator,
    /// The database makes the id: `DEFAULT gen_random_uuid()`.
    #[strum(serialize = "UID010")]
    DatabaseGeneratedId,
    /// An id is another key in a prefix: `f"system:{system_id}"`.
    #[strum(serialize = "UID011")]
    NaturalKeyId,
    /// A generator is reached by its name as text: `__import__("uuid").uuid4()`.
    #[strum(serialize = "UID012")]
    DynamicUuid,
    /// An id is taken apart by hand: `run_id.split("_")`.
    #[strum(serialize = "UID013")]
    AdHocIdParsing,
    /// A test replaces a generator: `patch("uuid.uuid4")`.
    #[strum(serialize = "UID014")]
    PatchedGenerator,
    /// A module that is to go is imported or called.
    #[strum(serialize = "UID015")]
    LegacyIdModule,
    /// A function that the configuration bans.
    #[strum(serialize = "UID016")]
    BannedFunction,
    /// A user id is compared by its beginning: `a.startswith(user_id[:4])`.
    #[strum(serialize = "UID017")]
    UserIdPrefix,
}

impl RuleId {
    /// Returns the code, as `UID001`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Returns the name of the bad pattern, as `raw-uuid-call`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.rule().name
    }

    /// Returns how bad a finding of the rule is.
    #[must_use]
    pub fn severity(self) -> Severity {
        self.rule().severity
    }

    /// Returns the rule in one line.
    #[must_use]
    pub fn summary(self) -> &'static str {
        self.rule().summary
    }

    /// Returns how far the best fix of the rule can be trusted; a single finding may have a lesser
    /// one, or none.
    #[must_use]
    pub fn applicability(self) -> Applicability {
        self.rule().applicability
    }

    /// Returns the page of the rule, from the root of the project.
    #[must_use]
    pub fn page(self) -> String {
        format!("docs/rules/{}.md", self.code())
    }

    /// Returns every rule, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Finds a rule by its code or its name.
    #[must_use]
    pub fn find(code_or_name: &str) -> Option<Self> {
        Self::iter().find(|rule| rule.code() == code_or_name || rule.name() == code_or_name)
    }

    fn rule(self) -> &'static Rule {
        match self {
            Self::RawUuidCall => &raw_uuid_call::RULE,
            Self::RawUuidReference => &raw_uuid_reference::RULE,
            Self::TruncatedUuid => &truncated_uuid::RULE,
            Self::DeterministicUuid => &deterministic_uuid::RULE,
            Self::TimeBuiltId => &time_built_id::RULE,
            Self::RandomBuiltId => &random_built_id::RULE,
            Self::ObjectIdentityId => &object_identity_id::RULE,
            Self::ThirdPartyId => &third_party_id::RULE,
            Self::LocalIdGenerator => &local_id_generator::RULE,
            Self::DatabaseGeneratedId => &database_generated_id::RULE,
            Self::NaturalKeyId => &natural_key_id::RULE,
            Self::DynamicUuid => &dynamic_uuid::RULE,
            Self::AdHocIdParsing => &ad_hoc_id_parsing::RULE,
            Self::PatchedGenerator => &patched_generator::RULE,
            Self::LegacyIdModule => &legacy_id_module::RULE,
            Self::BannedFunction => &banned_function::RULE,
            Self::UserIdPrefix => &user_id_prefix::RULE,
        }
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// What a rule file holds.
pub(crate) struct Rule {
    name: &'static str,
    severity: Severity,
    applicability: Applicability,
    summary: &'static str,
    applies: fn(&Use) -> bool,
    message: fn(&Use) -> String,
    help: fn(&Use, Option<&str>) -> String,
}

/// The order in which rules are tried; the last one always applies.
const SPECIFIC_FIRST: [RuleId; 17] = [
    RuleId::BannedFunction,
    RuleId::LegacyIdModule,
    RuleId::LocalIdGenerator,
    RuleId::PatchedGenerator,
    RuleId::UserIdPrefix,
    RuleId::AdHocIdParsing,
    RuleId::NaturalKeyId,
    RuleId::DatabaseGeneratedId,
    RuleId::ObjectIdentityId,
    RuleId::RandomBuiltId,
    RuleId::TimeBuiltId,
    RuleId::DynamicUuid,
    RuleId::TruncatedUuid,
    RuleId::ThirdPartyId,
    RuleId::DeterministicUuid,
    RuleId::RawUuidReference,
    RuleId::RawUuidCall,
];

/// What a rule says about a use.
#[derive(Debug)]
pub(crate) struct Judgement {
    pub(crate) rule: RuleId,
    pub(crate) message: String,
    pub(crate) help: String,
}

/// Names a use by the most specific rule; `kind` is the kind of id that it seems to make.
pub(crate) fn judge(found: &Use, kind: Option<&str>) -> Judgement {
    let applies = |rule: &&RuleId| (rule.rule().applies)(found);
    let id = SPECIFIC_FIRST.iter().find(applies).copied().unwrap_or(RuleId::RawUuidCall);
    let rule = id.rule();
    let mut message = (rule.message)(found);
    if found.unbound && found.family != Family::Identity {
        message.push_str(" (nothing in this file binds the name)");
    }
    Judgement { rule: id, message, help: (rule.help)(found, kind) }
}

/// The expression that makes a fresh id of a kind, as `UserId.new()`. Without a kind, an example.
fn replacement(kind: Option<&str>) -> String {
    let kind = kind.unwrap_or("entity");
    let mut class = kind.to_owned();
    if let Some(first) = class.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let argument = match IdKind::from_prefix(kind).map(IdKind::scope_rule) {
        Some(ScopeRule::Thread) => "thread",
        Some(ScopeRule::User) => "user",
        _ => "",
    };
    format!("{class}Id.new({argument})")
}

/// What a use makes, as the subject of a sentence.
fn made(found: &Use) -> String {
    match found.target.as_deref() {
        Some("return" | "yield") | None => "an id".to_owned(),
        Some(target) => format!("`{target}`"),
    }
}

/// The words before a replacement.
fn introduction(kind: Option<&str>) -> &'static str {
    match kind {
        Some(_) => "use",
        None => "use the id type of its kind, such as",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_unique_and_well_formed() {
        let codes: Vec<_> = RuleId::iter().map(RuleId::code).collect();
        let expected: Vec<_> = (1..=codes.len()).map(|number| format!("UID{number:03}")).collect();
        assert_eq!(codes, expected);
        let mut names: Vec<_> = RuleId::iter().map(RuleId::name).collect();
        let kebab =
            |name: &&str| name.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase());
        assert!(names.iter().all(kebab));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), codes.len());
        assert_eq!(SPECIFIC_FIRST.len(), codes.len());
    }

    #[test]
    fn every_rule_has_a_page_that_begins_with_its_code_and_name() {
        let folder = id_testkit::workspace_root().join("docs/rules");
        for rule in RuleId::iter() {
            let path = folder.join(format!("{}.md", rule.code()));
            let page = std::fs::read_to_string(&path).expect("every rule has a page");
            let title = format!("# {} `{}`", rule.code(), rule.name());
            assert_eq!(page.lines().next(), Some(title.as_str()));
            let severity: &str = rule.severity().into();
            assert!(page.contains(&format!("Severity: {severity}.")), "{}", rule.code());
            let fix: &str = rule.applicability().into();
            assert!(page.contains(&format!("Fix: {fix}.")), "{}: {fix}", rule.code());
            assert!(page.contains(rule.summary()), "{}: {}", rule.code(), rule.summary());
        }
        let pages = std::fs::read_dir(&folder).unwrap().count();
        assert_eq!(pages, RuleId::iter().count(), "a page belongs to no rule");
    }

    #[test]
    fn scoped_kinds_name_what_they_need() {
        assert_eq!(replacement(Some("user")), "UserId.new()");
        assert_eq!(replacement(Some("run")), "RunId.new(thread)");
        assert_eq!(replacement(Some("websocket")), "WebsocketId.new(user)");
    }
}
