//! Statements that make one side of a table in a schema, and what belongs to it.

use super::catalog::{self, Index, Table};
use super::client::{quote, text};
use super::layout::{Layout, Side};
use crate::plan::Place;

/// `CREATE TABLE` and what has no rows to wait for.
pub(crate) fn create(layout: &Layout, at: usize, side: Side) -> Vec<String> {
    let laid = &layout.tables[at];
    let table = laid.side(side);
    let schema = layout.aside(side, &table.schema);
    let name = layout.name(at, side, side.other());
    let mut parts: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let mut part =
                format!("{} {}{}", quote(&column.name), column.declared, column.collation);
            if column.is_generated {
                let expression = column.default.as_deref().unwrap_or("NULL");
                part.extend([format!(" GENERATED ALWAYS AS ({expression}) STORED")]);
            } else if !column.identity.is_empty() && table.part_of.is_none() {
                let how = if column.identity == "a" { "ALWAYS" } else { "BY DEFAULT" };
                let sequence = column.sequence.as_ref().map_or_else(String::new, |(_, name)| {
                    format!("SEQUENCE NAME {}.{} ", quote(&schema), quote(name))
                });
                let options = column.sequence_options.as_deref().unwrap_or_default();
                part.extend([format!(" GENERATED {how} AS IDENTITY ({sequence}{options})")]);
            } else if let Some(default) =
                column.default.as_ref().filter(|_| column.identity.is_empty())
            {
                part.extend([format!(" DEFAULT {default}")]);
            }
            if column.is_not_null {
                part.push_str(" NOT NULL");
            }
            part
        })
        .collect();
    for (name, definition) in &table.checks {
        parts.push(format!("CONSTRAINT {} {definition}", quote(name)));
    }
    let partition =
        table.partition_by.as_ref().map_or_else(String::new, |by| format!(" PARTITION BY {by}"));
    let mut statements =
        vec![format!("CREATE TABLE {name} ({}){partition}{}", parts.join(", "), table.options)];
    for column in &table.columns {
        for (what, value) in [("STORAGE", &column.storage), ("COMPRESSION", &column.compression)] {
            if let Some(value) = value {
                statements.push(format!(
                    "ALTER TABLE {name} ALTER COLUMN {} SET {what} {value}",
                    quote(&column.name)
                ));
            }
        }
    }
    for one in &table.statistics {
        let whole = format!("{}.{}", quote(&layout.aside(side, &one.schema)), quote(&one.name));
        statements.push(format!("CREATE STATISTICS {whole}{} FROM {name}", one.body));
        statements.extend(one.extras.iter().map(|extra| extra.replace("{S}", &whole)));
    }
    if let Some((parent, bounds)) = &table.part_of
        && let Some(parent) = layout.tables.iter().position(|other| other.old.oid == *parent)
    {
        let parent = layout.name(parent, side, side.other());
        statements.push(format!("ALTER TABLE {parent} ATTACH PARTITION {name} {bounds}"));
    }
    statements
}

/// Owner, rights, comments of a table that was made, and of the sequences that came with it.
pub(crate) fn extras(layout: &Layout, at: usize, side: Side) -> Vec<String> {
    let table = layout.tables[at].side(side);
    let name = layout.name(at, side, side.other());
    let mut statements: Vec<String> =
        table.extras.iter().map(|extra| extra.replace("{T}", &name)).collect();
    for column in &table.columns {
        let numbered = !column.identity.is_empty() && table.part_of.is_none();
        if let Some((schema, sequence)) = column.sequence.as_ref().filter(|_| numbered) {
            let sequence = format!("{}.{}", quote(&layout.aside(side, schema)), quote(sequence));
            let extras = column.sequence_extras.iter();
            statements.extend(extras.map(|extra| extra.replace("{T}", &sequence)));
        }
    }
    statements
}

