"""Stands in for the UnifiedIDManager of 2025-09-12, which keeps a register of the ids it made."""

from __future__ import annotations

import logging
import re
import threading
import time
import uuid
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .. import _native
from .._errors import IdParseError
from ._shared import hex8, is_hex8
from .netra_id_generation import UnifiedIdGenerator

logger = logging.getLogger(__name__)

__all__ = [
    "IDMetadata",
    "IDType",
    "UnifiedIDManager",
    "convert_structured_to_uuid",
    "convert_uuid_to_structured",
    "generate_agent_id",
    "generate_execution_id",
    "generate_id",
    "generate_request_id",
    "generate_session_id",
    "generate_thread_id",
    "generate_user_id",
    "generate_websocket_id",
    "get_id_manager",
    "is_valid_id",
    "is_valid_id_format",
    "is_valid_id_format_compatible",
    "validate_and_normalize_id",
]


class IDType(Enum):
    """What ids are made for."""

    USER = "user"
    SESSION = "session"
    REQUEST = "request"
    AGENT = "agent"
    TOOL = "tool"
    TRANSACTION = "transaction"
    WEBSOCKET = "websocket"
    EXECUTION = "execution"
    TRACE = "trace"
    METRIC = "metric"
    THREAD = "thread"


@dataclass
class IDMetadata:
    """What is noted of an id."""

    id_value: str
    id_type: IDType
    created_at: float
    prefix: str | None = None
    context: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if self.context is None:
            self.context = {}


_TYPES = {id_type.value: id_type for id_type in IDType}
_WORDS = {"req", "run", "thread"}
_COMPOUNDS = ("websocket_factory", "websocket_manager", "agent_executor")
_BASES = ("websocket_factory_", "context_", "agent_")

# Names that people and tests write, which the old check let pass.
_NAMES = re.compile(
    r"""(?x)
      [a-zA-Z]+_([a-zA-Z]+_)?[0-9]+
    | [a-zA-Z]+-[a-zA-Z]+-[a-zA-Z0-9]+
    | (non_existent|invalid|fake|dummy|sample)_\w+
    | (mock|ssot)-[a-zA-Z]+-\w+
    | test-session-[a-zA-Z0-9-]+
    | e2e-[a-zA-Z0-9_-]+
    | [0-9]{15,21}
    """,
    re.ASCII,
)

# Formats of the ids that these systems made themselves, which the old check refused.
_OWN_FORMATS = frozenset(
    {
        "canonical",
        "netra_ctx_req",
        "netra_ctx_run",
        "netra_ctx_thread",
        "netra_run_canonical",
        "netra_run_idmanager",
        "netra_run_ts5",
        "netra_thread_session_ms",
        "netra_thread_session_ts5",
        "uig_base",
        "uig_base_norandom",
        "uig_ws",
        "uim_struct",
    }
)


