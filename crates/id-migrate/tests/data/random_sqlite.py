"""Random SQLite databases there and back, judged by what their generator knows and not by the program.

    random_sqlite.py BINARY COUNT [FIRST] [--keep]

Each seed makes a database (tables of every shape, references of every kind, schema objects around them), plans random keys,
runs to contract, and looks at the result with Python's own SQLite: every key is an id of its form and mapping, every place that
referred to a row refers to the same one, everything else is the same, and the statements that an application sends still do what
they did. Then the way back has to give every byte back. Prints what came out wrong with its seed.
"""

# id-lint: allow-file[UID010] keys as databases make them, which are then migrated

import datetime
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def q(name):
    return '"' + name.replace('"', '""') + '"'


def ql(text):
    return "'" + text.replace("'", "''") + "'"


def spell(r, name):
    """A name in one of the ways that SQLite takes."""
    ways = [q(name)]
    if "]" not in name and "[" not in name:
        ways.append("[" + name + "]")
    if "`" not in name:
        ways.append("`" + name + "`")
    if re.fullmatch(r"[a-z_][a-z_0-9]*", name) and name not in ("group", "index", "select", "order", "key", "check", "references", "table"):
        ways += [name] * 3
    return r.choice(ways)


class Text(bytes):
    """A text as its bytes; `bytes` itself is a blob."""

    def __repr__(self):
        return "t" + super().__repr__()


def connect(path, writes=False):
    con = sqlite3.connect(path if writes else f"file:{path}?mode=ro", uri=not writes, isolation_level=None)
    con.text_factory = Text
    return con


def base32(number, length=26):
    return "".join(ALPHABET[(number >> (5 * at)) & 31] for at in reversed(range(length)))


def unbase32(text):
    value = 0
    for letter in text:
        value = value * 32 + ALPHABET.index(letter)
    return value


TABLES = ["users", "order details", "group", "\u0442\u0430\u0431\u043b\u0438\u0446\u0430 \u65e5\u672c", 'we"ird', "Items", "select", "jobs", "a.b", "[x]", "t`k", "CamelCase", "uid", "_uid",
          "_uid_log", "categories", "statuses", "boxes", "it's", "sessions", "runs", "events", "messages", "threads", "tool_calls", "temp", "main",
          "key", "references", "check", "old", "new", "t", "s", "m", "l", "rowid", "workflow_runs", "entity", "companies"]
COLUMNS = ["id", "id", "id", "uuid", "key", "code", "\u043a\u043b\u044e\u0447", "my key", 'Key"q', "oid", "_id", "ID", "rowid", "_rowid_", "name", "slug", "legacy", "new"]


def fresh_key(r, kind, at, no):
    if kind == "uuid":
        return str(uuid.UUID(int=r.getrandbits(128), version=4))
    if kind == "uuid-upper":
        return str(uuid.UUID(int=r.getrandbits(128), version=4)).upper()
    if kind == "hex":
        return uuid.UUID(int=r.getrandbits(128), version=4).hex
    if kind == "ulid":
        ms = 1_600_000_000_000 + at
        return base32((ms << 80) | r.getrandbits(80)).upper()
    if kind == "project":
        return f"proj{no}-20240{1 + at % 9}-{at:05}"
    if kind == "natural":
        return r.choice(["alice", "bob", "carol", "dave"]) + (f".{no}.{at}" if at % 3 else f"@x{no}.{at}.org")
    if kind == "nocase":
        return r.choice(["Abc", "XyZ", "q"]) + f"{no}-{at}"
    if kind == "rtrim":
        return f"r{no}-{at}" + " " * r.randrange(3)
    if kind == "bytes":
        return r.getrandbits(128).to_bytes(16, "big")
    if kind == "int":
        return at + 1
    if kind == "odd-int":
        return r.choice([at * 7 - 50, 2**62 + at, -(2**62) - at])
    if kind == "any":
        return [at, f"{at - 1}", f"a{no}-{at}", b"b%d-%d" % (no, at), at + 0.5][at % 5]
    if kind == "hostile":
        return [f"nul\0{at}", f"it's {at}", f'q"{at}', f"\u043a\u043b\u044e\u0447 {at}", f"\u00e9{at - at % 2}" if at % 2 else f"\u00e9{at}", f"{at:06}", " " + str(at), "x" * r.choice([10, 300, 5000]) + str(at),
                ("Ab" if at % 4 < 2 else "aB") + f"c{at - at % 2}" + ("" if at % 2 else "d"), f"%{at}_\\", f"\U0001f4a5{at}", Text(b"\xff\xfe%d" % at)][at % 12]
    raise ValueError(kind)


