//! Types as DuckDB's catalog writes them: which ids a value can hold, and how it becomes a text and a text becomes it.
//!
//! An id is looked up as text, whatever its column holds: numbers in decimal, UUIDs with dashes, bytes in hexadecimal digits.

use crate::mapping::Form;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One that has no parts, as it is written.
    Plain(String),
    List(Box<Kind>),
    /// A list of a fixed length.
    Array(Box<Kind>, String),
    Struct(Vec<(String, Kind)>),
    Map(Box<Kind>, Box<Kind>),
}

/// A step into a nested value, as the planner writes it.
pub(super) fn field(path: &str, name: &str) -> String {
    let is_plain =
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_plain {
        format!("{path}.{name}")
    } else {
        format!("{path}.{}", serde_json::Value::from(name))
    }
}

/// The path of the elements of a list.
pub(super) fn elements(path: &str) -> String {
    format!("{path}[*]")
}

impl Kind {
    pub(super) fn parse(text: &str) -> Self {
        match kind(text) {
            Some((kind, rest)) if rest.trim().is_empty() => kind,
            _ => Self::Plain(text.to_owned()),
        }
    }

    /// The type of a key's new ids in a column of this type.
    pub(super) fn for_key(&self, form: &Form) -> Self {
        if self.takes(form) { self.clone() } else { Self::of(form) }
    }

    /// The type that holds ids of a form wherever they come from.
    pub(super) fn of(form: &Form) -> Self {
        let name = match form {
            Form::Core | Form::Upper | Form::Typed(_) => "VARCHAR",
            Form::Uuid => "UUID",
            Form::Bytes => "BLOB",
        };
        Self::Plain(name.to_owned())
    }

    /// Whether ids of a form stand in a column of this type as it is.
    pub(super) fn takes(&self, form: &Form) -> bool {
        match self.name() {
            "VARCHAR" => *form != Form::Bytes,
            "UUID" => *form == Form::Uuid,
            "BLOB" => *form == Form::Bytes,
            _ => false,
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Plain(name) => name,
            _ => "",
        }
    }

    pub(super) fn is_text(&self) -> bool {
        self.name() == "VARCHAR"
    }

    pub(super) fn is_blob(&self) -> bool {
        self.name() == "BLOB"
    }

    pub(super) fn is_uuid(&self) -> bool {
        self.name() == "UUID"
    }

    pub(super) fn is_integer(&self) -> bool {
        matches!(
            self.name(),
            "TINYINT"
                | "SMALLINT"
                | "INTEGER"
                | "BIGINT"
                | "HUGEINT"
                | "UTINYINT"
                | "USMALLINT"
                | "UINTEGER"
                | "UBIGINT"
                | "UHUGEINT"
        )
    }

    /// Whether a value of this type, which has no parts, can be an id.
    pub(super) fn is_id(&self) -> bool {
        self.is_integer()
            || matches!(self.name(), "VARCHAR" | "UUID" | "BLOB")
            || self.name().starts_with("ENUM(")
    }

    /// Whether an id can stand anywhere in it.
    pub(super) fn has_ids(&self) -> bool {
        match self {
            Self::Plain(_) => self.is_id(),
            Self::List(of) | Self::Array(of, _) => of.has_ids(),
            Self::Struct(fields) => fields.iter().any(|(_, of)| of.has_ids()),
            Self::Map(key, value) => key.has_ids() || value.has_ids(),
        }
    }

    pub(super) fn is_nested(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }

    /// The type as SQL.
    pub(super) fn sql(&self) -> String {
        match self {
            Self::Plain(name) => name.clone(),
            Self::List(of) => format!("{}[]", of.sql()),
            Self::Array(of, length) => format!("{}[{length}]", of.sql()),
            Self::Struct(fields) => {
                let fields: Vec<String> = fields
                    .iter()
                    .map(|(name, of)| format!("{} {}", super::schema::quote(name), of.sql()))
                    .collect();
                format!("STRUCT({})", fields.join(", "))
            }
            Self::Map(key, value) => format!("MAP({}, {})", key.sql(), value.sql()),
        }
    }

