"""Stands in for the UnifiedIDManager of 2025-09-12, which keeps a register of the ids it made."""

from __future__ import annotations

import logging
import re
import threading
import time
import weakref
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

from .. import _native
from .._errors import IdParseError
from ._shared import hex8, in_forked_child, is_hex8
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
    """What is noted of an id; ``created_at`` in Unix seconds."""

    id_value: str
    id_type: IDType
    created_at: float
    prefix: str | None = None
    context: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        # Callers write into it.
        if self.context is None:
            self.context = {}

    @property
    def _released_at(self) -> float | None:
        return (self.context or {}).get("released_at")


# What `generate_id` writes.
_STRUCTURED = re.compile(
    rf"(?:.+_)?({'|'.join(id_type.value for id_type in IDType)})_[0-9]+_[0-9a-fA-F]{{8}}", re.DOTALL
)


def _now_5() -> int:
    """Return the last five digits of the time in milliseconds, without leading zeros."""
    return int(time.time() * 1000) % 100_000


def _read(text: Any) -> _native.ParsedId | None:
    """Return what the reader of all formats finds in a text."""
    try:
        return _native.parse_any(text) if isinstance(text, str) else None
    except IdParseError:
        return None


def _run_parts(run_id: Any) -> list[str] | None:
    """Return thread, time and digits of a run that ``generate_run_id`` wrote."""
    if not isinstance(run_id, str) or not run_id.startswith("run_"):
        return None
    parts = run_id.removeprefix("run_").rsplit("_", 2)
    return parts if len(parts) == 3 and len(parts[2]) == 8 and parts[2].isalnum() else None


# All that there are, for a forked child.
_managers: weakref.WeakSet[UnifiedIDManager] = weakref.WeakSet()


