//! The settings as they stand in `id-lint.toml` or in `[tool.id-lint]` of a `pyproject.toml`.
//!
//! [`FileSettings`] is the only list of keys: the reader, the JSON schema and the remark about a
//! mistyped key come from it. Text in, settings out; the files are found by `settings.rs`.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use toml::de::{DeTable, DeValue};

/// The settings of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct FileSettings {
    /// The file of the findings that are known, relative to this file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) baseline: Option<String>,
    /// Files and folders that are left out, as patterns of a `.gitignore` in the folder of this file.
    pub(crate) exclude: Vec<String>,
    /// How bad the findings of a rule are, by its code or name; `off` reports none.
    pub(crate) rules: BTreeMap<String, RuleLevel>,
    /// Functions that are banned besides what the rules know.
    pub(crate) bans: Vec<BanSettings>,
    /// Modules that are to go, without their packages, instead of the known ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) legacy_modules: Option<Vec<String>>,
    /// Modules that are to go besides the known ones.
    pub(crate) extend_legacy_modules: Vec<String>,
    /// Words of a path that name a category; rows here come before the known ones, a row of the same
    /// name replaces it, an empty one removes it.
    #[schemars(with = "BTreeMap<String, Vec<String>>")]
    pub(crate) categories: Categories,
    /// Folders that are services, instead of the known ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) services: Option<Vec<String>>,
    /// Folders that hold tests, instead of the known ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) test_folders: Option<Vec<String>>,
    /// Which categories come first.
    pub(crate) priorities: Priorities,
    /// Who owns what besides what a CODEOWNERS file says: patterns of it and their owners.
    pub(crate) owners: BTreeMap<String, Vec<String>>,
    /// What a report may show at most, or at least.
    pub(crate) thresholds: Thresholds,
    /// How findings are rewritten.
    pub(crate) fix: FixSettings,
}

/// How bad the findings of a rule are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RuleLevel {
    /// Nothing is reported.
    Off,
    /// Reported; does not fail a check.
    Info,
    /// Should be replaced.
    Warning,
    /// Loses or mixes up data.
    Error,
}

/// A function that must not be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct BanSettings {
    /// The module as an import names it.
    pub(crate) module: String,
    /// The function in it; all unless given.
    #[serde(default = "every")]
    pub(crate) function: String,
    /// What to use instead, in words that follow "use".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) instead: Option<String>,
}

fn every() -> String {
    "*".to_owned()
}

/// Which categories come first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Priorities {
    /// Categories of the first phase, instead of the known ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) critical: Option<Vec<String>>,
    /// Categories of the second phase, instead of the known ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) high: Option<Vec<String>>,
}

/// What a report may show at most, or at least.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Thresholds {
    /// The share of ids that are made by the library, at least, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 100))]
    pub(crate) migrated: Option<f64>,
    /// Findings at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) findings: Option<u64>,
    /// Findings of priority `critical` at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) critical: Option<u64>,
    /// Findings of priority `high` at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) high: Option<u64>,
}

/// How findings are rewritten.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct FixSettings {
    /// The name of the profile: what the new code calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) profile: Option<String>,
}

/// Categories in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Categories(pub(crate) Vec<(String, Vec<String>)>);

impl Serialize for Categories {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, words)| (name, words)))
    }
}

impl<'de> Deserialize<'de> for Categories {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = Categories;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of categories and their words")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Categories, A::Error> {
                let mut rows = Vec::new();
                while let Some(row) = map.next_entry()? {
                    rows.push(row);
                }
                Ok(Categories(rows))
            }
        }
        deserializer.deserialize_map(Rows)
    }
}

/// What is wrong with a settings file, and where in it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) message: String,
}

/// The table of a `pyproject.toml` as far as it is ours.
#[derive(Deserialize)]
struct Pyproject {
    #[serde(default)]
    tool: Tools,
}

#[derive(Default, Deserialize)]
struct Tools {
    #[serde(rename = "id-lint")]
    id_lint: Option<FileSettings>,
}

/// Reads `id-lint.toml`.
pub(crate) fn parse(text: &str) -> Result<FileSettings, Wrong> {
    let table = DeTable::parse(text).map_err(|error| of_toml(text, &error))?;
    check_keys(text, table.get_ref())?;
    toml::from_str(text).map_err(|error| of_toml(text, &error))
}

/// Reads `pyproject.toml`; `None` if it has no table for us.
pub(crate) fn parse_pyproject(text: &str) -> Result<Option<FileSettings>, Wrong> {
    // Somebody else's broken file is somebody else's.
    if !text.contains("id-lint") {
        return Ok(None);
    }
    let table = DeTable::parse(text).map_err(|error| of_toml(text, &error))?;
    let tool = table.get_ref().get("tool").and_then(|tool| tool.get_ref().as_table());
    let Some(ours) = tool.and_then(|tool| tool.get("id-lint")) else { return Ok(None) };
    if let Some(ours) = ours.get_ref().as_table() {
        check_keys(text, ours)?;
    }
    let project: Pyproject = toml::from_str(text).map_err(|error| of_toml(text, &error))?;
    Ok(project.tool.id_lint)
}

fn check_keys(text: &str, table: &DeTable<'_>) -> Result<(), Wrong> {
    let mut found = None;
    unknown_key(&schema(), table, &mut String::new(), &mut found);
    found.map_or(Ok(()), |(at, message)| Err(wrong(text, at, message)))
}

