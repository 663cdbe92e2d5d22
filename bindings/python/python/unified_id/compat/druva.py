"""Stands in for ``druva``, ``dhara`` and ``dhruva``, which the ecosystem tries to import first."""

from __future__ import annotations

import time
from typing import Any

from ._shared import ulid_at

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}

__all__ = ["ULID", "generate", "get_timestamp", "is_legacy_oid", "is_ulid"]


def _decode(text: str) -> bytes:
    lower = text.lower() if text.isascii() else text
    if len(text) != 26 or any(character not in _VALUES for character in lower):
        raise ValueError(f"Invalid ULID string: {text!r}")
    number = 0
    for character in lower:
        number = number << 5 | _VALUES[character]
    if number >> 128:
        raise ValueError(f"Invalid ULID string: {text!r}: more than 128 bits")
    return number.to_bytes(16, "big")


def _encode(data: bytes) -> str:
    number = int.from_bytes(data, "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


class ULID:
    """A ULID: of a text in either case, of 16 bytes, or a new one."""

    __slots__ = ("_bytes", "_str")

    def __init__(self, value: str | bytes | None = None) -> None:
        if value is None:
            value = generate()
        if isinstance(value, str):
            self._bytes = _decode(value)
            # One spelling: what is equal to a text has to have its hash.
            self._str = value.lower()
        elif isinstance(value, bytes):
            if len(value) != 16:
                raise ValueError(f"ULID bytes must be 16 bytes, not {len(value)}")
            self._bytes = bytes(value)
            self._str = _encode(value)
        else:
            raise ValueError(f"Invalid ULID value: {value!r}: a str, bytes or None is needed")

    @property
    def timestamp(self) -> int:
        """The time in Unix milliseconds."""
        return int.from_bytes(self._bytes[:6], "big")

    def __str__(self) -> str:
        return self._str

    def __repr__(self) -> str:
        return f"ULID({self._str!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ULID):
            return self._bytes == other._bytes
        if isinstance(other, str):
            return self._str == other
        return NotImplemented

    def __lt__(self, other: object) -> bool:
        if isinstance(other, ULID):
            return self._bytes < other._bytes
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._str)

    def __bytes__(self) -> bytes:
        return self._bytes


def generate() -> str:
    """Make a ULID of 26 lower-case characters, greater than the one before."""
    return ulid_at(time.time)


def get_timestamp(value: str | ULID) -> int:
    """Return the time of a ULID in Unix milliseconds."""
    return value.timestamp if isinstance(value, ULID) else ULID(value).timestamp


def is_ulid(value: Any) -> bool:
    """Tell whether a text is a ULID of at most 128 bits, in either case; False for all but ``str``."""
    if not isinstance(value, str):
        return False
    try:
        _decode(value)
    except ValueError:
        return False
    return True


def is_legacy_oid(value: Any) -> bool:
    """Tell whether a text is an 8-byte object id: decimal digits, no leading zero, at most 64 bits."""
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isdigit()
        and (value == "0" or value[0] != "0")
        and len(value) <= 20
        and int(value) < 1 << 64
    )