class UnifiedIDManager:
    """Makes ids, keeps a register of them, and reads run ids."""

    def __init__(self) -> None:
        self._id_registry: dict[str, IDMetadata] = {}
        self._active_ids: dict[IDType, set[str]] = {id_type: set() for id_type in IDType}
        self._id_counters: dict[IDType, int] = dict.fromkeys(IDType, 0)
        self._lock = threading.RLock()
        # Connections by their whole user: the text of an id holds a piece of one, which others share.
        self._websockets_of: dict[str, set[str]] = {}
        self._compatible_calls = 0
        logger.info("UnifiedIDManager initialized")

    def generate_id(
        self, id_type: IDType, prefix: str | None = None, context: dict[str, Any] | None = None
    ) -> str:
        """Make and register an id: ``[prefix_]type_counter_8hex``."""
        if not isinstance(id_type, IDType):
            raise TypeError(f"id_type must be IDType, got {type(id_type).__name__}")
        with self._lock:
            self._id_counters[id_type] += 1
            head = f"{prefix}_" if prefix else ""
            id_value = f"{head}{id_type.value}_{self._id_counters[id_type]}_{hex8()}"
            self._note(id_value, id_type, prefix, context)
        logger.debug(f"Generated {id_type.value} ID: {id_value}")
        return id_value

    def _note(
        self, id_value: str, id_type: IDType, prefix: str | None, context: dict[str, Any] | None
    ) -> None:
        self._id_registry[id_value] = IDMetadata(
            id_value, id_type, time.time(), prefix, context or {}
        )
        self._active_ids[id_type].add(id_value)

    def register_existing_id(
        self, id_value: str, id_type: IDType, context: dict[str, Any] | None = None
    ) -> bool:
        """Register an id that was made elsewhere; False if it is registered already."""
        with self._lock:
            if id_value in self._id_registry:
                return False
            self._note(id_value, id_type, None, context)
        logger.debug(f"Registered existing {id_type.value} ID: {id_value}")
        return True

    def get_id_metadata(self, id_value: str) -> IDMetadata | None:
        """Return what is noted of an id, itself and no copy."""
        return self._id_registry.get(id_value)

    def is_valid_id(self, id_value: str, id_type: IDType | None = None) -> bool:
        """Tell whether an id is registered, and of this type if one is given."""
        metadata = self.get_id_metadata(id_value)
        return metadata is not None and (id_type is None or metadata.id_type == id_type)

    def is_valid_id_format_compatible(
        self, id_value: str, id_type: IDType | None = None
    ) -> bool:
        """Tell whether a text looks like an id, and does not say that it is of another type."""
        if not is_valid_id_format(id_value):
            return False
        if id_type is None or not self._is_structured_id_format(id_value):
            return True
        said = self._extract_id_type_from_structured(id_value)
        return said is None or said == id_type

    def _is_uuid_format(self, id_value: str) -> bool:
        return _is_uuid(id_value)

    def _is_structured_id_format(self, id_value: str) -> bool:
        return not _is_uuid(id_value) and _is_structured(id_value, _WORDS)

    _validate_structured_format = _is_structured_id_format

    def _extract_id_type_from_structured(self, id_value: str) -> IDType | None:
        parts = id_value.split("_")
        if len(parts) < 3:
            return None
        return next((_TYPES[part] for part in parts[:-2] if part in _TYPES), None)

    def release_id(self, id_value: str) -> bool:
        """Take an id out of use; it stays registered until ``cleanup_released_ids``."""
        with self._lock:
            metadata = self._id_registry.get(id_value)
            if metadata is None:
                return False
            self._active_ids[metadata.id_type].discard(id_value)
            if metadata.context is None:
                metadata.context = {}
            metadata.context["released_at"] = time.time()
        logger.debug(f"Released {metadata.id_type.value} ID: {id_value}")
        return True

    def get_active_ids(self, id_type: IDType) -> set[str]:
        """Return a copy of the ids in use."""
        with self._lock:
            return self._active_ids[id_type].copy()

    def count_active_ids(self, id_type: IDType) -> int:
        """Return how many ids are in use."""
        return len(self._active_ids[id_type])

    def cleanup_released_ids(self, max_age_seconds: int = 3600) -> int:
        """Forget ids that were released longer ago, and return how many."""
        oldest = time.time() - max_age_seconds
        with self._lock:
            forgotten = [
                id_value
                for id_value, metadata in self._id_registry.items()
                if (metadata.context or {}).get("released_at") is not None
                and metadata.context["released_at"] < oldest  # type: ignore[index]
            ]
            for id_value in forgotten:
                del self._id_registry[id_value]
        if forgotten:
            logger.info(f"Cleaned up {len(forgotten)} released IDs")
        return len(forgotten)

    def get_stats(self) -> dict[str, Any]:
        """Return how many ids are registered and in use."""
        with self._lock:
            active = {id_type.value: len(self._active_ids[id_type]) for id_type in IDType}
            return {
                "total_registered": len(self._id_registry),
                "active_by_type": active,
                "counters_by_type": {t.value: self._id_counters[t] for t in IDType},
                "total_active": sum(active.values()),
            }

    def reset_counters(self) -> None:
        """Start the counters anew; ids differ from the earlier ones by their last part."""
        with self._lock:
            self._id_counters = dict.fromkeys(IDType, 0)
        logger.warning("ID counters reset")

    def clear_all(self) -> None:
        """Forget every id and start the counters anew."""
        with self._lock:
            self._id_registry.clear()
            self._active_ids = {id_type: set() for id_type in IDType}
            self._id_counters = dict.fromkeys(IDType, 0)
            self._websockets_of.clear()
        logger.warning("UnifiedIDManager cleared")

    @classmethod
    def generate_run_id(cls, thread_id: str) -> str:
        """Make a run on a thread: ``run_{thread}_{last 5 digits of the time}_{8 hex}``."""
        return f"run_{thread_id}_{int(time.time() * 1000) % 100000}_{hex8()}"

    @classmethod
    def extract_thread_id(cls, run_id: str) -> str:
        """Return the thread of a run; an empty text for what has none."""
        if not run_id or not isinstance(run_id, str):
            return ""
        if run_id.startswith(_BASES):
            # What the thread that was made with it begins with.
            return f"thread_{run_id}"
        if cls.validate_run_id(run_id):
            return "_".join(run_id.split("_")[1:-2])
        try:
            read = _native.parse_any(run_id)
        except IdParseError:
            return ""
        return "" if read.ambiguous or read.thread is None else read.thread

    @classmethod
    def validate_run_id(cls, run_id: str) -> bool:
        """Tell whether a text has the parts of a run id, the last of 8 characters."""
        if not run_id or not isinstance(run_id, str):
            return False
        parts = run_id.split("_")
        return len(parts) >= 4 and parts[0] == "run" and len(parts[-1]) == 8 and parts[-1].isalnum()

    @classmethod
    def parse_run_id(cls, run_id: str) -> dict[str, Any]:
        """Return the parts of a run id, empty ones for what is none."""
        if not cls.validate_run_id(run_id):
            return {"thread_id": "", "timestamp": "", "uuid_part": "", "valid": False}
        parts = run_id.split("_")
        return {
            "thread_id": "_".join(parts[1:-2]),
            "timestamp": parts[-2],
            "uuid_part": parts[-1],
            "valid": True,
        }

    @classmethod
    def generate_thread_id(cls) -> str:
        """Make a thread, without leading ``thread_``."""
        return f"session_{int(time.time() * 1000) % 100000}_{hex8()}"

    @classmethod
    def convert_uuid_to_structured(
        cls, uuid_id: str, id_type: IDType, prefix: str | None = None
    ) -> str:
        """Return an id that ends in the first 8 digits of a UUID."""
        try:
            digits = uuid.UUID(uuid_id).hex[:8]
        except (ValueError, AttributeError, TypeError):
            raise ValueError(f"Invalid UUID format: {uuid_id}") from None
        head = f"{prefix}_" if prefix else ""
        return f"{head}{id_type.value}_{int(time.time() * 1000) % 100000}_{digits}"

    @classmethod
    def convert_structured_to_uuid(cls, structured_id: str) -> str | None:
        """Return a UUID that begins with the last 8 digits of an id; all others are lost."""
        if not isinstance(structured_id, str):
            return None
        parts = structured_id.split("_")
        if len(parts) < 3 or not is_hex8(parts[-1]):
            return None
        return f"{parts[-1]}-0000-4000-8000-000000000000"

    def register_uuid_as_structured(
        self, uuid_id: str, id_type: IDType, context: dict[str, Any] | None = None
    ) -> str:
        """Register a UUID as an id that ends in its first 8 digits, and return that."""
        structured_id = self.convert_uuid_to_structured(uuid_id, id_type)
        if not self.register_existing_id(structured_id, id_type, context):
            logger.warning(f"Failed to register converted ID: {structured_id}")
        return structured_id

    def validate_and_normalize_id(
        self, id_value: str, id_type: IDType | None = None
    ) -> tuple[bool, str | None]:
        """Tell whether a text looks like an id, and give it as it is to be used."""
        if not self.is_valid_id_format_compatible(id_value, id_type):
            return False, None
        if id_type is not None and _is_uuid(id_value) and not self.is_valid_id(id_value, id_type):
            return True, self.convert_uuid_to_structured(id_value, id_type)
        return True, id_value

    # The bridge to `UnifiedIdGenerator`.

    def generate_websocket_id_with_user_context(
        self, user_id: str, connection_timestamp: float | None = None
    ) -> str:
        """Make and register the id of a user's connection."""
        websocket_id = UnifiedIdGenerator.generate_websocket_connection_id(
            user_id, connection_timestamp
        )
        with self._lock:
            self._compatible_calls += 1
            self._note(websocket_id, IDType.WEBSOCKET, "ws_conn", {"user_id": user_id})
            self._websockets_of.setdefault(user_id, set()).add(websocket_id)
        return websocket_id

    def generate_user_context_ids_compatible(
        self, user_id: str, operation: str = "context"
    ) -> tuple[str, str, str]:
        """Make and register a thread, a run on it and a request of a user."""
        thread, run, request = UnifiedIdGenerator.generate_user_context_ids(user_id, operation)
        context = {"user_id": user_id, "operation": operation}
        with self._lock:
            self._compatible_calls += 1
            self._note(thread, IDType.THREAD, None, dict(context))
            self._note(run, IDType.EXECUTION, None, dict(context))
            self._note(request, IDType.REQUEST, None, dict(context))
        return thread, run, request

    def find_resources_by_user_pattern_safe(
        self, user_id: str, id_patterns: list[str] | None = None
    ) -> list[str]:
        """Return the ids that were registered for exactly this user and hold one of the texts."""
        with self._lock:
            owned = [
                id_value
                for id_value, metadata in self._id_registry.items()
                if user_id and (metadata.context or {}).get("user_id") == user_id
            ]
        if id_patterns is None:
            return owned
        return [id_value for id_value in owned if any(text in id_value for text in id_patterns)]

    def cleanup_websocket_resources_secure(
        self, user_id: str, target_ids: list[str] | None = None
    ) -> int:
        """Release connections of exactly this user, all or those given, and return how many."""
        with self._lock:
            owned = set(self.get_websocket_cleanup_ids_fast(user_id))
            released = owned if target_ids is None else owned.intersection(target_ids)
            for id_value in released:
                self.release_id(id_value)
            return len(released)

    def get_websocket_cleanup_ids_fast(self, user_id: str) -> list[str]:
        """Return the connections of exactly this user that are in use."""
        with self._lock:
            known = self._websockets_of.get(user_id, set())
            known &= self._active_ids[IDType.WEBSOCKET]
            return sorted(known)

    def get_dual_ssot_performance_stats(self) -> dict[str, Any]:
        """Return the numbers of ``get_stats``, and how often the bridge was used."""
        stats = self.get_stats()
        with self._lock:
            stats["compatible_calls"] = self._compatible_calls
            stats["websocket_users"] = len(self._websockets_of)
        return stats

    def optimize_for_websocket_performance(self) -> None:
        """Forget users without a connection in use."""
        with self._lock:
            for user_id in list(self._websockets_of):
                if not self.get_websocket_cleanup_ids_fast(user_id):
                    del self._websockets_of[user_id]

    generate_websocket_connection_id = generate_websocket_id_with_user_context
    generate_compatible_context_ids = generate_user_context_ids_compatible
    cleanup_user_resources = cleanup_websocket_resources_secure


