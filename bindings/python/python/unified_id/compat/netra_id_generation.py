"""Stands in for ``shared.id_generation`` and its module ``unified_id_generator``."""

from __future__ import annotations

import logging
import re
import secrets
import time
import uuid
from dataclasses import dataclass
from threading import Lock
from typing import Any

from .. import _native
from .._errors import IdParseError
from ._shared import hex8

logger = logging.getLogger(__name__)

_global_counter = 0
_global_counter_lock = Lock()

_YEAR_MS = 365 * 24 * 60 * 60 * 1000
_HOUR_MS = 60 * 60 * 1000
_TIME = re.compile(r"[0-9]{13}")
_NUMBER = re.compile(r"[0-9]{1,19}")
_CONTEXT = re.compile(r"(thread|run|req)_(.+)_([0-9]+)_([0-9a-f]{8})")
_STEP = {"thread": 0, "run": 0, "req": 1}

__all__ = [
    "IdComponents",
    "TestIdUtils",
    "UnifiedIdGenerator",
    "create_user_execution_context_factory",
    "generate_uuid_replacement",
    "reset_global_counter",
]


def _next_counter(count: int = 1) -> int:
    """Take numbers of the counter of this process and return the first."""
    global _global_counter
    with _global_counter_lock:
        first = _global_counter + 1
        _global_counter += count
        return first


_get_next_counter = _next_counter


def reset_global_counter() -> None:
    """Start the counter anew, for tests."""
    global _global_counter
    with _global_counter_lock:
        _global_counter = 0


def _now_ms() -> int:
    return int(time.time() * 1000)


