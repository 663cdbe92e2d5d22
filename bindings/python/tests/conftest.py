"""What the tests share: the corpora, which every language of the project reads."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

CORPORA = Path(__file__).parents[3] / "tests" / "corpora"


def rows(name: str, key: str = "row") -> list[dict[str, Any]]:
    """Return the rows of a TOML corpus."""
    found: list[dict[str, Any]] = tomllib.loads((CORPORA / f"{name}.toml").read_text())[key]
    assert found
    return found


def lines(name: str) -> list[dict[str, Any]]:
    """Return the rows of a corpus of JSON lines."""
    return [json.loads(line) for line in (CORPORA / f"{name}.jsonl").read_text().splitlines()]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