/// Indexes and the constraints that are made of them, for a table whose rows are there.
pub(crate) fn indexes(layout: &Layout, at: usize, side: Side) -> Vec<String> {
    let table = layout.tables[at].side(side);
    let schema = layout.aside(side, &table.schema);
    let name = layout.name(at, side, side.other());
    let only = if table.kind == "p" { "ONLY " } else { "" };
    let mut statements = Vec::new();
    for index in &table.indexes {
        statements.push(index_statement(index, &format!("{only}{name}")));
        if let Some((parent_schema, parent)) = &index.part_of {
            let parent_schema = layout.aside(side, parent_schema);
            statements.push(format!(
                "ALTER INDEX {}.{} ATTACH PARTITION {}.{}",
                quote(&parent_schema),
                quote(parent),
                quote(&schema),
                quote(&index.name)
            ));
        }
        statements.extend(of_index(index, &schema, &name));
    }
    statements
}

/// What is said of an index that is there.
pub(crate) fn of_index(index: &Index, schema: &str, table: &str) -> Vec<String> {
    let whole = format!("{}.{}", quote(schema), quote(&index.name));
    let extras = index.extras.iter();
    extras
        .map(|extra| extra.replacen("{T}", table, 1).replacen("{I}", &whole, 1))
        .chain(catalog::comment(&format!("INDEX {whole}"), index.comment.as_ref()))
        .collect()
}

pub(crate) fn index_statement(index: &Index, name: &str) -> String {
    if let Some(definition) = &index.constraint {
        return format!("ALTER TABLE {name} ADD CONSTRAINT {} {definition}", quote(&index.name));
    }
    let unique = if index.is_unique { "UNIQUE " } else { "" };
    format!("CREATE {unique}INDEX {} ON {name} {}", quote(&index.name), index.tail)
}

/// The triggers of the application, in the state in which they were.
pub(crate) fn triggers(table: &Table, name: &str) -> Vec<String> {
    let mut statements = Vec::new();
    for trigger in &table.triggers {
        statements.push(trigger.definition.clone());
        let state = match trigger.enabled.as_str() {
            "D" => "DISABLE",
            "R" => "ENABLE REPLICA",
            "A" => "ENABLE ALWAYS",
            _ => "ENABLE",
        };
        if state != "ENABLE" {
            statements.push(format!("ALTER TABLE {name} {state} TRIGGER {}", quote(&trigger.name)));
        }
        let whole = format!("TRIGGER {} ON {name}", quote(&trigger.name));
        statements.extend(catalog::comment(&whole, trigger.comment.as_ref()));
    }
    statements
}

/// The policies of a side that is in place.
pub(crate) fn policies(table: &Table, name: &str) -> Vec<String> {
    let statements = table.policies.iter().flat_map(|policy| &policy.statements);
    statements.map(|statement| statement.replacen("{T}", name, 1)).collect()
}

/// Takes the policies of a side away.
pub(crate) fn no_policies(table: &Table, name: &str) -> Vec<String> {
    let drop = |policy: &catalog::Policy| {
        format!("DROP POLICY IF EXISTS {} ON {name}", quote(&policy.name))
    };
    table.policies.iter().map(drop).collect()
}

/// The tables that belong to the migration: state, journal, maps, logs, chunks, and its functions.
pub(crate) fn state(layout: &Layout) -> Vec<String> {
    let state = quote(&layout.state);
    let own = |name: &str| layout.own(name);
    let mut statements = vec![
        format!("CREATE SCHEMA {state}"),
        format!(
            "COMMENT ON SCHEMA {state} IS 'ids of this database that were migrated, and their legacy values'"
        ),
        format!("CREATE TABLE {} (k text PRIMARY KEY, v text NOT NULL)", own("state")),
        format!(
            "CREATE TABLE {} (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp(), phase text NOT NULL, lsn text)",
            own("journal")
        ),
        format!(
            "CREATE TABLE {} (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at_table int NOT NULL, lo bigint NOT NULL, hi bigint NOT NULL, file oid, done bool NOT NULL DEFAULT false)",
            own("chunk")
        ),
    ];
    statements.extend(super::functions::all(&layout.state));
    for (no, key) in layout.keys.iter().enumerate() {
        let map = layout.map(no);
        statements.push(map_table(layout, no, &map));
        statements.extend(map_indexes(layout, no, &map));
        if key.is_number() {
            statements.push(format!("CREATE SEQUENCE {}", own(&format!("fresh_{no}"))));
            statements.push(super::functions::number(layout, no));
        }
        if !key.is_external() {
            statements.push(super::functions::make(layout, no));
        }
        statements.extend(super::functions::rewrites(layout, no));
    }
    statements.push(lookup(layout));
    statements.push(super::functions::id_of(layout));
    statements
}