def _is_uuid(text: Any) -> bool:
    try:
        uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return False
    return True


def _is_structured(text: str, words: set[str]) -> bool:
    """Tell whether a text is ``..._counter_8hex`` and names a type, one of the words, or a compound."""
    parts = text.split("_")
    if len(parts) < 3 or not is_hex8(parts[-1]):
        return False
    if not (parts[-2].isascii() and parts[-2].isdigit()):
        return False
    head = "_".join(parts[:-2])
    return (
        parts[0] in words
        or any(part in _TYPES for part in parts[:-2])
        or any(compound in head for compound in _COMPOUNDS)
    )


_id_manager: UnifiedIDManager | None = None
_id_manager_lock = threading.Lock()


def get_id_manager() -> UnifiedIDManager:
    """Return the manager of this process."""
    global _id_manager
    with _id_manager_lock:
        if _id_manager is None:
            _id_manager = UnifiedIDManager()
        return _id_manager


def generate_id(id_type: IDType | str, **kwargs: Any) -> str:
    """Make an id: of a type and registered, or of a prefix alone and not."""
    if isinstance(id_type, str):
        return f"{id_type}_{hex8()}"
    return get_id_manager().generate_id(id_type, **kwargs)


def generate_user_id() -> str:
    """Make the id of a user."""
    return generate_id(IDType.USER)


