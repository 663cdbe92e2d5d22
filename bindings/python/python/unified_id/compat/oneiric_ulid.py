"""Stands in for ``oneiric.core.ulid``."""

from __future__ import annotations

import time
from typing import Any

from . import druva as _druva
from ._shared import ulid_at
from .druva import ULID, get_timestamp, is_ulid

DHURUVA_AVAILABLE = True
"""Whether the module that makes ULIDs is there; it always is."""

BASE32_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
ULID_BINARY_SIZE = 16
ULID_STRING_LENGTH = 26


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

    __slots__ = ("_change_type", "_config_id", "_metadata", "_source", "_timestamp_ms")

    def __init__(
        self,
        config_id: str | None = None,
        source: str = "oneiric",
        change_type: str = "unknown",
        metadata: dict[str, Any] | None = None,
    ) -> None:
        if config_id is None:
            config_id = generate_config_id()
        if not is_config_ulid(config_id):
            raise ValueError(f"Invalid config ULID: {config_id}")
        self._config_id = config_id
        self._source = source
        self._change_type = change_type
        # A copy, so that the caller's own dictionary does not change a record of the past.
        self._metadata = dict(metadata or {})
        self._timestamp_ms = extract_timestamp(config_id)

    @property
    def config_id(self) -> str:
        """The id."""
        return self._config_id

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
        return self._timestamp_ms

    @property
    def timestamp_seconds(self) -> float:
        """The time in Unix seconds."""
        return self._timestamp_ms / 1000.0

    @property
    def metadata(self) -> dict[str, Any]:
        """A copy of what was noted beside."""
        return dict(self._metadata)

    def correlates_with(self, other: str) -> bool:
        """Tell whether another id is of the same second; False if it is none."""
        if not is_config_ulid(other):
            return False
        return abs(self._timestamp_ms - extract_timestamp(other)) < 1000

    def to_dict(self) -> dict[str, Any]:
        """Return all fields."""
        return {
            "config_id": self.config_id,
            "source": self.source,
            "change_type": self.change_type,
            "timestamp_ms": self.timestamp_ms,
            "timestamp_seconds": self.timestamp_seconds,
            "metadata": self.metadata,
        }

    def __repr__(self) -> str:
        return (
            f"ConfigTraceability(config_id={self._config_id!r}, source={self._source!r},"
            f" change_type={self._change_type!r})"
        )


def detect_ulid_in_config(value: Any) -> list[str]:
    """Find the ids among the values of nested dictionaries, lists, tuples and sets."""
    found: list[str] = []
    # Without recursion: settings may be deep, and may contain themselves.
    waiting: list[Any] = [value]
    open_containers: list[int] = []
    while waiting:
        item = waiting.pop()
        if item is _END:
            open_containers.pop()
        elif isinstance(item, str):
            if is_config_ulid(item):
                found.append(item)
        elif isinstance(item, (dict, list, tuple, set, frozenset)) and (
            id(item) not in open_containers
        ):
            open_containers.append(id(item))
            inner = list(item.values()) if isinstance(item, dict) else list(item)
            waiting.append(_END)
            waiting.extend(reversed(inner))
    return found


_END = object()


# At the end: these modules ask this one, and the originals found each other half made.
from .oneiric_ulid_collision import (  # noqa: E402
    CollisionError,
    detect_collision,
    generate_with_retry,
    get_collision_stats,
    register_collision,
)
from .oneiric_ulid_resolution import (  # noqa: E402
    SystemReference,
    export_registry,
    find_references_by_system,
    find_related_ulids,
    get_cross_system_trace,
    get_registry_stats,
    register_reference,
    resolve_ulid,
)

is_legacy_oid = _druva.is_legacy_oid

__all__ = [
    "CollisionError",
    "ConfigTraceability",
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
    "is_ulid",
    "parse_config_ulid",
    "register_collision",
    "register_reference",
    "resolve_ulid",
]