/// A table of pairs.
pub(crate) fn map_table(layout: &Layout, no: usize, name: &str) -> String {
    let key = &layout.keys[no];
    format!(
        "CREATE TABLE {name} (legacy {}, id {}, made text NOT NULL DEFAULT 'plan')",
        key.legacy_type, key.id_type
    )
}

/// What makes a table of pairs a map, once its rows are there.
pub(crate) fn map_indexes(layout: &Layout, no: usize, map: &str) -> Vec<String> {
    let key = &layout.keys[no];
    let mut statements = vec![
        format!(
            "ALTER TABLE {map} ADD PRIMARY KEY (legacy), ADD UNIQUE (id), ALTER id SET NOT NULL"
        ),
        format!(
            "COMMENT ON TABLE {map} IS {}",
            text(&format!("legacy values of {}.{} and their ids", key.table_name, key.column))
        ),
    ];
    if key.needs_text {
        statements.push(format!("CREATE INDEX ON {map} ((legacy::text))"));
    }
    if key.id_type != "text COLLATE \"C\"" {
        statements.push(format!("CREATE INDEX ON {map} ((id::text))"));
    }
    statements
}

/// Puts a filled map in the place of the one that the triggers wrote to: what they made for keys that came since is kept.
pub(crate) fn replace_map(layout: &Layout, no: usize, fill: &str) -> Vec<String> {
    let map = layout.map(no);
    let random = super::functions::random(layout, no);
    vec![
        format!("LOCK TABLE {map} IN ACCESS EXCLUSIVE MODE"),
        format!(
            "INSERT INTO {fill} (legacy, id, made) \
             SELECT m.legacy, CASE WHEN d.taken THEN {random} ELSE m.id END, CASE WHEN d.taken THEN 'random' ELSE m.made END \
             FROM {map} m, LATERAL (SELECT EXISTS (SELECT FROM {fill} f WHERE f.id = m.id) AS taken) d WHERE NOT EXISTS (SELECT FROM {fill} f WHERE f.legacy = m.legacy)"
        ),
        format!("DROP VIEW {}", layout.own("lookup")),
        format!("DROP TABLE {map}"),
        format!("ALTER TABLE {fill} RENAME TO {}", quote(&format!("map_{no}"))),
        lookup(layout),
    ]
}

/// The view of all maps.
fn lookup(layout: &Layout) -> String {
    let views: Vec<String> = layout
        .keys
        .iter()
        .enumerate()
        .map(|(no, key)| {
            format!(
                "SELECT {} AS key_table, {} AS key_column, legacy::text AS legacy, id::text AS id, made FROM {}",
                text(&key.table_name),
                text(&key.column),
                layout.map(no)
            )
        })
        .collect();
    format!("CREATE VIEW {} AS {}", layout.own("lookup"), views.join(" UNION ALL "))
}

