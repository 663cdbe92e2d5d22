"""Stands in for ``mahavishnu.core.workflow_models``; needs pydantic."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field, field_validator

from .oneiric_ulid import generate_config_id, is_config_ulid

__all__ = [
    "PoolExecution",
    "WorkflowCheckpoint",
    "WorkflowExecution",
    "generate_config_id",
    "is_config_ulid",
]


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _new_id() -> str:
    # By its name in this module, which callers replace.
    return generate_config_id()


def _checked(field: str, value: str) -> str:
    if not is_config_ulid(value):
        raise ValueError(f"Invalid ULID format for {field}: {value}")
    return value


def _seconds(start: datetime, end: datetime | None) -> float | None:
    if end is None:
        return None
    if (start.tzinfo is None) != (end.tzinfo is None):
        # One of the two was written without its zone, which is UTC here.
        start, end = (time.replace(tzinfo=time.tzinfo or UTC) for time in (start, end))
    return (end - start).total_seconds()


class WorkflowExecution(BaseModel):
    """One run of a workflow."""

    execution_id: str = Field(default_factory=_new_id)
    workflow_name: str = Field(min_length=1, max_length=100)
    status: str
    start_time: datetime = Field(default_factory=_now)
    end_time: datetime | None = None
    iterations: int = Field(default=1, ge=1)
    metadata: dict[str, Any] = Field(default_factory=dict)

    @field_validator("execution_id")
    @classmethod
    def validate_execution_id(cls, value: str) -> str:
        """Refuse what is no ULID."""
        return _checked("execution_id", value)

    def is_complete(self) -> bool:
        """Tell whether the run has ended, however it did."""
        return self.status in ("completed", "failed", "cancelled")

    def duration_seconds(self) -> float | None:
        """Return how long the run took; None while it is running."""
        return _seconds(self.start_time, self.end_time)


class PoolExecution(BaseModel):
    """One operation of a pool of workers."""

    execution_id: str = Field(default_factory=_new_id)
    pool_id: str
    worker_id: str | None = None
    operation: str
    status: str
    start_time: datetime = Field(default_factory=_now)
    end_time: datetime | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)

    @field_validator("execution_id")
    @classmethod
    def validate_execution_id(cls, value: str) -> str:
        """Refuse what is no ULID."""
        return _checked("execution_id", value)

    def duration_seconds(self) -> float | None:
        """Return how long the operation took; None while it is running."""
        return _seconds(self.start_time, self.end_time)


class WorkflowCheckpoint(BaseModel):
    """The state of a run after one of its stages."""

    checkpoint_id: str = Field(default_factory=_new_id)
    workflow_execution_id: str
    stage_name: str = Field(min_length=1, max_length=100)
    status: str
    result_data: dict[str, Any] = Field(default_factory=dict)
    timestamp: datetime = Field(default_factory=_now)
    error_message: str | None = None

    @field_validator("checkpoint_id")
    @classmethod
    def validate_checkpoint_id(cls, value: str) -> str:
        """Refuse what is no ULID."""
        return _checked("checkpoint_id", value)
