//! From plan and catalog to two sides of every table, and the expressions that map between them.
//!
//! Kept in the database by the expand step, so that every later step, also one in another process after a crash or after the
//! old side was dropped, knows what both sides are made of.

use serde::{Deserialize, Serialize};

use super::catalog::{Column, Dependent, Foreign, Kind, Policy, Table};
use super::client::{quote, text};
use crate::error::{ErrorKind, MigrateError, Result};
use crate::mapping::{Form, Mapping};
use crate::plan::{Origin, Place, Plan};

/// One of the two shapes that a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Side {
    /// With legacy ids.
    Old,
    /// With new ids.
    New,
}

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Old => Self::New,
            Self::New => Self::Old,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Spot {
    pub(crate) column: String,
    pub(crate) key: usize,
    pub(crate) place: Place,
    /// A foreign key keeps its values among the keys.
    pub(crate) is_declared: bool,
}

/// A table, or a partition of one, on both sides.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Laid {
    pub(crate) old: Table,
    pub(crate) new: Table,
    /// The table that it is a partition of, itself if it is none.
    pub(crate) root: usize,
    /// It holds rows.
    pub(crate) is_leaf: bool,
    pub(crate) spots: Vec<Spot>,
    /// The columns that name a row; none if nothing does.
    pub(crate) row_key: Vec<String>,
}

