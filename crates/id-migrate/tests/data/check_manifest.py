#!/usr/bin/env python3
"""Compare a SQLite database with its manifest (see README.md beside it for the checksums).

    check_manifest.py DB MANIFEST.json [--rolled-back]

Default, after a migration: per table the row count and the payload checksum (columns that are not ids), and per
reference the edge checksum (every child still points to the same parent). Columns and tables that the migration added
are ignored. With --rolled-back: the checksum over all columns too, and no table or column more than before.
Prints what differs, then one line; exits 1 if anything does.
"""
import hashlib, json, sqlite3, struct, sys

rolled_back = "--rolled-back" in sys.argv
db, manifest = [a for a in sys.argv[1:] if not a.startswith("--")]
con = sqlite3.connect(f"file:{db}?mode=ro", uri=True)
con.text_factory = lambda b: b.decode("utf-8", "surrogateescape")
want = json.load(open(manifest, encoding="utf-8"))
quote = lambda name: '"' + name.replace('"', '""') + '"'


def encode(values):
    out = bytearray()
    for v in values:
        if v is None:
            out += b"N;"
        elif isinstance(v, int):
            out += b"I%d;" % v
        elif isinstance(v, float):
            out += b"R" + struct.pack(">d", v).hex().encode() + b";"
        elif isinstance(v, str):
            text = v.encode("utf-8", "surrogateescape")
            out += b"T%d:" % len(text) + text + b";"
        else:
            out += b"B%d:" % len(v) + bytes(v) + b";"
    return bytes(out)


def checksum(sql):
    rows = total = 0
    for row in con.execute(sql):
        rows += 1
        total = (total + int.from_bytes(hashlib.sha256(encode(row)).digest()[:8], "big")) & (2**64 - 1)
    return rows, f"{total:016x}"


bad, checks = [], 0


def expect(what, have, right):
    global checks
    checks += 1
    if have != right:
        bad.append(f"{what}: {have}, expected {right}")


payload = {t: [c for c in d["columns"] if c not in d["id_columns"]] for t, d in want["tables"].items()}
for table, d in want["tables"].items():
    try:
        expect(f"{table} rows", con.execute(f"select count(*) from {quote(table)}").fetchone()[0], d["rows"])
        if payload[table] and "payload" in d:
            cols = ",".join(map(quote, payload[table]))
            expect(f"{table} payload", checksum(f"select {cols} from {quote(table)}")[1], d["payload"])
        if rolled_back:
            cols = ",".join(map(quote, d["columns"]))
            expect(f"{table} all", checksum(f"select {cols} from {quote(table)}")[1], d["all"])
            have = [r[1] for r in con.execute(f"pragma table_xinfo({quote(table)})") if r[6] != 1]
            expect(f"{table} columns", have, d["columns"])
    except sqlite3.Error as e:
        bad.append(f"{table}: {e}")
for e in want["edges"]:
    child, parent = e["child"], e["parent"]
    cols = [f"c.{quote(c)}" for c in payload[child]] + [f"p.{quote(c)}" for c in payload[parent]]
    on = " and ".join(f"p.{quote(b)}=c.{quote(a)}" for a, b in zip(e["child_columns"], e["parent_columns"]))
    name = f"{child}({','.join(e['child_columns'])}) -> {parent}"
    try:
        rows, total = checksum(f"select {','.join(cols) or '1'} from {quote(child)} c join {quote(parent)} p on {on}")
        expect(f"{name} matched", rows, e["matched"])
        expect(f"{name} edges", total, e["checksum"])
    except sqlite3.Error as err:
        bad.append(f"{name}: {err}")
if rolled_back:
    have = {r[0] for r in con.execute("select name from sqlite_master where type='table' and name not like 'sqlite_%'")}
    extra = sorted(n for n in have - set(want["tables"]) if "_fts" not in n)
    expect("tables added", extra, [])
print("\n".join(bad))
print(f"{checks - len([b for b in bad])} of {checks} hold")
sys.exit(1 if bad else 0)
