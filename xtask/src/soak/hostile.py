"""Databases that nobody would make: made from a seed, migrated with chosen keys, killed at times, and taken back.

    hostile.py BINARY COUNT [FIRST]

Before and behind every migration all columns that hold no ids, and all pairs of child and parent, must be the same; behind
every way back all rows, the schema, sequences and the integrity check. A plan that refuses with a reason is no failure.
Prints what came out wrong with its seed.
"""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid

BIN = sys.argv[1]
q = lambda n: '"' + n.replace('"', '""') + '"'


def ql(s):
    return "'" + s.replace("'", "''") + "'"


NAMES = [
    "users",
    "order details",
    "group",
    "\u0442\u0430\u0431\u043b\u0438\u0446\u0430 \u65e5\u672c",
    'we"ird',
    "Items",
    "select",
    "jobs",
    "a.b",
    "[x]",
    "t`k",
    "CamelCase",
    "uid",
    "_uid",
    "rowid_t",
    "index",
    "tests",
    "x y z",
    "it's",
]
COLS = ["id", "key", "uuid", "code", "\u043a\u043b\u044e\u0447", "my key", 'Key"q', "job_id", "oid", "_id"]


def legacy(r, i, kind):
    if kind == "uuid":
        return str(uuid.UUID(int=r.getrandbits(128), version=4))
    if kind == "mixed":
        return r.choice(
            [
                lambda: str(uuid.UUID(int=r.getrandbits(128), version=4)),
                lambda: "%08x" % r.getrandbits(32) + str(i),
                lambda: "proj-2024%d" % i,
                lambda: "k'\"%d" % i,
                lambda: "\u043a\u043b\u044e\u0447 %d" % i,
                lambda: str(i).zfill(6),
                lambda: ("A" if i % 2 else "a") + "bc%d" % (i // 2 * 2 + i % 2),
                lambda: "nul\0%d" % i,
                lambda: " sp %d " % i,
                lambda: "x" * 300 + str(i),
            ]
        )()
    if kind == "nocase":
        return r.choice(["Abc", "XyZ"]) + str(i)
    if kind == "bytes":
        return r.getrandbits(128).to_bytes(16, "big")
    if kind == "any":
        return [i, "a%d" % i, b"b%d" % i, i + 0.5][i % 4]
    if kind == "int":
        return r.choice([i * 3 - 5, i * 3 - 5, 2**62 + i])


def build(path, seed):
    r = random.Random(seed)
    con = sqlite3.connect(path, isolation_level=None)
    con.text_factory = lambda b: b.decode("utf-8", "surrogateescape")
    info = {"keys": []}
    enc = r.choice(["UTF-8", "UTF-8", "UTF-8", "UTF-16le", "UTF-16be"])
    con.execute(f"pragma encoding='{enc}'")
    con.execute(f"pragma page_size={r.choice([512, 1024, 4096, 65536])}")
    con.execute(f"pragma auto_vacuum={r.choice([0, 0, 1, 2])}")
    wal = r.random() < 0.4
    if wal:
        con.execute("pragma journal_mode=wal")
        con.execute("pragma wal_autocheckpoint=0")
    con.execute("pragma user_version=%d" % r.randrange(9))
    n = r.randrange(1, 6)
    names = r.sample(NAMES, n)
    tabs = []
    for t in range(n):
        name = names[t]
        shape = r.choice(
            [
                "textpk",
                "intpk",
                "autoinc",
                "uniq",
                "bytes",
                "worowid",
                "nocase",
                "any",
                "strict",
                "strictany",
                "composite",
                "int",
                "nokeytype",
            ]
        )
        kc = r.choice(COLS)
        rowsn = r.choice([0, 1, 7, 50, 300, 1500])
        cols = []
        cons = []
        tail = ""
        kind = "mixed"
        if shape == "textpk":
            cols = [f"{q(kc)} TEXT PRIMARY KEY"]
        elif shape == "intpk":
            cols = [f"{q(kc)} INTEGER PRIMARY KEY"]
            kind = "int"
        elif shape == "autoinc":
            cols = [f"{q(kc)} integer primary key autoincrement"]
            kind = "int"
        elif shape == "uniq":
            cols = ['"n" INTEGER PRIMARY KEY', f"{q(kc)} VARCHAR(80) NOT NULL UNIQUE"]
        elif shape == "bytes":
            cols = [f"{q(kc)} BLOB PRIMARY KEY NOT NULL CHECK(length({q(kc)})=16)"]
            kind = "bytes"
        elif shape == "worowid":
            cols = [f"{q(kc)} TEXT NOT NULL"]
            cons = [f"PRIMARY KEY({q(kc)})"]
            tail = " WITHOUT ROWID"
        elif shape == "nocase":
            cols = [f"{q(kc)} TEXT COLLATE NOCASE PRIMARY KEY"]
            kind = "nocase"
        elif shape == "any":
            cols = [f"{q(kc)} PRIMARY KEY"]
            kind = "any"
        elif shape == "nokeytype":
            cols = [f"{q(kc)} UNIQUE"]
            kind = "mixed"
        elif shape == "strict":
            cols = [f"{q(kc)} TEXT PRIMARY KEY"]
            tail = " STRICT"
        elif shape == "strictany":
            cols = [f"{q(kc)} ANY PRIMARY KEY"]
            tail = r.choice([" STRICT", " STRICT, WITHOUT ROWID"])
            kind = "any"
            cols = [f"{q(kc)} ANY NOT NULL PRIMARY KEY"]
        elif shape == "composite":
            cols = [f"{q(kc)} TEXT NOT NULL UNIQUE", '"part" INT NOT NULL']
            cons = [f'PRIMARY KEY({q(kc)},"part")']
            tail = r.choice(["", " WITHOUT ROWID"])
        elif shape == "int":
            cols = [f"{q(kc)} INT PRIMARY KEY"]
            kind = "int"
        cols += [
            '"pay" ' + ("TEXT" if "STRICT" in tail else r.choice(["TEXT", "", "NUMERIC"])),
            '"created_at" ' + ("TEXT" if "STRICT" in tail else r.choice(["TEXT", "INTEGER", "REAL"])),
        ]
        if r.random() < 0.3:
            cols.append('"bl" BLOB')
        refs = []
        targets = tabs + [dict(name=name, kc=kc, shape=shape, kind=kind, self=True)]
        for k in range(r.randrange(0, 3)):
            p = r.choice(targets)
            ptype = {"int": "INTEGER", "bytes": "BLOB", "any": "ANY" if "STRICT" in tail else ""}.get(p["kind"], "TEXT")
            if "STRICT" in tail and p["kind"] == "nocase":
                ptype = "TEXT"
            rc = "ref %d" % k
            mode = r.choice(["col", "table", "undecl", "json", "list"])
            if mode == "undecl" and p["kind"] in ("int",):
                mode = "col"
            if mode in ("json", "list") and p["kind"] in ("int", "bytes", "any"):
                mode = "col"
            if mode == "undecl":
                rc = (
                    r.choice(["x_", "parent_", ""])
                    + (
                        p["kc"]
                        if p["kc"] not in ("id", "key", "uuid")
                        else p["name"].rstrip("s").lower() + "_" + p["kc"]
                    )
                    + str("")
                )
            if any(rc == x["c"] for x in refs) or rc.lower() in " ".join(cols).replace('""', '"').lower():
                continue
            if mode == "col":
                colref = (
                    ""
                    if (
                        p["shape"]
                        in ("textpk", "intpk", "autoinc", "nocase", "strict", "int", "worowid", "bytes", "any")
                        and r.random() < 0.3
                    )
                    else f"({q(p['kc'])})"
                )
                cols.append(
                    f"{q(rc)} {ptype} "
                    + r.choice(["", "CONSTRAINT c1 "])
                    + f"REFERENCES {q(p['name'])}{colref} "
                    + r.choice(
                        [
                            "",
                            "ON DELETE CASCADE",
                            "ON UPDATE CASCADE ON DELETE SET NULL",
                            "DEFERRABLE INITIALLY DEFERRED",
                            "/* x */ -- y\n",
                        ]
                    )
                )
            elif mode == "table":
                cols.append(f"{q(rc)} {ptype}")
                cons.append(f"FOREIGN KEY({q(rc)}) REFERENCES {q(p['name'])}({q(p['kc'])})")
            else:
                cols.append(
                    f"{q(rc)} "
                    + ("TEXT" if mode in ("json", "list") else (ptype or ("ANY" if "STRICT" in tail else "")))
                )
            refs.append(dict(c=rc, p=p, mode=mode))
        if r.random() < 0.3 and kind != "any":
            cols.append(f"\"g\" TEXT GENERATED ALWAYS AS ('g:' || {q(kc)}) " + r.choice(["VIRTUAL", "STORED"]))
        sql = f"CREATE TABLE {q(name)} (" + ", ".join(cols + cons) + ")" + tail
        con.execute(sql)
        tab = dict(name=name, kc=kc, shape=shape, kind=kind, keys=[], refs=refs)
        con.execute("begin")
        seen = set()
        times = set()
        for i in range(rowsn):
            v = legacy(r, i, kind)
            vv = v.lower() if isinstance(v, str) else v
            if vv in seen:
                continue
            seen.add(vv)
            pay = r.choice(["p%d" % i, "", "it's", "\udcff\udcfe" if enc == "UTF-8" else "x", "p\0q", None, "\u043a\u043b\u044e\u0447"])
            base = 1600000000000 + i * 1000 * r.choice([0, 1, 1])
            ctype = [c for c in cols if c.startswith('"created_at"')][0].split()[1]
            tm = (
                time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(base / 1000))
                if ctype == "TEXT"
                else (base if ctype == "INTEGER" else base / 1000.0)
            )
            cn = [q(kc), '"pay"', '"created_at"']
            vals = [v, pay, tm]
            if shape == "composite":
                cn.append('"part"')
                vals.append(i)
            if any(c.startswith('"bl"') for c in cols):
                cn.append('"bl"')
                vals.append(os.urandom(r.choice([0, 3, 16, 700])))
            for f in refs:
                ks = f["p"]["keys"] if "keys" in f["p"] else tab["keys"]
                x = None
                if ks and r.random() < 0.85:
                    if f["mode"] == "json":
                        a, b = r.choice(ks), r.choice(ks)
                        x = r.choice(
                            [
                                json.dumps({"a": {"k": a}, "l": [a, b, "none"]}),
                                json.dumps({"a": {"k": a}, "l": [b]}, ensure_ascii=False, indent=1),
                                "{bad",
                                "[]",
                                '{"a":{"k":"\udcff"}}' if enc == "UTF-8" else "{}",
                            ]
                        )
                    elif f["mode"] == "list":
                        cand = [k for k in ks if "," not in k]
                        x = ", ".join(r.sample(cand, min(len(cand), r.randrange(1, 4)))) if cand else None
                    else:
                        x = r.choice(ks)
                        if f["p"]["kind"] == "nocase" and r.random() < 0.3:
                            x = x.swapcase()
                elif r.random() < 0.3 and f["p"]["kind"] not in ("bytes",) and f["mode"] != "json":
                    x = {"int": 987654321987}.get(f["p"]["kind"], "orphan")
                cn.append(q(f["c"]))
                vals.append(x)
            vals = [
                x.encode("utf-8", "surrogateescape")
                if isinstance(x, str) and any(0xDC80 <= ord(c) <= 0xDCFF for c in x)
                else x
                for x in vals
            ]
            ph = ",".join(
                "CAST(? AS TEXT)"
                if isinstance(x, bytes)
                and b"\xff" in x
                and cn[j] not in ('"bl"', q(kc))
                and (cn[j] == '"pay"' or x[:1] == b"{")
                else "?"
                for j, x in enumerate(vals)
            )
            try:
                con.execute(f"insert into {q(name)}({','.join(cn)}) values({ph})", vals)
                tab["keys"].append(v)
            except sqlite3.IntegrityError as e:
                pass
        if r.random() < 0.15 and shape in ("textpk", "any", "nokeytype") and rowsn:
            con.execute(f"insert into {q(name)}(\"pay\") values('nullkey')")
        con.execute("commit")
        tabs.append(tab)
        if r.random() < 0.4:
            con.execute(f'create index {q("ix " + name)} on {q(name)}({q(kc)} desc, "pay")')
        # Another version of SQLite folds a blob in UTF-16 in another way.
        if r.random() < 0.3 and enc == "UTF-8":
            try:
                con.execute(
                    f'CREATE UNIQUE INDEX {q("ux_" + name)} ON {q(name)} (lower({q(kc)}), "pay") WHERE "pay" IS NOT NULL'
                )
            except sqlite3.IntegrityError:
                pass
        if r.random() < 0.3:
            con.execute(f"create table if not exists audit_log(t text, what text)")
            con.execute(
                f'create trigger {q("tr " + name)} after insert on {q(name)} begin insert into audit_log values({ql(name)},NEW."pay"); end'
            )
        if r.random() < 0.3:
            con.execute(f"create view {q('v ' + name)} as select * from {q(name)} where {q(kc)} is not null")
        if r.random() < 0.2 and "WITHOUT" not in tail:
            con.execute(f"create virtual table {q('fts' + str(t))} using fts5(pay, content={ql(name)})")
            con.execute(f"insert into {q('fts' + str(t))}({q('fts' + str(t))}) values('rebuild')")
        if r.random() < 0.2:
            con.execute(f"alter table {q(name)} add column \"extra col\" TEXT DEFAULT 'd'")
        if r.random() < 0.15:
            new = name + " 2"
            con.execute(f"alter table {q(name)} rename to {q(new)}")
            tab["name"] = new
    if r.random() < 0.3:
        con.execute("analyze")
    if r.random() < 0.15:
        con.execute("create table _uid_state(k,v)")
    cand = [t for t in tabs if t["shape"] != "none"]
    for t in r.sample(cand, r.randrange(1, len(cand) + 1)):
        m = r.choice(["stable", "stable", "created-at:created_at", "random"])
        if t["kind"] == "bytes":
            m = r.choice(["bits", "stable"])
        info["keys"].append((t["name"], t["kc"], m, t["kind"]))
    info["wal"] = wal
    return con, info


