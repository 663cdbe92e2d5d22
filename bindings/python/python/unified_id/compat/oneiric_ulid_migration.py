"""Stands in for ``oneiric.core.ulid_migration``."""

from __future__ import annotations

import logging
import re
import time
import warnings
from datetime import UTC, datetime
from typing import Any

from ._shared import ulid_at
from .druva import get_timestamp, is_ulid

logger = logging.getLogger(__name__)

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)

__all__ = [
    "MigrationPlan",
    "create_expand_contract_migration",
    "detect_id_type",
    "estimate_migration_time",
    "generate_migration_map",
    "get_timestamp",
    "validate_migration_integrity",
]


def generate() -> str:
    """Make a ULID, greater than the one before."""
    return ulid_at(time.time)


class MigrationPlan:
    """What is to be migrated, and how."""

    def __init__(
        self,
        system_name: str,
        current_id_type: str,
        estimated_records: int,
        migration_strategy: str = "expand-contract",
    ) -> None:
        self.system_name = system_name
        self.current_id_type = current_id_type
        self.estimated_records = estimated_records
        self.migration_strategy = migration_strategy
        # Without a zone, as its callers compare it.
        self.created_at = datetime.fromtimestamp(time.time(), UTC).replace(tzinfo=None)

    def __repr__(self) -> str:
        return (
            f"MigrationPlan({self.system_name}, {self.current_id_type} \u2192 ULID,"
            f" {self.migration_strategy}, {self.estimated_records} records)"
        )


def detect_id_type(identifier: str) -> str:
    """Return ``ulid``, ``uuid``, ``oid`` (26 or 36 letters and digits) or ``custom``."""
    if is_ulid(identifier):
        return "ulid"
    if not isinstance(identifier, str):
        return "custom"
    if _UUID.fullmatch(identifier):
        return "uuid"
    return "oid" if len(identifier) in (26, 36) and identifier.isalnum() else "custom"


def generate_migration_map(table_name: str, id_column: str, limit: int = 1000) -> dict[str, str]:
    """Return new ids for the texts of the numbers from 1 on; no database is read."""
    logger.info(f"Generating ULID migration map for {table_name}.{id_column}")
    mapping = {str(number): generate() for number in range(1, limit + 1)}
    logger.info(f"Generated {len(mapping)} mappings")
    return mapping


def _quoted(name: str) -> str:
    """Return a name as SQL writes it: quoted unless it is a plain word."""
    if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        return name
    if not name or "\0" in name:
        raise ValueError(f"Invalid SQL identifier: {name!r}")
    return '"' + name.replace('"', '""') + '"'


def create_expand_contract_migration(
    table_name: str, id_column: str, new_column: str
) -> list[str]:
    """Return the SQL of a migration in phases; the backfill is to be done by a program, with a mapping."""
    table, old, new = _quoted(table_name), _quoted(id_column), _quoted(new_column)
    logger.info(f"Generating expand-contract SQL for {table_name}.{new_column}")
    one_line = {name: " ".join(name.split()) for name in (table, old, new)}
    return [
        "-- EXPAND phase: a new column beside the old id",
        f"ALTER TABLE {table} ADD COLUMN {new} TEXT;",
        "",
        "-- MIGRATION phase: new ids for the rows that have none.",
        f"-- No database has a function that makes them: UPDATE {one_line[table]} SET"
        f" {one_line[new]} = ? from generate_migration_map, or with `unified-id migrate`",
        f"CREATE UNIQUE INDEX {_quoted(f'ix_{table_name}_{new_column}')} ON {table} ({new});",
        "",
        "-- SWITCH phase: foreign keys and the application refer to the new column",
        f"-- Application code changes needed to reference {one_line[new]}",
        "",
        "-- CONTRACT phase: after the verification period, and only with every child rewritten",
        f"ALTER TABLE {table} DROP COLUMN {old};",
        "",
        "-- Note: SQLite cannot drop a primary key column; the table has to be copied",
        "-- Recommended verification period: 30 days",
        "",
    ]


def validate_migration_integrity(
    legacy_count: int, ulid_count: int, tolerance_percent: float = 0.01
) -> bool:
    """Return True if the counts differ by no more than the tolerance, which is a fraction: 0.01 is 1%."""
    difference = abs(legacy_count - ulid_count)
    allowed = legacy_count * tolerance_percent
    if difference > allowed:
        raise ValueError(
            f"Migration integrity check failed: {legacy_count} legacy vs {ulid_count} ULID "
            f"(difference: {difference}, allowed: {allowed}, tolerance: {tolerance_percent}%)"
        )
    if difference:
        message = (
            f"{difference} records differ and pass: tolerance_percent={tolerance_percent} is a fraction,"
            f" which allows {tolerance_percent:.2%}"
        )
        logger.warning(message)
        warnings.warn(message, stacklevel=2)
    logger.info(f"Migration integrity validated: {legacy_count} \u2192 {ulid_count}")
    return True


def estimate_migration_time(
    record_count: int, records_per_second: float = 1000.0
) -> dict[str, Any]:
    """Return how long a migration takes at a rate."""
    if records_per_second <= 0:
        raise ValueError(f"records_per_second must be positive, got {records_per_second}")
    seconds = record_count / records_per_second
    return {
        "record_count": record_count,
        "estimated_seconds": seconds,
        "estimated_minutes": seconds / 60,
        "estimated_hours": seconds / 60 / 60,
        "recommended_batch_size": int(records_per_second * 60),
    }
