"""Stands in for ``oneiric.core.ulid_collision``."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet

# By its name in this module, which callers replace.
from .druva import generate

logger = logging.getLogger(__name__)

# Both are set anew by callers, so they are looked up at every use.
_collision_count: int = 0
_collision_registry: dict[str, list[str]] = {}
_lock = threading.Lock()

__all__ = [
    "CollisionError",
    "detect_collision",
    "generate_with_retry",
    "get_collision_stats",
    "register_collision",
]


class CollisionError(Exception):
    """A new id is one that exists already."""

    def __init__(self, existing_ulid: str, new_ulid: str) -> None:
        # The arguments as they are: an exception is pickled by them.
        super().__init__(existing_ulid, new_ulid)
        self.existing_ulid = existing_ulid
        self.new_ulid = new_ulid

    def __str__(self) -> str:
        return f"ULID collision detected: {self.new_ulid} is new and in use already, as {self.existing_ulid}"


def detect_collision(new_ulid: str, existing_ulids: AbstractSet[str]) -> bool:
    """Tell whether an id is among those that exist."""
    return new_ulid in existing_ulids


def register_collision(existing_ulid: str, new_ulid: str, context: str) -> None:
    """Count a collision and say so in the log."""
    global _collision_count
    with _lock:
        _collision_count += 1
        _collision_registry.setdefault(new_ulid, []).append(existing_ulid)
    logger.warning(
        "%s: new id %s collides with %s; %d so far",
        context,
        new_ulid,
        existing_ulid,
        _collision_count,
    )


def generate_with_retry(
    max_attempts: int = 3,
    context: str = "unknown",
    _generate_fn: Callable[[], str] | None = None,
    _existing_ulids: AbstractSet[str] | None = None,
) -> str:
    """Make an id that is not among those that exist; CollisionError if every attempt is."""
    if max_attempts < 1:
        raise ValueError(f"max_attempts is {max_attempts}: one attempt at least is needed")
    make = _generate_fn or generate
    in_use = frozenset[str]() if _existing_ulids is None else _existing_ulids
    for _ in range(max_attempts):
        made = make()
        if not detect_collision(made, in_use):
            return made
        register_collision(made, made, context)
    logger.error("%s: no free id in %d attempts", context, max_attempts)
    raise CollisionError(made, made)


def get_collision_stats() -> dict[str, int]:
    """Return how many collisions there were, and of how many ids."""
    return {
        "total_collisions": _collision_count,
        "unique_ulids_involved": len(_collision_registry),
    }