def dump(path):
    con = sqlite3.connect(path)
    con.text_factory = bytes
    tabs = [
        r[0].decode()
        for r in con.execute(
            "select name from sqlite_master where type='table' and sql not like '%virtual%' order by 1"
        )
    ]
    out = []
    for t in tabs:
        if t.startswith("_uid") and t != "_uid_state":
            continue
        if t == "sqlite_sequence":
            rows = sorted(
                repr(x) for x in con.execute("select name,seq from sqlite_sequence") if not x[0].startswith(b"_uid")
            )
        else:
            try:
                rows = sorted(repr(x) for x in con.execute(f"select rowid,* from {q(t)}"))
            except sqlite3.OperationalError:
                rows = sorted(repr(x) for x in con.execute(f"select * from {q(t)}"))
        out.append((t, rows))
    out.append(
        (
            "schema",
            sorted(
                repr(x)
                for x in con.execute(
                    "select type,name,tbl_name,sql from sqlite_master where tbl_name not like '\\_uid%' escape '\\' and name not like '\\_uid%' escape '\\'"
                )
            ),
        )
    )
    out.append(("uv", con.execute("pragma user_version").fetchone()))
    ic = con.execute("pragma integrity_check").fetchall()
    assert ic == [(b"ok",)], ic
    con.close()
    return out


