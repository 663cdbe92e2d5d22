//! Functions in SQL: those of ids, which anybody may install, and those that rewrite values and keep the map of a migration.

use super::catalog::Kind;
use super::client::{quote, text};
use super::ddl::is_whole;
use super::layout::{Layout, Side, Spot, new_kind, steps};
use crate::mapping::{Form, Mapping};
use crate::plan::Place;

/// The functions of ids for PostgreSQL, with `{S}` for their schema.
const IDS: &str = include_str!("functions.sql");

/// Returns the statements that make the functions of ids in a schema that exists.
///
/// # Examples
///
/// ```
/// let statements = id_migrate::postgres::functions("unified_id");
/// assert!(statements.iter().any(|statement| statement.contains("generate()")));
/// ```
#[must_use]
pub fn all(schema: &str) -> Vec<String> {
    IDS.split("\n\n")
        .map(|statement| statement.replace("{S}", &quote(schema)).trim().to_owned())
        .filter(|statement| {
            !statement.is_empty() && !statement.lines().all(|line| line.starts_with("--"))
        })
        .collect()
}

/// The recipe of a key in SQL, for rows that arrive while the migration runs; NULL where only the library can.
pub(crate) fn make(layout: &Layout, no: usize) -> String {
    let key = &layout.keys[no];
    let own = |name: &str| layout.own(name);
    let hashed = |domain: &str| {
        let part = |value: &str| format!("convert_to({}, 'UTF8') || '\\x00'::bytea", text(value));
        let legacy = match key.legacy_kind {
            Kind::Bytes => "decode(legacy, 'hex')".to_owned(),
            _ => "convert_to(legacy, 'UTF8')".to_owned(),
        };
        format!(
            "substr(sha256({} || {} || {} || {legacy}), 1, 16)",
            part(domain),
            part(&key.namespace),
            part(&key.table_name)
        )
    };
    let core = match key.mapping {
        Mapping::Stable => format!("{}({}, 8)", own("versioned"), hashed("unified-id/stable/1")),
        Mapping::CreatedAt => format!(
            "CASE WHEN ms BETWEEN 0 AND 281474976710655 THEN {}(substr(int8send(ms), 3, 6) || substr({}, 7), 7) END",
            own("versioned"),
            hashed("unified-id/created-at/1")
        ),
        Mapping::Bits | Mapping::Keep if key.legacy_kind == Kind::Bytes => {
            "CASE WHEN length(legacy) = 32 THEN legacy::uuid END".to_owned()
        }
        Mapping::Bits | Mapping::Keep => format!(
            "CASE WHEN legacy ~* '^([0-9a-f]{{32}}|[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}})$' THEN legacy::uuid ELSE {}(legacy) END",
            own("decode")
        ),
        Mapping::Random => "NULL::uuid".to_owned(),
    };
    format!(
        "CREATE FUNCTION {}(legacy text, ms bigint) RETURNS {} LANGUAGE sql STABLE SET search_path = '' AS {}",
        own(&format!("make_{no}")),
        key.id_type.replace(" COLLATE \"C\"", ""),
        text(&format!("SELECT {} FROM (SELECT {core} AS u) x", written(layout, &key.form, "u")))
    )
}

/// An expression that writes a uuid in a form.
pub(crate) fn written(layout: &Layout, form: &Form, uuid: &str) -> String {
    let encode = format!("{}({uuid})", layout.own("encode"));
    match form {
        Form::Core => encode,
        Form::Upper => format!("upper({encode})"),
        Form::Typed(prefix) => format!("{} || {encode}", text(&format!("{prefix}_"))),
        Form::Uuid => uuid.to_owned(),
        Form::Bytes => format!("uuid_send({uuid})"),
    }
}

