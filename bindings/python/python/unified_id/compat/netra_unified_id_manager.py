"""Stands in for the UnifiedIDManager of 2025-09-12, which keeps a register of the ids it made."""

from __future__ import annotations

import logging
import re
import threading
import time
import uuid
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

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


_TYPES = {id_type.value: id_type for id_type in IDType}

# What `generate_id` and callers of their own write: words, a counter, 8 digits.
_STRUCTURED = re.compile(r"(.+)_([0-9]+)_[0-9a-fA-F]{8}", re.DOTALL)
# Words of such ids that are no type: of runs and requests, and of the parts of programs that make ids.
_FIRST_WORDS = frozenset({"req", "run", "thread", "test"})
_PROGRAMS = ("websocket_factory", "websocket_manager", "agent_executor")
# A run or a typed id whose counter is none.
_WITHOUT_COUNTER = re.compile(
    rf"(?:run|req|{'|'.join(_TYPES)})_(?:.+_)?[^_]*[^0-9_][^_]*_[0-9a-fA-F]{{8}}", re.DOTALL
)

# Names that tests, deployments and logins give: wide on purpose, but each says what it is of, or a number.
_NOUN = "user|session|thread|request|run|connection|conn|websocket|agent|execution|client|message|tool|token"
_NAMES = re.compile(
    r"""
    (?:[a-z]+_)?[a-z]+_[0-9]+
    | thread-[0-9]+
    | (?=(?:.*[_-])?(?:NOUN)(?:[_-]|\Z)|.*[0-9]) [a-z]+-[a-z0-9]+-[a-z0-9_-]*[a-z0-9]
    | (?:non_existent|invalid|fake|dummy|sample)_(?:[a-z0-9]+_)*(?:NOUN)(?:_[a-z0-9]+)*
    | e2e-[a-z0-9]+(?:[_-][a-z0-9.]+)*
    | (?:temp|awaiting)_auth_[a-z0-9_]+ | (?:pending|awaiting)_auth
    """.replace("NOUN", _NOUN),
    re.VERBOSE | re.IGNORECASE | re.ASCII,
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
        # Ids by the whole user of their context: the text of an id holds a piece of one, which others share.
        self._user_resource_map: dict[str, dict[str, None]] = {}
        self._start_anew()

    def _start_anew(self) -> None:
        self._id_registry.clear()
        self._user_resource_map.clear()
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
            return f"{id_type}_{_digits()}"
        if not isinstance(id_type, IDType):
            raise TypeError(f"an id is made for an IDType or a text, not {type(id_type).__name__}")
        with self._lock:
            self._id_counters[id_type] += 1
            parts = [id_type.value, str(self._id_counters[id_type]), _digits()]
            made = "_".join([prefix, *parts] if prefix else parts)
            self._note(made, id_type, prefix, context)
        logger.debug("new id %s", made)
        return made

    def _note(
        self, id_value: str, id_type: IDType, prefix: str | None, context: dict[str, Any] | None
    ) -> None:
        # A copy: `release_id` writes into it, and a caller may give the same dictionary for many ids.
        context = dict(context) if context else {}
        self._id_registry[id_value] = IDMetadata(id_value, id_type, time.time(), prefix, context)
        self._active_ids[id_type].add(id_value)
        if isinstance(user := context.get("user_id"), str):
            self._user_resource_map.setdefault(user, {})[id_value] = None

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
        if id_type is None:
            return True
        words = _words(id_value)
        types = [word for word in words if word in _TYPES]
        # A prefix may be the word of a type too; either is what the id says to be.
        if not types or id_type.value in (types[0], words[-1]):
            return True
        # `session_12345_...` is a session by its word, and a thread of `generate_thread_id`.
        read = _read(id_value)
        return read is not None and read.kind == id_type.value

    def _is_structured_id_format(self, id_value: str) -> bool:
        return not self._is_uuid_format(id_value) and self._validate_structured_format(id_value)

    def _is_uuid_format(self, id_value: str) -> bool:
        return _uuid_digits(id_value) is not None

    def _validate_structured_format(self, id_value: str) -> bool:
        return _is_structured(id_value)

    def _extract_id_type_from_structured(self, id_value: str) -> IDType | None:
        words = _words(id_value)
        # The word before the counter; the words before it are a prefix, which may be one too.
        return next((_TYPES[word] for word in [*words[-1:], *words] if word in _TYPES), None)

    def release_id(self, id_value: str) -> bool:
        """Take an id out of use; it stays registered until ``cleanup_released_ids``."""
        with self._lock:
            noted = self._id_registry.get(id_value)
            if noted is None:
                return False
            self._active_ids[noted.id_type].discard(id_value)
            noted.context = noted.context or {}
            noted.context["released_at"] = time.time()
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
                self._forget_of_user((noted.context or {}).get("user_id"), noted.id_value)
        if over:
            logger.info("%d ids forgotten: out of use for over %s s", len(over), max_age_seconds)
        return len(over)

    def _forget_of_user(self, user_id: Any, id_value: str) -> None:
        of_user = self._user_resource_map.get(user_id) if isinstance(user_id, str) else None
        if of_user is not None:
            of_user.pop(id_value, None)
            if not of_user:
                del self._user_resource_map[user_id]

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
        return f"run_{thread_id}_{_now_5()}_{_digits()}"

    @classmethod
    def generate_thread_id(cls) -> str:
        """Make a thread, without leading ``thread_``."""
        return f"session_{_now_5()}_{_digits()}"

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
        cls, uuid_id: str, id_type: IDType, prefix: str | None = None
    ) -> str:
        """Return an id that ends in the first 8 digits of a UUID."""
        digits = _uuid_digits(uuid_id)
        if digits is None:
            raise ValueError(f"Invalid UUID format: {uuid_id}")
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
        self, uuid_id: str, id_type: IDType, context: dict[str, Any] | None = None
    ) -> str:
        """Register a UUID as an id that ends in its first 8 digits, and return that."""
        structured_id = self.convert_uuid_to_structured(uuid_id, id_type)
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
            self._note(websocket_id, IDType.WEBSOCKET, user_id[:8], _of_bridge(user_id))
        return websocket_id

    def generate_user_context_ids_compatible(
        self, user_id: str, operation: str = "context"
    ) -> tuple[str, str, str]:
        """Make and register a thread, a run on it and a request of a user."""
        thread, run, request = UnifiedIdGenerator.generate_user_context_ids(user_id, operation)
        context = _of_bridge(user_id) | {"operation": operation}
        with self._lock:
            self._note(thread, IDType.THREAD, user_id[:8], context)
            self._note(run, IDType.EXECUTION, user_id[:8], context)
            self._note(request, IDType.REQUEST, user_id[:8], context)
        return thread, run, request

    def find_resources_by_user_pattern_safe(
        self, user_id: str, id_patterns: list[str] | None = None
    ) -> list[str]:
        """Return the ids that were registered for exactly this user and hold one of the texts."""
        with self._lock:
            owned = list(self._of_user(user_id))
        if not id_patterns:
            return owned
        return [id_value for id_value in owned if any(text in id_value for text in id_patterns)]

    def _of_user(self, user_id: str) -> Iterator[str]:
        """Give the ids of exactly this user; what callers wrote into a context since counts."""
        for id_value in self._user_resource_map.get(user_id, ()):
            noted = self._id_registry.get(id_value)
            if user_id and noted is not None and (noted.context or {}).get("user_id") == user_id:
                yield id_value

    def get_websocket_cleanup_ids_fast(self, user_id: str) -> list[str]:
        """Return the ids of exactly this user that are in use, in the order in which they were registered."""
        with self._lock:
            return [id_value for id_value in self._of_user(user_id) if self._is_in_use(id_value)]

    def _is_in_use(self, id_value: str) -> bool:
        return id_value in self._active_ids[self._id_registry[id_value].id_type]

    def cleanup_websocket_resources_secure(
        self, user_id: str, target_ids: list[str] | None = None
    ) -> int:
        """Release the ids of exactly this user that are in use, all or those given, and return how many."""
        with self._lock:
            over = self.get_websocket_cleanup_ids_fast(user_id)
            if target_ids:
                foreign = set(target_ids).difference(self._of_user(user_id))
                if foreign:
                    logger.warning("%d ids are not of user %s and stay", len(foreign), user_id)
                over = [id_value for id_value in over if id_value in set(target_ids)]
            return sum(map(self.release_id, over))

    def get_dual_ssot_performance_stats(self) -> dict[str, Any]:
        """Return how many ids the bridge made, and what part of all they are."""
        with self._lock:
            contexts = [noted.context or {} for noted in self._id_registry.values()]
        of_bridge = sum(bool(context.get("dual_ssot_bridge")) for context in contexts)
        return {
            "dual_ssot_bridge_ids": of_bridge,
            "total_bridge_ids": sum("user_id" in context for context in contexts),
            "bridge_usage_percent": 100 * of_bridge / max(len(contexts), 1),
            "total_registered_ids": len(contexts),
            "performance_mode": "compatibility_bridge",
        }

    def optimize_for_websocket_performance(self) -> None:
        """Bring the ids of each user up to date with what callers wrote into contexts."""
        with self._lock:
            self._performance_mode_enabled = True
            self._user_resource_map.clear()
            for noted in self._id_registry.values():
                if isinstance(user := (noted.context or {}).get("user_id"), str):
                    self._user_resource_map.setdefault(user, {})[noted.id_value] = None

    generate_websocket_connection_id = generate_websocket_id_with_user_context
    generate_compatible_context_ids = generate_user_context_ids_compatible
    cleanup_user_resources = cleanup_websocket_resources_secure


