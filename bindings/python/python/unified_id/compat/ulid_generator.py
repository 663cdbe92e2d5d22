"""Stands in for ``crackerjack.services.ulid_generator`` and ``session_buddy.core.ulid_generator``."""

from __future__ import annotations

import logging
import os  # Callers replace `os.urandom` and `time.time` by their names in this module.
import sys
import time

from ._shared import ulid_at

logger = logging.getLogger(__name__)

_ALPHABET = frozenset("0123456789abcdefghjkmnpqrstvwxyz")

__all__ = ["generate_ulid", "is_valid_ulid"]


def generate_ulid() -> str:
    """Make a ULID of 26 lower-case characters, greater than the one before.

    A module ``druva`` that the program has imported is asked instead, as it always was.
    """
    druva = sys.modules.get("druva")
    if druva is not None:
        made: str = druva.generate()
        return made
    return ulid_at(time.time)


def is_valid_ulid(value: str) -> bool:
    """Tell whether a text is a lower-case ULID of at most 128 bits."""
    return (
        isinstance(value, str)
        and len(value) == 26
        and value[0] in "01234567"
        and _ALPHABET.issuperset(value)
    )