/// Statements of a trigger that give a new key its row in the map.
pub(crate) fn keep_map(layout: &Layout, no: usize, live: Side) -> String {
    let key = &layout.keys[no];
    let map = layout.map(no);
    let column = format!("NEW.{}", quote(&key.column));
    let old = format!("OLD.{}", quote(&key.column));
    let changed = format!(
        "IF TG_OP = 'INSERT' AND {column} IS NOT NULL OR TG_OP = 'UPDATE' AND {column} IS DISTINCT FROM {old} AND {column} IS NOT NULL THEN "
    );
    if live == Side::Old {
        let cast = as_text(key.legacy_kind, &column);
        let ms = milliseconds(layout, no, "NEW");
        let random = random(layout, no);
        return format!(
            "{changed}IF NOT EXISTS (SELECT FROM {map} WHERE legacy = {column}) THEN \
             INSERT INTO {map} (legacy, id, made) SELECT {column}, x.id, 'trigger' FROM (SELECT {}({cast}, {ms}) AS id) x WHERE x.id IS NOT NULL ON CONFLICT DO NOTHING; \
             IF NOT FOUND THEN INSERT INTO {map} (legacy, id, made) VALUES ({column}, {random}, 'random') ON CONFLICT DO NOTHING; END IF; END IF; END IF; ",
            layout.own(&format!("make_{no}")),
        );
    }
    let legacy = fresh_legacy(layout, no, &column);
    format!(
        "{changed}INSERT INTO {map} (legacy, id, made) SELECT {legacy}, {column}, 'new side' WHERE NOT EXISTS (SELECT FROM {map} WHERE id = {column}) ON CONFLICT DO NOTHING; END IF; "
    )
}

/// A fresh id of a key.
pub(crate) fn random(layout: &Layout, no: usize) -> String {
    written(layout, &layout.keys[no].form, &format!("{}()", layout.own("generate_uuid")))
}

/// The query of the id of a legacy value that is given as text; no id where the text is no such value.
fn found(layout: &Layout, no: usize, value: &str) -> String {
    let when = |shape: &str, kind: &str| {
        format!("m.legacy = CASE WHEN {value} ~* '{shape}' THEN ({value})::{kind} END")
    };
    let condition = match layout.keys[no].legacy_kind {
        Kind::Text => format!("m.legacy = {value}"),
        Kind::Integer => when("^-?[0-9]{1,18}$", "bigint"),
        Kind::Uuid => {
            when("^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$", "uuid")
        }
        Kind::Bytes => when("^\\\\x([0-9a-f]{2})*$", "bytea"),
        _ => format!("m.legacy::text = {value}"),
    };
    format!("(SELECT m.id::text FROM {} m WHERE {condition})", layout.map(no))
}

/// The function by which an application that knows a legacy value asks for the row of today; an id is given back as it is.
pub(crate) fn id_of(layout: &Layout) -> String {
    let cases: Vec<String> = layout
        .keys
        .iter()
        .enumerate()
        .map(|(no, key)| {
            format!(
                "WHEN {} THEN {}",
                text(&format!("{}.{}", key.table_name, key.column)),
                found(layout, no, "$2")
            )
        })
        .collect();
    format!(
        "CREATE FUNCTION {}(key text, value text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = '' AS {}",
        layout.own("id_of"),
        text(&format!("SELECT coalesce(CASE $1 {} END, $2)", cases.join(" ")))
    )
}