def payload(path, plan):
    con = sqlite3.connect(path)
    con.text_factory = bytes
    ids = {}
    for k in plan["keys"]:
        ids.setdefault(k["table"], set()).add(k["column"])
    for k in plan["references"]:
        ids.setdefault(k["table"], set()).add(k["column"])
    gen = {}
    out = {}
    for (t,) in con.execute(
        "select name from sqlite_master where type='table' and name not like 'sqlite%' and name not like '\\_uid%' escape '\\' and sql not like '%virtual%'"
    ).fetchall():
        t = t.decode()
        cols = [
            x[1].decode()
            for x in con.execute(f"pragma table_xinfo({q(t)})")
            if x[6] == 0 and x[1].decode() not in ids.get(t, ())
        ]
        if cols:
            out[t] = sorted(repr(x) for x in con.execute(f"select {','.join(map(q, cols))} from {q(t)}"))
    edges = []
    for k in plan["references"]:
        if k["place"] != "whole":
            continue
        p = plan["keys"][k["key"]]

        def pc(t):
            return [
                x[1].decode()
                for x in con.execute(f"pragma table_xinfo({q(t)})")
                if x[6] == 0 and x[1].decode() not in ids.get(t, ())
            ]

        c, pp = pc(k["table"]), pc(p["table"])
        sel = ",".join(["c." + q(x) for x in c] + ["p." + q(x) for x in pp])
        edges.append(
            (
                k["table"],
                k["column"],
                sorted(
                    repr(x)
                    for x in con.execute(
                        f"select {sel} from {q(k['table'])} c join {q(p['table'])} p on p.{q(p['column'])}=c.{q(k['column'])}"
                    )
                ),
            )
        )
    con.close()
    return out, edges


