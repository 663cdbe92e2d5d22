"""Stands in for the UnifiedIDManager of 2025-09-03, which reads two shapes of run ids and writes one."""

from __future__ import annotations

import logging
import re
import time
import warnings
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ._shared import hex8

logger = logging.getLogger(__name__)

_CANONICAL = re.compile(r"thread_(.*?)_run_([0-9]+)_([a-fA-F0-9]{8})", re.DOTALL)
_THREAD = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_-]*")
_SUFFIX = re.compile(r"[a-fA-F0-9]{8}")

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
        return self.format_version == IDFormat.LEGACY_IDMANAGER

    def to_canonical_format(self) -> str:
        """Return the run in the shape that is written today; an older one gets the present time."""
        if not self.is_legacy():
            return self.original_run_id
        thread = UnifiedIDManager.normalize_thread_id(self.thread_id)
        return f"thread_{thread}_run_{int(time.time() * 1000)}_{self.uuid_suffix}"


class UnifiedIDManager:
    """Makes and reads run ids that carry their thread."""

    @staticmethod
    def generate_run_id(thread_id: str) -> str:
        """Make a run on a thread."""
        if thread_id is None or thread_id == "":
            raise ValueError("thread_id cannot be empty or None")
        if not isinstance(thread_id, str):
            raise ValueError(f"thread_id must be string, got {type(thread_id).__name__}")
        if "_run_" in thread_id:
            raise ValueError(f"thread_id cannot contain reserved sequence '_run_': {thread_id}")
        if not thread_id.strip():
            raise ValueError("thread_id cannot be empty or None")
        thread = UnifiedIDManager.normalize_thread_id(thread_id)
        if not thread:
            raise ValueError(f"thread_id cannot be empty after removing prefix: {thread_id}")
        if not _THREAD.fullmatch(thread):
            raise ValueError(f"Invalid thread_id format after normalization: {thread}")
        return f"thread_{thread}_run_{int(time.time() * 1000)}_{hex8()}"

    @staticmethod
    def generate_thread_id() -> str:
        """Make a thread: ``session_{ms}_{8 hex}``."""
        return f"session_{int(time.time() * 1000)}_{hex8()}"

    @staticmethod
    def parse_run_id(run_id: str) -> ParsedRunID | None:
        """Read a run id of either shape; None for everything else."""
        if not isinstance(run_id, str):
            return None
        match = _CANONICAL.fullmatch(run_id)
        if match:
            return ParsedRunID(match[1], int(match[2]), match[3], IDFormat.CANONICAL, run_id)
        parts = run_id.split("_")
        if parts[0] != "run" or len(run_id) <= 13 or not _SUFFIX.fullmatch(parts[-1]):
            return None
        thread = parts[1:-1]
        while thread and not thread[0]:
            thread = thread[1:]
        return ParsedRunID(
            "_".join(thread), None, parts[-1], IDFormat.LEGACY_IDMANAGER, run_id
        )

    @staticmethod
    def extract_thread_id(run_id: str) -> str | None:
        """Return the thread of a run; None if the text is none."""
        parsed = UnifiedIDManager.parse_run_id(run_id)
        return None if parsed is None else parsed.thread_id

    @staticmethod
    def validate_run_id(run_id: str) -> bool:
        """Tell whether a text is a run id of either shape."""
        return UnifiedIDManager.parse_run_id(run_id) is not None

    @staticmethod
    def validate_thread_id(thread_id: str) -> bool:
        """Tell whether a text can be a thread id."""
        if not isinstance(thread_id, str) or "_run_" in thread_id:
            return False
        return bool(_THREAD.fullmatch(UnifiedIDManager.normalize_thread_id(thread_id)))

    @staticmethod
    def normalize_thread_id(thread_id: str) -> str:
        """Return a thread without any leading ``thread_``."""
        if not isinstance(thread_id, str):
            return thread_id
        while thread_id.startswith("thread_"):
            thread_id = thread_id[len("thread_") :]
        return thread_id

    @staticmethod
    def validate_id_pair(run_id: str, thread_id: str) -> bool:
        """Tell whether a run is on a thread, with or without leading ``thread_``."""
        extracted = UnifiedIDManager.extract_thread_id(run_id)
        if not extracted or not isinstance(thread_id, str):
            return False
        normalize = UnifiedIDManager.normalize_thread_id
        return bool(normalize(extracted)) and normalize(extracted) == normalize(thread_id)

    @staticmethod
    def get_format_info(run_id: str) -> dict[str, Any]:
        """Return all that is known of a run; nothing if the text is none."""
        parsed = UnifiedIDManager.parse_run_id(run_id)
        if parsed is None:
            return {}
        return {
            "format_version": parsed.format_version.value,
            "thread_id": parsed.thread_id,
            "has_timestamp": parsed.timestamp is not None,
            "timestamp": parsed.timestamp,
            "uuid_suffix": parsed.uuid_suffix,
            "is_legacy": parsed.is_legacy(),
            "original_run_id": parsed.original_run_id,
        }

    @staticmethod
    def migrate_to_canonical(run_id: str) -> str | None:
        """Return a run as it is, a new one for an older one, None for everything else."""
        parsed = UnifiedIDManager.parse_run_id(run_id)
        if parsed is None:
            return None
        if not parsed.is_legacy():
            return run_id
        try:
            return UnifiedIDManager.generate_run_id(parsed.thread_id)
        except ValueError:
            logger.warning(f"Cannot migrate {run_id}: its thread is none")
            return None

    @staticmethod
    def create_test_ids(thread_id: str = "test_session") -> tuple[str, str]:
        """Make a thread and a run on it for a test."""
        return UnifiedIDManager.normalize_thread_id(thread_id), UnifiedIDManager.generate_run_id(
            thread_id
        )

    @staticmethod
    def extract_thread_id_with_fallback(
        run_id: str | None, thread_id: str | None, chat_thread_id: str | None
    ) -> str | None:
        """Return the first thread that is known, without leading ``thread_``."""
        extracted = UnifiedIDManager.extract_thread_id(run_id) if run_id else None
        for candidate in (extracted, thread_id, chat_thread_id):
            if candidate:
                return UnifiedIDManager.normalize_thread_id(candidate)
        return None

    # A later revision; each id is `{prefix}_{ms}_{8 hex}` and the user's part is never cut.

    @staticmethod
    def _with_time(*parts: str) -> str:
        return "_".join([*(part for part in parts if part), str(int(time.time() * 1000)), hex8()])

    @staticmethod
    def generate_connection_id(user_id: str = "", prefix: str = "conn") -> str:
        """Make the id of a connection."""
        return UnifiedIDManager._with_time(prefix, user_id)

    @staticmethod
    def generate_message_id() -> str:
        """Make the id of a message."""
        return UnifiedIDManager._with_time("msg")

    @staticmethod
    def generate_session_id(user_id: str | None = None) -> str:
        """Make the id of a session."""
        return UnifiedIDManager._with_time("sess", user_id or "")

    @staticmethod
    def generate_request_id() -> str:
        """Make the id of a request."""
        return UnifiedIDManager._with_time("req")

    @staticmethod
    def generate_trace_id() -> str:
        """Make the id of a trace."""
        return UnifiedIDManager._with_time("trace")

    @staticmethod
    def generate_span_id() -> str:
        """Make the id of a span."""
        return UnifiedIDManager._with_time("span")

    @staticmethod
    def generate_correlation_id() -> str:
        """Make the id that correlates requests."""
        return UnifiedIDManager._with_time("corr")

    @staticmethod
    def generate_audit_id() -> str:
        """Make the id of an audit record."""
        return UnifiedIDManager._with_time("audit")

    @staticmethod
    def generate_context_id() -> str:
        """Make the id of a context."""
        return UnifiedIDManager._with_time("ctx")

    @staticmethod
    def generate_user_id(prefix: str = "user") -> str:
        """Make the id of a user."""
        return UnifiedIDManager._with_time(prefix)

    @staticmethod
    def generate_test_id(prefix: str = "test") -> str:
        """Make an id for a test."""
        return UnifiedIDManager._with_time(prefix)


def generate_run_id(thread_id: str, context: str = "") -> str:
    """Make a run on a thread; call ``UnifiedIDManager.generate_run_id`` instead."""
    warnings.warn(
        "generate_run_id is deprecated: use UnifiedIDManager.generate_run_id",
        DeprecationWarning,
        stacklevel=2,
    )
    return UnifiedIDManager.generate_run_id(thread_id)


def extract_thread_id_from_run_id(run_id: str) -> str | None:
    """Return the thread of a run; call ``UnifiedIDManager.extract_thread_id`` instead."""
    warnings.warn(
        "extract_thread_id_from_run_id is deprecated: use UnifiedIDManager.extract_thread_id",
        DeprecationWarning,
        stacklevel=2,
    )
    return UnifiedIDManager.extract_thread_id(run_id)