def _random_hex(length: int) -> str:
    """Return random digits, of an odd length one fewer."""
    length -= length % 2
    return hex8() if length == 8 else secrets.token_hex(max(length, 0) // 2)


def _last_part(text: str) -> str:
    return text.split("_")[-1][:8]


@dataclass
class IdComponents:
    """The parts of an id."""

    prefix: str
    timestamp: int
    counter: int
    random: str
    full_id: str


class UnifiedIdGenerator:
    """Makes and reads ids of the form ``prefix_ms_counter[_hex]``."""

    @staticmethod
    def generate_base_id(
        prefix: str = "id", include_random: bool = True, random_length: int = 8
    ) -> str:
        """Make an id; an odd ``random_length`` gives one digit fewer."""
        head = f"{prefix}_{_now_ms()}_{_next_counter()}"
        return f"{head}_{_random_hex(random_length)}" if include_random else head

    @staticmethod
    def generate_user_context_ids(user_id: str, operation: str = "context") -> tuple[str, str, str]:
        """Make a thread, a run on it and a request, whose common digits show that they belong together."""
        counter, random = _next_counter(2), hex8()
        return (
            f"thread_{operation}_{counter}_{random}",
            f"run_{operation}_{counter}_{random}",
            f"req_{operation}_{counter + 1}_{random}",
        )

    @staticmethod
    def generate_websocket_connection_id(
        user_id: str, connection_timestamp: float | None = None
    ) -> str:
        """Make the id of a connection; the time is in seconds."""
        return _websocket_id("ws_conn", user_id, connection_timestamp)

    @staticmethod
    def generate_websocket_client_id(
        user_id: str, connection_timestamp: float | None = None
    ) -> str:
        """Make the id of a client; the time is in seconds."""
        return _websocket_id("ws_client", user_id, connection_timestamp)

    @staticmethod
    def generate_agent_execution_id(agent_type: str, user_id: str) -> str:
        """Make the id of an agent's execution."""
        return UnifiedIdGenerator.generate_base_id(f"agent_{agent_type}_{user_id[:8]}")

    @staticmethod
    def generate_tool_execution_id(tool_name: str, agent_id: str | None = None) -> str:
        """Make the id of a tool's execution."""
        agent = f"_{_last_part(agent_id)}" if agent_id else ""
        return UnifiedIdGenerator.generate_base_id(f"tool_{tool_name}{agent}")

    @staticmethod
    def generate_message_id(message_type: str, user_id: str, thread_id: str | None = None) -> str:
        """Make the id of a message."""
        thread = f"_{_last_part(thread_id)}" if thread_id else ""
        return UnifiedIdGenerator.generate_base_id(f"msg_{message_type}_{user_id[:8]}{thread}")

    @staticmethod
    def generate_session_id(user_id: str, session_type: str = "web") -> str:
        """Make the id of a session."""
        return UnifiedIdGenerator.generate_base_id(f"session_{session_type}_{user_id[:8]}")

    @staticmethod
    def generate_error_context_id(error_type: str, user_id: str) -> str:
        """Make the id of an error."""
        return UnifiedIdGenerator.generate_base_id(f"error_{error_type}_{user_id[:8]}")

    @staticmethod
    def generate_batch_ids(prefix: str, count: int, include_random: bool = True) -> list[str]:
        """Make many ids of one time."""
        if count <= 0:
            return []
        head, first = f"{prefix}_{_now_ms()}", _next_counter(count)
        heads = [f"{head}_{counter}" for counter in range(first, first + count)]
        return [f"{head}_{hex8()}" for head in heads] if include_random else heads

    @staticmethod
    def parse_id(id_string: str) -> IdComponents | None:
        """Read an id; its time and counter are found from the right, with or without random digits."""
        if not id_string or not isinstance(id_string, str):
            return None
        parts = id_string.split("_")
        # A time of today decides; ids with other numbers are read as the shape that is written by default.
        if len(parts) >= 4 and _is_pair(parts[-3], parts[-2]) and (
            _TIME.fullmatch(parts[-3]) or not _TIME.fullmatch(parts[-2])
        ):
            prefix, random = parts[:-3], parts[-1]
            timestamp, counter = parts[-3:-1]
        elif len(parts) >= 3 and _is_pair(parts[-2], parts[-1]):
            prefix, random = parts[:-2], ""
            timestamp, counter = parts[-2:]
        else:
            return None
        if not all(prefix[:1]):
            return None
        return IdComponents("_".join(prefix), int(timestamp), int(counter), random, id_string)

    @staticmethod
    def is_valid_id(id_string: str, expected_prefix: str | None = None) -> bool:
        """Tell whether a text is an id, at most a year old, whose prefix begins with the one expected."""
        parsed = UnifiedIdGenerator.parse_id(id_string)
        if parsed is None or (expected_prefix and not parsed.prefix.startswith(expected_prefix)):
            return False
        return -_HOUR_MS <= _now_ms() - parsed.timestamp <= _YEAR_MS

    @staticmethod
    def get_id_age(id_string: str) -> int:
        """Return the age in milliseconds, -1 if the text is no id."""
        parsed = UnifiedIdGenerator.parse_id(id_string)
        return -1 if parsed is None else _now_ms() - parsed.timestamp

    @staticmethod
    def normalize_id_format(id_string: str) -> str:
        """Return an id as it is compared: a UUID in lower case with dashes, every other text as it is."""
        if not isinstance(id_string, str):
            return ""
        try:
            return str(uuid.UUID(id_string))
        except ValueError:
            return id_string

    @staticmethod
    def extract_pattern_info(id_string: str) -> dict[str, Any]:
        """Return what is known of a text: its format and parts, None for what it does not say."""
        info: dict[str, Any] = {
            "original_id": id_string,
            "is_valid": False,
            "format": "unknown",
            "prefix": None,
            "timestamp": None,
            "counter": None,
            "random": None,
            "thread_id": None,
        }
        try:
            parsed = _native.parse_any(id_string)
        except (IdParseError, TypeError):
            return info
        info.update(
            is_valid=True,
            format=parsed.format,
            timestamp=parsed.timestamp_ms,
            thread_id=None if parsed.ambiguous else parsed.thread,
        )
        components = UnifiedIdGenerator.parse_id(id_string)
        if components is not None:
            info.update(
                prefix=components.prefix,
                timestamp=components.timestamp,
                counter=components.counter,
                random=components.random,
            )
        return info

    @staticmethod
    def ids_match_for_cleanup(id1: str, id2: str) -> bool:
        """Tell whether two ids are of one context: the same id, made by one call, or a thread and its run."""
        if not isinstance(id1, str) or not isinstance(id2, str) or not id1 or not id2:
            return False
        first, second = map(UnifiedIdGenerator.normalize_id_format, (id1, id2))
        if first == second:
            return True
        made = _CONTEXT.fullmatch(first), _CONTEXT.fullmatch(second)
        if made[0] and made[1]:
            origin = [
                (match[2], int(match[3]) - _STEP[match[1]], match[4]) for match in made if match
            ]
            if origin[0] == origin[1]:
                return True
        return _is_run_of(first, second) or _is_run_of(second, first)

    @staticmethod
    def translate_legacy_context_ids(
        user_id: str, thread_id: str, run_id: str, operation: str = "compatibility"
    ) -> dict[str, str]:
        """Return the ids of a context with a request: those that are given stay as they are."""
        thread, run, request = UnifiedIdGenerator.generate_user_context_ids(user_id, operation)
        return {
            "user_id": user_id,
            "thread_id": thread_id or thread,
            "run_id": run_id or run,
            "request_id": request,
        }

    @staticmethod
    def generate_id(prefix: str) -> str:
        """Make an id without a time: ``prefix_{8 hex}``."""
        return f"{prefix}_{hex8()}"

    _active_sessions: dict[str, dict[str, Any]] = {}
    _session_lock = Lock()

    @classmethod
    def get_or_create_user_session(
        cls,
        user_id: str,
        thread_id: str | None = None,
        run_id: str | None = None,
        operation: str = "session",
    ) -> dict[str, str]:
        """Return the ids of a user's session on a thread; another run id goes on in it."""
        key = f"{user_id}:{thread_id or 'default'}"
        with cls._session_lock:
            session = cls._active_sessions.get(key)
            if session is None or session["user_id"] != user_id:
                thread, run, request = cls.generate_user_context_ids(user_id, operation)
                session = cls._active_sessions[key] = {
                    "user_id": user_id,
                    "thread_id": thread_id or thread,
                    # On a thread that is given, the run says which: other digits would name another thread.
                    "run_id": run_id or (cls._run_on(operation) if thread_id else run),
                    "created_at": _now_ms(),
                    "last_activity": _now_ms(),
                    "operation": operation,
                }
            else:
                request = cls.generate_base_id("req")
                if run_id is not None and run_id != session["run_id"]:
                    session["run_id"] = run_id
                    session["operation"] = f"{operation}_new_run"
                session["last_activity"] = _now_ms()
            return {
                "thread_id": session["thread_id"],
                "run_id": session["run_id"],
                "request_id": request,
            }

    @classmethod
    def _run_on(cls, operation: str) -> str:
        return cls.generate_base_id(f"run_{operation}")

    @classmethod
    def get_existing_session(cls, user_id: str, thread_id: str) -> dict[str, str] | None:
        """Return the ids of a session that is there."""
        with cls._session_lock:
            session = cls._active_sessions.get(f"{user_id}:{thread_id or 'default'}")
            if session is None or session["user_id"] != user_id:
                return None
            session["last_activity"] = _now_ms()
            return {
                "thread_id": session["thread_id"],
                "run_id": session["run_id"],
                "request_id": cls.generate_base_id("req"),
            }

    @classmethod
    def cleanup_expired_sessions(cls, max_age_hours: int = 24) -> int:
        """Forget sessions without activity for so long, and return how many they were."""
        oldest = _now_ms() - max_age_hours * _HOUR_MS
        with cls._session_lock:
            expired = [
                key
                for key, session in cls._active_sessions.items()
                if session["last_activity"] < oldest
            ]
            for key in expired:
                del cls._active_sessions[key]
            return len(expired)

    @classmethod
    def get_active_sessions_count(cls) -> int:
        """Return how many sessions there are."""
        with cls._session_lock:
            return len(cls._active_sessions)

    @classmethod
    def invalidate_user_sessions(cls, user_id: str) -> int:
        """Forget all sessions of exactly this user, and return how many they were."""
        with cls._session_lock:
            # By the user that was noted: `a` and `a:b` have keys that begin alike.
            keys = [
                key
                for key, session in cls._active_sessions.items()
                if session.get("user_id") == user_id
            ]
            for key in keys:
                del cls._active_sessions[key]
            return len(keys)

    @classmethod
    def reset_global_counter(cls) -> None:
        """Start the counter anew, for tests."""
        reset_global_counter()


def _is_pair(timestamp: str, counter: str) -> bool:
    return bool(_NUMBER.fullmatch(timestamp) and _NUMBER.fullmatch(counter))


def _websocket_id(prefix: str, user_id: str, seconds: float | None) -> str:
    milliseconds = int((time.time() if seconds is None else seconds) * 1000)
    return f"{prefix}_{user_id[:8]}_{milliseconds}_{_next_counter()}_{hex8()}"


def _is_run_of(run: str, thread: str) -> bool:
    """Tell whether a text is, beyond doubt, a run on the thread that another one is."""
    try:
        read = _native.parse_any(run)
        if read.kind != "run" or read.ambiguous or read.thread_key is None:
            return False
        other = _native.parse_any(thread)
    except IdParseError:
        return False
    return other.kind == "thread" and _native.thread_key(thread) == read.thread_key


def generate_uuid_replacement() -> str:
    """Return 8 hexadecimal digits that this process has not given out before."""
    return hex8()


def create_user_execution_context_factory(
    user_id: str, operation: str = "context"
) -> dict[str, str]:
    """Return a user and a new thread, run and request."""
    thread, run, request = UnifiedIdGenerator.generate_user_context_ids(user_id, operation)
    return {"user_id": user_id, "thread_id": thread, "run_id": run, "request_id": request}


class TestIdUtils:
    """Ids that a test can foretell."""

    __test__ = False

    @staticmethod
    def reset() -> None:
        """Start the counter anew."""
        reset_global_counter()

    @staticmethod
    def create_test_id(prefix: str, sequence: int) -> str:
        """Return ``prefix_test_sequence``."""
        return f"{prefix}_test_{sequence}"

    @staticmethod
    def validate_uniqueness_in_list(ids: list[str]) -> bool:
        """Tell whether no two of the ids are equal."""
        return len(ids) == len(set(ids))

    @staticmethod
    def create_test_context_ids(user_id: str, sequence: int) -> dict[str, str]:
        """Return a context whose ids end in a number."""
        return {
            "user_id": user_id,
            "thread_id": f"thread_test_{sequence}",
            "run_id": f"run_test_{sequence}",
            "request_id": f"req_test_{sequence}",
        }