    /// The text of a value without parts.
    pub(super) fn text(&self, value: &str) -> String {
        if self.is_text() {
            value.to_owned()
        } else if self.is_blob() {
            format!("lower(hex({value}))")
        } else {
            format!("CAST({value} AS VARCHAR)")
        }
    }

    /// The value of a text that [`Self::text`] made, or that is an id.
    pub(super) fn value(&self, text: &str) -> String {
        if self.is_text() {
            text.to_owned()
        } else if self.is_blob() {
            format!("unhex({text})")
        } else {
            format!("CAST({text} AS {})", self.sql())
        }
    }

    /// A value as JSON for the planner: nothing but what can be an id, and a map as a list of keys and values.
    pub(super) fn shown(&self, value: &str) -> String {
        self.shown_at(value, 0)
    }

    fn shown_at(&self, value: &str, depth: usize) -> String {
        if !self.has_ids() {
            return "NULL".to_owned();
        }
        let one = format!("x{depth}");
        match self {
            Self::Plain(_) if self.is_blob() => self.text(value),
            Self::Plain(_) => value.to_owned(),
            Self::List(of) => {
                format!("[{} for {one} in {value}]", of.shown_at(&one, depth + 1))
            }
            Self::Array(of, _) => {
                let list = format!("CAST({value} AS {}[])", of.sql());
                format!("[{} for {one} in {list}]", of.shown_at(&one, depth + 1))
            }
            Self::Struct(fields) => pack(
                fields
                    .iter()
                    .map(|(name, of)| (name.as_str(), of.shown_at(&part(value, name), depth))),
            ),
            Self::Map(key, of) => {
                let pair = pack([
                    ("key", key.shown_at(&part(&one, "key"), depth + 1)),
                    ("value", of.shown_at(&part(&one, "value"), depth + 1)),
                ]);
                format!("[{pair} for {one} in map_entries({value})]")
            }
        }
    }

    /// The same type with other leaves: `leaf` gets a path and the type that stands there.
    pub(super) fn with(&self, path: &str, leaf: &dyn Fn(&str, &Self) -> Self) -> Self {
        match self {
            Self::Plain(_) => leaf(path, self),
            Self::List(of) => Self::List(Box::new(of.with(&elements(path), leaf))),
            Self::Array(of, length) => {
                Self::Array(Box::new(of.with(&elements(path), leaf)), length.clone())
            }
            Self::Struct(fields) => Self::Struct(
                fields
                    .iter()
                    .map(|(name, of)| (name.clone(), of.with(&field(path, name), leaf)))
                    .collect(),
            ),
            Self::Map(key, value) => {
                let pair = elements(path);
                Self::Map(
                    Box::new(key.with(&field(&pair, "key"), leaf)),
                    Box::new(value.with(&field(&pair, "value"), leaf)),
                )
            }
        }
    }

    /// The paths of all leaves with their types.
    pub(super) fn leaves(&self, path: &str) -> Vec<(String, &Self)> {
        match self {
            Self::Plain(_) => vec![(path.to_owned(), self)],
            Self::List(of) | Self::Array(of, _) => of.leaves(&elements(path)),
            Self::Struct(fields) => {
                fields.iter().flat_map(|(name, of)| of.leaves(&field(path, name))).collect()
            }
            Self::Map(key, value) => {
                let pair = elements(path);
                let mut found = key.leaves(&field(&pair, "key"));
                found.extend(value.leaves(&field(&pair, "value")));
                found
            }
        }
    }

    /// All leaves at a path as one list of texts.
    pub(super) fn gathered(&self, value: &str, path: &str, wanted: &str) -> Option<String> {
        self.gathered_at(value, path, wanted, 0)
    }