TYPES = {
    "uuid": ["TEXT", "VARCHAR(36)", "CHAR(36) ", "", "UUID", "NVARCHAR ( 36 )"], "uuid-upper": ["TEXT", "varchar"], "hex": ["TEXT", "CHAR(32)"], "ulid": ["TEXT", ""],
    "project": ["TEXT", "STRING", "VARCHAR(80)", ""], "natural": ["TEXT", "", "VARCHAR(255)"], "nocase": ["TEXT COLLATE NOCASE", "varchar(9) collate nocase"],
    "rtrim": ["TEXT COLLATE RTRIM"], "bytes": ["BLOB", "BINARY(16)", "UUID", ""], "int": ["INTEGER", "INT", "BIGINT", "UNSIGNED BIG INT", "NUMERIC"],
    "odd-int": ["INTEGER", "BIGINT"], "any": [""], "hostile": ["TEXT", ""],
}


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.tables = []
        self.audited = False

    # What there is.

    def shape(self):
        r = self.r
        count = r.choice([1, 2, 2, 3, 3, 4, 5, 6, 8])
        names = r.sample(TABLES, count)
        lower = [name.lower() for name in names]
        names = [name for at, name in enumerate(names) if name.lower() not in lower[:at]]
        same = r.random() < 0.3
        for name in names:
            kind = r.choice(list(TYPES))
            if kind in ("hostile", "any") and any(t["kind"] == kind for t in self.tables):
                kind = "uuid"  # Two tables with the same words as keys are ambiguous, for people too.
            column = "id" if same else r.choice(COLUMNS)
            strict = r.random() < 0.15 and kind not in ("nocase", "rtrim", "odd-int")
            hows = ["primary", "primary", "primary", "unique", "index", "table", "composite"]
            how = r.choice(hows)
            if kind in ("int", "odd-int") and r.random() < 0.5:
                how = r.choice(["primary", "autoincrement"])
            t = dict(name=name, key=column, kind=kind, how=how, strict=strict, refs=[], rows=r.choice([0, 1, 3, 8, 40, 200]), columns=[], constraints=[], keys=[], parent=None)
            t["rowid"] = not (r.random() < 0.25 and how in ("primary", "table", "composite"))
            t["type"] = r.choice(TYPES[kind])
            if strict:
                t["type"] = {"bytes": "BLOB", "int": "INTEGER", "any": "ANY"}.get(kind, "TEXT")
            if how == "autoincrement":
                t["type"] = "INTEGER"
                t["rowid"] = True
            self.tables.append(t)
        # A key that is a reference itself: one to one, and chains of such tables.
        for at, t in enumerate(self.tables):
            if at and r.random() < 0.25:
                p = self.tables[at - 1] if r.random() < 0.7 else r.choice(self.tables[:at])
                if p["how"] == "composite":
                    continue
                t["parent"], t["kind"], t["type"], t["rows"] = p, p["kind"], p["type"], min(t["rows"], p["rows"])
                if t["how"] in ("autoincrement", "composite"):
                    t["how"] = "primary"
                if t["strict"] or p["strict"]:
                    t["strict"] = False
                    t["type"] = r.choice(TYPES[t["kind"]])
                if t["type"] != p["type"] and p["kind"] in ("int", "any", "odd-int", "bytes", "hostile"):
                    t["type"] = p["type"] if not p["strict"] else {"ANY": ""}.get(p["type"], p["type"])
                t["declared_parent"] = True
        for t in self.tables:
            self.references(t)

    def column_for(self, t, want):
        taken = {c.lower() for c in [t["key"], "m", "pay", "created_at", "part", "n1", "decoy"] + [x["column"] for x in t["refs"]] + t.get("extra", [])}
        at, name = 1, want
        while name.lower() in taken:
            at += 1
            name = f"{want}_{at}" if want.endswith("_id") else f"{want}{at}"
        return name

    def references(self, t):
        r = self.r
        t["extra"] = []
        singular = lambda n: n[:-3] + "y" if n.endswith("ies") else n[:-2] if n.endswith(("uses", "xes", "sses")) else n.rstrip("s")
        for _ in range(r.randrange(0, 4)):
            p = r.choice(self.tables)
            while p["parent"] is not None and r.random() < 0.5:
                p = p["parent"]
            mode = r.choice(["column", "column", "table", "table", "name", "values", "json", "list", "kind", "composite"])
            kind = p["kind"]
            if mode == "composite":
                if p["how"] != "composite":
                    mode = "column"
                else:
                    part = self.column_for(t, "p_part")
                    t["extra"].append(part)
                    column = self.column_for(t, "p_key")
                    t["refs"].append(dict(column=column, part=part, p=p, mode="composite"))
                    continue
            if p["how"] == "composite" and mode in ("column", "table"):
                mode = "name"
            if t["strict"] and kind in ("any", "hostile"):
                continue
            if kind in ("int", "odd-int", "any", "bytes") and mode in ("values", "json", "list"):
                mode = "name"
            if mode in ("json", "list") and kind in ("hostile", "nocase", "rtrim"):
                mode = "column" if p["how"] != "composite" else "name"
            word = singular(p["name"].lower())
            general = p["key"].lower() in ("id", "uuid", "key")
            if mode == "name":
                if not re.fullmatch(r"[a-z_]+", word) or not general:
                    continue
                # A name that is general in the parent: user_id, owner_user_id.
                want = r.choice(["", "parent_", "src_"]) + word + "_id"
            elif mode == "kind":
                if not re.fullmatch(r"[a-z_]+", word):
                    continue
                if any(x["mode"] == "kind" for x in t["refs"]) or any(c["kind"] != kind for c in []):
                    continue
                want = "subject_id"
            elif mode == "values":
                want = r.choice(["owner", "ref", "related", "src", "by"])
            else:
                want = r.choice([f"{word}_id" if re.fullmatch(r"[a-z_]+", word) else "a_ref", "a ref", "parent_id", "x", "REF"])
            column = self.column_for(t, want)
            if mode == "name" and column != want:
                continue
            ref = dict(column=column, p=p, mode=mode, path=r.choice(["$.id", "$.a.b", "$.items[*].ref", "$.l[*]"]))
            if mode == "kind":
                ref["kind_column"] = "subject_type"
                t["extra"].append("subject_type")
            t["refs"].append(ref)
        # A table of pairs: its key is made of references.
        declared = [x for x in t["refs"] if x["mode"] in ("column", "table")]
        t["pairs"] = len(declared) >= 2 and t["how"] == "index" and r.random() < 0.7

    # What stands in it.

    def make(self, path):
        r = self.r
        self.shape()
        con = sqlite3.connect(path, isolation_level=None)
        self.encoding = r.choice(["UTF-8", "UTF-8", "UTF-8", "UTF-16le", "UTF-16be"])
        con.execute(f"PRAGMA encoding = '{self.encoding}'")
        con.execute(f"PRAGMA page_size = {r.choice([512, 1024, 4096, 4096, 16384, 65536])}")
        con.execute(f"PRAGMA auto_vacuum = {r.choice([0, 0, 1, 2])}")
        self.wal = r.random() < 0.4
        if self.wal:
            con.execute("PRAGMA journal_mode = WAL")
            con.execute("PRAGMA wal_autocheckpoint = 0")
        con.execute(f"PRAGMA user_version = {r.randrange(99)}")
        con.execute(f"PRAGMA application_id = {r.randrange(99)}")
        for t in self.tables:
            con.execute(self.statement(t))
        for t in self.tables:
            self.fill_keys(t)
        for t in self.tables:
            self.fill(con, t)
        if r.random() < 0.3:
            self.audited = True
            con.execute("CREATE TABLE audit_log (at TEXT, what TEXT, n)")
        for at, t in enumerate(self.tables):
            self.around(con, t, at)
        if r.random() < 0.3:
            con.execute("ANALYZE")
        if r.random() < 0.1:
            con.execute("CREATE TABLE _uid_state (k, v)")
            con.execute("INSERT INTO _uid_state VALUES ('phase', 'mine')")
        if r.random() < 0.05:
            con.execute("CREATE TABLE wide (" + ", ".join(f"c{at} INT" for at in range(1990)) + ")")
            con.execute("INSERT INTO wide (c1, c7) VALUES (1, 2)")
        if r.random() < 0.05:
            con.execute("CREATE TABLE bare (a, b)")
            con.executemany("INSERT INTO bare VALUES (?, ?)", [(1, "x")] * 5)
        return con

    def statement(self, t):
        r = self.r
        key, name = spell(r, t["key"]), t["name"]
        parts, tail = [], []
        kind_type = t["type"]
        on_conflict = r.choice(["", "", "", " ON CONFLICT REPLACE", " ON CONFLICT IGNORE", " ON CONFLICT FAIL", " ON CONFLICT ROLLBACK"])
        not_null = r.choice(["", " NOT NULL"]) if t["rowid"] else " NOT NULL"
        text = "TEXT" if t["strict"] else None
        check = ""
        if r.random() < 0.15 and t["kind"] not in ("any",):
            check = r.choice([f" CHECK (length({key}) > 0)", f" CHECK ({key} IS NOT NULL)", f" CONSTRAINT ck CHECK ({key} <> 'never, )')", f" CHECK (typeof({key}) <> 'real')"])
        t["null_ok"] = "NOT NULL" not in check and not not_null and "length" not in check
        default = " DEFAULT (lower(hex(randomblob(16))))" if t["kind"] in ("hex", "uuid") and r.random() < 0.3 else ""
        first = f"{key} {kind_type}"
        own = ""
        if t["how"] == "primary":
            own = f"{not_null} PRIMARY KEY{r.choice(['', '', ' DESC', ' ASC'])}{on_conflict if t['rowid'] or True else ''}"
        elif t["how"] == "autoincrement":
            own = " PRIMARY KEY AUTOINCREMENT"
        elif t["how"] == "unique":
            own = f"{not_null} UNIQUE{on_conflict}"
        elif t["how"] == "index":
            own = not_null
        elif t["how"] == "table":
            own = not_null
            tail.append(f"{r.choice(['', 'CONSTRAINT pk_1 '])}PRIMARY KEY ({key}{r.choice(['', '', ' DESC'])}){on_conflict}")
        elif t["how"] == "composite":
            own = " NOT NULL"
            tail.append(f"PRIMARY KEY ({key}, part){on_conflict}" if r.random() < 0.5 else f"PRIMARY KEY (part, {key})")
        parent = ""
        if t["parent"] is not None:
            p = t["parent"]
            parent = f" REFERENCES {spell(r, p['name'])}" + (f"({spell(r, p['key'])})" if p["how"] not in ("primary", "table", "autoincrement") or r.random() < 0.6 else "")
            parent += r.choice(["", " ON DELETE CASCADE", " DEFERRABLE INITIALLY DEFERRED"])
        parts.append(first + own + check + default + parent)
        parts.append("m INTEGER NOT NULL" if t["strict"] else "m INT")
        if t["how"] == "composite":
            parts.append("part INT NOT NULL")
        parts.append(f"pay {text or r.choice(['TEXT', '', 'NUMERIC', 'BLOB'])} {r.choice(['', 'DEFAULT 7', chr(68) + 'EFAULT (abs(1))', 'DEFAULT CURRENT_TIMESTAMP']) if not text else ''}")
        t["time"] = "TEXT" if t["strict"] else r.choice(["TEXT", "INTEGER", "REAL", "DATETIME", "TIMESTAMP"])
        parts.append(f"created_at {t['time']}")
        parts.append(f"n1 {'INT' if t['strict'] else 'INTEGER'}")
        parts.append("decoy TEXT")
        for x in t["refs"]:
            p = x["p"]
            base = p["type"].strip()
            if t["strict"]:
                base = {"bytes": "BLOB", "int": "INTEGER", "odd-int": "INTEGER"}.get(p["kind"], "TEXT")
            elif p["strict"] and base == "ANY":
                base = ""
            if x["mode"] in ("json", "list"):
                base = "TEXT" if t["strict"] else r.choice(["TEXT", "JSON TEXT", ""])
            elif x["mode"] == "kind" and not t["strict"]:
                base = "" if p["kind"] not in ("uuid", "ulid", "project") else r.choice(["TEXT", ""])
                if p["kind"] in ("nocase", "rtrim"):
                    base = "TEXT"
            x["type"] = base
            actions = r.choice(["", "", " ON DELETE CASCADE", " ON UPDATE CASCADE ON DELETE SET NULL", " ON DELETE RESTRICT ON UPDATE NO ACTION", " MATCH FULL", " DEFERRABLE INITIALLY DEFERRED",
                                " NOT DEFERRABLE", " ON DELETE SET DEFAULT DEFERRABLE"])
            to = f"{spell(r, p['name'])}" + (f" ({spell(r, p['key'])})" if p["how"] not in ("primary", "table", "autoincrement") or r.random() < 0.6 else "")
            column = spell(r, x["column"])
            if x["mode"] == "column":
                parts.append(f"{column} {base}{r.choice(['', ' /* the ref */', ' CONSTRAINT fk'])} REFERENCES {to}{actions}" + (" NOT NULL" if t["pairs"] else ""))
            elif x["mode"] == "table":
                parts.append(f"{column} {base}" + (" NOT NULL" if t["pairs"] else ""))
                tail.append(f"{r.choice(['', 'CONSTRAINT fk_2 '])}FOREIGN KEY ({column}) REFERENCES {to}{actions}")
            elif x["mode"] == "composite":
                parts.append(f"{column} {base}")
                parts.append(f"{spell(r, x['part'])} INT")
                tail.append(f"FOREIGN KEY ({column}, {spell(r, x['part'])}) REFERENCES {spell(r, p['name'])} ({spell(r, p['key'])}, part){actions}")
            else:
                parts.append(f"{column} {base}")
                if x["mode"] == "kind":
                    parts.append("subject_type TEXT")
        if t["pairs"]:
            names = ", ".join(spell(r, x["column"]) for x in [x for x in t["refs"] if x["mode"] in ("column", "table")][:2])
            tail.append(f"PRIMARY KEY ({names}, m)")
            t["rowid"] = r.random() < 0.5
        if r.random() < 0.25 and t["kind"] not in ("any", "hostile", "bytes"):
            parts.append(f"g TEXT GENERATED ALWAYS AS ('g:' || {key}) {r.choice(['VIRTUAL', 'STORED'])}" if r.random() < 0.7 or t["strict"] else f"g AS (length({key}))")
            t["generated"] = True
        if r.random() < 0.2:
            parts.append(f"g2 INT AS (n1 * 2) {r.choice(['', 'STORED', 'VIRTUAL'])}")
        if r.random() < 0.2:
            tail.append("CHECK (n1 IS NULL OR n1 > -99999)")
        if r.random() < 0.03:
            parts += [f"w{at} {'INT' if t['strict'] else ''} DEFAULT {at}" for at in range(r.choice([300, 1500, 1950]))]
        end = []
        if t["strict"]:
            end.append("STRICT")
        if not t["rowid"]:
            end.append("WITHOUT ROWID")
        r.shuffle(end)
        sep = r.choice([", ", ",\n    ", ", -- it's a \"comment\", (\n"])
        return f"CREATE TABLE {r.choice(['', 'IF NOT EXISTS '])}{spell(r, name)}{r.choice([' ', '', chr(10)])}({sep.join(parts + tail)}\n) {', '.join(end)}"

    def fill_keys(self, t):
        r = self.r
        if t["parent"] is not None and not t["parent"]["keys"]:
            self.fill_keys(t["parent"]) if t["parent"]["rows"] and not t["parent"].get("filled") else None
        if t.get("filled"):
            return
        t["filled"] = True
        if t["parent"] is not None:
            keys = list(t["parent"]["keys"])
            r.shuffle(keys)
            t["keys"] = keys[: t["rows"]]
            return
        shift = r.choice([0, 0, 0, 1000]) if t["kind"] == "int" else 0
        seen = set()
        for at in range(t["rows"]):
            value = fresh_key(r, t["kind"], at, self.tables.index(t))
            if isinstance(value, int) and shift:
                value += shift
            if isinstance(value, Text) and self.encoding != "UTF-8":
                value = f"no{at}"
            if isinstance(value, str) and self.encoding != "UTF-8" and "\0" in value:
                value = value.replace("\0", "")
            fold = value.lower().rstrip() if isinstance(value, str) and t["kind"] in ("nocase", "rtrim") else value
            if fold in seen:
                continue
            seen.add(fold)
            t["keys"].append(value)

    def fill(self, con, t):
        r = self.r
        base = 1_600_000_000_000 + r.randrange(10**10)
        rows = []
        for at, key in enumerate(t["keys"]):
            row = {t["key"]: key, "m": at}
            if t["how"] == "composite":
                row["part"] = at
            row["pay"] = r.choice(["p%d" % at, "", "it's", Text(b"\xff\xfe") if self.encoding == "UTF-8" else "x", "p\0q" if self.encoding == "UTF-8" else "y", None, "\u043a\u043b\u044e\u0447"])
            ms = base + at * 1000 * r.choice([0, 1, 1])
            stamp = datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc)
            row["created_at"] = {"TEXT": stamp.strftime("%Y-%m-%d %H:%M:%S"), "INTEGER": ms, "REAL": ms / 1000.0, "DATETIME": stamp.isoformat(timespec="milliseconds"),
                                 "TIMESTAMP": ms // 1000}[t["time"]]
            row["n1"] = r.choice([at, at + 1, None, r.randrange(9)])
            row["decoy"] = r.choice(["open", "closed", "x,y,z", '{"a": [1, 2]}', "", None, f"note {at}", "1", "2", "job"])
            for x in t["refs"]:
                self.refer(t, x, row, at)
            if at == 3 and r.random() < 0.1 and t["rowid"]:
                row["pay"] = "b" * 100_000 if t["strict"] else b"b" * 100_000
            rows.append(row)
        if t["rows"] > 2 and t["null_ok"] and t["how"] in ("unique",) and r.random() < 0.4 and t["parent"] is None:
            for more in range(2):
                row = dict(rows[0])
                row[t["key"]], row["m"] = None, 100_000 + more
                rows.append(row)
        con.execute("BEGIN")
        for row in rows:
            marks, values = [], []
            for value in row.values():
                marks.append("CAST(? AS TEXT)" if isinstance(value, Text) else "?")
                values.append(bytes(value) if isinstance(value, Text) else value)
            try:
                con.execute(f"INSERT OR ABORT INTO {q(t['name'])} ({', '.join(map(q, row))}) VALUES ({', '.join(marks)})", values)
            except sqlite3.IntegrityError:
                pass
        con.execute("COMMIT")
        if t["how"] == "autoincrement" and r.random() < 0.5 and rows:
            con.execute(f"UPDATE sqlite_sequence SET seq = seq + 17 WHERE name = ?", [t["name"]])
        if t["how"] == "index":
            con.execute(f"CREATE UNIQUE INDEX {q('u_' + t['name'])} ON {q(t['name'])} ({q(t['key'])})")

    def refer(self, t, x, row, at):
        r, p = self.r, x["p"]
        keys = p["keys"]
        bad = {"int": 987654321, "odd-int": 987654321, "bytes": b"0123456789abcdef", "any": "orphan"}.get(p["kind"], "orphan")
        pick = lambda: r.choice(keys)
        mode = x["mode"]
        value = None
        if mode == "json":
            items = [pick() if keys and r.random() < 0.9 else "none" for _ in range(r.randrange(1, 4))]
            one = items[0]
            doc = {"$.id": {"id": one}, "$.a.b": {"a": {"b": one, "c": 1}}, "$.items[*].ref": {"items": [{"ref": i, "n": 1.5} for i in items]}, "$.l[*]": {"l": items, "x": None}}[x["path"]]
            value = json.dumps(doc, ensure_ascii=r.random() < 0.5, indent=r.choice([None, None, 1]))
            if r.random() < 0.05:
                value = r.choice(["{bad", "", "[]", "null"])
        elif mode == "list":
            usable = [k for k in keys if "," not in k]
            value = r.choice([",", ", "]).join(r.sample(usable, min(len(usable), r.randrange(2, 5)))) if usable else None
        elif mode == "kind":
            row["subject_type"] = r.choice([p["name"], p["name"], "other"])
            value = (pick() if keys else None) if row["subject_type"] == p["name"] else r.choice(["o1", "o2", "o3"]) if not t["strict"] or p["kind"] not in ("bytes", "int", "odd-int") else None
        elif mode == "composite":
            if keys and r.random() < 0.9:
                index = r.randrange(len(keys))
                value, row[x["part"]] = keys[index], index
            else:
                row[x["part"]] = None
        elif keys and r.random() < (1.0 if t["pairs"] else 0.88):
            value = pick()
            if p["kind"] == "nocase" and r.random() < 0.4:
                value = value.swapcase()
            if p["kind"] == "rtrim" and r.random() < 0.4:
                value = value.rstrip() + " " * r.randrange(3)
        elif r.random() < 0.4 and mode != "values" or t["pairs"]:
            value = bad
        row[x["column"]] = value

    # What stands around it.

    def around(self, con, t, at):
        r = self.r
        name, key = t["name"], t["key"]
        tries = []
        if r.random() < 0.3:
            tries.append(f"CREATE INDEX {q(f'ix{at} ' + name)} ON {q(name)} ({q(key)} DESC, pay)")
        if r.random() < 0.2:
            tries.append(f"CREATE INDEX {q(f'ip{at}')} ON {q(name)} (n1, {q(key)}) WHERE n1 IS NOT NULL")
        if r.random() < 0.15 and self.encoding == "UTF-8":
            tries.append(f"CREATE UNIQUE INDEX {q(f'ie{at}')} ON {q(name)} (lower({q(key)}), m)")
        if r.random() < 0.2:
            tries.append(f"CREATE UNIQUE INDEX IF NOT EXISTS main.{q(f'im{at}')} ON {q(name)} (m) WHERE m >= 0")
        for x in t["refs"]:
            if r.random() < 0.4:
                tries.append(f"CREATE INDEX {q(f'ir{at}_' + x['column'])} ON {spell(r, name)}({spell(r, x['column'])}{r.choice(['', ' DESC', ' COLLATE NOCASE'])})")
        if r.random() < 0.3:
            tries.append(f"CREATE VIEW {q('v ' + name)} AS SELECT * FROM {q(name)} WHERE {q(key)} IS NOT NULL")
            if r.random() < 0.5:
                tries.append(f"CREATE VIEW {q('w ' + name)} (a, b) AS SELECT v.m, count(*) FROM {q('v ' + name)} v GROUP BY 1")
                tries.append(f"CREATE TRIGGER {q('i ' + name)} INSTEAD OF INSERT ON {q('w ' + name)} BEGIN UPDATE {q(name)} SET n1 = NEW.b WHERE m = NEW.a; END")
        if self.audited and r.random() < 0.7:
            what = ql(name)
            tries.append(f"CREATE TRIGGER {q(f'a{at}')} AFTER INSERT ON {q(name)} BEGIN INSERT INTO audit_log VALUES ('i', {what}, NEW.m); END")
            tries.append(f"CREATE TRIGGER {q(f'b{at}')} BEFORE UPDATE OF {q(key)} ON {q(name)} BEGIN INSERT INTO audit_log VALUES ('u', {what}, OLD.m); END")
            tries.append(f"CREATE TRIGGER {q(f'c{at}')} AFTER DELETE ON {q(name)} WHEN OLD.m > 0 BEGIN INSERT INTO audit_log VALUES ('d', {what}, OLD.m); END")
        if r.random() < 0.15:
            tries.append(f"CREATE TRIGGER {q(f'n{at}')} AFTER UPDATE OF n1 ON {q(name)} WHEN NEW.n1 > 0 AND NEW.n1 < 5 BEGIN UPDATE {q(name)} SET n1 = NEW.n1 + 1 WHERE m = NEW.m; END")
        if t["rowid"] and r.random() < 0.25:
            f = f"fts{at}"
            style = r.choice(["content", "own", "contentless"])
            word = next((w for w in ("rowid", "_rowid_", "oid") if w not in (key.lower(), *[x["column"].lower() for x in t["refs"]])), None)
            if style == "content" and key.lower() != "rowid":
                tries += [f"CREATE VIRTUAL TABLE {f} USING fts5(pay, content={r.choice([ql(name), q(name)])})", f"INSERT INTO {f}({f}) VALUES ('rebuild')"]
            elif style == "own" and word:
                tries += [f"CREATE VIRTUAL TABLE {f} USING fts5(pay)", f"INSERT INTO {f}(rowid, pay) SELECT {word}, pay FROM {q(name)}",
                          f"CREATE TRIGGER {q(f'f{at}')} AFTER INSERT ON {q(name)} BEGIN INSERT INTO {f}(rowid, pay) VALUES (NEW.{word}, NEW.pay); END"]
        if r.random() < 0.1:
            tries += [f"CREATE VIRTUAL TABLE rt{at} USING rtree(id, x0, x1)", f"INSERT INTO rt{at} SELECT m, 1, 2 FROM {q(name)} WHERE m IS NOT NULL"]
        if r.random() < 0.15:
            tries.append(f"ALTER TABLE {q(name)} ADD COLUMN \"late col\" TEXT DEFAULT 'd'")
        for sql in tries:
            try:
                con.execute(sql)
            except sqlite3.Error as error:
                if "--loud" in sys.argv:
                    print(error, sql)
        if r.random() < 0.12:
            try:
                con.execute(f"ALTER TABLE {q(name)} RENAME TO {q(name + ' 2')}")
                t["was"], t["name"] = name, name + " 2"
            except sqlite3.Error:
                pass
        if r.random() < 0.1:
            con.execute(f"DELETE FROM {q(t['name'])} WHERE m % 7 = 3")
            gone = {value for at, value in enumerate(t["keys"]) if at % 7 == 3}
            t["keys"] = [k for k in t["keys"] if k not in gone]


# What is there, as Python sees it.


def user_tables(con):
    return [row[0].decode() for row in con.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")]


def is_virtual(con, name):
    return b"virtual" in (con.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", [name]).fetchone()[0] or b"").lower()[:20]


def columns(con, name):
    return [(row[1].decode(), row[6]) for row in con.execute(f"PRAGMA table_xinfo({q(name)})")]


def read(con, name):
    """The rows with their row numbers, every value with its storage class."""
    names = [c for c, _ in columns(con, name)]
    word = next((w for w in ("rowid", "_rowid_", "oid") if w not in [n.lower() for n in names]), None)
    try:
        return con.execute(f"SELECT {word}, {', '.join(map(q, names))} FROM {q(name)} ORDER BY 1, {', '.join(str(n + 2) for n in range(min(len(names), 3)))}").fetchall()
    except sqlite3.OperationalError:
        return sorted(([None, *row] for row in con.execute(f"SELECT {', '.join(map(q, names))} FROM {q(name)}")), key=repr)


PRAGMAS = ["page_size", "encoding", "auto_vacuum", "journal_mode", "user_version", "application_id"]


def snapshot(path, prefix=None):
    con = connect(path)
    is_ours = lambda name: prefix is not None and name.startswith(prefix)
    schema = [row for row in con.execute("SELECT type, name, tbl_name, sql FROM sqlite_master") if not is_ours(row[1].decode()) and not is_ours(row[2].decode())]
    tables = {name: read(con, name) for name in user_tables(con) if not is_ours(name) and not is_virtual(con, name)}
    for name in ("sqlite_sequence", "sqlite_stat1"):
        if con.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [name]).fetchone():
            tables[name] = sorted((row for row in con.execute(f"SELECT * FROM {name}") if not is_ours((row[0] or b"").decode())), key=repr)
    fks = sorted(map(repr, con.execute("PRAGMA foreign_key_check")))
    pragmas = {p: con.execute(f"PRAGMA {p}").fetchone()[0] for p in PRAGMAS}
    integrity = con.execute("PRAGMA integrity_check").fetchall()
    con.close()
    return dict(schema=schema, tables=tables, fks=fks, pragmas=pragmas, integrity=integrity)


def same(before, after):
    for what in ("pragmas", "integrity", "fks"):
        if before[what] != after[what]:
            return f"{what}: {str(before[what])[:300]} -> {str(after[what])[:300]}"
    if before["schema"] != after["schema"]:
        a, b = before["schema"], after["schema"]
        if sorted(a, key=repr) == sorted(b, key=repr):
            return f"order of the schema: {[x[1] for x in a]} -> {[x[1] for x in b]}"
        return f"schema: {[x for x in a if x not in b]} -> {[x for x in b if x not in a]}"[:1500]
    for name in sorted(before["tables"].keys() | after["tables"].keys()):
        a, b = before["tables"].get(name), after["tables"].get(name)
        if a != b:
            if a is None or b is None:
                return f"table {name} is {'new' if a is None else 'gone'}"
            return f"rows of {name}: {len(a)} -> {len(b)}: {[x for x in zip(a, b) if x[0] != x[1]][:2]}"[:1200]
    return None


FORMS = {
    "core": lambda v: isinstance(v, Text) and re.fullmatch(rb"[0-7][0-9a-hjkmnp-tv-z]{25}", v) is not None,
    "upper": lambda v: isinstance(v, Text) and re.fullmatch(rb"[0-7][0-9A-HJKMNP-TV-Z]{25}", v) is not None,
    "uuid": lambda v: isinstance(v, Text) and re.fullmatch(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", v) is not None,
    "bytes": lambda v: type(v) is bytes and len(v) == 16,
    "typed:job": lambda v: isinstance(v, Text) and re.fullmatch(rb"job_[0-7][0-9a-hjkmnp-tv-z]{25}", v) is not None,
}


def number(form, v):
    if form == "bytes":
        return int.from_bytes(v, "big")
    text = bytes(v).decode()
    if form == "uuid":
        return uuid.UUID(text).int
    return unbase32(text.removeprefix("job_").lower())


def legacy_number(v):
    if type(v) is bytes:
        return int.from_bytes(v, "big")
    text = bytes(v).decode()
    return uuid.UUID(text).int if len(text) in (32, 36) else unbase32(text.lower())


def references_of(t):
    """What a table refers to, its own key among it."""
    refs = list(t["refs"])
    if t["parent"] is not None:
        refs.append(dict(column=t["key"], p=t["parent"], mode="column"))
    return refs


def edges(con, maker, keys):
    """For each reference to a migrated key: (child table, column) -> row of the child -> row of the parent, or its places."""
    found = {}
    for t in maker.tables:
        for x in references_of(t):
            p = root(x["p"])
            if p["name"] not in keys or x["mode"] in ("json", "list"):
                continue
            x["root"] = p
            guard = f"c.subject_type = {ql(x['p'].get('was', x['p']['name']))}" if x["mode"] == "kind" else "1"
            # As a foreign key compares: by the parent's collation and affinity.
            found[t["name"], x["column"]] = dict(con.execute(
                f"SELECT c.m, min(p.m) FROM {q(t['name'])} c JOIN {q(p['name'])} p ON p.{q(p['key'])} = +c.{q(x['column'])} WHERE {guard} GROUP BY 1").fetchall())
    return found


def root(t):
    while t["parent"] is not None:
        t = t["parent"]
    return t


def is_number(value):
    return isinstance(value, (int, float)) or not value.strip() or set(bytes(value)) <= set(b"0123456789-+. ") and any(48 <= b <= 57 for b in value)


def tells(hit):
    return sum(not is_number(value) for value in hit)


def shows(hit):
    """Whether values alone show a reference: one that nobody would write by chance, or three different words."""
    if any(isinstance(value, bytes) and (type(value) is bytes and len(value) == 16 or len(value) >= 16 and any(48 <= b <= 57 for b in value)) for value in hit):
        return True
    return len({value for value in hit if not is_number(value)}) >= 3


def judge(path, maker, plan, keys, before, edges_before):
    """What is wrong behind the contract; None if nothing."""
    con = connect(path)
    after = snapshot(path, plan["prefix"])
    prefix = plan["prefix"]
    after["integrity"] = [row for row in after["integrity"] if prefix.encode() not in row[0]] or [(Text(b"ok"),)]
    for what in ("pragmas", "integrity", "fks"):
        if before[what] != after[what]:
            return f"{what}: {str(before[what])[:300]} -> {str(after[what])[:300]}"
    known = lambda s: [(x[0], x[1], x[2]) for x in s["schema"] if x[3] is not None]
    if known(before) != known(after):
        return f"schema objects: {set(known(before)) ^ set(known(after))}"
    sql = {(x[0], x[1]): x[3] for x in before["schema"]}
    for x in after["schema"]:
        if x[3] is not None and sql[x[0], x[1]] != x[3] and x[0] != b"table":
            return f"statement of {x[1]}: {sql[x[0], x[1]]} -> {x[3]}"
    new = {}
    touched = {}
    for t in maker.tables:
        names = [c for c, _ in columns(con, t["name"])]
        at_m = names.index("m") + 1
        old_rows = {row[at_m]: row for row in before["tables"][t["name"]]}
        new_rows = {row[at_m]: row for row in after["tables"][t["name"]]}
        if len(old_rows) != len(new_rows) or old_rows.keys() != new_rows.keys() or len(before["tables"][t["name"]]) != len(after["tables"][t["name"]]):
            return f"rows of {t['name']}: {len(old_rows)} -> {len(new_rows)}"
        t["at"] = {name: at + 1 for at, name in enumerate(names)}
        t["old"], t["new"] = old_rows, new_rows
    for name, (mapping, form) in keys.items():
        t = next(t for t in maker.tables if t["name"] == name)
        at = t["at"][t["key"]]
        touched[name, t["key"]] = True
        seen = {}
        for m, row in t["new"].items():
            legacy, value = t["old"][m][at], row[at]
            if legacy is None:
                if value is not None:
                    return f"{name}.{t['key']} of {m}: NULL became {value!r}"
                continue
            if not FORMS[form](value):
                return f"{name}.{t['key']} of {m}: {legacy!r} -> {value!r} is no id in the form {form}"
            if value in seen and t["old"][seen[value]][at] != legacy:
                return f"{name}.{t['key']}: {value!r} twice"
            seen[value] = m
            if mapping == "bits" and number(form, value) != legacy_number(legacy):
                return f"{name}.{t['key']}: {legacy!r} -> {value!r} are not the same bits"
            if mapping == "created-at" and (t["kind"] != "any"):
                when = t["old"][m][t["at"]["created_at"]]
                if isinstance(when, Text):
                    text = bytes(when).decode().replace(" ", "T")
                    when = round(datetime.datetime.fromisoformat(text if "+" in text else text + "+00:00").timestamp() * 1000)
                elif isinstance(when, float):
                    when = round(when * 1000)
                elif when < 10**11:
                    when *= 1000
                if abs((number(form, value) >> 80) - when) > 1:
                    return f"{name}.{t['key']}: {value!r} is not of {when}"
    by_value = {}
    for name in keys:
        t = next(t for t in maker.tables if t["name"] == name)
        at = t["at"][t["key"]]
        by_value[name] = {t["old"][m][at]: t["new"][m][at] for m in t["old"]}
    for t in maker.tables:
        for x in references_of(t):
            p = root(x["p"])
            if p["name"] not in keys:
                continue
            place = (t["name"], x["column"])
            at, mode = t["at"][x["column"]], x["mode"]
            touched[place] = True
            if mode in ("json", "list"):
                form = keys[p["name"]][1]
                if mode == "list" and not any(row[at] is not None and b"," in row[at] for row in t["old"].values()):
                    # No row holds several: nothing says that it is a list, and ids stand there as in any other column.
                    for m, row in t["new"].items():
                        old, have = t["old"][m][at], row[at]
                        if have != old and have != by_value[p["name"]].get(old):
                            return f"list of one {place} of {m}: {old!r} -> {have!r}"
                    continue
                plain = lambda v: bytes(v).decode() if form != "bytes" else base32(int.from_bytes(v, "big"))
                table = {bytes(k).decode(errors="replace"): plain(v) for k, v in by_value[p["name"]].items() if isinstance(k, Text) and v is not None}
                values = hits = 0
                expected, hit = {}, []
                for m, row in t["old"].items():
                    text = row[at]
                    expected[m] = text
                    if text is None:
                        continue
                    text = bytes(text).decode()
                    if mode == "list":
                        parts = [part.strip() for part in text.split(",")]
                        if "," in text:
                            values, hits = values + len(parts), hits + sum(part in table for part in parts)
                            hit += [part.encode() for part in parts if part in table]
                        expected[m] = Text(re.sub(r"[^,\s][^,]*", lambda part: table.get(part[0].strip(), part[0].strip()), text).encode())
                    else:
                        try:
                            doc = json.loads(text)
                        except ValueError:
                            continue
                        out, count = walk(doc, x["path"][2:], table, hit)
                        values, hits = values + count[0], hits + count[1]
                        expected[m] = ("json", out)
                # Below these numbers nobody can tell a reference from a word; see the guide.
                must = hits and hits * 2 >= values and shows(hit)
                got = any(r["table"] == t["name"] and r["column"] == x["column"] for r in plan["references"])
                if must and not got:
                    return f"missed: {mode} {place}: {hits} of {values}"
                if not got:
                    expected = {m: row[at] for m, row in t["old"].items()}
                for m, row in t["new"].items():
                    want = expected[m]
                    have = row[at]
                    if isinstance(want, tuple):
                        want, have = want[1], json.loads(bytes(have))
                    if want != have:
                        return f"{mode} {place} of {m}: {t['old'][m][at]!r} -> {have!r}, expected {want!r}"
                continue
            linked = edges_before[place]
            planned = [r for r in plan["references"] if r["table"] == t["name"] and r["column"] == x["column"]]
            if mode in ("name", "values", "kind"):
                values = sum(row[at] is not None and (mode != "kind" or row[t["at"]["subject_type"]] == Text(x["p"].get("was", x["p"]["name"]).encode())) for row in t["old"].values())
                owners = [o for o in keys if o != p["name"] and any(v in by_value[o] for v in (row[at] for row in t["old"].values()) if v is not None)]
                hit = [t["old"][m][at] for m in linked]
                is_enough = len(linked) >= values * 0.8
                is_alike = x["p"]["name"] == x["p"].get("was", x["p"]["name"])
                if mode == "name" and is_alike:
                    must = linked and (is_enough or p["kind"] not in ("int", "odd-int") and tells(hit) > 0)
                elif mode == "kind" and is_alike:
                    must = linked and is_enough
                else:
                    must = p["kind"] not in ("int", "odd-int") and len(linked) >= max(values * (0.8 if mode == "kind" else 0.5), 3 if mode == "kind" else 1) and shows(hit)
                must = must and not owners
                if not planned:
                    if must:
                        return f"missed: {mode} {place} -> {p['name']}: {len(linked)} of {values}"
                    linked = {}
                elif planned[0]["key"] != [k["table"] for k in plan["keys"]].index(p["name"]):
                    return f"mistaken: {mode} {place} -> {p['name']}, planned for {plan['keys'][planned[0]['key']]['table']}" if not owners else "ambiguous"
            at_p = p["at"][p["key"]]
            for m, row in t["new"].items():
                old, have = t["old"][m][at], row[at]
                if m in linked:
                    want = p["new"][linked[m]][at_p]
                    if have != want or type(have) is not type(want):
                        return f"edge {place} of {m}: {old!r} -> {have!r}, expected {want!r}"
                elif have != old or type(have) is not type(old):
                    if isinstance(old, int) and isinstance(have, Text) and bytes(have) == str(old).encode():
                        continue  # A column that became text keeps what it does not know as text.
                    return f"orphan {place} of {m}: {old!r} -> {have!r}"
    for t in maker.tables:
        hidden = {c for c, h in columns(con, t["name"]) if h > 1}
        for c, at in t["at"].items():
            if (t["name"], c) in touched or (c == "g" and t.get("generated") and (t["name"], t["key"]) in touched):
                continue
            for m, row in t["new"].items():
                old = t["old"][m][at]
                if row[at] != old or type(row[at]) is not type(old):
                    return f"changed: {t['name']}.{c} of {m}: {old!r} -> {row[at]!r} ({[r for r in plan['references'] if r['table'] == t['name'] and r['column'] == c]})"
    mine = {t["name"] for t in maker.tables}
    for name, rows in before["tables"].items():
        if name not in mine and name != "sqlite_sequence" and rows != after["tables"].get(name):
            return f"rows of {name}: {rows[:3]} -> {after['tables'].get(name, [])[:3]}"
    con.close()
    return None


def walk(doc, path, table, hit):
    count = [0, 0]

    def go(node, steps):
        if not steps:
            if isinstance(node, list):
                return [go(item, []) for item in node]
            if isinstance(node, str):
                count[0] += 1
                count[1] += node in table
                hit.extend([node.encode()] * (node in table))
                return table.get(node, node)
            return node
        step = steps[0]
        if isinstance(node, list):
            return [go(item, steps) for item in node]
        if isinstance(node, dict):
            return {k: go(v, steps[1:]) if k == step else v for k, v in node.items()}
        return node

    return go(doc, [step.removesuffix("[*]") for step in path.split(".")]), count


def usable(path, maker, keys):
    """What an application's statements end in: for each table the error of each of them, or none."""
    con = sqlite3.connect(path, isolation_level=None, timeout=20)
    con.text_factory = Text
    con.execute("PRAGMA foreign_keys = OFF")
    found = {}
    for t in maker.tables:
        root_name = root(t)["name"]
        form = keys[root_name][1] if root_name in keys else None
        for what in ("update", "update key", "delete", "insert", "move"):
            try:
                con.execute("BEGIN IMMEDIATE")
                name, key = q(t["name"]), q(t["key"])
                fresh = {"bytes": b"0123456789abcdeX", "int": 123456789, "odd-int": 123456789, "any": "fresh"}.get(t["kind"], "fresh-key")
                if form:
                    value = uuid.UUID("01890000-0000-7000-8000-0000000000aa")
                    core = base32(value.int)
                    fresh = {"core": core, "upper": core.upper(), "uuid": str(value), "bytes": value.bytes, "typed:job": "job_" + core}[form]
                if what == "update":
                    con.execute(f"UPDATE {name} SET pay = 'changed', n1 = 3 WHERE m < 5")
                elif what == "update key":
                    con.execute(f"UPDATE {name} SET {key} = ? WHERE m = 1", [fresh])
                elif what == "delete":
                    con.execute(f"DELETE FROM {name} WHERE m = 1")
                elif what == "insert":
                    names = [row[1].decode() for row in con.execute(f"PRAGMA table_xinfo({name})") if row[6] == 0]
                    values = [("?1" if n == t["key"] else "m + 5000000" if n == "m" else "part + 1000000" if n == "part" else q(n)) for n in names]
                    con.execute(f"INSERT INTO {name} ({', '.join(map(q, names))}) SELECT {', '.join(values)} FROM {name} WHERE m = 1 LIMIT 1", [fresh])
                elif what == "move":
                    for x in t["refs"]:
                        con.execute(f"UPDATE {name} SET {q(x['column'])} = (SELECT {q(x['column'])} FROM {name} WHERE m = 2) WHERE m = 1")
                found[t["name"], what] = con.execute("SELECT total_changes()").fetchone() and None
            except sqlite3.Error as error:
                found[t["name"], what] = re.sub(r'".*?"', "", str(error))[:60]
            if con.in_transaction:
                con.execute("ROLLBACK")
    con.close()
    return found


def command(*args):
    return subprocess.run([sys.argv[1], "migrate", *args], capture_output=True, text=True, errors="replace", timeout=600)


def one(seed, folder):
    r = random.Random(seed * 31 + 7)
    path, plan_path = f"{folder}/db.sqlite", f"{folder}/plan.json"
    maker = Maker(seed)
    con = maker.make(path)
    hold = con if maker.wal and r.random() < 0.6 else con.close()
    before = snapshot(path)
    able_before = usable(path, maker, {})
    roots = [t for t in maker.tables if t["parent"] is None]
    keys, args = {}, ["plan", path, "--out", plan_path]
    for t in r.sample(roots, r.randrange(1, len(roots) + 1)):
        place = q(t["name"]) + "." + q(t["key"])
        mappings = ["stable", "created-at", "random"] + (["bits", "bits", "keep"] if t["kind"] in ("uuid", "uuid-upper", "hex", "ulid", "bytes") else [])
        mapping = r.choice(mappings)
        form = r.choice(["core", "core", "core", "core", "upper", "uuid", "bytes", "typed:job"])
        keys[t["name"]] = (mapping, form)
        args += ["--key", place + "=" + (mapping + ":created_at" if mapping == "created-at" else mapping), "--form", f"{place}={form}"]
        if r.random() < 0.3 or mapping == "created-at":
            args += ["--fallback", place + "=stable"]
        if mapping == "created-at" and r.random() < 0.2:
            args += ["--keep-order", place]
    edges_con = connect(path)
    # An automatic index of SQLite 3.40 does not find texts that are equal under RTRIM only.
    edges_con.execute("PRAGMA automatic_index = OFF")
    edges_before = edges(edges_con, maker, keys)
    edges_con.close()
    done = command(*args)
    if done.returncode == 1 or done.returncode == 2:
        said = done.stderr + "".join(line + "\n" for line in done.stdout.split("\n") if line.startswith("blocker"))
        return "refused: " + " ".join(said.split())[:300]
    if done.returncode != 0:
        return f"FAIL plan {done.returncode}: {(done.stderr + done.stdout)[-1500:]}"
    plan = json.load(open(plan_path, encoding="utf-8"))
    if snapshot(path) != before:
        return "FAIL the plan wrote into the database"
    until = r.choice(["expand", "backfill", "verify", "switch", "contract", "contract", "contract", "contract"])
    done = command("run", plan_path, "--until", until, "--yes")
    if done.returncode != 0:
        return f"FAIL run until {until} {done.returncode}: {done.stderr[-1500:]}"
    if until in ("switch", "contract"):
        wrong = judge(path, maker, plan, keys, before, edges_before)
        if wrong == "ambiguous":
            return "ambiguous"
        if wrong:
            return f"FAIL after {until}: {wrong}"
    able = usable(path, maker, keys if until in ("switch", "contract") else {})
    if able != able_before:
        return f"FAIL statements after {until}: " + str([(k, able_before[k], able[k]) for k in able if able[k] != able_before[k]])[:600]
    done = command("rollback", plan_path)
    if done.returncode != 0:
        return f"FAIL rollback from {until}: {done.stderr[-1500:]}"
    wrong = same(before, snapshot(path))
    if wrong:
        return f"FAIL rollback from {until}: {wrong}"
    return "ok"


def main():
    first = int(sys.argv[3]) if len(sys.argv) > 3 and sys.argv[3].isdigit() else 0
    count, total, wrong = int(sys.argv[2]), {}, 0
    for seed in range(first, first + count):
        folder = tempfile.mkdtemp(dir="/dev/shm" if os.path.isdir("/dev/shm") else None, prefix="random-sqlite-")
        try:
            result = one(seed, folder)
        finally:
            if "--keep" in sys.argv:
                print(folder)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        word = result.split(" ")[0].rstrip(":")
        total[word] = total.get(word, 0) + 1
        if word == "FAIL" or word == "refused:" or "--loud" in sys.argv or word == "refused" and "--refused" in sys.argv:
            print(seed, result, flush=True)
        wrong += word == "FAIL"
    print(total)
    if wrong or total.get("ok", 0) * 10 < count * 7:
        sys.exit("a database came out wrong, or too few were migrated")


main()