/// Statements of a trigger on the new side: a reference that is written with a legacy value becomes the id.
pub(crate) fn translations(layout: &Layout, root: usize) -> Option<String> {
    let laid = &layout.tables[root];
    let mut body = String::new();
    for spot in &laid.spots {
        let Some(column) = laid.new.column(&spot.column).filter(|column| !column.is_generated)
        else {
            continue;
        };
        let key = &layout.keys[spot.key];
        // A key that is made in the old way is nobody's reference: it is counted as drift.
        if key.table == root && key.column == spot.column {
            continue;
        }
        let name = quote(&spot.column);
        let (new, own) =
            (format!("NEW.{name}"), |name: &str| layout.own(&format!("{name}_{}", spot.key)));
        let mut condition = format!(
            "{new} IS NOT NULL AND (TG_OP = 'INSERT' OR {new} IS DISTINCT FROM OLD.{name})"
        );
        let value = match &spot.place {
            Place::Whole | Place::When { .. } => {
                if let Place::When { column, equals } = &spot.place {
                    condition.extend([format!(
                        " AND NEW.{}::text = {}",
                        quote(column),
                        text(equals)
                    )]);
                }
                let id = if new_kind(&key.form) == Kind::Text { "m.id" } else { "m.id::text" };
                condition.extend([format!(
                    " AND NOT EXISTS (SELECT FROM {} m WHERE {id} = {new}::text)",
                    layout.map(spot.key)
                )]);
                format!(
                    "coalesce({}, {new}::text)",
                    found(layout, spot.key, &format!("{new}::text"))
                )
            }
            Place::Json(_) if column.class == Kind::Array => {
                format!("{}({new}::text[], true)", own("array"))
            }
            Place::Json(path) => {
                let steps: Vec<String> = steps(path).iter().map(|step| text(step)).collect();
                format!("{}({new}, ARRAY[{}]::text[], true)", own("json"), steps.join(", "))
            }
            Place::List(separator) => {
                format!("{}({new}::text, {}, true)", own("list"), text(separator))
            }
        };
        body.extend([format!("IF {condition} THEN {new} := {value}; END IF; ")]);
        if let Some(unheld) = unheld(layout, root, spot, "NEW") {
            let legacy = fresh_legacy(layout, spot.key, "x.id");
            body.extend([format!(
                "IF {unheld} THEN INSERT INTO {map} (legacy, id, made) SELECT {legacy}, x.id, 'new side' FROM (SELECT {new} AS id) x \
                 WHERE NOT EXISTS (SELECT FROM {map} m WHERE m.id = x.id) ON CONFLICT DO NOTHING; END IF; ",
                map = layout.map(spot.key)
            )]);
        }
    }
    (!body.is_empty()).then_some(body)
}

/// The condition under which a reference of the new side is nothing that the type of the old column holds: it needs a row in the
/// map even if it is no key, or is none yet.
fn unheld(layout: &Layout, root: usize, spot: &Spot, row: &str) -> Option<String> {
    let laid = &layout.tables[root];
    let key = &layout.keys[spot.key];
    let (old, new) = (laid.old.column(&spot.column)?, laid.new.column(&spot.column)?);
    if key.table == root && key.column == spot.column
        || !is_whole(&spot.place)
        || old.class != key.legacy_kind
        || new.class != new_kind(&key.form)
        || old.class == new.class
    {
        return None;
    }
    let value = format!("{row}.{}", quote(&spot.column));
    let held = match old.class {
        Kind::Integer => format!("{value}::text ~ '^-?[0-9]{{1,18}}$'"),
        Kind::Number => format!("{value}::text ~ '^-?[0-9]+([.][0-9]+)?$'"),
        Kind::Uuid if new.class == Kind::Text => format!(
            "{value} ~* '^[0-9a-f]{{8}}-?[0-9a-f]{{4}}-?[0-9a-f]{{4}}-?[0-9a-f]{{4}}-?[0-9a-f]{{12}}$'"
        ),
        Kind::Bytes if new.class == Kind::Text => format!("{value} ~* '^\\\\x([0-9a-f]{{2}})*$'"),
        Kind::Uuid | Kind::Bytes => "false".to_owned(),
        _ => return None,
    };
    let when = match &spot.place {
        Place::When { column, equals } => {
            format!(" AND {row}.{}::text = {}", quote(column), text(equals))
        }
        _ => String::new(),
    };
    Some(format!("{value} IS NOT NULL{when} AND NOT {held}"))
}

/// The statement that gives legacy values to what stands in references without being a key; needed where no trigger did.
pub(crate) fn late_references(layout: &Layout, root: usize) -> Option<String> {
    let one = |spot: &Spot| {
        let unheld = unheld(layout, root, spot, "o")?;
        let map = layout.map(spot.key);
        Some(format!(
            "INSERT INTO {map} (legacy, id, made) SELECT {}, x.id, 'new side' FROM (SELECT DISTINCT o.{} AS id FROM {} o WHERE {unheld}) x \
             WHERE NOT EXISTS (SELECT FROM {map} m WHERE m.id = x.id) ON CONFLICT DO NOTHING",
            fresh_legacy(layout, spot.key, "x.id"),
            quote(&spot.column),
            layout.name(root, Side::New, Side::New)
        ))
    };
    let statements: Vec<String> = layout.tables[root].spots.iter().filter_map(one).collect();
    (!statements.is_empty()).then(|| statements.join(";\n"))
}

