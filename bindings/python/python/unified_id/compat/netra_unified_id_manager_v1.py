"""Stands in for the UnifiedIDManager of 2025-09-03, which reads two shapes of run ids and writes one."""

from __future__ import annotations

import logging
import re
import time
import uuid
import warnings
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ._shared import LEGACY_KEY, hex8, is_hex8, thread_of, without_thread

logger = logging.getLogger(__name__)

__all__ = [
    "IDFormat",
    "ParsedRunID",
    "UnifiedIDManager",
    "extract_thread_id_from_run_id",
    "generate_run_id",
]


class IDFormat(Enum):
    """The shapes of run ids."""

    LEGACY_IDMANAGER = "legacy_idmanager"
    CANONICAL = "canonical"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ParsedRunID:
    """A run id and its parts."""

    thread_id: str
    timestamp: int | None
    uuid_suffix: str
    format_version: IDFormat
    original_run_id: str

    def is_legacy(self) -> bool:
        """Tell whether it is of the older shape."""
        return self.format_version is IDFormat.LEGACY_IDMANAGER

    def to_canonical_format(self) -> str:
        """Return the run in the shape that is written today; an older one gets the present time."""
        if self.is_legacy():
            return _run(without_thread(self.thread_id), self.uuid_suffix)
        return self.original_run_id


def _digits() -> str:
    return hex8(uuid.uuid4)  # id-lint: allow[UID002] not called


def _run(thread: str, digits: str) -> str:
    return f"thread_{thread}_run_{int(time.time() * 1000)}_{digits}"


