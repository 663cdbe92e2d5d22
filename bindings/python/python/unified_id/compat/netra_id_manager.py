"""Stands in for the module of ``IDManager``: runs are ``run_{thread}_{8 hex}``."""

from __future__ import annotations

import logging
import re
import uuid
from dataclasses import dataclass

from ._shared import LEGACY_KEY, hex8

logger = logging.getLogger(__name__)

__all__ = ["IDManager", "IDPair"]


class IDManager:
    """Makes and reads run ids that carry their thread."""

    # Callers use `match`, so the end is part of the patterns; `\Z` and not `$`, which lets a newline follow.
    RUN_ID_PATTERN = re.compile(r"^run_(.+)_([a-f0-9]{8})\Z")
    THREAD_ID_PATTERN = re.compile(rf"^{LEGACY_KEY}\Z")

    @staticmethod
    def generate_run_id(thread_id: str) -> str:
        """Make a run on a thread."""
        if not thread_id:
            # Both texts that callers look for.
            raise ValueError(f"thread_id cannot be empty. Invalid thread_id format: {thread_id!r}")
        if not IDManager.validate_thread_id(thread_id):
            raise ValueError(f"Invalid thread_id format: {thread_id!r}")
        return f"run_{thread_id}_{hex8(uuid.uuid4)}"  # id-lint: allow[UID002] not called

    @staticmethod
    def parse_run_id(run_id: str) -> tuple[str, str] | None:
        """Return the thread and the last 8 digits of a run; None if the text is none."""
        read = IDManager.RUN_ID_PATTERN.match(run_id)
        return (read[1], read[2]) if read else None

    @staticmethod
    def extract_thread_id(run_id: str) -> str | None:
        """Return the thread of a run; None if the text is none."""
        parts = IDManager.parse_run_id(run_id) if isinstance(run_id, str) else None
        return parts and parts[0]

    @staticmethod
    def validate_run_id(run_id: str) -> bool:
        """Tell whether a text is a run id."""
        return IDManager.extract_thread_id(run_id) is not None

    @staticmethod
    def validate_thread_id(thread_id: str) -> bool:
        """Tell whether a text can be a thread id."""
        return isinstance(thread_id, str) and bool(IDManager.THREAD_ID_PATTERN.match(thread_id))

    @staticmethod
    def validate_id_pair(run_id: str, thread_id: str) -> bool:
        """Tell whether a run is on exactly this thread."""
        return isinstance(thread_id, str) and IDManager.extract_thread_id(run_id) == thread_id

    @staticmethod
    def create_test_ids(thread_id: str = "test_thread") -> IDPair:
        """Make a run on a thread for a test."""
        return IDPair(thread_id, IDManager.generate_run_id(thread_id))

    @staticmethod
    def get_or_generate_run_id(run_id: str | None = None, thread_id: str | None = None) -> str:
        """Return the run if there is one, else make one on the thread."""
        if not run_id:
            if not thread_id:
                raise ValueError("Either run_id or thread_id must be provided")
            return IDManager.generate_run_id(thread_id)
        if not IDManager.validate_run_id(run_id):
            raise ValueError(f"Invalid run_id format: {run_id!r}")
        return run_id

    @staticmethod
    def extract_thread_id_with_fallback(
        run_id: str | None = None,
        thread_id: str | None = None,
        chat_thread_id: str | None = None,
    ) -> str | None:
        """Return the first thread that is known: of the run, else as given."""
        of_run = IDManager.extract_thread_id(run_id) if run_id else None
        return of_run or thread_id or chat_thread_id or None


@dataclass(frozen=True)
class IDPair:
    """A thread and a run on it."""

    thread_id: str
    run_id: str

    def __post_init__(self) -> None:
        if not IDManager.validate_id_pair(self.run_id, self.thread_id):
            raise ValueError(
                f"Inconsistent ID pair: {self.run_id!r} is no run on the thread {self.thread_id!r}"
            )
