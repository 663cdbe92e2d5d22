"""What the stand-ins share: ULIDs at a time that the caller brings, hexadecimal digits that never repeat, threads."""

from __future__ import annotations

import os
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

from .. import _native

LEGACY_KEY: Final = "[a-zA-Z0-9][a-zA-Z0-9_-]*"
"""The pattern of a thread that any id of its runs can carry."""


def without_thread(text: str) -> str:
    """Return the text of a thread without any leading ``thread_``."""
    while text.startswith("thread_"):
        text = text.removeprefix("thread_")
    return text


def thread_of(thread_id: Any) -> str:
    """Return a thread without leading ``thread_`` for a new run, or say why it is none."""
    if thread_id is None or thread_id == "":
        raise ValueError("thread_id cannot be empty or None")
    if not isinstance(thread_id, str):
        raise ValueError(f"thread_id must be string, not {type(thread_id).__name__}")
    if "_run_" in thread_id:
        raise ValueError(f"thread_id cannot contain reserved sequence '_run_': {thread_id!r}")
    thread = without_thread(thread_id)
    if not thread:
        raise ValueError(f"thread_id cannot be empty after removing prefix: {thread_id!r}")
    return thread

# The clocks that were seen, with the state of each: who replaces `time.time` in a test wants its time, and ids after
# the test go on where they were before it.
_REAL_CLOCK = time.time
_real = _native.Clocked()
_replaced: tuple[Callable[[], float], _native.Clocked] | None = None


def ulid_at(clock: Callable[[], float]) -> str:
    """Make a lower-case ULID at the time of a clock; ids of one clock are increasing."""
    global _replaced
    now_ms = max(int(clock() * 1000), 0)
    if clock is _REAL_CLOCK:
        return _real.core(now_ms)
    replaced = _replaced
    if replaced is None or replaced[0] is not clock:
        replaced = _replaced = (clock, _native.Clocked())
    return replaced[1].core(now_ms)


_BITS = 0xFFFFFFFF
_lock = threading.Lock()
_count = 0
_key = secrets.randbits(64)
_REAL_UUID4 = uuid.uuid4  # id-lint: allow[UID002] not called: a test that replaced it gets the digits of its own


def hex8(source: Callable[[], Any] = _REAL_UUID4) -> str:
    """Return 8 hexadecimal digits that this process has not given out in its last four billion calls.

    A counter through a secret permutation: random digits repeat after some 77,000 ids, with a chance of one half.
    The source is what the old modules took digits from; one that a test put in its place is asked instead.
    """
    global _count
    if source is not _REAL_UUID4:
        made = source()
        digits = getattr(made, "hex", None)
        return (digits if isinstance(digits, str) else str(made))[:8]
    with _lock:
        _count = count = (_count + 1) & _BITS
    left, right = count >> 16, count & 0xFFFF
    for turn in range(4):
        mixed = (right + (_key >> (16 * turn))) * 0x9E3779B1 & _BITS
        left, right = right, left ^ (mixed ^ mixed >> 13) >> 8 & 0xFFFF
    return f"{left << 16 | right:08x}"


def _after_fork() -> None:
    """Take another permutation in a child, whose counter is the parent's."""
    global _key, _lock
    _lock = threading.Lock()
    _key = secrets.randbits(64)


def in_forked_child(action: Callable[[], None]) -> None:
    """Have an action called in each forked child: a lock that another thread held is held there for ever."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=action)


in_forked_child(_after_fork)


def is_hex8(text: str) -> bool:
    """Tell whether a text is 8 hexadecimal digits."""
    return len(text) == 8 and all(character in "0123456789abcdefABCDEF" for character in text)
