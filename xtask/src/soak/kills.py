"""Kills a migration at random points, goes on with it, and compares every row with a run that was not killed.

    kills.py BINARY DATA KILLS

At least KILLS kills in all and at least ten inside every phase, those of the way back among them. A kill counts for the phase
that the run told of last.
"""

import gzip
import json
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KEYS = {
    "shop_small": [
        "users.id=created-at:created_at",
        "orders.id=created-at:created_at",
        "api_keys.id=bits",
        '"group".from=stable',
    ],
    "crackerjack_small": ["jobs.job_id=created-at:start_time"],
    "session_buddy_small": ["sessions.session_id=created-at:started_at", "reflections.id=created-at:timestamp"],
}
THERE = ["backup", "expand", "backfill", "verify", "switch", "soak", "contract"]
BACK = ["back", "drop"]


def dump(path: Path) -> list:
    """Every row of every table that the migration did not make, and the schema."""
    db = sqlite3.connect(path)
    db.text_factory = bytes
    quote = lambda name: '"' + name.replace('"', '""') + '"'
    ours = "name LIKE '\\_uid%' ESCAPE '\\' OR tbl_name LIKE '\\_uid%' ESCAPE '\\'"
    found = []
    for (name,) in db.execute(
        f"SELECT name FROM sqlite_master WHERE type = 'table' AND NOT ({ours}) ORDER BY 1"
    ).fetchall():
        rows = sorted(map(repr, db.execute(f"SELECT * FROM {quote(name.decode())}")))
        found.append((name, [row for row in rows if name != b"sqlite_sequence" or "_uid" not in row]))
    found.append(db.execute(f"SELECT type, name, sql FROM sqlite_master WHERE NOT ({ours}) ORDER BY 1, 2").fetchall())
    found.append(db.execute("PRAGMA integrity_check").fetchall())
    db.close()
    return found


class Case:
    def __init__(self, binary: str, data: Path, name: str, plan: dict | None = None):
        self.binary = binary
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self.database = self.folder / "db.sqlite"
        self.plan = self.folder / "plan.json"
        self.database.write_bytes(gzip.decompress((data / f"{name}.sqlite.gz").read_bytes()))
        if plan is None:
            keys = [word for key in KEYS[name] for word in ("--key", key)]
            self.run("plan", str(self.database), *keys, "--out", str(self.plan))
        else:
            self.plan.write_text(json.dumps(plan | {"database": str(self.database)}))

    def command(self, *args: str) -> list:
        return [self.binary, "migrate", *args]

    def run(self, *args: str) -> None:
        done = subprocess.run(self.command(*args), capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{self.folder}: {args}: {done.returncode}: {done.stdout}{done.stderr}")

    def there(self, word: str) -> list:
        return [word, str(self.plan), "--until", "contract", "--yes"]

    def kill(self, args: list, phase: str, after_reports: int, wait: float) -> str | None:
        """Kills at a report of a phase; returns the phase that was told of last, `None` if the run was over."""
        child = subprocess.Popen(
            self.command(*args, "--progress", "json"), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        last = None
        for line in child.stderr:
            if not line.startswith("{"):
                continue
            last = json.loads(line)["phase"]
            after_reports -= last == phase
            order = THERE + BACK
            # A phase with few reports may be over: then the next one is hit.
            if after_reports < 0 or order.index(last) > order.index(phase):
                break
        time.sleep(wait)
        child.kill()
        for line in child.stderr:
            if line.startswith("{"):
                last = json.loads(line)["phase"]
        return last if child.wait() < 0 else None


def main() -> None:
    binary, data, wanted = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(6)
    kills = dict.fromkeys(THERE + BACK, 0)
    whole = {}
    for name in KEYS:
        case = Case(binary, data, name)
        before, plan = dump(case.database), json.loads(case.plan.read_text())
        case.run(*case.there("run"))
        whole[name] = (plan, before, dump(case.database))
        shutil.rmtree(case.folder)
    rounds = 0
    while sum(kills.values()) < wanted or min(kills.values()) < 10:
        rounds += 1
        if rounds > 20 * wanted:
            sys.exit(f"some phase is never hit: {kills}")
        if rounds % 50 == 0:
            print(f"{sum(kills.values())} kills, {rounds} runs", flush=True)
        name = chance.choice(list(KEYS))
        plan, before, after = whole[name]
        case = Case(binary, data, name, plan)
        phase = min(kills, key=kills.get) if chance.random() < 0.7 else chance.choice(list(kills))
        hit = None
        if phase in THERE:
            # A run is killed up to three times on its way.
            goal = phase
            for word in ("run", "resume", "resume"):
                last = case.kill(case.there(word), goal, chance.randrange(8), chance.random() ** 3 * 0.05)
                if last is None:
                    break
                hit = last
                kills[hit] += 1
                goal = chance.choice(THERE[THERE.index(hit) :])
        case.run(*case.there("resume"))
        if dump(case.database) != after:
            sys.exit(f"{case.folder}: another result after a kill in {hit or phase}")
        if phase in BACK or chance.random() < 0.3:
            for goal in (phase, "drop"):
                last = case.kill(["rollback", str(case.plan)], goal, chance.randrange(4), chance.random() ** 3 * 0.05)
                if last is None:
                    break
                hit = last
                kills[hit] += 1
        if phase in BACK or rounds % 5 == 0:
            case.run("rollback", str(case.plan))
            if dump(case.database) != before:
                sys.exit(f"{case.folder}: not the same rows after the way back, killed in {hit or phase}")
        shutil.rmtree(case.folder)
    if sum(kills.values()) < wanted or any(count < 10 for count in kills.values()):
        sys.exit(f"not enough kills: {kills}")
    print(f"{sum(kills.values())} kills, {rounds} runs, each the same in the end: {kills}")


main()
