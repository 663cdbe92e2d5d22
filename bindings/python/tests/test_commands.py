"""The binaries as wheels: what a user gets after `pip install`."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
import sysconfig
from pathlib import Path

from unified_id import RunId, ThreadId


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload, no-any-return]


def test_the_module_is_the_command() -> None:
    module = (sys.executable, "-m", "unified_id")
    thread = ThreadId.parse(run(*module, "new", "thread").stdout.strip())
    made = run(*module, "new", "run", "--scope", thread, "-n", "3").stdout.split()
    assert [RunId.parse(text).thread for text in made] == [thread] * 3
    inspected = run(*module, "inspect", "--format", "jsonl", made[0])
    assert json.loads(inspected.stdout)["thread_key"] == thread.core and inspected.returncode == 0
    assert run(*module, "inspect", "nonsense").returncode == 1
    assert run(*module, "nonsense").returncode == 2
    piped = run(*module, "inspect", "--format", "jsonl", input=f"{thread}\nx\n")
    assert [json.loads(line)["ok"] for line in piped.stdout.splitlines()] == [True, False]


def test_every_wheel_carries_the_licences() -> None:
    for name in ("unified-id", "unified-id-cli", "id-lint"):
        files = importlib.metadata.files(name) or []
        texts = {path.name: path.read_text() for path in files if path.parent.name == "licenses"}
        assert sorted(texts) == ["LICENSE-APACHE", "LICENSE-MIT"], name
        assert "Apache License" in texts["LICENSE-APACHE"] and "MIT License" in texts["LICENSE-MIT"], name


def test_the_linter_is_a_wheel(tmp_path: Path) -> None:
    linter = Path(sysconfig.get_path("scripts"), "id-lint")
    (tmp_path / "a.py").write_text("import uuid\nuser_id = str(uuid.uuid4())\n")
    found = run(str(linter), "scan", ".", cwd=tmp_path)
    assert found.returncode == 1 and "raw-uuid-call" in found.stdout
    (tmp_path / "a.py").write_text("from unified_id import UserId\nuser_id = UserId.new()\n")
    assert run(str(linter), "scan", ".", cwd=tmp_path).returncode == 0