impl Laid {
    pub(crate) fn side(&self, side: Side) -> &Table {
        match side {
            Side::Old => &self.old,
            Side::New => &self.new,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LaidKey {
    /// No table here if the key is in another database.
    pub(crate) table: usize,
    pub(crate) column: String,
    pub(crate) legacy_type: String,
    pub(crate) legacy_kind: Kind,
    pub(crate) id_type: String,
    pub(crate) form: Form,
    pub(crate) mapping: Mapping,
    pub(crate) time_column: Option<String>,
    /// Rows of one millisecond get ids in their order.
    pub(crate) keeps_order: bool,
    /// What the recipes call namespace and table.
    pub(crate) namespace: String,
    pub(crate) table_name: String,
    /// Something compares legacy values as texts.
    pub(crate) needs_text: bool,
    /// What stands before the core in a legacy text that is made for a row of the new side.
    pub(crate) fresh_prefix: String,
}

impl LaidKey {
    /// Whether its rows are numbered.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.legacy_kind, Kind::Integer | Kind::Number)
    }

    /// Whether it is a key of another database, of which only references stand here.
    pub(crate) fn is_external(&self) -> bool {
        self.table == usize::MAX
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Layout {
    pub(crate) state: String,
    pub(crate) schemas: Vec<String>,
    pub(crate) tables: Vec<Laid>,
    pub(crate) keys: Vec<LaidKey>,
    pub(crate) dependents: Vec<Dependent>,
    pub(crate) outside: Vec<(String, Foreign)>,
    /// Policies of other tables that name these.
    #[serde(default)]
    pub(crate) policies: Vec<(String, Policy)>,
    pub(crate) hash: String,
}

impl Layout {
    /// `kept` names the domains that take ids of a form: their columns keep them; `foreign` says how the legacy values of keys
    /// of other databases are kept.
    pub(crate) fn of(
        plan: &Plan,
        tables: &[Table],
        dependents: Vec<Dependent>,
        outside: Vec<(String, Foreign)>,
        kept: &[(String, Form)],
        foreign: &[Option<Kind>],
    ) -> Result<Self> {
        let state = plan.prefix.trim_end_matches('_').to_owned();
        let mut laid: Vec<Laid> = Vec::new();
        for table in planned(plan, tables)? {
            let root = match &table.part_of {
                Some((parent, _)) => laid
                    .iter()
                    .find(|other| other.old.oid == *parent)
                    .map(|other| other.root)
                    .ok_or_else(|| {
                        refused(&table.id(), "is a partition of a table that is not read")
                    })?,
                None => laid.len(),
            };
            if table.inherits {
                return Err(refused(&table.id(), "inherits columns; only partitions are followed"));
            }
            if !table.rules.is_empty() {
                return Err(refused(&table.id(), "has rules; drop them, or use triggers"));
            }
            let spots = match laid.get(root) {
                Some(root) => root.spots.clone(),
                None => spots(plan, table)?,
            };
            let new = new_table(plan, &state, table, &spots, kept)?;
            let row_key =
                laid.get(root).map_or_else(|| table.row_key(), |root| root.row_key.clone());
            laid.push(Laid {
                is_leaf: table.kind == "r",
                old: table.clone(),
                new,
                root,
                spots,
                row_key,
            });
        }
        let mut schemas: Vec<String> = laid
            .iter()
            .map(|table| table.old.schema.clone())
            .chain(dependents.iter().map(|one| one.schema.clone()))
            .collect();
        schemas.sort();
        schemas.dedup();
        let mut keys = Vec::new();
        for (no, key) in plan.keys.iter().enumerate() {
            let missing = || refused(&key.table, "is not there");
            let (table, class, base) = if let Some(kind) = foreign.get(no).copied().flatten() {
                let base = match kind {
                    Kind::Integer => "bigint",
                    Kind::Uuid => "uuid",
                    Kind::Bytes => "bytea",
                    _ => "text",
                };
                (usize::MAX, kind, base)
            } else {
                let table =
                    laid.iter().position(|laid| laid.old.id() == key.table).ok_or_else(missing)?;
                let column = laid[table].old.column(&key.column).ok_or_else(missing)?;
                (table, column.class, column.base.as_str())
            };
            let needs_text = laid.iter().any(|table| {
                table.spots.iter().any(|spot| {
                    spot.key == no
                        && (!matches!(spot.place, Place::Whole | Place::When { .. })
                            || table
                                .old
                                .column(&spot.column)
                                .is_some_and(|other| other.class != class))
                })
            });
            keys.push(LaidKey {
                table,
                column: key.column.clone(),
                legacy_type: match class {
                    Kind::Text => "text COLLATE \"C\"".to_owned(),
                    _ => base.to_owned(),
                },
                legacy_kind: class,
                id_type: id_type(&key.form).to_owned(),
                form: key.form.clone(),
                mapping: key.mapping,
                time_column: key.time_column.clone(),
                keeps_order: key.keep_order,
                namespace: plan.namespace.clone(),
                table_name: key.table.clone(),
                needs_text: needs_text && class != Kind::Text,
                fresh_prefix: String::new(),
            });
        }
        let hash = plan.schema_hash.clone();
        Ok(Self {
            state,
            schemas,
            tables: laid,
            keys,
            dependents,
            outside,
            policies: Vec::new(),
            hash,
        })
    }

    /// The schema in which a side of a schema's tables waits.
    pub(crate) fn aside(&self, side: Side, schema: &str) -> String {
        let no = self.schemas.iter().position(|name| name == schema).unwrap_or_default();
        format!("{}_{}_{no}", self.state, side.word())
    }

    /// The whole name of a table of one side, while this side is the one that the application sees.
    pub(crate) fn name(&self, at: usize, side: Side, live: Side) -> String {
        let table = self.tables[at].side(side);
        let schema =
            if side == live { table.schema.clone() } else { self.aside(side, &table.schema) };
        format!("{}.{}", quote(&schema), quote(&table.name))
    }

    pub(crate) fn map(&self, key: usize) -> String {
        format!("{}.map_{key}", quote(&self.state))
    }

    pub(crate) fn own(&self, name: &str) -> String {
        format!("{}.{}", quote(&self.state), quote(name))
    }

    /// The roots: what logs, comparisons and triggers belong to.
    pub(crate) fn roots(&self) -> impl Iterator<Item = usize> {
        (0..self.tables.len()).filter(|at| self.tables[*at].root == *at)
    }

    pub(crate) fn leaves(&self, root: usize) -> impl Iterator<Item = usize> {
        (0..self.tables.len())
            .filter(move |at| self.tables[*at].root == root && self.tables[*at].is_leaf)
    }

    /// Columns that are written, with the expressions that make them from a row `o` of the other side, and the joins.
    pub(crate) fn select(&self, at: usize, to: Side) -> Selected {
        let laid = &self.tables[at];
        let mut selected = Selected::default();
        for column in &laid.side(to).columns {
            if column.is_generated {
                continue;
            }
            let from = laid.side(to.other()).column(&column.name);
            let spots: Vec<&Spot> =
                laid.spots.iter().filter(|spot| spot.column == column.name).collect();
            selected.columns.push(quote(&column.name));
            selected.overrides |= column.identity == "a";
            let source = format!("o.{}", quote(&column.name));
            let expression = match from {
                Some(from) if !spots.is_empty() => {
                    self.expression(&spots, from, column, to, &source, &mut selected.joins)
                }
                _ => source,
            };
            selected.expressions.push(expression);
        }
        selected
    }

    /// The expression of the row key on the other side, for the key columns of `o`.
    pub(crate) fn key_select(&self, at: usize, to: Side) -> (Vec<String>, String) {
        let laid = &self.tables[at];
        let mut joins = String::new();
        let expressions = laid
            .row_key
            .iter()
            .filter_map(|name| {
                let (from, column) =
                    (laid.side(to.other()).column(name)?, laid.side(to).column(name)?);
                let spots: Vec<&Spot> =
                    laid.spots.iter().filter(|spot| spot.column == *name).collect();
                let source = format!("o.{}", quote(name));
                Some(if spots.is_empty() {
                    source
                } else {
                    self.expression(&spots, from, column, to, &source, &mut joins)
                })
            })
            .collect();
        (expressions, joins)
    }

    fn expression(
        &self,
        spots: &[&Spot],
        from: &Column,
        column: &Column,
        to: Side,
        source: &str,
        joins: &mut String,
    ) -> String {
        let forward = to == Side::New;
        let mut whole = Vec::new();
        let mut value = source.to_owned();
        for spot in spots {
            let key = &self.keys[spot.key];
            let own = |name: &str| self.own(&format!("{name}_{}", spot.key));
            match &spot.place {
                Place::Whole | Place::When { .. } => {
                    let alias = format!("m{}", joins.matches(" LEFT JOIN ").count());
                    let (look, give) = if forward { ("legacy", "id") } else { ("id", "legacy") };
                    let is_same = if forward {
                        from.class == key.legacy_kind
                    } else {
                        new_kind(&key.form) == from.class
                    };
                    let condition = if is_same {
                        let cast = if from.class == Kind::Text { "::text" } else { "" };
                        format!("{alias}.{look} = {source}{cast}")
                    } else {
                        format!("{alias}.{look}::text = {source}::text")
                    };
                    let when = match &spot.place {
                        Place::When { column, equals } => {
                            format!(" AND o.{}::text = {}", quote(column), text(equals))
                        }
                        _ => String::new(),
                    };
                    joins.extend([format!(
                        " LEFT JOIN {} {alias} ON {condition}{when}",
                        self.map(spot.key)
                    )]);
                    whole.push(format!("{alias}.{give}::text"));
                }
                Place::Json(_) if from.class == Kind::Array => {
                    value = format!("{}({value}::text[], {forward})", own("array"));
                }
                Place::Json(path) => {
                    let steps: Vec<String> = steps(path).iter().map(|step| text(step)).collect();
                    value = format!(
                        "{}({value}, ARRAY[{}]::text[], {forward})",
                        own("json"),
                        steps.join(", ")
                    );
                }
                Place::List(separator) => {
                    value =
                        format!("{}({value}::text, {}, {forward})", own("list"), text(separator));
                }
            }
        }
        if !whole.is_empty() {
            whole.push(format!("{source}::text"));
            value = format!("coalesce({})", whole.join(", "));
        }
        format!("({value})::{}", column.declared)
    }
}

/// What a copy reads and writes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selected {
    pub(crate) columns: Vec<String>,
    pub(crate) expressions: Vec<String>,
    pub(crate) joins: String,
    /// A column is numbered by the database and takes no other value unless told so.
    pub(crate) overrides: bool,
}

impl Selected {
    pub(crate) fn overriding(&self) -> &'static str {
        if self.overrides { " OVERRIDING SYSTEM VALUE" } else { "" }
    }
}

/// The steps of a path as [`crate::cells`] writes it: `.name` and `[]`.
pub(crate) fn steps(path: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("[*]") {
            found.push("[]".to_owned());
            rest = after;
            continue;
        }
        rest = rest.strip_prefix('.').unwrap_or(rest);
        let end = if rest.starts_with('"') {
            let bytes = rest.as_bytes();
            let mut at = 1;
            while at < bytes.len() && bytes[at] != b'"' {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            (at + 1).min(rest.len())
        } else {
            rest.find(['.', '[']).unwrap_or(rest.len()).max(1)
        };
        let name = serde_json::from_str(&rest[..end]).unwrap_or_else(|_| rest[..end].to_owned());
        found.push(format!(".{name}"));
        rest = &rest[end..];
    }
    found
}

/// The tables that hold a key or a reference, with their partitions.
pub(crate) fn planned<'a>(plan: &Plan, tables: &'a [Table]) -> Result<Vec<&'a Table>> {
    let names: Vec<&String> = plan
        .keys
        .iter()
        .filter(|key| key.external.is_none())
        .map(|key| &key.table)
        .chain(plan.references.iter().map(|reference| &reference.table))
        .collect();
    for name in &names {
        if !tables.iter().any(|table| table.id() == **name) {
            return Err(MigrateError::new(
                ErrorKind::SchemaChanged,
                format!("table `{name}` of the plan is not there"),
            ));
        }
    }
    let mut found: Vec<&Table> = Vec::new();
    for table in tables.iter().filter(|table| names.iter().any(|name| **name == table.id())) {
        found.push(table);
    }
    loop {
        let is_new = |table: &&Table| {
            table
                .part_of
                .as_ref()
                .is_some_and(|(parent, _)| found.iter().any(|known| known.oid == *parent))
                && !found.iter().any(|known| known.oid == table.oid)
        };
        let more: Vec<&Table> = tables.iter().filter(is_new).collect();
        if more.is_empty() {
            return Ok(found);
        }
        found.extend(more);
    }
}

