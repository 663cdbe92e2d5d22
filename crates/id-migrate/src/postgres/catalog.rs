//! What stands in a database, as texts from which it can be made again in another schema; read, never written.
//!
//! The texts come from the server with an empty search path, so that every name in them is whole.

use postgres::GenericClient;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::client::{quote, text};
use crate::error::Result;
use crate::plan::plain;
use crate::planner::facts::Class;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Column {
    pub(crate) name: String,
    /// As it is declared: `shop.customer_id`, `uuid[]`, `character varying(80)`.
    pub(crate) declared: String,
    /// Without domains: `text`.
    pub(crate) base: String,
    /// ` COLLATE ...` where it is not the type's own.
    pub(crate) collation: String,
    pub(crate) default: Option<String>,
    pub(crate) is_generated: bool,
    /// `a` always, `d` by default, empty if none.
    pub(crate) identity: String,
    /// How the sequence behind it is made.
    pub(crate) sequence_options: Option<String>,
    /// Schema and name of the sequence that belongs to it.
    pub(crate) sequence: Option<(String, String)>,
    pub(crate) is_not_null: bool,
    pub(crate) class: Kind,
    /// Where they are not the type's own.
    #[serde(default)]
    pub(crate) storage: Option<String>,
    #[serde(default)]
    pub(crate) compression: Option<String>,
    /// Rights and comment of a sequence that comes and goes with the column, with `{T}` for its name.
    #[serde(default)]
    pub(crate) sequence_extras: Vec<String>,
}

/// What values a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Integer,
    Number,
    Text,
    Uuid,
    Bytes,
    Time,
    Jsonb,
    Array,
    Other,
}