class UnifiedIDManager:
    """Makes ids, keeps a register of them, and reads run ids."""

    def __init__(self) -> None:
        _managers.add(self)
        self._lock = threading.RLock()
        self._id_registry: dict[str, IDMetadata] = {}
        self._active_ids: dict[IDType, set[str]] = {}
        self._id_counters: dict[IDType, int] = {}
        # Connections by their whole user: the text of an id holds a piece of one, which others share.
        self._websockets_of: dict[str, set[str]] = {}
        self._compatible_calls = 0
        self._start_anew()

    def _start_anew(self) -> None:
        self._id_registry.clear()
        self._websockets_of.clear()
        self._active_ids.update((id_type, set()) for id_type in IDType)
        self._id_counters.update(dict.fromkeys(IDType, 0))

    def generate_id(
        self,
        id_type: IDType | str,
        prefix: str | None = None,
        context: dict[str, Any] | None = None,
    ) -> str:
        """Make and register an id: ``[prefix_]type_counter_8hex``.

        A text in place of the type gives ``text_8hex``, which is not registered.
        """
        if isinstance(id_type, str):
            return f"{id_type}_{hex8()}"
        if not isinstance(id_type, IDType):
            raise TypeError(f"an id is made for an IDType or a text, not {type(id_type).__name__}")
        with self._lock:
            self._id_counters[id_type] += 1
            parts = [id_type.value, str(self._id_counters[id_type]), hex8()]
            made = "_".join([prefix, *parts] if prefix else parts)
            self._note(made, id_type, prefix, context)
        logger.debug("new id %s", made)
        return made

    def _note(
        self, id_value: str, id_type: IDType, prefix: str | None, context: dict[str, Any] | None
    ) -> None:
        # A copy: `release_id` writes into it, and a caller may give the same dictionary for many ids.
        context = dict(context or {})
        self._id_registry[id_value] = IDMetadata(id_value, id_type, time.time(), prefix, context)
        self._active_ids[id_type].add(id_value)

    def register_existing_id(
        self, id_value: str, id_type: IDType, context: dict[str, Any] | None = None
    ) -> bool:
        """Register an id that was made elsewhere; False if it is registered already."""
        with self._lock:
            is_new = id_value not in self._id_registry
            if is_new:
                self._note(id_value, id_type, None, context)
        logger.debug("%s id %s", "registered" if is_new else "already known:", id_value)
        return is_new

    def get_id_metadata(self, id_value: str) -> IDMetadata | None:
        """Return what is noted of an id, itself and no copy."""
        return self._id_registry.get(id_value)

    def is_valid_id(self, id_value: str, id_type: IDType | None = None) -> bool:
        """Tell whether an id is registered, and of this type if one is given."""
        noted = self._id_registry.get(id_value)
        return noted is not None and id_type in (None, noted.id_type)

    def is_valid_id_format_compatible(
        self, id_value: str, id_type: IDType | None = None
    ) -> bool:
        """Tell whether a text is an id, and not one that says to be of another type."""
        if not is_valid_id_format(id_value):
            return False
        said = self._extract_id_type_from_structured(id_value)
        if id_type is None or said in (None, id_type):
            return True
        # `session_12345_...` is a session by its word, and a thread of `generate_thread_id`.
        read = _read(id_value)
        return read is not None and read.kind == id_type.value

    def _is_structured_id_format(self, id_value: str) -> bool:
        return _STRUCTURED.fullmatch(id_value) is not None

    def _extract_id_type_from_structured(self, id_value: str) -> IDType | None:
        read = _STRUCTURED.fullmatch(id_value)
        return IDType(read[1]) if read else None

    def release_id(self, id_value: str) -> bool:
        """Take an id out of use; it stays registered until ``cleanup_released_ids``."""
        with self._lock:
            noted = self._id_registry.get(id_value)
            if noted is None:
                return False
            self._active_ids[noted.id_type].discard(id_value)
            noted.context = noted.context or {}
            noted.context["released_at"] = time.time()
            self._websockets_of.get(noted.context.get("user_id", ""), set()).discard(id_value)
        logger.debug("id %s is out of use", id_value)
        return True

    def cleanup_released_ids(self, max_age_seconds: int = 3600) -> int:
        """Forget ids that were released longer ago, and return how many."""
        oldest = time.time() - max_age_seconds
        with self._lock:
            over = [
                noted
                for noted in self._id_registry.values()
                if noted._released_at is not None and noted._released_at < oldest
            ]
            for noted in over:
                del self._id_registry[noted.id_value]
                self._active_ids[noted.id_type].discard(noted.id_value)
        if over:
            logger.info("%d ids forgotten: out of use for over %s s", len(over), max_age_seconds)
        return len(over)

    def get_active_ids(self, id_type: IDType) -> set[str]:
        """Return a copy of the ids in use."""
        with self._lock:
            return set(self._active_ids[id_type])

    def count_active_ids(self, id_type: IDType) -> int:
        """Return how many ids are in use."""
        return len(self._active_ids[id_type])

    def get_stats(self) -> dict[str, Any]:
        """Return how many ids are registered and in use."""
        with self._lock:
            in_use = {id_type.value: len(ids) for id_type, ids in self._active_ids.items()}
            made = {id_type.value: count for id_type, count in self._id_counters.items()}
            return {
                "total_registered": len(self._id_registry),
                "active_by_type": in_use,
                "counters_by_type": made,
                "total_active": sum(in_use.values()),
            }

    def reset_counters(self) -> None:
        """Start the counters anew; ids differ from the earlier ones by their last part."""
        with self._lock:
            self._id_counters.update(dict.fromkeys(IDType, 0))
        logger.warning("the counters start anew")

    def clear_all(self) -> None:
        """Forget every id and start the counters anew."""
        with self._lock:
            self._start_anew()
        logger.warning("every id is forgotten and the counters start anew")

    @classmethod
    def generate_run_id(cls, thread_id: str) -> str:
        """Make a run on a thread: ``run_{thread}_{last 5 digits of the time}_{8 hex}``."""
        return f"run_{thread_id}_{_now_5()}_{hex8()}"

    @classmethod
    def generate_thread_id(cls) -> str:
        """Make a thread, without leading ``thread_``."""
        return f"session_{_now_5()}_{hex8()}"

    @classmethod
    def extract_thread_id(cls, run_id: str) -> str:
        """Return the thread of a run; an empty text for what has none."""
        if not isinstance(run_id, str):
            return ""
        if run_id.startswith(("websocket_factory_", "context_", "agent_")):
            # What the thread that was made with it begins with.
            return f"thread_{run_id}"
        if parts := _run_parts(run_id):
            return parts[0]
        read = _read(run_id)
        return "" if read is None or read.ambiguous else read.thread or ""

    @classmethod
    def validate_run_id(cls, run_id: str) -> bool:
        """Tell whether a text has the parts of a run id, the last of 8 letters and digits."""
        return _run_parts(run_id) is not None

    @classmethod
    def parse_run_id(cls, run_id: str) -> dict[str, Any]:
        """Return the parts of a run id, empty ones for what is none."""
        parts = _run_parts(run_id)
        thread, number, digits = parts or ("", "", "")
        return {
            "thread_id": thread,
            "timestamp": number,
            "uuid_part": digits,
            "valid": parts is not None,
        }

    @classmethod
    def convert_uuid_to_structured(
        cls, uuid: str, id_type: IDType, prefix: str | None = None
    ) -> str:
        """Return an id that ends in the first 8 digits of a UUID."""
        digits = _uuid_digits(uuid)
        if digits is None:
            raise ValueError(f"Invalid UUID format: {uuid}")
        made = f"{id_type.value}_{_now_5()}_{digits[:8]}"
        return f"{prefix}_{made}" if prefix else made

    @classmethod
    def convert_structured_to_uuid(cls, structured_id: str) -> str | None:
        """Return a UUID that begins with the last 8 digits of an id; all others are lost."""
        if not isinstance(structured_id, str):
            return None
        parts = structured_id.rsplit("_", 2)
        is_structured = len(parts) == 3 and is_hex8(parts[2])
        return f"{parts[2]}-0000-4000-8000-000000000000" if is_structured else None

    def register_uuid_as_structured(
        self, uuid: str, id_type: IDType, context: dict[str, Any] | None = None
    ) -> str:
        """Register a UUID as an id that ends in its first 8 digits, and return that."""
        structured_id = self.convert_uuid_to_structured(uuid, id_type)
        self.register_existing_id(structured_id, id_type, context)
        return structured_id

    def validate_and_normalize_id(
        self, id_value: str, id_type: IDType | None = None
    ) -> tuple[bool, str | None]:
        """Tell whether a text is an id, and give it as it is to be used.

        That is the text itself, but of a UUID that nobody has registered and whose type is given, it is the
        structured id.
        """
        if not self.is_valid_id_format_compatible(id_value, id_type):
            return False, None
        is_to_be_converted = id_type is not None and id_value not in self._id_registry
        if is_to_be_converted and _uuid_digits(id_value) is not None:
            return True, self.convert_uuid_to_structured(id_value, id_type)  # type: ignore[arg-type]
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
        if not user_id:
            return []
        with self._lock:
            every = list(self._id_registry.values())
        owned = [noted.id_value for noted in every if (noted.context or {}).get("user_id") == user_id]
        if id_patterns is None:
            return owned
        return [id_value for id_value in owned if any(text in id_value for text in id_patterns)]

    def get_websocket_cleanup_ids_fast(self, user_id: str) -> list[str]:
        """Return the connections of exactly this user that are in use."""
        with self._lock:
            made = self._websockets_of.get(user_id, set())
            return sorted(made & self._active_ids[IDType.WEBSOCKET])

    def cleanup_websocket_resources_secure(
        self, user_id: str, target_ids: list[str] | None = None
    ) -> int:
        """Release connections of exactly this user, all or those given, and return how many."""
        with self._lock:
            over = set(self.get_websocket_cleanup_ids_fast(user_id))
            if target_ids is not None:
                over &= set(target_ids)
            return sum(map(self.release_id, sorted(over)))

    def get_dual_ssot_performance_stats(self) -> dict[str, Any]:
        """Return the numbers of ``get_stats``, and how often the bridge was used."""
        with self._lock:
            return self.get_stats() | {
                "compatible_calls": self._compatible_calls,
                "websocket_users": len(self._websockets_of),
            }

    def optimize_for_websocket_performance(self) -> None:
        """Forget users without a connection in use."""
        with self._lock:
            in_use = {user: self.get_websocket_cleanup_ids_fast(user) for user in self._websockets_of}
            self._websockets_of = {user: set(ids) for user, ids in in_use.items() if ids}

    generate_websocket_connection_id = generate_websocket_id_with_user_context
    generate_compatible_context_ids = generate_user_context_ids_compatible
    cleanup_user_resources = cleanup_websocket_resources_secure