fn refused(table: &str, what: &str) -> MigrateError {
    MigrateError::new(ErrorKind::Blocked, format!("table `{table}` {what}"))
}

fn spots(plan: &Plan, table: &Table) -> Result<Vec<Spot>> {
    let id = table.id();
    let mut found = Vec::new();
    for (no, key) in plan.keys.iter().enumerate().filter(|(_, key)| key.table == id) {
        found.push(Spot {
            column: key.column.clone(),
            key: no,
            place: Place::Whole,
            is_declared: true,
        });
    }
    for reference in plan.references.iter().filter(|reference| reference.table == id) {
        let column = table
            .column(&reference.column)
            .ok_or_else(|| refused(&id, &format!("has no column `{}`", reference.column)))?;
        let can = match &reference.place {
            Place::Whole | Place::When { .. } => column.class != Kind::Jsonb,
            Place::Json(path) => {
                column.class == Kind::Jsonb || column.class == Kind::Array && path == "$[*]"
            }
            Place::List(_) => column.class == Kind::Text,
        };
        if !can {
            return Err(refused(
                &id,
                &format!("cannot have ids rewritten in this place of `{}`", reference.column),
            ));
        }
        found.push(Spot {
            column: reference.column.clone(),
            key: reference.key,
            place: reference.place.clone(),
            is_declared: reference.origin == Origin::Declared,
        });
    }
    Ok(found)
}