/// The time of a row in milliseconds, as far as SQL can tell.
fn milliseconds(layout: &Layout, no: usize, row: &str) -> String {
    let key = &layout.keys[no];
    match key.time_column.as_ref().and_then(|name| layout.tables[key.table].old.column(name)) {
        Some(time) if time.class == Kind::Time => format!(
            "floor(extract(epoch FROM {row}.{}::timestamp{}) * 1000)::bigint",
            quote(&time.name),
            if time.base.contains("with time zone") { "tz" } else { "" }
        ),
        _ => "NULL".to_owned(),
    }
}

/// A legacy value as the recipe takes it.
fn as_text(kind: Kind, column: &str) -> String {
    match kind {
        Kind::Bytes => format!("encode({column}, 'hex')"),
        _ => format!("{column}::text"),
    }
}

/// The statement that fills the map of a key by the recipe in SQL.
pub(crate) fn mapped(layout: &Layout, no: usize) -> String {
    let key = &layout.keys[no];
    let column = format!("o.{}", quote(&key.column));
    format!(
        "INSERT INTO {map} (legacy, id) SELECT DISTINCT ON (1) legacy, id FROM (SELECT {column} AS legacy, {make}({text}, {ms}) AS id FROM {table} o WHERE {column} IS NOT NULL) x WHERE id IS NOT NULL ORDER BY 1 ON CONFLICT (legacy) DO NOTHING",
        map = layout.map(no),
        make = layout.own(&format!("make_{no}")),
        text = as_text(key.legacy_kind, &column),
        ms = milliseconds(layout, no, "o"),
        table = layout.name(key.table, Side::Old, Side::Old),
    )
}

/// The function that numbers a row of the new side; a number that names another row is skipped.
pub(crate) fn number(layout: &Layout, no: usize) -> String {
    let key = &layout.keys[no];
    // Below what the other database numbers its rows by: such a number names none of them.
    let sign = if key.is_external() { "-" } else { "" };
    let base = &key.legacy_type;
    let body = format!(
        "DECLARE n {base}; BEGIN \
         LOOP n := {sign}nextval({}::regclass); EXIT WHEN NOT EXISTS (SELECT FROM {} WHERE legacy = n); END LOOP; \
         RETURN n; END",
        text(&layout.own(&format!("fresh_{no}"))),
        layout.map(no)
    );
    format!(
        "CREATE FUNCTION {}() RETURNS {base} LANGUAGE plpgsql VOLATILE AS {}",
        layout.own(&format!("number_{no}")),
        text(&body)
    )
}

/// A legacy value for a row that came on the new side.
pub(crate) fn fresh_legacy(layout: &Layout, no: usize, column: &str) -> String {
    let key = &layout.keys[no];
    match key.legacy_kind {
        Kind::Integer | Kind::Number => format!("{}()", layout.own(&format!("number_{no}"))),
        Kind::Uuid => {
            let core = core_text(&key.form, column);
            format!(
                // id-lint: allow-next-line[UID010] the way back to a uuid column
                "coalesce({core}, gen_random_uuid())",
                core = match new_kind(&key.form) {
                    Kind::Uuid => column.to_owned(),
                    Kind::Bytes => format!("encode({column}, 'hex')::uuid"),
                    _ => format!(
                        "CASE WHEN {column} ~* '^[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}$' THEN {column}::uuid ELSE {}({core}) END",
                        layout.own("decode")
                    ),
                }
            )
        }
        Kind::Bytes => match new_kind(&key.form) {
            Kind::Uuid => format!("uuid_send({column})"),
            Kind::Bytes => column.to_owned(),
            _ => format!(
                "coalesce(uuid_send({}({})), convert_to({column}, 'UTF8'))",
                layout.own("decode"),
                core_text(&key.form, column)
            ),
        },
        _ => {
            let core = core_text(&key.form, column);
            match new_kind(&key.form) {
                Kind::Text => format!(
                    "CASE WHEN {}({core}) IS NULL THEN {column} ELSE {} || {core} END",
                    layout.own("decode"),
                    text(&key.fresh_prefix)
                ),
                _ => format!("{} || {column}::text", text(&key.fresh_prefix)),
            }
        }
    }
}

