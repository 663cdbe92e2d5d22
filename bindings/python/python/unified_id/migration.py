"""From legacy keys to new ids: the recipes of ``docs/spec/migration.md``, and graphs in memory whose edges follow.

The same parts give the same ids as ``unified-id migrate`` and the Rust crate, in every process.

>>> from unified_id.migration import Mapper, GraphMap
>>> mapper = Mapper("stable", namespace="akosha", table="entities")
>>> mapper.id("user:alice")
'665fwd5v88g69axk8cv55wsh8p'
>>> graph = GraphMap(mapper, ["system:x", "user:alice"])
>>> edges, dangling = graph.edges([("system:x", "user:alice"), ("system:x", "user:bob")])
>>> edges[0] == (graph["system:x"], graph["user:alice"]), dangling
(True, 1)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal

from . import EntityId, parse_any

__all__ = ["GraphMap", "Mapper", "MigrationError"]

MappingName = Literal["bits", "created-at", "stable", "keep", "random"]

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_NAMES: Final = ("bits", "created-at", "stable", "keep", "random")
_RANKS: Final = 1 << 22


class MigrationError(ValueError):
    """A mapping cannot take a value, or two entities would get one id."""


def _text(value: int) -> str:
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def _versioned(value: int, version: int) -> int:
    value = value & ~(0xF << 76) | version << 76
    return value & ~(0x3 << 62) | 0x2 << 62


def _digest(domain: bytes, namespace: str, table: str, legacy: bytes) -> int:
    parts = b"".join(part + b"\0" for part in (domain, namespace.encode(), table.encode()))
    return int.from_bytes(hashlib.sha256(parts + legacy).digest()[:16], "big")


def _bits(legacy: bytes) -> int | None:
    try:
        text = legacy.decode("ascii")
    except UnicodeDecodeError:
        text = ""
    dashes = [at for at, letter in enumerate(text) if letter == "-"]
    if (len(text) == 32 and not dashes) or (len(text) == 36 and dashes == [8, 13, 18, 23]):
        digits = text.replace("-", "").lower()
        if all(digit in "0123456789abcdef" for digit in digits):
            return int(digits, 16)
    if len(text) == 26:
        values = [_ALPHABET.find(letter) for letter in text.lower()]
        if min(values) >= 0 and values[0] < 8:
            value = 0
            for digit in values:
                value = value << 5 | digit
            return value
    return int.from_bytes(legacy, "big") if len(legacy) == 16 else None


def _keep(legacy: bytes) -> int | None:
    try:
        text = legacy.decode()
    except UnicodeDecodeError:
        text = ""
    # A scoped id would lose its scope: it is none of ours to shorten.
    if text.count("_") == 1 and len(text.rpartition("_")[2]) == 26:
        try:
            parse_any(text)
        except ValueError:
            return None
        return _bits(text.rpartition("_")[2].encode())
    return _bits(legacy)


class Mapper:
    """Makes the new id of a legacy key: ``bits``, ``created-at``, ``stable``, ``keep`` or ``random``.

    ``namespace`` and ``table`` keep equal keys of different places apart; the command takes the file name of a database
    without its extension, and the name of the table. ``fallback`` takes what the mapping cannot take.
    """

    __slots__ = ("fallback", "mapping", "namespace", "table")

    def __init__(
        self,
        mapping: MappingName,
        *,
        namespace: str,
        table: str,
        fallback: MappingName | None = None,
    ) -> None:
        for name in (mapping, fallback):
            if name is not None and name not in _NAMES:
                msg = f"{name!r} is none of {', '.join(_NAMES)}"
                raise ValueError(msg)
        self.mapping = mapping
        self.namespace = namespace
        self.table = table
        self.fallback = fallback

    def id(
        self, legacy: str | bytes | int, time_ms: int | None = None, rank: int | None = None
    ) -> str:
        """Returns the bare core; ``time_ms`` is the time of the row, for ``created-at``."""
        if isinstance(legacy, int):
            legacy = str(legacy)
        data = legacy.encode() if isinstance(legacy, str) else legacy
        for mapping in (self.mapping, self.fallback):
            value = None if mapping is None else self._value(mapping, data, time_ms, rank)
            if value is not None:
                return _text(value)
        msg = f"{self.mapping} cannot take {legacy!r:.64}"
        if self.mapping == "created-at":
            msg += f" at the time {time_ms!r}"
        raise MigrationError(msg)

    def _value(
        self, mapping: str, data: bytes, time_ms: int | None, rank: int | None
    ) -> int | None:
        if mapping == "bits":
            return _bits(data)
        if mapping == "keep":
            return _keep(data)
        if mapping == "stable":
            return _versioned(_digest(b"unified-id/stable/1", self.namespace, self.table, data), 8)
        if mapping == "random":
            return _bits(EntityId.new_text().rpartition("_")[2].encode())
        if (
            time_ms is None
            or not 0 <= time_ms < 1 << 48
            or (rank is not None and not 0 <= rank < _RANKS)
        ):
            return None
        value = (
            _digest(b"unified-id/created-at/1", self.namespace, self.table, data) & (1 << 80) - 1
        )
        if rank is not None:
            # 12 bits beside the version, 10 below the variant.
            value = value & ~(0xFFF << 64) | (rank >> 10) << 64
            value = value & ~(0x3FF << 52) | (rank & 0x3FF) << 52
        return _versioned(time_ms << 80 | value, 7)


class GraphMap(Mapping[str, str]):
    """From the legacy ids of a graph's entities to new ones; its edges follow.

    ``entities`` are legacy ids, or pairs of one and its time in milliseconds. Nothing is mapped if two would get one id.
    """

    def __init__(self, mapper: Mapper, entities: Iterable[str | tuple[str, int | None]]) -> None:
        self._ids: dict[str, str] = {}
        owners: dict[str, str] = {}
        for entity in entities:
            legacy, time_ms = (entity, None) if isinstance(entity, str) else entity
            if legacy in self._ids:
                continue
            new = mapper.id(legacy, time_ms)
            if new in owners:
                msg = f"entities {owners[new]!r} and {legacy!r} would get one id"
                raise MigrationError(msg)
            owners[new] = legacy
            self._ids[legacy] = new

    def __getitem__(self, legacy: str) -> str:
        return self._ids[legacy]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def edges(
        self, edges: Iterable[tuple[str, str]]
    ) -> tuple[list[tuple[str | None, str | None]], int]:
        """Maps both ends of each edge, and counts the edges of which an end is no entity."""
        mapped = [(self._ids.get(source), self._ids.get(target)) for source, target in edges]
        return mapped, sum(source is None or target is None for source, target in mapped)
