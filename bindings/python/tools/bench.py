"""Times this package beside its peers in one interpreter, by turns; prints a table of the best rounds.

Peers that are not installed are an error: pip install ulid-transform python-ulid typeid-python uuid-utils pydantic
"""

from __future__ import annotations

import gc
import platform
import sys
import timeit
import uuid
from importlib.metadata import version

import pydantic
import typeid
import ulid
import ulid_transform
import uuid_utils

from unified_id import RunId, ThreadId

ROUNDS, CALLS = 15, 10_000

thread = ThreadId.new()
text = str(thread)


class Typed(pydantic.BaseModel):
    """A field of ids."""

    thread: ThreadId


class Plain(pydantic.BaseModel):
    """A plain field."""

    thread: str


class InPython(str):
    """What a typed id would be without a constructor in Rust."""

    __slots__ = ()

    def __new__(cls, value: str) -> InPython:
        if not value.startswith("thread_"):
            raise ValueError(value)
        return str.__new__(cls, value)


data = {"thread": text}
# Each name is the statement that is timed, without a function around it, and how many ids it makes.
CASES = {
    "ulid_transform.ulid_now()": 1,
    "str(uuid.uuid4())": 1,
    "str(uuid_utils.uuid7())": 1,
    "str(ulid.ULID())": 1,
    'str(typeid.TypeID("thread"))': 1,
    "ThreadId.new_text()": 1,
    "ThreadId.new()": 1,
    "RunId.new_text(thread)": 1,
    "RunId.new(thread)": 1,
    "InPython(ThreadId.new_text())": 1,
    "ThreadId.batch(1000)": 1000,
    "ThreadId.batch_texts(1000)": 1000,
    "ThreadId.is_valid(text)": 1,
    "ThreadId.parse(text)": 1,
    "Typed.__pydantic_validator__.validate_python(data)": 1,
    "Plain.__pydantic_validator__.validate_python(data)": 1,
}


def main() -> None:
    """Measure and print."""
    best = dict.fromkeys(CASES, float("inf"))
    timers = {name: timeit.Timer(name, globals=globals()) for name in CASES}
    gc.disable()
    for _ in range(ROUNDS):
        for name, timer in timers.items():
            calls = max(CALLS // CASES[name], 1)
            best[name] = min(best[name], timer.timeit(calls) / calls / CASES[name] * 1e9)
    ulid_now, uuid4 = best["ulid_transform.ulid_now()"], best["str(uuid.uuid4())"]
    peers = ("ulid-transform", "python-ulid", "typeid-python", "uuid-utils", "pydantic")
    print(f"Python {platform.python_version()}, {platform.machine()}, {ROUNDS} rounds by turns, the best of each.")
    print(", ".join(f"{name} {version(name)}" for name in peers), file=sys.stdout)
    print("\n| per id | ns | of `ulid_now` | `str(uuid4())` takes |\n|---|---:|---:|---:|")
    for name, ns in best.items():
        print(f"| `{name}` | {ns:.0f} | {ns / ulid_now:.2f}x | {uuid4 / ns:.1f}x |")


if __name__ == "__main__":
    main()