/// The core of an id in text.
fn core_text(form: &Form, column: &str) -> String {
    match form {
        Form::Typed(prefix) => format!("substr({column}, {})", prefix.len() + 2),
        _ => column.to_owned(),
    }
}

/// Functions that rewrite the ids of one key inside arrays, lists and JSON.
pub(crate) fn rewrites(layout: &Layout, no: usize) -> Vec<String> {
    let map = layout.map(no);
    let key = &layout.keys[no];
    let own = |name: &str| layout.own(&format!("{name}_{no}"));
    let look = |part: &str| {
        format!(
            "CASE WHEN forward THEN (SELECT m.id::text FROM {map} m WHERE m.legacy::text = {part}) ELSE (SELECT m.legacy::text FROM {map} m WHERE m.id::text = {part}) END"
        )
    };
    // A number stands for a numbered key, a text for every other: so the way back knows what it was.
    let (kind, back) = match key.legacy_kind {
        Kind::Integer => ("number", "to_jsonb(found::bigint)"),
        _ => ("string", "to_jsonb(found)"),
    };
    vec![
        format!(
            "CREATE FUNCTION {}(v text[], forward bool) RETURNS text[] LANGUAGE sql STABLE AS {}",
            own("array"),
            text(&format!(
                "SELECT CASE WHEN array_ndims(v) IS DISTINCT FROM 1 THEN v ELSE (SELECT array_agg(coalesce({}, e) ORDER BY n) FROM unnest(v) WITH ORDINALITY AS x(e, n)) END",
                look("x.e")
            ))
        ),
        format!(
            "CREATE FUNCTION {}(v text, separator text, forward bool) RETURNS text LANGUAGE sql STABLE AS {}",
            own("list"),
            text(&format!(
                "SELECT CASE WHEN v IS NULL THEN NULL ELSE coalesce((SELECT string_agg(coalesce(left(e, length(e) - length(ltrim(e))) || {} || right(e, length(e) - length(rtrim(e))), e), separator ORDER BY n) FROM unnest(string_to_array(v, separator)) WITH ORDINALITY AS x(e, n)), v) END",
                look("btrim(x.e)")
            ))
        ),
        format!(
            "CREATE FUNCTION {}(v jsonb, path text[], forward bool) RETURNS jsonb LANGUAGE plpgsql STABLE AS {}",
            own("json"),
            text(&format!(
                "DECLARE found text; name text; BEGIN \
                 IF v IS NULL THEN RETURN v; END IF; \
                 IF cardinality(path) = 0 THEN \
                   IF jsonb_typeof(v) <> (CASE WHEN forward THEN '{kind}' ELSE 'string' END) THEN RETURN v; END IF; \
                   found := {}; \
                   IF found IS NULL THEN RETURN v; END IF; \
                   RETURN CASE WHEN forward THEN to_jsonb(found) ELSE {back} END; \
                 END IF; \
                 IF path[1] = '[]' THEN \
                   IF jsonb_typeof(v) <> 'array' THEN RETURN v; END IF; \
                   RETURN (SELECT coalesce(jsonb_agg({f}(e, path[2:], forward) ORDER BY n), '[]'::jsonb) FROM jsonb_array_elements(v) WITH ORDINALITY AS x(e, n)); \
                 END IF; \
                 name := substr(path[1], 2); \
                 IF jsonb_typeof(v) <> 'object' OR NOT v ? name THEN RETURN v; END IF; \
                 RETURN jsonb_set(v, ARRAY[name], {f}(v->name, path[2:], forward)); END",
                look("(v #>> '{}')"),
                f = own("json"),
            ))
        ),
    ]
}