def _uuid_digits(text: Any) -> str | None:
    """Return the 32 digits of a UUID in any spelling."""
    try:
        return UUID(text).hex
    except (AttributeError, TypeError, ValueError):
        return None


def is_valid_id_format(id_value: str) -> bool:
    """Tell whether a text is an id: a UUID, what ``generate_id`` writes, or of any format that is read."""
    if not isinstance(id_value, str):
        return False
    if _read(id_value) is not None or _uuid_digits(id_value) is not None:
        return True
    return id_value.isprintable() and _STRUCTURED.fullmatch(id_value) is not None


_only: UnifiedIDManager | None = None
_only_lock = threading.Lock()


def get_id_manager() -> UnifiedIDManager:
    """Return the one manager of this process."""
    global _only
    with _only_lock:
        _only = _only or UnifiedIDManager()
    return _only


def generate_id(
    id_type: IDType | str, prefix: str | None = None, context: dict[str, Any] | None = None
) -> str:
    """Make an id: of a type and registered, or of a text alone and not."""
    return get_id_manager().generate_id(id_type, prefix, context)


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
    """Tell whether a text is an id, and not one that says to be of another type."""
    return get_id_manager().is_valid_id_format_compatible(id_value, id_type)


def convert_uuid_to_structured(
    uuid: str, id_type: IDType, prefix: str | None = None
) -> str:
    """Return an id that ends in the first 8 digits of a UUID."""
    return UnifiedIDManager.convert_uuid_to_structured(uuid, id_type, prefix)


def convert_structured_to_uuid(structured_id: str) -> str | None:
    """Return a UUID that begins with the last 8 digits of an id."""
    return UnifiedIDManager.convert_structured_to_uuid(structured_id)


def validate_and_normalize_id(
    id_value: str, id_type: IDType | None = None
) -> tuple[bool, str | None]:
    """Tell whether a text is an id, and give it as it is to be used."""
    return get_id_manager().validate_and_normalize_id(id_value, id_type)


def _after_fork() -> None:
    """Make the locks new, which other threads of the parent may hold."""
    global _only_lock
    _only_lock = threading.Lock()
    for manager in _managers:
        manager._lock = threading.RLock()


in_forked_child(_after_fork)