/// The log of a side that the application writes to, and the triggers that fill it.
pub(crate) fn log(layout: &Layout, root: usize, live: Side, name: &str) -> Vec<String> {
    let laid = &layout.tables[root];
    let table = laid.side(live);
    let word = live.word();
    let log = layout.own(&format!("log_{root}_{word}"));
    let function = layout.own(&format!("log_{root}_{word}"));
    let mut statements = Vec::new();
    let mut body = String::new();
    for key in layout.keys.iter().enumerate().filter(|(_, key)| key.table == root) {
        body.push_str(&super::functions::keep_map(layout, key.0, live));
    }
    let clear = if laid.row_key.is_empty() {
        statements.push(format!("CREATE TABLE {log} (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, gone text, here text)"));
        body.extend([format!(
            "INSERT INTO {log} (gone, here) VALUES (CASE WHEN TG_OP <> 'INSERT' THEN OLD::text END, CASE WHEN TG_OP <> 'DELETE' THEN NEW::text END); "
        )]);
        format!("INSERT INTO {log} (gone) SELECT t::text FROM {name} t; ")
    } else {
        let columns: Vec<String> = laid.row_key.iter().map(|name| quote(name)).collect();
        let typed: Vec<String> = laid
            .row_key
            .iter()
            .filter_map(|name| table.column(name))
            .enumerate()
            .map(|(no, column)| format!("k{no} {}{}", column.base, column.collation))
            .collect();
        let of = |row: &str| -> String {
            columns.iter().map(|name| format!("{row}.{name}")).collect::<Vec<_>>().join(", ")
        };
        let (old, new, columns, names) =
            (of("OLD"), of("NEW"), columns.join(", "), log_names(layout, root));
        statements.push(format!(
            "CREATE TABLE {log} (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {})",
            typed.join(", ")
        ));
        statements.push(format!("CREATE INDEX ON {log} ({names})"));
        body.extend([format!(
            "IF TG_OP <> 'INSERT' THEN INSERT INTO {log} ({names}) VALUES ({old}); END IF; \
             IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND ROW({new}) IS DISTINCT FROM ROW({old})) THEN INSERT INTO {log} ({names}) VALUES ({new}); END IF; "
        )]);
        format!("INSERT INTO {log} ({names}) SELECT {columns} FROM {name}; ")
    };
    let trigger = |part: &str| quote(&format!("{}_{part}", layout.state));
    // The application's roles need no rights on what the migration made.
    statements.push(format!(
        "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS {}",
        text(&format!("BEGIN IF TG_OP = 'TRUNCATE' THEN {clear}RETURN NULL; END IF; {body}RETURN NULL; END"))
    ));
    statements.push(format!("CREATE TRIGGER {} AFTER INSERT OR UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION {function}()", trigger("log")));
    statements.push(format!("CREATE TRIGGER {} BEFORE TRUNCATE ON {name} FOR EACH STATEMENT EXECUTE FUNCTION {function}()", trigger("clear")));
    for part in ["log", "clear"] {
        statements.push(format!("ALTER TABLE {name} ENABLE ALWAYS TRIGGER {}", trigger(part)));
    }
    if live == Side::New
        && let Some(body) = super::functions::translations(layout, root)
    {
        let function = layout.own(&format!("refer_{root}"));
        statements.push(format!(
            "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET bytea_output = 'hex' AS {}",
            text(&format!("BEGIN {body}RETURN NEW; END"))
        ));
        statements.push(format!("CREATE TRIGGER {} BEFORE INSERT OR UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION {function}()", trigger("refer")));
    }
    statements
}

/// The columns of a log that name a row: no name of the application's is among them.
pub(crate) fn log_names(layout: &Layout, root: usize) -> String {
    (0..layout.tables[root].row_key.len()).map(|no| format!("k{no}")).collect::<Vec<_>>().join(", ")
}

/// Takes the log of a side away.
pub(crate) fn no_log(layout: &Layout, root: usize, live: Side, name: &str) -> Vec<String> {
    let log = layout.own(&format!("log_{root}_{}", live.word()));
    let trigger = |part: &str| quote(&format!("{}_{part}", layout.state));
    vec![
        format!("DROP TRIGGER IF EXISTS {} ON {name}", trigger("log")),
        format!("DROP TRIGGER IF EXISTS {} ON {name}", trigger("clear")),
        format!("DROP TRIGGER IF EXISTS {} ON {name}", trigger("refer")),
        format!("DROP FUNCTION IF EXISTS {}()", layout.own(&format!("refer_{root}"))),
        format!("DROP FUNCTION IF EXISTS {log}()"),
        format!("DROP TABLE IF EXISTS {log}"),
    ]
}

/// Whether a place is compared as a whole value.
pub(crate) fn is_whole(place: &Place) -> bool {
    matches!(place, Place::Whole | Place::When { .. })
}