/// The type of a column that holds ids in this form.
fn id_type(form: &Form) -> &'static str {
    match form {
        Form::Uuid => "uuid",
        Form::Bytes => "bytea",
        _ => "text COLLATE \"C\"",
    }
}

pub(crate) fn new_kind(form: &Form) -> Kind {
    match form {
        Form::Uuid => Kind::Uuid,
        Form::Bytes => Kind::Bytes,
        _ => Kind::Text,
    }
}

fn new_table(
    plan: &Plan,
    state: &str,
    table: &Table,
    spots: &[Spot],
    kept: &[(String, Form)],
) -> Result<Table> {
    let mut new = table.clone();
    let id = table.id();
    for column in &mut new.columns {
        let here: Vec<&Spot> = spots.iter().filter(|spot| spot.column == column.name).collect();
        let Some(first) = here.first() else { continue };
        let form = &plan.keys[first.key].form;
        match first.place {
            Place::Whole | Place::When { .. } => {
                if column.is_generated {
                    return Err(refused(
                        &id,
                        &format!("has its ids in `{}`, which is generated", column.name),
                    ));
                }
                if first.place != Place::Whole && column.class == Kind::Text {
                    continue;
                }
                let is_key =
                    plan.keys.iter().any(|key| key.table == id && key.column == column.name);
                let is_domain = column.declared != column.base;
                let keeps_domain = is_domain
                    && column.class == Kind::Text
                    && kept.iter().any(|(domain, of)| *domain == column.declared && of == form);
                let was_numbered = !column.identity.is_empty()
                    || column
                        .default
                        .as_deref()
                        .is_some_and(|default| default.starts_with("nextval("));
                if is_key && (was_numbered || column.default.is_some()) {
                    let generate = format!("{}.generate", quote(state));
                    column.default = Some(match form {
                        Form::Core => format!("{generate}()"),
                        Form::Upper => format!("upper({generate}())"),
                        Form::Typed(prefix) => {
                            format!("{} || {generate}()", text(&format!("{prefix}_")))
                        }
                        Form::Uuid => format!("{generate}_uuid()"),
                        Form::Bytes => format!("uuid_send({generate}_uuid())"),
                    });
                } else if was_numbered {
                    column.default = None;
                }
                column.identity.clear();
                column.sequence = None;
                column.sequence_options = None;
                column.sequence_extras.clear();
                if keeps_domain {
                    continue;
                }
                (column.declared, column.base, column.collation) = match form {
                    Form::Uuid => ("uuid".to_owned(), "uuid".to_owned(), String::new()),
                    Form::Bytes => ("bytea".to_owned(), "bytea".to_owned(), String::new()),
                    _ => (
                        "text".to_owned(),
                        "text".to_owned(),
                        " COLLATE pg_catalog.\"C\"".to_owned(),
                    ),
                };
                column.class = new_kind(form);
                if column.class == Kind::Uuid {
                    // It has one length, and is stored in one way.
                    (column.storage, column.compression) = (None, None);
                }
            }
            Place::Json(_) if column.class == Kind::Array => {
                if column.declared != "text[]" {
                    let element = match form {
                        Form::Uuid => "uuid[]",
                        _ => "text[]",
                    };
                    if column.declared != element {
                        column.default = column
                            .default
                            .take()
                            .map(|default| default.replace(&format!("::{}", column.declared), ""));
                    }
                    element.clone_into(&mut column.declared);
                    element.clone_into(&mut column.base);
                }
            }
            Place::Json(_) | Place::List(_) => {}
        }
    }
    Ok(new)
}