class UnifiedIDManager:
    """Makes and reads run ids that carry their thread."""

    THREAD_PREFIX = "thread_"
    RUN_SEPARATOR = "_run_"
    UUID_LENGTH = 8
    # Callers use `match`, so the ends are part of the patterns; `\Z` and not `$`, which lets a newline follow.
    CANONICAL_PATTERN = re.compile(
        r"^thread_(.*?)_run_([0-9]{1,19})_([a-f0-9A-F]{8})\Z", re.DOTALL
    )
    LEGACY_IDMANAGER_PATTERN = re.compile(r"^run_(.+)_([a-f0-9A-F]{8})\Z", re.DOTALL)
    THREAD_ID_VALIDATION_PATTERN = re.compile(rf"^{LEGACY_KEY}\Z")

    @staticmethod
    def generate_run_id(thread_id: str) -> str:
        """Make a run on a thread."""
        thread = thread_of(thread_id)
        if not UnifiedIDManager.THREAD_ID_VALIDATION_PATTERN.match(thread):
            raise ValueError(f"Invalid thread_id format after normalization: {thread!r}")
        return _run(thread, _digits())

    @staticmethod
    def generate_thread_id() -> str:
        """Make a thread: ``session_{ms}_{8 hex}``."""
        return _with_time("session")

    @staticmethod
    def parse_run_id(run_id: str) -> ParsedRunID | None:
        """Read a run id of either shape; None for everything else."""
        if not isinstance(run_id, str):
            return None
        if read := UnifiedIDManager.CANONICAL_PATTERN.match(run_id):
            thread, number, digits = read.groups()
            return ParsedRunID(thread, int(number), digits, IDFormat.CANONICAL, run_id)
        head, _, digits = run_id.rpartition("_")
        if len(run_id) <= 13 or not is_hex8(digits) or not f"{head}_".startswith("run_"):
            return None
        # A thread of this shape starts with its first part that is not empty.
        thread = head.removeprefix("run").lstrip("_")
        return ParsedRunID(thread, None, digits, IDFormat.LEGACY_IDMANAGER, run_id)

    @staticmethod
    def extract_thread_id(run_id: str) -> str | None:
        """Return the thread of a run; None if the text is none."""
        run = UnifiedIDManager.parse_run_id(run_id)
        return None if run is None else run.thread_id

    @staticmethod
    def validate_run_id(run_id: str) -> bool:
        """Tell whether a text is a run id of either shape."""
        return UnifiedIDManager.parse_run_id(run_id) is not None

    @staticmethod
    def validate_thread_id(thread_id: str) -> bool:
        """Tell whether ``generate_run_id`` takes a thread."""
        try:
            thread = thread_of(thread_id)
        except ValueError:
            return False
        return bool(UnifiedIDManager.THREAD_ID_VALIDATION_PATTERN.match(thread))

    @staticmethod
    def normalize_thread_id(thread_id: str) -> str:
        """Return a thread without any leading ``thread_``; what is empty as it is."""
        return without_thread(thread_id) if thread_id else thread_id

    @staticmethod
    def validate_id_pair(run_id: str, thread_id: str) -> bool:
        """Tell whether a run is on a thread, with or without leading ``thread_``."""
        on = without_thread(UnifiedIDManager.extract_thread_id(run_id) or "")
        return bool(on) and isinstance(thread_id, str) and on == without_thread(thread_id)

    @staticmethod
    def get_format_info(run_id: str) -> dict[str, Any]:
        """Return all that is known of a run; nothing if the text is none."""
        run = UnifiedIDManager.parse_run_id(run_id)
        if run is None:
            return {}
        return {
            "format_version": run.format_version.value,
            "thread_id": run.thread_id,
            "has_timestamp": run.timestamp is not None,
            "timestamp": run.timestamp,
            "uuid_suffix": run.uuid_suffix,
            "is_legacy": run.is_legacy(),
            "original_run_id": run_id,
        }

    @staticmethod
    def migrate_to_canonical(run_id: str) -> str | None:
        """Return a run as it is, a new one for an older one, None for everything else."""
        run = UnifiedIDManager.parse_run_id(run_id)
        if run is None:
            return None
        if not run.is_legacy():
            return run_id
        try:
            return UnifiedIDManager.generate_run_id(run.thread_id)
        except ValueError as error:
            logger.warning("no new run for %s: %s", run_id, error)
            return None

    @staticmethod
    def create_test_ids(thread_id: str = "test_session") -> tuple[str, str]:
        """Make a thread and a run on it for a test."""
        run_id = UnifiedIDManager.generate_run_id(thread_id)
        return without_thread(thread_id), run_id

    @staticmethod
    def extract_thread_id_with_fallback(
        run_id: str | None = None,
        thread_id: str | None = None,
        chat_thread_id: str | None = None,
    ) -> str | None:
        """Return the first thread that is known, without leading ``thread_``."""
        of_run = UnifiedIDManager.extract_thread_id(run_id) if run_id else None
        thread = of_run or thread_id or chat_thread_id
        return without_thread(thread) if thread else None

    # A later revision. Each id is one that the reader of all formats knows, and the user's part is never cut.

    @staticmethod
    def generate_connection_id(user_id: str = "", prefix: str = "conn") -> str:
        """Make the id of a connection."""
        return _with_time(prefix, user_id)

    @staticmethod
    def generate_message_id() -> str:
        """Make the id of a message."""
        return _with_time("msg")

    @staticmethod
    def generate_session_id(user_id: str | None = None) -> str:
        """Make the id of a session."""
        return _with_time("sess", user_id or "")

    @staticmethod
    def generate_request_id() -> str:
        """Make the id of a request."""
        return _with_time("req")

    @staticmethod
    def generate_audit_id() -> str:
        """Make the id of an audit record."""
        return _with_time("audit")

    @staticmethod
    def generate_user_id(prefix: str = "user") -> str:
        """Make the id of a user."""
        return _with_time(prefix)

    @staticmethod
    def generate_test_id(prefix: str = "test") -> str:
        """Make an id for a test."""
        return _with_time(prefix)

    @staticmethod
    def generate_trace_id() -> str:
        """Make the id of a trace; without a time, like the next three."""
        return f"trace_{_digits()}"

    @staticmethod
    def generate_span_id() -> str:
        """Make the id of a span."""
        return f"span_{_digits()}"

    @staticmethod
    def generate_correlation_id() -> str:
        """Make the id that correlates requests."""
        return f"corr_{_digits()}"

    @staticmethod
    def generate_context_id() -> str:
        """Make the id of a context."""
        return f"ctx_{_digits()}"


def _with_time(*parts: str) -> str:
    """Return the parts that are not empty, the time in milliseconds and 8 digits."""
    return "_".join([*filter(None, parts), str(int(time.time() * 1000)), _digits()])


def generate_run_id(thread_id: str, context: str = "") -> str:
    """Make a run on a thread; call ``UnifiedIDManager.generate_run_id`` instead."""
    _deprecated("UnifiedIDManager.generate_run_id")
    return UnifiedIDManager.generate_run_id(thread_id)


def extract_thread_id_from_run_id(run_id: str) -> str | None:
    """Return the thread of a run; call ``UnifiedIDManager.extract_thread_id`` instead."""
    _deprecated("UnifiedIDManager.extract_thread_id")
    return UnifiedIDManager.extract_thread_id(run_id)


def _deprecated(instead: str) -> None:
    said = f"this function is deprecated: call {instead} instead"
    logger.warning(said)
    warnings.warn(said, DeprecationWarning, stacklevel=3)
