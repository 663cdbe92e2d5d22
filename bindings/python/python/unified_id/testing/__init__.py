"""Ids for tests: the same ones in every run, or with the time of a frozen clock.

Both replace the source of ids of the whole process while they last, all threads included.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import _native
from .._ids import milliseconds

if TYPE_CHECKING:
    import datetime

START_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z: where deterministic time starts unless told otherwise."""


@contextlib.contextmanager
def deterministic(
    seed: int = 0, start: datetime.datetime | int = START_MS, *, step_ms: int = 0
) -> Iterator[None]:
    """Make the same ids in every run, from a seed and a start.

    ``start`` is a datetime with a zone or Unix milliseconds; each id moves the time on by ``step_ms``.
    """
    if not 0 <= seed < 1 << 64:
        raise ValueError(f"a seed has 64 bits, {seed} has not")
    if step_ms < 0:
        raise ValueError("time does not go back: step_ms is 0 or more")
    _native.push_source(seed, milliseconds(start), step_ms, None)
    try:
        yield
    finally:
        _native.pop_source()


@contextlib.contextmanager
def frozen_time() -> Iterator[None]:
    """Take the time of ids from ``time.time``, as freezegun and time-machine replace it."""
    _native.push_source(0, 0, 0, _now)
    try:
        yield
    finally:
        _native.pop_source()


def _now() -> float:
    # Asked at every id: freezegun replaces the name in the module, time-machine the function behind it.
    import time

    return time.time()
