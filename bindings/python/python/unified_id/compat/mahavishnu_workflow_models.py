"""Stands in for ``mahavishnu.core.workflow_models``; needs pydantic."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from .oneiric_ulid import generate_config_id, is_config_ulid

__all__ = [
    "PoolExecution",
    "WorkflowCheckpoint",
    "WorkflowExecution",
    "generate_config_id",
    "is_config_ulid",
]


def _ulid_of(field: str) -> AfterValidator:
    """Return the check of a field that holds a ULID."""

    def check(text: str) -> str:
        if is_config_ulid(text):
            return text
        raise ValueError(f"Invalid ULID format for {field}: {text}")

    return AfterValidator(check)


def _new_id() -> str:
    # By its name in this module, which callers replace.
    return generate_config_id()


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _seconds(start: datetime, end: datetime | None) -> float | None:
    if end is None:
        return None
    if start.utcoffset() is None or end.utcoffset() is None:
        # Who writes a time without its zone means UTC; only two of one sort can be subtracted.
        start, end = _in_utc(start), _in_utc(end)
    return (end - start).total_seconds()


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.utcoffset() is None else moment


class WorkflowExecution(BaseModel):
    """One run of a workflow."""

    execution_id: Annotated[str, _ulid_of("execution_id")] = Field(default_factory=_new_id)
    workflow_name: str = Field(min_length=1, max_length=100)
    status: str
    start_time: datetime = Field(default_factory=_now)
    end_time: datetime | None = None
    iterations: int = Field(default=1, ge=1)
    metadata: dict[Any, Any] = Field(default_factory=dict)

    def is_complete(self) -> bool:
        """Tell whether the run has ended, however it did."""
        return self.status in {"completed", "failed", "cancelled"}

    def duration_seconds(self) -> float | None:
        """Return how long the run took; None while it is running."""
        return _seconds(self.start_time, self.end_time)


class PoolExecution(BaseModel):
    """One operation of a pool of workers."""

    execution_id: Annotated[str, _ulid_of("execution_id")] = Field(default_factory=_new_id)
    pool_id: str = Field(min_length=1, max_length=100)
    worker_id: str | None = None
    operation: str
    status: str
    start_time: datetime = Field(default_factory=_now)
    end_time: datetime | None = None
    metadata: dict[Any, Any] = Field(default_factory=dict)

    def duration_seconds(self) -> float | None:
        """Return how long the operation took; None while it is running."""
        return _seconds(self.start_time, self.end_time)


class WorkflowCheckpoint(BaseModel):
    """The state of a run after one of its stages."""

    checkpoint_id: Annotated[str, _ulid_of("checkpoint_id")] = Field(default_factory=_new_id)
    workflow_execution_id: str
    stage_name: str = Field(min_length=1, max_length=100)
    status: str
    result_data: dict[Any, Any] = Field(default_factory=dict)
    timestamp: datetime = Field(default_factory=_now)
    error_message: str | None = None