    fn gathered_at(&self, value: &str, path: &str, wanted: &str, depth: usize) -> Option<String> {
        let one = format!("x{depth}");
        let each = |of: &Self, list: &str| {
            let found = of.gathered_at(&one, &elements(path), wanted, depth + 1)?;
            Some(format!("flatten([{found} for {one} in {list}])"))
        };
        match self {
            Self::Plain(_) => (path == wanted).then(|| format!("[{}]", self.text(value))),
            Self::List(of) => each(of, value),
            Self::Array(of, _) => each(of, &format!("CAST({value} AS {}[])", of.sql())),
            Self::Struct(fields) => fields.iter().find_map(|(name, of)| {
                of.gathered_at(&part(value, name), &field(path, name), wanted, depth)
            }),
            Self::Map(key, of) => {
                let pair = elements(path);
                let found = [("key", key), ("value", of)].into_iter().find_map(|(name, of)| {
                    of.gathered_at(&part(&one, name), &field(&pair, name), wanted, depth + 1)
                })?;
                Some(format!("flatten([{found} for {one} in map_entries({value})])"))
            }
        }
    }

    /// A value with other leaves: `leaf` gets a path, the type that stands there and an expression, and gives another one.
    pub(super) fn rebuilt(
        &self,
        value: &str,
        path: &str,
        leaf: &dyn Fn(&str, &Self, &str) -> Option<String>,
    ) -> Option<String> {
        self.rebuilt_at(value, path, leaf, 0)
    }

    fn rebuilt_at(
        &self,
        value: &str,
        path: &str,
        leaf: &dyn Fn(&str, &Self, &str) -> Option<String>,
        depth: usize,
    ) -> Option<String> {
        let one = format!("x{depth}");
        match self {
            Self::Plain(_) => leaf(path, self, value),
            Self::List(of) => {
                let made = of.rebuilt_at(&one, &elements(path), leaf, depth + 1)?;
                Some(format!("[{made} for {one} in {value}]"))
            }
            Self::Array(of, _) => {
                let made = of.rebuilt_at(&one, &elements(path), leaf, depth + 1)?;
                Some(format!("[{made} for {one} in CAST({value} AS {}[])]", of.sql()))
            }
            Self::Struct(fields) => {
                let made: Vec<Option<String>> = fields
                    .iter()
                    .map(|(name, of)| {
                        of.rebuilt_at(&part(value, name), &field(path, name), leaf, depth)
                    })
                    .collect();
                made.iter().any(Option::is_some).then(|| {
                    let packed = pack(fields.iter().zip(made).map(|((name, _), made)| {
                        (name.as_str(), made.unwrap_or_else(|| part(value, name)))
                    }));
                    format!("CASE WHEN {value} IS NULL THEN NULL ELSE {packed} END")
                })
            }
            Self::Map(key, of) => {
                let pair = elements(path);
                let made = [("key", key), ("value", of)].map(|(name, of)| {
                    of.rebuilt_at(&part(&one, name), &field(&pair, name), leaf, depth + 1)
                });
                made.iter().any(Option::is_some).then(|| {
                    let packed = pack(
                        ["key", "value"]
                            .into_iter()
                            .zip(made)
                            .map(|(name, made)| (name, made.unwrap_or_else(|| part(&one, name)))),
                    );
                    format!(
                        "CASE WHEN {value} IS NULL THEN NULL ELSE map_from_entries([{packed} for {one} in map_entries({value})]) END"
                    )
                })
            }
        }
    }
}

fn part(value: &str, name: &str) -> String {
    format!("struct_extract({value}, {})", super::schema::text(name))
}

fn pack<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let fields: Vec<String> = fields
        .into_iter()
        .map(|(name, value)| format!("{} := {value}", super::schema::quote(name)))
        .collect();
    format!("struct_pack({})", fields.join(", "))
}