def cmd(*a, **k):
    return subprocess.run([BIN, "migrate", *a], capture_output=True, text=True, errors="replace", **k)


def one(seed):
    r = random.Random(seed * 7 + 1)
    d = tempfile.mkdtemp(dir="/dev/shm", prefix="hst")
    path = d + "/db.sqlite"
    planp = d + "/plan.json"
    try:
        con, info = build(path, seed)
        hold = con if info["wal"] and r.random() < 0.7 else None
        if not hold:
            con.close()
        before = dump(path)
        args = ["plan", path, "--out", planp]
        for t, k, m, kind in info["keys"]:
            args += ["--key", q(t) + "." + q(k) + "=" + m]
            if m.startswith("created") or r.random() < 0.3:
                args += ["--fallback", q(t) + "." + q(k) + "=stable"]
        p = cmd(*args)
        if p.returncode == 1:
            return "blocked: " + " | ".join(l for l in p.stdout.split("\n") if l.startswith("blocker"))[:300]
        if p.returncode != 0:
            if "gets its ids" in p.stderr or "migrate that key" in p.stderr:
                return "usage: " + p.stderr[:150]
            return "FAIL plan %d %s" % (p.returncode, (p.stderr + p.stdout)[:1500])
        plan = json.load(open(planp))
        pb = payload(path, plan)
        until = r.choice(["expand", "backfill", "verify", "switch", "soak", "contract", "contract", "contract"])
        if r.random() < 0.4:
            pr = subprocess.Popen(
                [BIN, "migrate", "run", planp, "--until", until, "--yes"],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(r.random() * 0.3)
            pr.kill()
            pr.wait()
        x = cmd("run", planp, "--until", until, "--yes")
        if x.returncode != 0:
            return f"FAIL run until {until} {x.returncode}: " + x.stderr[-1500:]
        pa = payload(path, plan)
        if pa != pb:
            for t in pb[0]:
                if pa[0].get(t) != pb[0][t]:
                    return f"FAIL payload {t} {until}" + repr(
                        [y for y in zip(pb[0][t], pa[0].get(t, [])) if y[0] != y[1]][:2]
                    )
            for a, b in zip(pb[1], pa[1]):
                if a != b:
                    return f"FAIL edge {until} {a[:2]} {len(a[2])} {len(b[2])}"
        if until in ("switch", "soak", "contract"):
            c = sqlite3.connect(path)
            for k in plan["keys"]:
                bad = c.execute(
                    f"select count(*) from {q(k['table'])} where {q(k['column'])} is not null and not (typeof({q(k['column'])})='text' and length({q(k['column'])})=26 or typeof({q(k['column'])})='blob' and length({q(k['column'])})=16)"
                ).fetchone()[0]
                if bad:
                    return f"FAIL {bad} keys not new in {k['table']}"
            c.close()
        if r.random() < 0.3:
            pr = subprocess.Popen(
                [BIN, "migrate", "rollback", planp], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(r.random() * 0.2)
            pr.kill()
            pr.wait()
        x = cmd("rollback", planp)
        if x.returncode != 0:
            return f"FAIL rollback from {until}: " + x.stderr[-1500:]
        after = dump(path)
        if after != before:
            for a, b in zip(before, after):
                if a != b:
                    return (
                        f"FAIL rollback differs from {until}: {a[0]} {len(a[1])} {len(b[1])} "
                        + repr([y for y in zip(a[1], b[1]) if y[0] != y[1]][:2])[:800]
                    )
            return f"FAIL tables {[a[0] for a in before]} {[a[0] for a in after]}"
        return "ok"
    finally:
        if not "--keep" in sys.argv:
            shutil.rmtree(d, ignore_errors=True)
        else:
            print(d)


def main():
    count, first = int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0
    total, wrong = {}, 0
    for seed in range(first, first + count):
        result = one(seed)
        word = result.split(" ")[0].rstrip(":")
        total[word] = total.get(word, 0) + 1
        if word == "FAIL":
            wrong += 1
            print(seed, result, flush=True)
    print(total)
    if wrong or total.get("ok", 0) * 10 < count * 8:
        sys.exit("a database came out wrong, or too few were migrated")


main()
