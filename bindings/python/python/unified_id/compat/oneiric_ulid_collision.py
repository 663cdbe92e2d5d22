"""Stands in for ``oneiric.core.ulid_collision``."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from ._shared import ulid_at

logger = logging.getLogger(__name__)

_collision_count: int = 0
_collision_registry: dict[str, list[str]] = {}

__all__ = [
    "CollisionError",
    "detect_collision",
    "generate_with_retry",
    "get_collision_stats",
    "register_collision",
]


def generate() -> str:
    """Make a ULID, greater than the one before."""
    return ulid_at(time.time)


class CollisionError(Exception):
    """A new id is one that exists already."""

    def __init__(self, existing_ulid: str, new_ulid: str) -> None:
        self.existing_ulid = existing_ulid
        self.new_ulid = new_ulid
        super().__init__(f"ULID collision detected: {new_ulid} already exists as {existing_ulid}")

    def __reduce__(self) -> tuple[type[CollisionError], tuple[str, str]]:
        return (type(self), (self.existing_ulid, self.new_ulid))


def detect_collision(new_ulid: str, existing_ulids: set[str]) -> bool:
    """Tell whether an id is among those that exist."""
    return new_ulid in existing_ulids


def register_collision(existing_ulid: str, new_ulid: str, context: str) -> None:
    """Count a collision and say so in the log."""
    global _collision_count
    _collision_count += 1
    _collision_registry.setdefault(new_ulid, []).append(existing_ulid)
    logger.warning(
        f"ULID collision #{_collision_count}: {new_ulid} collided with {existing_ulid} in {context}"
    )


def generate_with_retry(
    max_attempts: int = 3,
    context: str = "unknown",
    _generate_fn: Callable[[], str] | None = None,
    _existing_ulids: set[str] | None = None,
) -> str:
    """Make an id that is not among those that exist; CollisionError if every attempt is."""
    if max_attempts < 1:
        raise ValueError(f"max_attempts must be at least 1, got {max_attempts}")
    existing = set[str]() if _existing_ulids is None else _existing_ulids
    new_ulid = ""
    for attempt in range(1, max_attempts + 1):
        new_ulid = (_generate_fn or generate)()
        if not detect_collision(new_ulid, existing):
            return new_ulid
        register_collision(new_ulid, new_ulid, context)
        logger.warning(f"Collision attempt {attempt}/{max_attempts}, regenerating...")
    raise CollisionError(new_ulid, new_ulid)


def get_collision_stats() -> dict[str, int]:
    """Return how many collisions there were, and of how many ids."""
    return {
        "total_collisions": _collision_count,
        "unique_ulids_involved": len(_collision_registry),
    }