def generate_session_id() -> str:
    """Make the id of a session."""
    return generate_id(IDType.SESSION)


def generate_request_id() -> str:
    """Make the id of a request."""
    return generate_id(IDType.REQUEST)


def generate_agent_id() -> str:
    """Make the id of an agent."""
    return generate_id(IDType.AGENT)


def generate_websocket_id() -> str:
    """Make the id of a connection."""
    return generate_id(IDType.WEBSOCKET)


def generate_execution_id() -> str:
    """Make the id of an execution."""
    return generate_id(IDType.EXECUTION)


def generate_thread_id() -> str:
    """Make the id of a thread."""
    return generate_id(IDType.THREAD)


def is_valid_id(id_value: str, id_type: IDType | None = None) -> bool:
    """Tell whether the manager of this process has registered an id."""
    return get_id_manager().is_valid_id(id_value, id_type)


def is_valid_id_format_compatible(id_value: str, id_type: IDType | None = None) -> bool:
    """Tell whether a text looks like an id, and does not say that it is of another type."""
    return get_id_manager().is_valid_id_format_compatible(id_value, id_type)


def convert_uuid_to_structured(
    uuid_id: str, id_type: IDType, prefix: str | None = None
) -> str:
    """Return an id that ends in the first 8 digits of a UUID."""
    return UnifiedIDManager.convert_uuid_to_structured(uuid_id, id_type, prefix)


def convert_structured_to_uuid(structured_id: str) -> str | None:
    """Return a UUID that begins with the last 8 digits of an id."""
    return UnifiedIDManager.convert_structured_to_uuid(structured_id)


def validate_and_normalize_id(
    id_value: str, id_type: IDType | None = None
) -> tuple[bool, str | None]:
    """Tell whether a text looks like an id, and give it as it is to be used."""
    return get_id_manager().validate_and_normalize_id(id_value, id_type)


def is_valid_id_format(id_value: str) -> bool:
    """Tell whether a text looks like an id; wide, as callers rely on."""
    if not isinstance(id_value, str) or not id_value.strip():
        return False
    if _is_uuid(id_value) or _NAMES.fullmatch(id_value) or _is_structured(
        id_value, {*_WORDS, "test"}
    ):
        return True
    try:
        read = _native.parse_any(id_value)
    except IdParseError:
        return False
    return read.format in _OWN_FORMATS
