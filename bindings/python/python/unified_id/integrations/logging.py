"""Logging: the kind, thread and time of ids beside them, for structlog and for the standard library."""

from __future__ import annotations

import logging
from collections.abc import Mapping, MutableMapping
from typing import Any

from .. import _native
from .._errors import IdParseError


def _thread_of(values: Mapping[str, Any]) -> str | None:
    """Return the one thread that the ids of a record say for sure."""
    found: set[str] = set()
    for name, value in values.items():
        if not (name.endswith("_id") or name == "id") or not isinstance(value, str):
            continue
        try:
            read = _native.parse_any(value)
        except IdParseError:
            continue
        if read.thread_key is not None and not read.ambiguous:
            found.add(read.thread_key)
    return found.pop() if len(found) == 1 else None


def add_thread(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add ``thread_key`` to an event whose ids say one thread; a processor for structlog."""
    if "thread_key" not in event and (thread := _thread_of(event)) is not None:
        event["thread_key"] = thread
    return event


class ThreadFilter(logging.Filter):
    """Adds ``thread_key`` to records whose ``extra`` ids say one thread, else None; lets all pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the field."""
        if not hasattr(record, "thread_key"):
            record.thread_key = _thread_of(record.__dict__)
        return True
