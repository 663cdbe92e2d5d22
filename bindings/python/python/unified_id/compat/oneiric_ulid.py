"""Stands in for ``oneiric.core.ulid``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from ._shared import ulid_at
from .druva import ULID, get_timestamp, is_legacy_oid, is_ulid
from .oneiric_ulid_collision import (
    CollisionError,
    detect_collision,
    generate_with_retry,
    get_collision_stats,
    register_collision,
)
from .oneiric_ulid_resolution import (
    SystemReference,
    export_registry,
    find_references_by_system,
    find_related_ulids,
    get_cross_system_trace,
    get_registry_stats,
    register_reference,
    resolve_ulid,
)

__all__ = [
    "CollisionError",
    "ConfigTraceability",
    "DHURUVA_AVAILABLE",
    "SystemReference",
    "ULID",
    "detect_collision",
    "detect_ulid_in_config",
    "export_registry",
    "extract_timestamp",
    "find_references_by_system",
    "find_related_ulids",
    "generate",
    "generate_config_id",
    "generate_with_retry",
    "get_collision_stats",
    "get_cross_system_trace",
    "get_registry_stats",
    "get_timestamp",
    "is_config_ulid",
    "is_legacy_oid",
    "is_ulid",
    "parse_config_ulid",
    "register_collision",
    "register_reference",
    "resolve_ulid",
]

DHURUVA_AVAILABLE = True
"""Whether there is something that makes ULIDs; there always is."""


def generate() -> str:
    """Make a ULID of 26 lower-case characters, greater than the one before."""
    return ulid_at(time.time)


def generate_config_id() -> str:
    """Make the id of a configuration."""
    return generate()


def is_config_ulid(value: Any) -> bool:
    """Tell whether a value is the id of a configuration."""
    return is_ulid(value)


def extract_timestamp(value: str | ULID) -> int:
    """Return the time of an id in Unix milliseconds."""
    return get_timestamp(value)


def parse_config_ulid(value: str | ULID) -> ULID:
    """Read an id; what is a ULID already is given back."""
    return value if isinstance(value, ULID) else ULID(value)


class ConfigTraceability:
    """Who changed a configuration, and when: the time is that of its id."""

    def __init__(
        self,
        config_id: str | None = None,
        source: str = "oneiric",
        change_type: str = "unknown",
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._id = generate_config_id() if config_id is None else config_id
        if not is_config_ulid(self._id):
            raise ValueError(f"Invalid config ULID: {config_id}")
        self._made_ms = extract_timestamp(self._id)
        self._source, self._change_type = source, change_type
        # A copy, so that the caller's own dictionary does not change a record of the past.
        self._metadata = dict(metadata or {})

    @property
    def config_id(self) -> str:
        """The id."""
        return self._id

    @property
    def source(self) -> str:
        """The system that made the change."""
        return self._source

    @property
    def change_type(self) -> str:
        """What was done."""
        return self._change_type

    @property
    def timestamp_ms(self) -> int:
        """The time in Unix milliseconds."""
        return self._made_ms

    @property
    def timestamp_seconds(self) -> float:
        """The time in Unix seconds."""
        return self._made_ms / 1000

    @property
    def metadata(self) -> dict[str, Any]:
        """A copy of what was noted beside."""
        return self._metadata.copy()

    def correlates_with(self, other_ulid: str) -> bool:
        """Tell whether another id was made less than a second away; False if it is none."""
        return is_config_ulid(other_ulid) and abs(extract_timestamp(other_ulid) - self._made_ms) < 1000

    def to_dict(self) -> dict[str, Any]:
        """Return all properties by their names."""
        return {name: getattr(self, name) for name in _PROPERTIES}

    def __repr__(self) -> str:
        said = (f"{name}={getattr(self, name)!r}" for name in _PROPERTIES[:3])
        return f"{type(self).__name__}({', '.join(said)})"


_PROPERTIES = (
    "config_id",
    "source",
    "change_type",
    "timestamp_ms",
    "timestamp_seconds",
    "metadata",
)


def detect_ulid_in_config(value: Any) -> list[str]:
    """Find the ids among the values of nested dictionaries, lists, tuples and sets."""
    found: list[str] = []
    # Without recursion: settings may be deep, and may contain themselves. The containers that are being read, the
    # innermost last, are kept with what is left of each.
    within: dict[int, Iterator[Any]] = {0: iter((value,))}
    innermost = within[0]
    while True:
        item = next(innermost, _END)
        if item is _END:
            within.popitem()
            if not within:
                return found
            innermost = within[next(reversed(within))]
        elif isinstance(item, str):
            if is_config_ulid(item):
                found.append(item)
        elif isinstance(item, (dict, list, tuple, set, frozenset)) and id(item) not in within:
            innermost = iter(list(item.values() if isinstance(item, dict) else item))
            within[id(item)] = innermost


_END = object()