/// Finds the first key that the schema does not know.
fn unknown_key(
    schema: &Value,
    table: &DeTable<'_>,
    path: &mut String,
    found: &mut Option<(usize, String)>,
) {
    let known = schema.get("properties").and_then(Value::as_object);
    let any = schema.get("additionalProperties").filter(|any| any.is_object());
    for (key, value) in table {
        let name: &str = key.get_ref();
        let schema = known.and_then(|known| known.get(name)).or(any);
        let Some(schema) = schema else {
            let Some(known) = known else { continue };
            let near = id_scan::nearest(name, known.keys().map(String::as_str));
            let hint = if let Some(near) = near {
                format!("did you mean `{path}{near}`?")
            } else {
                let known: Vec<_> = known.keys().map(|key| format!("`{key}`")).collect();
                format!("known are {}", known.join(", "))
            };
            let at = key.span().start;
            if found.as_ref().is_none_or(|(first, _)| at < *first) {
                *found = Some((at, format!("`{path}{name}` is no setting; {hint}")));
            }
            continue;
        };
        let len = path.len();
        path.push_str(name);
        path.push('.');
        match value.get_ref() {
            DeValue::Table(table) => unknown_key(schema, table, path, found),
            DeValue::Array(values) => {
                let items = schema.get("items").unwrap_or(&Value::Null);
                for table in values.iter().filter_map(|value| value.get_ref().as_table()) {
                    unknown_key(items, table, path, found);
                }
            }
            _ => {}
        }
        path.truncate(len);
    }
}

fn of_toml(text: &str, error: &toml::de::Error) -> Wrong {
    let at = error.span().map_or(0, |span| span.start);
    wrong(text, at, error.message().replace('\n', ", "))
}

fn wrong(text: &str, at: usize, message: String) -> Wrong {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    Wrong { line, column, message }
}

/// The JSON schema of the settings.
pub(crate) fn schema() -> Value {
    let settings = SchemaSettings::draft07().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings.into_generator().into_root_schema_for::<FileSettings>().to_value();
    without_null(&mut schema);
    if let Some(object) = schema.as_object_mut() {
        object.insert("title".to_owned(), Value::from("id-lint.toml"));
    }
    schema
}

/// TOML has no null: what may be missing is missing.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Array(types)) = object.get_mut("type") {
                types.retain(|name| name != "null");
                if let [one] = &types[..] {
                    let one = one.clone();
                    object.insert("type".to_owned(), one);
                }
            }
            object.values_mut().for_each(without_null);
        }
        Value::Array(values) => values.iter_mut().for_each(without_null),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let Wrong { line, column, message } = parse(text).expect_err(text);
        format!("{line}:{column}: {message}")
    }

    #[test]
    fn a_mistyped_key_is_named_with_its_place_and_the_nearest_one() {
        assert_eq!(said("excludes = []"), "1:1: `excludes` is no setting; did you mean `exclude`?");
        assert_eq!(
            said("\n[priorities]\ncritical- = []"),
            "3:1: `priorities.critical-` is no setting; did you mean `priorities.critical`?"
        );
        assert_eq!(
            said("[[bans]]\nmodule = 'x'\nfunctions = 'y'"),
            "3:1: `bans.functions` is no setting; did you mean `bans.function`?"
        );
        assert_eq!(
            said("[fix]\nnonsense = 1"),
            "2:1: `fix.nonsense` is no setting; known are `profile`"
        );
    }

    #[test]
    fn values_of_a_wrong_kind_are_named_with_their_place() {
        assert!(said("exclude = 1").starts_with("1:11: invalid type"), "{}", said("exclude = 1"));
        assert!(said("[rules]\nUID001 = 'bad'").starts_with("2:10: unknown variant `bad`"));
        assert!(said("[[bans]]\nfunction = 'x'").contains("missing field `module`"));
        assert!(said("exclude = [").starts_with("1:"));
    }

    #[test]
    fn categories_keep_their_order() {
        let file = parse("[categories]\nz = ['a']\na = ['b']\n").expect("they are settings");
        let names: Vec<_> = file.categories.0.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["z", "a"]);
    }

    #[test]
    fn a_project_file_is_ours_only_with_our_table() {
        let check = |text: &str, expected: Option<usize>| {
            let found = parse_pyproject(text).expect("it is read");
            assert_eq!(found.map(|file| file.exclude.len()), expected, "{text}");
        };
        check("[tool.ruff]\nselect = []", None);
        check("[project]\nname = 'id-lint'", None);
        check("this is no toml", None);
        check("[tool.id-lint]\nexclude = ['a', 'b']", Some(2));
        check("tool = { id-lint = {} }", Some(0));
        let wrong = parse_pyproject("[tool.id-lint]\nrule = {}").expect_err("no setting");
        assert_eq!(wrong.message, "`rule` is no setting; did you mean `rules`?");
    }

    #[test]
    fn settings_that_are_written_are_read_again() {
        let text = "baseline = 'b.txt'\n[rules]\nUID001 = 'off'\n[categories]\nz = ['a']\n[thresholds]\nmigrated = 80.5\n";
        let file = parse(text).expect("they are settings");
        let written = toml::to_string(&file).expect("they can be written");
        assert_eq!(parse(&written).expect("they are settings"), file);
    }
}
