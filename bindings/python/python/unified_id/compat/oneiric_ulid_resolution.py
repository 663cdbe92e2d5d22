"""Stands in for ``oneiric.core.ulid_resolution``."""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .druva import get_timestamp, is_ulid

logger = logging.getLogger(__name__)

__all__ = [
    "SystemReference",
    "export_registry",
    "find_references_by_system",
    "find_related_ulids",
    "get_cross_system_trace",
    "get_registry_stats",
    "register_reference",
    "resolve_ulid",
]


@dataclass(eq=False)
class SystemReference:
    """What a system says of an id; ``timestamp`` is that of the id, in Unix milliseconds, or 0."""

    ulid: str
    system: str
    reference_type: str
    metadata: dict[str, Any] | None = None
    timestamp: int = field(init=False)
    registered_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        if self.metadata is None:
            self.metadata = {}
        try:
            self.timestamp = get_timestamp(self.ulid)
        except Exception:  # Whatever a caller's own `get_timestamp` raises, the reference is noted.
            logger.warning("%.64s is no ULID: it has no time and no relations", self.ulid)
            self.timestamp = 0
        self.registered_at = datetime.fromtimestamp(time.time(), UTC)


_ulid_registry: dict[str, SystemReference] = {}


def _references() -> list[SystemReference]:
    """Return all references at one moment, while other threads register."""
    return list(_ulid_registry.values())


def register_reference(
    ulid: str, system: str, reference_type: str, metadata: dict[str, Any] | None = None
) -> None:
    """Note what a system says of an id; the last word counts."""
    reference = SystemReference(ulid, system, reference_type, metadata)
    _ulid_registry[ulid] = reference


def resolve_ulid(ulid: str) -> SystemReference | None:
    """Return what was noted of an id."""
    return _ulid_registry.get(ulid)


def find_references_by_system(system: str) -> list[SystemReference]:
    """Return all that a system noted."""
    return [reference for reference in _references() if reference.system == system]


def find_related_ulids(ulid: str, time_window_ms: int = 60000) -> list[str]:
    """Return the ids made about the time of an id, itself included.

    A text without a time is related to itself alone.
    """
    reference = resolve_ulid(ulid)
    if reference is None:
        return []
    if not is_ulid(ulid):
        return [ulid]
    made_ms = reference.timestamp
    first, last = made_ms - time_window_ms, made_ms + time_window_ms
    return [
        other.ulid
        for other in _references()
        if first <= other.timestamp <= last and is_ulid(other.ulid)
    ]


def get_cross_system_trace(ulid: str) -> dict[str, Any]:
    """Return what was noted of an id and what is about as old; of an unknown one, an error."""
    reference = resolve_ulid(ulid)
    if reference is None:
        return {"error": "ULID not found: no system has registered it", "ulid": ulid}
    related = find_related_ulids(ulid)
    return {
        "ulid": ulid,
        "source_system": reference.system,
        "reference_type": reference.reference_type,
        "timestamp_ms": reference.timestamp,
        # A text, as the trace goes into JSON.
        "registered_at": reference.registered_at.isoformat(),
        "metadata": reference.metadata,
        "related_ulids": related,
        "related_count": len(related),
    }


def export_registry() -> dict[str, dict[str, Any]]:
    """Return all that was noted, by id."""
    return {
        reference.ulid: {
            "system": reference.system,
            "reference_type": reference.reference_type,
            "timestamp_ms": reference.timestamp,
            "metadata": reference.metadata,
        }
        for reference in _references()
    }


def get_registry_stats() -> dict[str, Any]:
    """Return how many references there are, by system and by type."""
    references = _references()
    return {
        "total_registrations": len(references),
        "by_system": dict(Counter(reference.system for reference in references)),
        "by_reference_type": dict(Counter(reference.reference_type for reference in references)),
    }