/// Reads a type; `None` for what has parts that have no names.
fn kind(text: &str) -> Option<(Kind, &str)> {
    let text = text.trim_start();
    let (mut found, mut rest) = if let Some(inner) = text.strip_prefix("STRUCT(") {
        let mut fields = Vec::new();
        let mut rest = inner;
        loop {
            let (name, behind) = name(rest)?;
            let (of, behind) = kind(behind)?;
            fields.push((name, of));
            let behind = behind.trim_start();
            match behind.strip_prefix(',') {
                Some(behind) => rest = behind,
                None => break (Kind::Struct(fields), behind.strip_prefix(')')?),
            }
        }
    } else if let Some(inner) = text.strip_prefix("MAP(") {
        let (key, rest) = kind(inner)?;
        let (value, rest) = kind(rest.trim_start().strip_prefix(',')?)?;
        (Kind::Map(Box::new(key), Box::new(value)), rest.trim_start().strip_prefix(')')?)
    } else {
        let end = plain_end(text);
        let name = text[..end].trim_end();
        (!name.is_empty()).then(|| (Kind::Plain(name.to_owned()), &text[end..]))?
    };
    while let Some(inner) = rest.strip_prefix('[') {
        let (length, behind) = inner.split_once(']')?;
        found = if length.is_empty() {
            Kind::List(Box::new(found))
        } else {
            Kind::Array(Box::new(found), length.to_owned())
        };
        rest = behind;
    }
    Some((found, rest))
}

/// Where a type without parts ends: at a comma or bracket that is not its own.
fn plain_end(text: &str) -> usize {
    let mut depth = 0_u32;
    let mut quote = None;
    for (at, sign) in text.char_indices() {
        match (quote, sign) {
            // A doubled quote closes and opens again.
            (Some(open), _) if sign == open => quote = None,
            (None, '\'' | '"') => quote = Some(sign),
            (None, '(') => depth += 1,
            (None, ')') if depth > 0 => depth -= 1,
            (None, ',' | ')' | '[') if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// Reads the name of a field and what is behind its blank.
fn name(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    let Some(quoted) = text.strip_prefix('"') else {
        let (name, rest) = text.split_once(' ')?;
        return (!name.contains([',', ')', '('])).then(|| (name.to_owned(), rest));
    };
    let mut name = String::new();
    let mut signs = quoted.char_indices();
    while let Some((at, sign)) = signs.next() {
        if sign != '"' {
            name.push(sign);
        } else if quoted[at + 1..].starts_with('"') {
            name.push('"');
            signs.next();
        } else {
            return Some((name, quoted[at + 1..].strip_prefix(' ')?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_read_as_the_catalog_writes_it() {
        let same = [
            "VARCHAR",
            "DECIMAL(18,3)",
            "TIMESTAMP WITH TIME ZONE",
            "BIGINT[]",
            "FLOAT[384]",
            "UUID[3][]",
            "ENUM('a', 'b]', 'c,''d')[]",
            "STRUCT(\"a\" BIGINT, \"b c\" VARCHAR[], \"d\"\"\" STRUCT(\"e\" UUID)[])",
            "MAP(VARCHAR, STRUCT(\"x\" MAP(INTEGER, BLOB)))",
            "UNION(num INTEGER, str VARCHAR[])[]",
        ];
        for text in same {
            assert_eq!(Kind::parse(text).sql(), text);
        }
        let nested = Kind::parse("STRUCT(a BIGINT, \"b c\" MAP(VARCHAR, UUID)[])[]");
        let paths: Vec<String> = nested.leaves("$").into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["$[*].a", "$[*].\"b c\"[*][*].key", "$[*].\"b c\"[*][*].value"]);
        // Parts without names cannot be named in a plan.
        assert_eq!(
            Kind::parse("STRUCT(INTEGER, VARCHAR)"),
            Kind::Plain("STRUCT(INTEGER, VARCHAR)".into())
        );
    }
}