def _of_bridge(user_id: str) -> dict[str, Any]:
    return {"user_id": user_id, "dual_ssot_bridge": True}


def _digits() -> str:
    return hex8(uuid.uuid4)  # id-lint: allow[UID002] not called


def _words(id_value: str) -> list[str]:
    """Return the words before the counter and the digits; none of what has no such end."""
    parts = id_value.split("_")
    return parts[:-2] if len(parts) > 2 and parts[-2].isdecimal() else []


def _is_structured(id_value: str) -> bool:
    read = _STRUCTURED.fullmatch(id_value)
    if read is None or not id_value.isprintable():
        return False
    words = read[1].split("_")
    return (
        words[0] in _FIRST_WORDS
        or not _TYPES.keys().isdisjoint(words)
        or any(program in read[1] for program in _PROGRAMS)
    )


def _uuid_digits(text: Any) -> str | None:
    """Return the 32 digits of a UUID in any spelling."""
    try:
        return uuid.UUID(text).hex
    except (AttributeError, TypeError, ValueError):
        return None


def is_valid_id_format(id_value: str) -> bool:
    """Tell whether a text is an id: a UUID, what ``generate_id`` writes, a name, or of any format that is read.

    A number alone is one only with 15 to 21 digits, and what begins like a run or a typed id has a counter.
    """
    if not isinstance(id_value, str) or len(id_value) > 512:
        return False
    if _is_structured(id_value) or _uuid_digits(id_value) is not None:
        return True
    if _WITHOUT_COUNTER.fullmatch(id_value):
        return False
    read = _read(id_value)
    return _NAMES.fullmatch(id_value) is not None or (read is not None and read.format != "dhara_oid")


_id_manager: UnifiedIDManager | None = None
_id_manager_lock = threading.Lock()


def get_id_manager() -> UnifiedIDManager:
    """Return the one manager of this process."""
    global _id_manager
    with _id_manager_lock:
        _id_manager = _id_manager or UnifiedIDManager()
    return _id_manager


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
    """Tell whether a text is an id, and give it as it is to be used."""
    return get_id_manager().validate_and_normalize_id(id_value, id_type)


def _after_fork() -> None:
    """Make the locks new, which other threads of the parent may hold."""
    global _id_manager_lock
    _id_manager_lock = threading.Lock()
    for manager in _managers:
        manager._lock = threading.RLock()


in_forked_child(_after_fork)
