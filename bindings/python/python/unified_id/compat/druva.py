"""Stands in for ``druva``, ``dhara`` and ``dhruva``, which the ecosystem tries to import first."""

from __future__ import annotations

import functools
import time
from typing import Any

from .. import ConfigId
from ._shared import ulid_at

__all__ = ["ULID", "generate", "get_timestamp", "is_legacy_oid", "is_ulid"]


def _core(text: str) -> ConfigId:
    """Read a ULID as the core of an id, whose reader knows the alphabet and the limit of 128 bits."""
    if len(text) != 26:
        raise ValueError(f"Invalid ULID: 26 characters are needed, not {len(text)}: {text[:64]!r}")
    try:
        return ConfigId.parse(f"config_{text}")
    except ValueError as error:
        help = getattr(error, "help", "")
        raise ValueError(f"Invalid ULID: {text!r}{help and f'; {help}'}") from None


@functools.total_ordering
class ULID:
    """A ULID: of a text in either case, of 16 bytes, or a new one."""

    __slots__ = ("_bytes", "_text")

    def __init__(self, value: str | bytes | None = None) -> None:
        if isinstance(value, bytes):
            if len(value) != 16:
                raise ValueError(f"Invalid ULID: it must be 16 bytes, not {len(value)}")
            core = ConfigId.from_bytes(value)
        elif value is None or isinstance(value, str):
            core = _core(generate() if value is None else value)
        else:
            raise ValueError(f"Invalid ULID: made of str, bytes or None, not of {type(value).__name__}")
        self._bytes: bytes = core.bytes
        # Lower case whatever was read: what is equal to a text has to have its hash.
        self._text: str = core.core

    @property
    def timestamp(self) -> int:
        """The time in Unix milliseconds."""
        return int.from_bytes(self._bytes[:6], "big")

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"ULID({self._text!r})"

    def __bytes__(self) -> bytes:
        return self._bytes

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return self._text == str(other) if isinstance(other, (str, ULID)) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return self._text < other._text if isinstance(other, ULID) else NotImplemented


def generate() -> str:
    """Make a ULID of 26 lower-case characters, greater than the one before."""
    return ulid_at(time.time)


def get_timestamp(value: str | ULID) -> int:
    """Return the time of a ULID in Unix milliseconds."""
    return (value if isinstance(value, ULID) else ULID(value)).timestamp


def is_ulid(value: Any) -> bool:
    """Tell whether a text is a ULID of at most 128 bits, in either case; False for all but ``str``."""
    try:
        return isinstance(value, str) and bool(_core(value))
    except ValueError:
        return False


def is_legacy_oid(value: Any) -> bool:
    """Tell whether a text is an 8-byte object id: a number in decimal digits, without leading zeros."""
    if not isinstance(value, str) or len(value) > 20 or not (value.isascii() and value.isdigit()):
        return False
    number = int(value)
    return number < 1 << 64 and str(number) == value
