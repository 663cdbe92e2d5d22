"""Stands in for ``oneiric.core.ulid_migration``."""

from __future__ import annotations

import logging
import time
import uuid
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

# By their names in this module, which callers replace.
from .druva import generate, get_timestamp, is_ulid

logger = logging.getLogger(__name__)

__all__ = [
    "MigrationPlan",
    "create_expand_contract_migration",
    "detect_id_type",
    "estimate_migration_time",
    "generate_migration_map",
    "validate_migration_integrity",
]


@dataclass(eq=False)
class MigrationPlan:
    """What is to be migrated, and how."""

    system_name: str
    current_id_type: str
    estimated_records: int
    migration_strategy: str = "expand-contract"
    # In UTC and without a zone: callers subtract it from such times.
    created_at: datetime = field(
        init=False,
        default_factory=lambda: datetime.fromtimestamp(time.time(), UTC).replace(tzinfo=None),
    )


def detect_id_type(identifier: str) -> str:
    """Return ``ulid``, ``uuid``, ``oid`` (26 or 36 letters and digits) or ``custom``."""
    if is_ulid(identifier):
        return "ulid"
    if not isinstance(identifier, str) or len(identifier) not in (26, 36):
        return "custom"
    try:
        # The reader of UUIDs takes other spellings too; what it writes is the one with dashes.
        if str(uuid.UUID(identifier)) == identifier.lower():
            return "uuid"
    except ValueError:
        pass
    return "oid" if identifier.isalnum() else "custom"


def generate_migration_map(table_name: str, id_column: str, limit: int = 1000) -> dict[str, str]:
    """Return new ids for the texts of the numbers from 1 on; no database is read."""
    new_ids = {str(number): generate() for number in range(1, limit + 1)}
    logger.info("%s.%s: %d new ids for numbers from 1 on", table_name, id_column, len(new_ids))
    return new_ids


# Words that are no names in SQLite or PostgreSQL unless they are quoted.
_RESERVED = frozenset(
    """all and as between by case check column constraint create default delete desc distinct drop else end except
    exists foreign from full grant group having in index insert intersect into is join key like limit not null on or
    order primary references select set table then to union unique update user using values when where with""".split()
)


def _quoted(name: str) -> str:
    """Return a name as SQL writes it: quoted unless it is a plain word that is not reserved."""
    if not name or "\0" in name:
        raise ValueError(f"{name!r} cannot be the name of a table or column")
    if name.isascii() and name.isidentifier() and name.lower() not in _RESERVED:
        return name
    return '"{}"'.format(name.replace('"', '""'))


def create_expand_contract_migration(
    table_name: str, id_column: str, new_column: str
) -> list[str]:
    """Return the lines of a migration; the statements stand at 1, 4 and 10, all others are comments or empty.

    The second statement calls ``generate_ulid()``: a function that the application gives to its database, as
    ``sqlite3.Connection.create_function("generate_ulid", 0, generate)`` does. The last one takes the old column away,
    so a program runs it only after somebody has verified the rest.
    """
    rows, old, new = _quoted(table_name), _quoted(id_column), _quoted(new_column)
    index = _quoted(f"ix_{table_name}_{new_column}")
    # A name may hold a line break, which would end a comment.
    rows_, old_, new_, index_ = (" ".join(name.split()) for name in (rows, old, new, index))
    return [
        f"-- EXPAND phase: {rows_} gets {new_}, {old_} stays",
        f"ALTER TABLE {rows} ADD COLUMN {new} TEXT;",
        "",
        "-- MIGRATION phase: each row that has none gets a new id",
        f"UPDATE {rows} SET {new} = generate_ulid() WHERE {new} IS NULL;",
        "",
        f"-- SWITCH phase: children of {rows_} refer to {new_}, and programs use it",
        f"-- before: CREATE UNIQUE INDEX {index_} ON {rows_} ({new_});",
        "",
        f"-- CONTRACT phase: {old_} goes, when nothing asks for it any more",
        f"ALTER TABLE {rows} DROP COLUMN {old};",
        "",
        f"-- before: SELECT COUNT(*) FROM {rows_} WHERE {new_} IS NULL; has to give 0",
        "-- SQLite drops no column that is the primary key: there it takes a copy of the table",
        "",
        "-- `unified-id migrate` does all of it, foreign keys included, and can go back",
        "",
    ]


def validate_migration_integrity(
    legacy_count: int, ulid_count: int, tolerance_percent: float = 0.01
) -> bool:
    """Return True if the counts differ by no more than the tolerance, which is a fraction: 0.01 is 1%."""
    apart = abs(legacy_count - ulid_count)
    if apart > legacy_count * tolerance_percent:
        raise ValueError(
            f"Migration integrity check failed: {legacy_count} legacy records and {ulid_count} with a"
            f" ULID, {apart} apart, more than the"
            f" {tolerance_percent:.2%} that may be; look for the rows that are missing"
        )
    if apart:
        warnings.warn(
            f"{apart} records apart and let pass: tolerance_percent={tolerance_percent} is a fraction,"
            f" {tolerance_percent:.2%} of the records",
            stacklevel=2,
        )
    logger.info("%d records before and %d after the migration", legacy_count, ulid_count)
    return True


def estimate_migration_time(
    record_count: int, records_per_second: float = 1000.0
) -> dict[str, Any]:
    """Return how long a migration takes at a rate, and how many records to write at once."""
    if records_per_second <= 0:
        raise ValueError(f"records_per_second is {records_per_second}: it has to be above 0")
    seconds = record_count / records_per_second
    return {
        "record_count": record_count,
        "estimated_seconds": seconds,
        "estimated_minutes": seconds / 60,
        "estimated_hours": seconds / 3600,
        # The work of a minute.
        "recommended_batch_size": max(int(records_per_second * 60), 1),
    }
