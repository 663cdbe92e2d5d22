"""How fast `unified-id migrate` is on one key with its unique index and one child table, beside the way of the old scripts.

    bench_migrate.py BINARY ROWS FOLDER

The peer is what the old scripts do: read a row, make an id, update the row, update its children. Each of the two works on a
copy of the same file. Then a program that knows nothing of the migration writes all the time, and says how long it waited.
Prints Markdown.
"""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import time
import uuid
from datetime import datetime
from pathlib import Path

WRITER = """
import json, os, sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
waits, n = [], 0
while not os.path.exists(sys.argv[2]):
    n += 1
    key, begun = f"live-{n}", time.time()
    db.execute("INSERT INTO jobs (job_id, start_time, status, note) VALUES (?, '2026-01-01 00:00:00', 'live', '')", (key,))
    middle = time.time()
    db.execute("INSERT INTO errors (job_id, message) VALUES (?, ?)", (key, str(n)))
    end = time.time()
    waits += [(begun, middle - begun), (middle, end - middle)]
    time.sleep(0.001)
json.dump({"rows": n, "waits": waits}, sys.stdout)
"""


def make(path: Path, rows: int) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.executescript(
        "PRAGMA journal_mode = WAL;"
        "CREATE TABLE jobs (id INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, start_time TEXT, status TEXT, note TEXT);"
        "CREATE TABLE errors (id INTEGER PRIMARY KEY, job_id TEXT NOT NULL REFERENCES jobs(job_id), message TEXT);"
        "CREATE INDEX errors_job ON errors(job_id);"
        "BEGIN;"
    )
    ids = [str(uuid.UUID(int=(0x9E3779B97F4A7C15F39CC0605CEDC835 * (n + 1)) % 2**128, version=4)) for n in range(rows)]
    db.executemany(
        "INSERT INTO jobs (job_id, start_time, status, note) VALUES (?, ?, 'done', 'a note of some length')",
        ((key, time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(1700000000 + n // 3))) for n, key in enumerate(ids)),
    )
    db.executemany(
        "INSERT INTO errors (job_id, message) VALUES (?, 'something went wrong')",
        ((ids[n * 7919 % rows],) for n in range(rows)),
    )
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def peer(path: Path, most: int) -> float:
    """Row by row, as the old scripts do it; in one transaction, which is kinder than they are."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN")
    rows = db.execute("SELECT id, job_id, start_time FROM jobs LIMIT ?", (most,)).fetchall()
    begun = time.perf_counter()
    for row, key, at in rows:
        ms = int(datetime.fromisoformat(at).timestamp() * 1000)
        # id-lint: allow[UID003] what the old scripts did
        new = uuid.UUID(int=(ms << 80) | (uuid.uuid4().int & (2**80 - 1))).hex[:26]
        db.execute("UPDATE jobs SET job_id = ? WHERE id = ?", (new, row))
        db.execute("UPDATE errors SET job_id = ? WHERE job_id = ?", (new, key))
    taken = time.perf_counter() - begun
    db.execute("ROLLBACK")
    db.close()
    return 2 * len(rows) / taken


def run(binary: str, *args: str) -> float:
    begun = time.perf_counter()
    done = subprocess.run([binary, "migrate", *args], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{args}: {done.stdout}{done.stderr}")
    return time.perf_counter() - begun


def status(binary: str, plan: Path) -> dict:
    done = subprocess.run(
        [binary, "migrate", "status", "--progress", "json", str(plan)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def migrate(binary: str, path: Path) -> tuple[float, float, dict]:
    plan = path.with_suffix(".json")
    planned = run(binary, "plan", str(path), "--key", "jobs.job_id=created-at:start_time", "--out", str(plan))
    taken = run(binary, "run", str(plan), "--until", "backup", "--yes")
    moved = run(binary, "run", str(plan), "--until", "backfill", "--yes")
    taken += moved + run(binary, "run", str(plan), "--until", "switch", "--yes")
    report = status(binary, plan)
    report |= {"taken": taken, "estimate": json.loads(plan.read_text())["estimate"]["seconds"]}
    return planned, moved, report


def peak_mb(binary: str, path: Path) -> float:
    """The memory of a whole run, in a process of its own so that only it is counted."""
    script = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, capture_output=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    plan = path.with_suffix(".json")
    run(binary, "plan", str(path), "--key", "jobs.job_id=created-at:start_time", "--out", str(plan))
    command = [sys.executable, "-c", script, binary, "migrate", "run", str(plan), "--until", "contract", "--yes"]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout) / 1024


def with_a_writer(binary: str, path: Path) -> dict:
    stop = path.with_suffix(".stop")
    plan = path.with_suffix(".json")
    run(binary, "plan", str(path), "--key", "jobs.job_id=created-at:start_time", "--out", str(plan))
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(stop)], stdout=subprocess.PIPE, text=True)
    run(binary, "run", str(plan), "--until", "contract", "--yes")
    stop.touch()
    said = json.loads(writer.communicate()[0])
    reached = {
        what: datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp()
        for at, what in status(binary, plan)["journal"]
    }
    longest = lambda begin, end: max(
        (wait for at, wait in said["waits"] if begin <= at + wait and at <= end), default=0
    )
    db = sqlite3.connect(path)
    kept = db.execute(
        "SELECT count(*) FROM jobs j JOIN errors e ON e.job_id = j.job_id WHERE j.status = 'live'"
    ).fetchone()[0]
    if kept != said["rows"]:
        sys.exit(f"{said['rows']} writes were acknowledged, {kept} are there")
    return {
        "rows": said["rows"],
        "backfill": longest(reached["backfill"], reached["verify"]) * 1000,
        "switch": longest(reached["switch"], reached["soak"]) * 1000,
        "whole": max(wait for _, wait in said["waits"]) * 1000,
    }


def main() -> None:
    binary, rows, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    original = folder / "original.sqlite"
    make(original, rows)
    copies = {name: folder / f"{name}.sqlite" for name in ("ours", "peer", "live")}
    for copy in copies.values():
        shutil.copy(original, copy)
    planned, moved, report = migrate(binary, copies["ours"])
    theirs = peer(copies["peer"], min(rows, 100_000))
    live = with_a_writer(binary, copies["live"])
    small, whole = folder / "small.sqlite", folder / "whole.sqlite"
    make(small, rows // 10)
    shutil.copy(original, whole)
    memory = [peak_mb(binary, small), peak_mb(binary, whole)]
    print(f"| {rows} keys, {rows} rows of a child | |\n| --- | --- |")
    print(f"| plan | {planned:.1f} s |")
    print(f"| whole run: estimated, taken | {report['estimate']:.0f} s, {report['taken']:.0f} s |")
    print(f"| expand and backfill | {2 * rows / moved:,.0f} rows/s ({rows / moved:,.0f} keys/s), {moved:.1f} s |")
    print(f"| row by row in Python | {theirs:,.0f} rows/s, {2 * rows / moved / theirs:.1f} times slower |")
    for phase, ms in report["report"]["longest_stall_ms"]:
        print(f"| longest hold of the lock in {phase} | {ms:.0f} ms |")
    print(f"| longest wait of a writer in backfill (goal: 100 ms) | {live['backfill']:.0f} ms |")
    print(f"| longest wait of a writer at the switch (goal: 250 ms) | {live['switch']:.0f} ms |")
    print(
        f"| longest wait of a writer in the whole run | {live['whole']:.0f} ms ({live['rows']} rows written, all there) |"
    )
    print(f"| memory with {rows // 10} and with {rows} keys | {memory[0]:.0f} MB, {memory[1]:.0f} MB |")
    for rates in report["report"]["rates"]:
        speeds = rates["live"]
        print(
            f"| {rates['when']}: look-ups, joins, inserts | {speeds['lookups_per_s']:,.0f}/s, "
            f"{speeds['joins_per_s']:,.0f}/s, {speeds['inserts_per_s']:,.0f}/s |"
        )
    # Several times the tool's own setting of 40 ms: what a loaded machine adds is no reason to fail.
    if max(live["backfill"], live["switch"]) > 2000:
        sys.exit("a writer waited for more than two seconds, with batches of 40 ms")


main()
