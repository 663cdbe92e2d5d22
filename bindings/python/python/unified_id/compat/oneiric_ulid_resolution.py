"""Stands in for ``oneiric.core.ulid_resolution``."""

from __future__ import annotations

import logging
import time
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


class SystemReference:
    """What a system says of an id."""

    def __init__(
        self,
        ulid: str,
        system: str,
        reference_type: str,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self.ulid = ulid
        self.system = system
        self.reference_type = reference_type
        self.metadata = metadata or {}
        self.timestamp = 0
        if is_ulid(ulid):
            self.timestamp = get_timestamp(ulid)
        else:
            logger.warning(f"Failed to parse ULID timestamp: {ulid}")
        self.registered_at = datetime.fromtimestamp(time.time(), UTC)

    def __repr__(self) -> str:
        return f"SystemReference({self.system}:{self.reference_type}:{self.ulid})"


_ulid_registry: dict[str, SystemReference] = {}


def register_reference(
    ulid: str, system: str, reference_type: str, metadata: dict[str, Any] | None = None
) -> None:
    """Note what a system says of an id; the last word counts."""
    _ulid_registry[ulid] = SystemReference(ulid, system, reference_type, metadata)
    logger.debug(f"Registered ULID reference: {ulid} \u2192 {system}:{reference_type}")


def resolve_ulid(ulid: str) -> SystemReference | None:
    """Return what was noted of an id."""
    return _ulid_registry.get(ulid)


def find_references_by_system(system: str) -> list[SystemReference]:
    """Return all that a system noted."""
    return [reference for reference in list(_ulid_registry.values()) if reference.system == system]


def find_related_ulids(ulid: str, time_window_ms: int = 60000) -> list[str]:
    """Return the ids made about the time of an id, itself included.

    A text without a time is related to itself alone.
    """
    reference = _ulid_registry.get(ulid)
    if reference is None:
        logger.warning(f"ULID not found in registry: {ulid}")
        return []
    if not is_ulid(ulid):
        return [ulid]
    return [
        other
        for other, known in list(_ulid_registry.items())
        if is_ulid(other) and abs(known.timestamp - reference.timestamp) <= time_window_ms
    ]


def get_cross_system_trace(ulid: str) -> dict[str, Any]:
    """Return what was noted of an id and what is about as old; of an unknown one, an error."""
    reference = resolve_ulid(ulid)
    if reference is None:
        return {"error": "ULID not found in registry", "ulid": ulid}
    related = find_related_ulids(ulid)
    return {
        "ulid": ulid,
        "source_system": reference.system,
        "reference_type": reference.reference_type,
        "timestamp_ms": reference.timestamp,
        "registered_at": reference.registered_at.isoformat(),
        "metadata": reference.metadata,
        "related_ulids": related,
        "related_count": len(related),
    }


def export_registry() -> dict[str, dict[str, Any]]:
    """Return all that was noted."""
    return {
        ulid: {
            "system": reference.system,
            "reference_type": reference.reference_type,
            "timestamp_ms": reference.timestamp,
            "metadata": reference.metadata,
        }
        for ulid, reference in list(_ulid_registry.items())
    }


def get_registry_stats() -> dict[str, Any]:
    """Return how many references there are, by system and by type."""
    by_system: dict[str, int] = {}
    by_type: dict[str, int] = {}
    for reference in list(_ulid_registry.values()):
        by_system[reference.system] = by_system.get(reference.system, 0) + 1
        by_type[reference.reference_type] = by_type.get(reference.reference_type, 0) + 1
    return {
        "total_registrations": len(_ulid_registry),
        "by_system": by_system,
        "by_reference_type": by_type,
    }