impl Kind {
    pub(crate) fn class(self) -> Class {
        match self {
            Self::Integer => Class::Integer,
            Self::Number => Class::Number,
            Self::Bytes => Class::Any,
            _ => Class::Text,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Index {
    pub(crate) name: String,
    pub(crate) is_unique: bool,
    /// From `USING` on.
    pub(crate) tail: String,
    /// The index of the partitioned table that it is part of: schema and name.
    pub(crate) part_of: Option<(String, String)>,
    /// What is written behind `ADD CONSTRAINT name`, if a constraint made it.
    pub(crate) constraint: Option<String>,
    pub(crate) columns: Vec<String>,
    /// No expression, no condition, not deferrable.
    pub(crate) is_plain: bool,
    pub(crate) is_primary: bool,
    pub(crate) comment: Option<String>,
    /// What else is said of it, with `{T}` for the table and `{I}` for the index.
    #[serde(default)]
    pub(crate) extras: Vec<String>,
}

/// Statistics over several columns or expressions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Statistics {
    pub(crate) schema: String,
    pub(crate) name: String,
    /// What stands between its name and `FROM`.
    pub(crate) body: String,
    /// With `{S}` for its whole name.
    pub(crate) extras: Vec<String>,
}

/// Who may see which rows: it names other tables by what they are, not by their names, so it stands on the live side only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Policy {
    pub(crate) name: String,
    /// The statements that make it, with `{T}` for the table.
    pub(crate) statements: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Foreign {
    pub(crate) name: String,
    pub(crate) definition: String,
    pub(crate) is_validated: bool,
    pub(crate) columns: Vec<String>,
    pub(crate) parent: u32,
    pub(crate) parent_columns: Vec<String>,
    pub(crate) comment: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Trigger {
    pub(crate) name: String,
    pub(crate) definition: String,
    /// `O` on, `D` off, `R` and `A` for replication.
    pub(crate) enabled: String,
    #[serde(default)]
    pub(crate) comment: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Table {
    pub(crate) oid: u32,
    pub(crate) schema: String,
    pub(crate) name: String,
    /// `r` or `p`.
    pub(crate) kind: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) checks: Vec<(String, String)>,
    /// Checks that older rows need not pass, and their comments: on the live side only.
    #[serde(default)]
    pub(crate) late_checks: Vec<(String, String, Option<String>)>,
    #[serde(default)]
    pub(crate) policies: Vec<Policy>,
    #[serde(default)]
    pub(crate) statistics: Vec<Statistics>,
    pub(crate) partition_by: Option<String>,
    /// The table that it is part of, and its bounds.
    pub(crate) part_of: Option<(u32, String)>,
    /// Inherits in the old way, which nothing here follows.
    pub(crate) inherits: bool,
    pub(crate) options: String,
    pub(crate) indexes: Vec<Index>,
    pub(crate) foreign: Vec<Foreign>,
    pub(crate) triggers: Vec<Trigger>,
    /// Owner, rights, comments, ... with `{T}` for the table.
    pub(crate) extras: Vec<String>,
    /// Publications that name it.
    pub(crate) publications: Vec<String>,
    /// Which columns and rows each of them takes.
    #[serde(default)]
    pub(crate) published: Vec<String>,
    pub(crate) rules: Vec<String>,
}

impl Table {
    /// The name as a plan writes it: quoted only where it has to be.
    pub(crate) fn id(&self) -> String {
        format!("{}.{}", plain(&self.schema), plain(&self.name))
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    pub(crate) fn is_unique(&self, column: &str) -> bool {
        self.indexes
            .iter()
            .any(|index| index.is_unique && index.is_plain && index.columns == [column])
    }

    /// The columns that name a row, if some do.
    pub(crate) fn row_key(&self) -> Vec<String> {
        let is_whole = |index: &&Index| {
            index.is_unique
                && index.is_plain
                && index
                    .columns
                    .iter()
                    .all(|name| self.column(name).is_some_and(|column| column.is_not_null))
        };
        let mut unique: Vec<&Index> = self.indexes.iter().filter(is_whole).collect();
        unique.sort_by_key(|index| (!index.is_primary, index.columns.len()));
        unique.first().map_or_else(Vec::new, |index| index.columns.clone())
    }
}

/// A view or function that is made of tables.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dependent {
    pub(crate) oid: u32,
    pub(crate) schema: String,
    pub(crate) name: String,
    /// `v` view, `m` materialised view, `f` function.
    pub(crate) kind: String,
    /// With names as short as the search path of all tables allows.
    pub(crate) body: String,
    /// For functions, the types of the arguments, which belong to the name.
    pub(crate) arguments: String,
    /// Statement and arguments on the new side, where they have to differ.
    pub(crate) new: Option<(String, String)>,
    pub(crate) indexes: Vec<Index>,
    /// With `{T}` for the whole name.
    pub(crate) extras: Vec<String>,
    pub(crate) is_populated: bool,
}

impl Dependent {
    /// The arguments of a function while its side is in place.
    pub(crate) fn arguments_of(&self, side: super::layout::Side) -> &str {
        match (&self.new, side) {
            (Some((_, arguments)), super::layout::Side::New) => arguments,
            _ => &self.arguments,
        }
    }
}

/// Schemas that are nobody's data, or a migration's.
const OURS: &str = "n.nspname !~ '^(pg_|_uid[0-9]*(_|$))' AND n.nspname <> 'information_schema'";

/// Hashes everything that a migration relies on, but not what a migration made.
pub(crate) fn hash(db: &mut impl GenericClient) -> Result<String> {
    let rows = db.query(
        &format!(
            "SELECT n.nspname || '.' || c.relname || c.relkind::text || \
             coalesce((SELECT string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid)), ',' ORDER BY a.attnum) \
               FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '') || \
             coalesce((SELECT string_agg(k.conname || pg_get_constraintdef(k.oid), ',' ORDER BY k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype <> 'n'), '') || \
             coalesce((SELECT string_agg(pg_get_indexdef(i.indexrelid), ',' ORDER BY pg_get_indexdef(i.indexrelid)) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid), '') || \
             coalesce((SELECT string_agg(pg_get_triggerdef(t.oid), ',' ORDER BY t.tgname) FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgname !~ '^_uid'), '') || \
             CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) ELSE '' END \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm') AND {OURS} ORDER BY 1"
        ),
        &[],
    )?;
    let mut hash = Sha256::new();
    for row in rows {
        hash.update(row.get::<_, String>(0));
        hash.update([0]);
    }
    Ok(hex(&hash.finalize()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}

/// Reads all tables, partitions behind what they are part of.
pub(crate) fn tables(db: &mut impl GenericClient) -> Result<Vec<Table>> {
    let rows = db.query(
        &format!(
            "SELECT c.oid, n.nspname, c.relname, c.relkind::text, pg_get_partkeydef(c.oid), \
             CASE WHEN c.relispartition THEN i.inhparent END, CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END, \
             NOT c.relispartition AND (i.inhparent IS NOT NULL OR EXISTS (SELECT 1 FROM pg_inherits x WHERE x.inhparent = c.oid AND c.relkind = 'r')), \
             concat(' WITH (' || (SELECT string_agg(o, ', ') FROM (SELECT unnest(c.reloptions) UNION ALL SELECT 'toast.' || unnest(s.reloptions) FROM pg_class s WHERE s.oid = c.reltoastrelid) x(o)) || ')', \
               CASE WHEN t.spcname IS NOT NULL THEN ' TABLESPACE ' || quote_ident(t.spcname) END), c.relpersistence::text, \
             pg_get_userbyid(c.relowner), c.relrowsecurity, c.relforcerowsecurity, c.relreplident::text \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_inherits i ON i.inhrelid = c.oid LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace \
             WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND {OURS} \
             AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e') \
             ORDER BY c.relispartition, n.nspname, c.relname"
        ),
        &[],
    )?;
    let version: i32 =
        db.query_one("SELECT current_setting('server_version_num')::int", &[])?.get(0);
    let mut tables = Vec::new();
    for row in rows {
        let oid: u32 = row.get(0);
        let mut extras = vec![format!("ALTER TABLE {{T}} OWNER TO {}", quote(row.get(10)))];
        if row.get(11) {
            extras.push("ALTER TABLE {T} ENABLE ROW LEVEL SECURITY".to_owned());
        }
        if row.get(12) {
            extras.push("ALTER TABLE {T} FORCE ROW LEVEL SECURITY".to_owned());
        }
        match row.get::<_, String>(13).as_str() {
            "f" => extras.push("ALTER TABLE {T} REPLICA IDENTITY FULL".to_owned()),
            "n" => extras.push("ALTER TABLE {T} REPLICA IDENTITY NOTHING".to_owned()),
            _ => {}
        }
        extras.extend(rights(db, oid, "TABLE", "r")?);
        extras.extend(relation_extras(db, oid, "TABLE")?);
        let strings = |db: &mut _, sql: &str| -> Result<Vec<String>> { strings(db, sql, oid) };
        let publications = strings(
            db,
            "SELECT p.pubname::text FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = $1 ORDER BY 1",
        )?;
        // Older servers publish whole tables.
        let published = if version >= 150_000 {
            strings(
                db,
                "SELECT concat(' (' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = r.prrelid AND a.attnum = ANY(r.prattrs)) || ')', ' WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')') \
                 FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = $1 ORDER BY p.pubname::text",
            )?
        } else {
            vec![String::new(); publications.len()]
        };
        let rules = strings(
            db,
            "SELECT rulename::text FROM pg_rewrite WHERE ev_class = $1 AND rulename <> '_RETURN' ORDER BY 1",
        )?;
        let checks = pairs(
            db,
            "SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = $1 AND contype = 'c' AND convalidated ORDER BY conname",
            oid,
        )?;
        let late_checks = db
            .query(
                "SELECT conname::text, pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conrelid = $1 AND contype = 'c' AND NOT convalidated AND coninhcount = 0 ORDER BY conname",
                &[&oid],
            )?
            .iter()
            .map(|row| (row.get(0), row.get(1), row.get(2)))
            .collect();
        let persistence: String = row.get(9);
        tables.push(Table {
            oid,
            schema: row.get(1),
            name: row.get(2),
            kind: row.get(3),
            columns: columns(db, oid, version)?,
            checks,
            late_checks,
            policies: policies(db, oid)?,
            statistics: statistics(db, oid)?,
            partition_by: row.get(4),
            part_of: row.get::<_, Option<u32>>(5).zip(row.get(6)),
            inherits: row.get(7),
            options: row.get(8),
            indexes: indexes(db, oid)?,
            foreign: foreign(db, oid)?,
            triggers: triggers(db, oid)?,
            extras,
            publications,
            published,
            rules,
        });
        if persistence == "u"
            && let Some(table) = tables.last_mut()
        {
            table.extras.insert(0, "ALTER TABLE {T} SET UNLOGGED".to_owned());
        }
    }
    Ok(tables)
}

fn strings(db: &mut impl GenericClient, sql: &str, oid: u32) -> Result<Vec<String>> {
    Ok(db.query(sql, &[&oid])?.iter().map(|row| row.get(0)).collect())
}

fn pairs(db: &mut impl GenericClient, sql: &str, oid: u32) -> Result<Vec<(String, String)>> {
    Ok(db.query(sql, &[&oid])?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Statements that give an object made anew the rights that another one has, whatever new ones get by default; `kind` is the
/// letter of its kind among those defaults.
fn rights(db: &mut impl GenericClient, oid: u32, word: &str, kind: &str) -> Result<Vec<String>> {
    let grantee =
        "CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END";
    let mut extras = strings(
        db,
        &format!(
            "SELECT format('REVOKE ALL ON {word} {{T}} FROM %s', {grantee}) FROM (SELECT DISTINCT a.grantee FROM pg_default_acl d, aclexplode(d.defaclacl) a WHERE d.defaclobjtype = upper('{kind}')::\"char\" OR d.defaclobjtype = '{kind}') a, pg_class c WHERE c.oid = $1 AND a.grantee <> c.relowner ORDER BY 1"
        ),
        oid,
    )?;
    extras.extend(strings(
        db,
        &format!("SELECT format('REVOKE %s ON {word} {{T}} FROM %I', d.privilege_type, pg_get_userbyid(c.relowner)) FROM pg_class c, aclexplode(acldefault('{kind}', c.relowner)) d \
         WHERE c.oid = $1 AND c.relacl IS NOT NULL AND d.grantee = c.relowner AND NOT EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee = c.relowner AND a.privilege_type = d.privilege_type) ORDER BY 1"),
        oid,
    )?);
    extras.extend(strings(
        db,
        &format!("SELECT format('GRANT %s ON {word} {{T}} TO %s%s', a.privilege_type, {grantee}, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) \
         FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = $1 AND a.grantee <> c.relowner \
         UNION ALL SELECT format('GRANT %s (%I) ON {word} {{T}} TO %s%s', a.privilege_type, t.attname, {grantee}, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) \
         FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = $1 AND NOT t.attisdropped ORDER BY 1"),
        oid,
    )?);
    Ok(extras)
}

/// Comments of a table or view and of its columns, and what its statistics are told.
fn relation_extras(db: &mut impl GenericClient, oid: u32, word: &str) -> Result<Vec<String>> {
    let mut extras = Vec::new();
    extras.extend(strings(
        db,
        &format!("SELECT CASE WHEN d.objsubid = 0 THEN 'COMMENT ON {word} {{T}} IS ' ELSE format('COMMENT ON COLUMN {{T}}.%I IS ', a.attname) END || quote_literal(d.description) \
         FROM pg_description d LEFT JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid WHERE d.classoid = 'pg_class'::regclass AND d.objoid = $1 ORDER BY d.objsubid"),
        oid,
    )?);
    extras.extend(strings(
        db,
        "SELECT format('COMMENT ON CONSTRAINT %I ON {T} IS %L', k.conname, d.description) FROM pg_constraint k JOIN pg_description d ON d.objoid = k.oid AND d.classoid = 'pg_constraint'::regclass \
         WHERE k.conrelid = $1 AND k.contype = 'c' AND k.convalidated ORDER BY 1",
        oid,
    )?);
    extras.extend(strings(
        db,
        "SELECT format('ALTER TABLE {T} ALTER COLUMN %I SET STATISTICS %s', attname, attstattarget) FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attstattarget >= 0 \
         UNION ALL SELECT format('ALTER TABLE {T} ALTER COLUMN %I SET (%s)', attname, array_to_string(attoptions, ', ')) FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped AND attoptions IS NOT NULL ORDER BY 1",
        oid,
    )?);
    Ok(extras)
}

fn policies(db: &mut impl GenericClient, oid: u32) -> Result<Vec<Policy>> {
    let rows = db.query(
        "SELECT p.polname, format('CREATE POLICY %I ON {T} AS %s FOR %s TO %s', p.polname, CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, \
           CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END, \
           (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(r)) END, ', ') FROM unnest(p.polroles) r)) \
         || coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', ''), \
         format('COMMENT ON POLICY %I ON {T} IS %L', p.polname, obj_description(p.oid, 'pg_policy')), obj_description(p.oid, 'pg_policy') IS NOT NULL \
         FROM pg_policy p WHERE p.polrelid = $1 ORDER BY p.polname",
        &[&oid],
    )?;
    let of = |row: &postgres::Row| {
        let mut statements = vec![row.get(1)];
        if row.get(3) {
            statements.push(row.get(2));
        }
        Policy { name: row.get(0), statements }
    };
    Ok(rows.iter().map(of).collect())
}

/// Policies of other tables that name these tables, or what is made of them: the table, and the policy.
pub(crate) fn outside_policies(
    db: &mut impl GenericClient,
    tables: &[u32],
    dependents: &[u32],
) -> Result<Vec<(String, Policy)>> {
    let rows = db.query(
        "SELECT DISTINCT p.polrelid, p.polname, format('%I.%I', n.nspname, c.relname) FROM pg_depend d JOIN pg_policy p ON p.oid = d.objid AND d.classid = 'pg_policy'::regclass JOIN pg_class c ON c.oid = p.polrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE p.polrelid <> ALL($1) AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY($1 || $2) OR d.refclassid = 'pg_proc'::regclass AND d.refobjid = ANY($2)) ORDER BY 3, 2",
        &[&tables, &dependents],
    )?;
    let mut found = Vec::new();
    for row in rows {
        let name: String = row.get(1);
        let all = policies(db, row.get(0))?;
        found.extend(all.into_iter().filter(|one| one.name == name).map(|one| (row.get(2), one)));
    }
    Ok(found)
}

fn statistics(db: &mut impl GenericClient, oid: u32) -> Result<Vec<Statistics>> {
    let rows = db.query(
        "SELECT n.nspname, s.stxname, substr(d, length(head) + 1, length(d) - length(head) - length(tail)), pg_get_userbyid(s.stxowner), coalesce(s.stxstattarget, -1)::int, obj_description(s.oid, 'pg_statistic_ext') \
         FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace, pg_get_statisticsobjdef(s.oid) d, \
         format('CREATE STATISTICS %I.%I', n.nspname, s.stxname) head, format(' FROM %s', s.stxrelid::regclass) tail WHERE s.stxrelid = $1 ORDER BY 1, 2",
        &[&oid],
    )?;
    let of = |row: &postgres::Row| {
        let mut extras = vec![format!("ALTER STATISTICS {{S}} OWNER TO {}", quote(row.get(3)))];
        let target: i32 = row.get(4);
        if target >= 0 {
            extras.push(format!("ALTER STATISTICS {{S}} SET STATISTICS {target}"));
        }
        extras.extend(comment("STATISTICS {S}", row.get::<_, Option<String>>(5).as_ref()));
        Statistics { schema: row.get(0), name: row.get(1), body: row.get(2), extras }
    };
    Ok(rows.iter().map(of).collect())
}

fn columns(db: &mut impl GenericClient, oid: u32, version: i32) -> Result<Vec<Column>> {
    // Older servers compress in one way.
    let compression = if version >= 140_000 {
        "CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END"
    } else {
        "NULL::text"
    };
    let rows = db.query(
        &format!("WITH RECURSIVE base(col, typ, mod) AS (SELECT attnum, atttypid, atttypmod FROM pg_attribute WHERE attrelid = $1 AND attnum > 0 AND NOT attisdropped \
           UNION ALL SELECT col, t.typbasetype, t.typtypmod FROM base JOIN pg_type t ON t.oid = typ WHERE t.typtype = 'd') \
         SELECT a.attname, format_type(a.atttypid, a.atttypmod), format_type(b.typ, CASE WHEN b.typ = a.atttypid THEN a.atttypmod ELSE b.mod END), \
         CASE WHEN a.attcollation <> 0 AND a.attcollation <> t.typcollation THEN format(' COLLATE %I.%I', cn.nspname, co.collname) ELSE '' END, \
         pg_get_expr(d.adbin, d.adrelid), a.attgenerated <> '', a.attidentity::text, \
         CASE WHEN s.seqrelid IS NOT NULL THEN format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s%s', s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END) END, \
         sn.nspname, sc.relname, a.attnotnull, bt.typname, bt.typcategory::text, \
         CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END, {compression}, s.seqrelid \
         FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid \
         JOIN base b ON b.col = a.attnum JOIN pg_type bt ON bt.oid = b.typ AND bt.typtype <> 'd' \
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
         LEFT JOIN pg_collation co ON co.oid = a.attcollation LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace \
         LEFT JOIN pg_depend o ON o.refclassid = 'pg_class'::regclass AND o.refobjid = a.attrelid AND o.refobjsubid = a.attnum AND o.classid = 'pg_class'::regclass AND o.deptype IN ('a', 'i') \
           AND EXISTS (SELECT 1 FROM pg_sequence q WHERE q.seqrelid = o.objid) \
         LEFT JOIN pg_sequence s ON s.seqrelid = o.objid LEFT JOIN pg_class sc ON sc.oid = s.seqrelid LEFT JOIN pg_namespace sn ON sn.oid = sc.relnamespace \
         WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"),
        &[&oid],
    )?;
    let of = |row: &postgres::Row| {
        let (typname, category): (String, String) = (row.get(11), row.get(12));
        let class = match (typname.as_str(), category.as_str()) {
            ("int2" | "int4" | "int8", _) => Kind::Integer,
            ("numeric" | "float4" | "float8", _) => Kind::Number,
            ("text" | "varchar" | "bpchar" | "citext" | "name", _) => Kind::Text,
            ("uuid", _) => Kind::Uuid,
            ("bytea", _) => Kind::Bytes,
            ("timestamp" | "timestamptz" | "date", _) => Kind::Time,
            ("jsonb", _) => Kind::Jsonb,
            (_, "A") => Kind::Array,
            _ => Kind::Other,
        };
        Column {
            name: row.get(0),
            declared: row.get(1),
            base: row.get(2),
            collation: row.get(3),
            default: row.get(4),
            is_generated: row.get(5),
            identity: row.get(6),
            sequence_options: row.get(7),
            sequence: row.get::<_, Option<String>>(8).zip(row.get(9)),
            is_not_null: row.get(10),
            class,
            storage: row.get(13),
            compression: row.get(14),
            sequence_extras: Vec::new(),
        }
    };
    let mut columns: Vec<Column> = rows.iter().map(of).collect();
    for (column, row) in columns.iter_mut().zip(&rows) {
        if let Some(sequence) = row.get::<_, Option<u32>>(15)
            && !column.identity.is_empty()
        {
            column.sequence_extras = rights(db, sequence, "SEQUENCE", "s")?;
            column.sequence_extras.extend(relation_extras(db, sequence, "SEQUENCE")?);
        }
    }
    Ok(columns)
}

fn indexes(db: &mut impl GenericClient, oid: u32) -> Result<Vec<Index>> {
    let rows = db.query(
        "SELECT c.relname, i.indisunique, substr(pg_get_indexdef(c.oid), position(' USING ' IN pg_get_indexdef(c.oid)) + 1), ps.nspname, p.relname, \
         pg_get_constraintdef(k.oid), ARRAY(SELECT coalesce(a.attname::text, '') FROM unnest(i.indkey) WITH ORDINALITY x(n, o) LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = x.n WHERE x.o <= i.indnkeyatts ORDER BY x.o), \
         i.indpred IS NULL AND i.indexprs IS NULL AND i.indimmediate AND i.indisvalid, i.indisprimary, obj_description(c.oid, 'pg_class'), \
         array_remove(ARRAY[CASE WHEN i.indisclustered THEN format('ALTER TABLE {T} CLUSTER ON %I', c.relname) END, CASE WHEN i.indisreplident THEN format('ALTER TABLE {T} REPLICA IDENTITY USING INDEX %I', c.relname) END, \
           CASE WHEN obj_description(k.oid, 'pg_constraint') IS NOT NULL THEN format('COMMENT ON CONSTRAINT %I ON {T} IS %L', k.conname, obj_description(k.oid, 'pg_constraint')) END] \
           || ARRAY(SELECT format('ALTER INDEX {I} ALTER COLUMN %s SET STATISTICS %s', a.attnum, a.attstattarget) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0 ORDER BY a.attnum), NULL) \
         FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.contype IN ('p', 'u', 'x') AND k.conrelid = i.indrelid \
         LEFT JOIN pg_inherits h ON h.inhrelid = c.oid LEFT JOIN pg_class p ON p.oid = h.inhparent LEFT JOIN pg_namespace ps ON ps.oid = p.relnamespace \
         WHERE i.indrelid = $1 AND i.indislive ORDER BY NOT i.indisprimary, c.relname",
        &[&oid],
    )?;
    let of = |row: &postgres::Row| Index {
        name: row.get(0),
        is_unique: row.get(1),
        tail: row.get(2),
        part_of: row.get::<_, Option<String>>(3).zip(row.get(4)),
        constraint: row.get(5),
        columns: row.get(6),
        is_plain: row.get(7),
        is_primary: row.get(8),
        comment: row.get(9),
        extras: row.get(10),
    };
    Ok(rows.iter().map(of).collect())
}

fn foreign(db: &mut impl GenericClient, oid: u32) -> Result<Vec<Foreign>> {
    let names = |which: &str, of: &str| {
        format!(
            "ARRAY(SELECT a.attname::text FROM unnest(k.{which}) WITH ORDINALITY x(n, o) JOIN pg_attribute a ON a.attrelid = k.{of} AND a.attnum = x.n ORDER BY x.o)"
        )
    };
    let rows = db.query(
        &format!(
            "SELECT k.conname, pg_get_constraintdef(k.oid), k.convalidated, {}, k.confrelid, {}, obj_description(k.oid, 'pg_constraint') \
             FROM pg_constraint k WHERE k.conrelid = $1 AND k.contype = 'f' AND k.conparentid = 0 ORDER BY k.conname",
            names("conkey", "conrelid"),
            names("confkey", "confrelid")
        ),
        &[&oid],
    )?;
    let of = |row: &postgres::Row| Foreign {
        name: row.get(0),
        definition: row.get::<_, String>(1).trim_end_matches(" NOT VALID").to_owned(),
        is_validated: row.get(2),
        columns: row.get(3),
        parent: row.get(4),
        parent_columns: row.get(5),
        comment: row.get(6),
    };
    Ok(rows.iter().map(of).collect())
}

pub(crate) fn triggers(db: &mut impl GenericClient, oid: u32) -> Result<Vec<Trigger>> {
    let rows = db.query(
        "SELECT tgname, pg_get_triggerdef(oid), tgenabled::text, obj_description(oid, 'pg_trigger') FROM pg_trigger WHERE tgrelid = $1 AND NOT tgisinternal AND tgparentid = 0 AND tgname !~ '^_uid' ORDER BY tgname",
        &[&oid],
    )?;
    let of = |row: &postgres::Row| Trigger {
        name: row.get(0),
        definition: row.get(1),
        enabled: row.get(2),
        comment: row.get(3),
    };
    Ok(rows.iter().map(of).collect())
}

/// Finds what is made of these tables: views, materialised views and functions, in an order in which they can be made again.
///
/// The second list names what cannot be carried over.
pub(crate) fn dependents(
    db: &mut impl GenericClient,
    tables: &[u32],
    path: &[String],
) -> Result<(Vec<Dependent>, Vec<String>)> {
    let mut order: Vec<(u32, bool)> = Vec::new();
    let mut layer: Vec<u32> = tables.to_vec();
    let mut functions: Vec<u32> = Vec::new();
    for _ in 0..100 {
        let found = db.query(
            "SELECT DISTINCT r.ev_class, false FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid AND d.classid = 'pg_rewrite'::regclass \
               WHERE ((d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY($1)) OR (d.refclassid = 'pg_proc'::regclass AND d.refobjid = ANY($2)) \
               OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (SELECT t.oid FROM pg_type t WHERE t.typrelid = ANY($1)))) AND r.ev_class <> ALL($1) \
             UNION SELECT DISTINCT d.objid, true FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND ((d.refclassid = 'pg_class'::regclass AND d.refobjid = ANY($1)) \
               OR (d.refclassid = 'pg_proc'::regclass AND d.refobjid = ANY($2)) \
               OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (SELECT unnest(ARRAY[t.oid, t.typarray]) FROM pg_type t WHERE t.typrelid = ANY($1))))",
            &[&layer, &functions],
        )?;
        layer = Vec::new();
        functions = Vec::new();
        for row in &found {
            let (oid, is_function): (u32, bool) = (row.get(0), row.get(1));
            // What is found again further away is made later.
            order.retain(|known| known.0 != oid);
            order.push((oid, is_function));
            if is_function { functions.push(oid) } else { layer.push(oid) }
        }
        if found.is_empty() {
            break;
        }
    }
    let mut blocked: Vec<String> = db
        .query(
            "SELECT format('table %s has a column of the row type of %s', a.attrelid::regclass, t.typrelid::regclass) FROM pg_attribute a JOIN pg_type t ON a.atttypid IN (t.oid, t.typarray) \
             JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') WHERE t.typrelid = ANY($1) AND NOT a.attisdropped",
            &[&tables],
        )?
        .iter()
        .map(|row| row.get(0))
        .collect();
    let views: Vec<u32> =
        order.iter().filter(|(_, is_function)| !is_function).map(|one| one.0).collect();
    let functions: Vec<u32> =
        order.iter().filter(|(_, is_function)| *is_function).map(|one| one.0).collect();
    // What nothing makes anew, and what would hang on the side that goes.
    for row in db.query(
        "SELECT pg_describe_object('pg_rewrite'::regclass, r.oid, 0) FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE r.ev_class = ANY($1) AND (r.rulename <> '_RETURN' OR c.relkind NOT IN ('v', 'm')) \
         UNION SELECT pg_describe_object('pg_proc'::regclass, oid, 0) FROM pg_proc WHERE oid = ANY($2) AND prokind NOT IN ('f', 'p', 'w') \
         UNION SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend d WHERE d.deptype IN ('n', 'a') AND d.refclassid = 'pg_proc'::regclass AND d.refobjid = ANY($2) \
           AND d.classid NOT IN ('pg_proc'::regclass, 'pg_rewrite'::regclass, 'pg_policy'::regclass) \
         UNION SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend d JOIN pg_type t ON d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray) \
           WHERE t.typrelid = ANY($3) AND d.deptype = 'n' AND d.classid NOT IN ('pg_proc'::regclass, 'pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_class'::regclass) ORDER BY 1",
        &[&views, &functions, &tables],
    )? {
        blocked.push(format!("{} depends on what gets new ids, and is not made anew: drop it, and make it again afterwards", row.get::<_, String>(0)));
    }
    if !blocked.is_empty() {
        return Ok((Vec::new(), blocked));
    }
    let path: Vec<String> = path.iter().map(|name| quote(name)).collect();
    let mut found = Vec::new();
    for (oid, is_function) in order {
        // Only the text that will be read with another path is written with short names.
        let what = if is_function { "functiondef" } else { "viewdef" };
        db.batch_execute(&format!("SET search_path = {}", path.join(", ")))?;
        let definition: String =
            db.query_one(&format!("SELECT pg_get_{what}($1::oid)"), &[&oid])?.get(0);
        db.batch_execute("SET search_path = ''")?;
        found.push(if is_function {
            function(db, oid, &definition)?
        } else {
            view(db, oid, &definition)?
        });
    }
    Ok((found, blocked))
}

fn view(db: &mut impl GenericClient, oid: u32, definition: &str) -> Result<Dependent> {
    let row = db.query_one(
        "SELECT n.nspname, c.relname, c.relkind::text, coalesce(' WITH (' || array_to_string(c.reloptions, ', ') || ')', ''), pg_get_userbyid(c.relowner), c.relispopulated \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1",
        &[&oid],
    )?;
    let kind: String = row.get(2);
    let word = if kind == "m" { "MATERIALIZED VIEW" } else { "VIEW" };
    let definition = definition.trim_end().trim_end_matches(';');
    let no_data = if kind == "m" { " WITH NO DATA" } else { "" };
    let body = format!("CREATE {word} {{T}}{} AS {definition}{no_data}", row.get::<_, String>(3));
    let mut extras = vec![format!("ALTER {word} {{T}} OWNER TO {}", quote(row.get(4)))];
    extras.extend(rights(db, oid, "TABLE", "r")?);
    extras.extend(strings(
        db,
        "SELECT format('ALTER VIEW {T} ALTER COLUMN %I SET DEFAULT %s', a.attname, pg_get_expr(d.adbin, d.adrelid)) FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = $1 ORDER BY 1",
        oid,
    )?);
    extras.extend(relation_extras(db, oid, word)?);
    extras.extend(strings(
        db,
        "SELECT replace(pg_get_triggerdef(t.oid), ' ON ' || t.tgrelid::regclass::text || ' ', ' ON {T} ') FROM pg_trigger t WHERE t.tgrelid = $1 AND NOT t.tgisinternal ORDER BY t.tgname",
        oid,
    )?);
    Ok(Dependent {
        oid,
        schema: row.get(0),
        name: row.get(1),
        kind,
        body,
        arguments: String::new(),
        new: None,
        indexes: indexes(db, oid)?,
        extras,
        is_populated: row.get(5),
    })
}

fn function(db: &mut impl GenericClient, oid: u32, definition: &str) -> Result<Dependent> {
    let row = db.query_one(
        "SELECT n.nspname, p.proname, pg_get_function_identity_arguments(p.oid), pg_get_userbyid(p.proowner), \
         CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, quote_ident(n.nspname) || '.' || quote_ident(p.proname), p.proacl IS NOT NULL, \
         ARRAY(SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END FROM pg_default_acl d, aclexplode(d.defaclacl) a WHERE d.defaclobjtype = 'f' AND a.grantee <> p.proowner ORDER BY 1), \
         EXISTS (SELECT FROM pg_default_acl d WHERE d.defaclobjtype = 'f') \
         FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = $1",
        &[&oid],
    )?;
    let (arguments, word, whole): (String, String, String) = (row.get(2), row.get(4), row.get(5));
    let target = format!("{word} {{T}}");
    let body =
        definition.replacen(&format!("OR REPLACE {word} {whole}("), &format!("{word} {{T}}("), 1);
    let mut extras = vec![format!("ALTER {target}({{A}}) OWNER TO {}", quote(row.get(3)))];
    for by_default in row.get::<_, Vec<String>>(7) {
        extras.push(format!("REVOKE ALL ON {target}({{A}}) FROM {by_default}"));
    }
    match (row.get(6), row.get(8)) {
        (true, _) => extras.push(format!("REVOKE ALL ON {target}({{A}}) FROM PUBLIC")),
        (false, true) => extras.push(format!("GRANT EXECUTE ON {target}({{A}}) TO PUBLIC")),
        (false, false) => {}
    }
    extras.extend(strings(
        db,
        &format!("SELECT format('GRANT EXECUTE ON {target}({{A}}) TO %s', CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END) FROM pg_proc p, aclexplode(p.proacl) a WHERE p.oid = $1 AND a.grantee <> p.proowner ORDER BY 1"),
        oid,
    )?);
    extras.extend(strings(
        db,
        &format!("SELECT 'COMMENT ON {target}({{A}}) IS ' || quote_literal(d) FROM obj_description($1, 'pg_proc') d WHERE d IS NOT NULL"),
        oid,
    )?);
    Ok(Dependent {
        oid,
        schema: row.get(0),
        name: row.get(1),
        kind: "f".to_owned(),
        body,
        arguments,
        new: None,
        indexes: Vec::new(),
        extras,
        is_populated: true,
    })
}

/// Foreign keys of other tables to these tables: table, name, definition, whether it was validated.
pub(crate) fn from_outside(
    db: &mut impl GenericClient,
    tables: &[u32],
) -> Result<Vec<(String, Foreign)>> {
    let rows = db.query(
        "SELECT DISTINCT k.conrelid, format('%I.%I', n.nspname, c.relname) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid = ANY($1) AND k.conrelid <> ALL($1) ORDER BY 2",
        &[&tables],
    )?;
    let mut found = Vec::new();
    for row in rows {
        for key in foreign(db, row.get(0))? {
            if tables.contains(&key.parent) {
                found.push((row.get(1), key));
            }
        }
    }
    Ok(found)
}

/// A comment as a statement.
pub(crate) fn comment(what: &str, said: Option<&String>) -> Option<String> {
    said.map(|said| format!("COMMENT ON {what} IS {}", text(said)))
}
