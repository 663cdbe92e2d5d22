"""Stands in for ``shared.id_generation`` and its module ``unified_id_generator``."""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .. import _native
from .._errors import IdParseError
from ._shared import hex8, in_forked_child

logger = logging.getLogger(__name__)

_HOUR_MS = 3_600_000
_YEAR_MS = 365 * 24 * _HOUR_MS

# The first part takes the longest text: a prefix may hold numbers of its own.
_BASE = re.compile(
    r"(?P<prefix>.+)_(?P<timestamp>[0-9]{13})_(?P<counter>[0-9]{1,19})(?:_(?P<random>[0-9A-Za-z]+))?",
    re.DOTALL,
)
# What one call of `generate_user_context_ids` makes; a request has the number after that of its thread and run.
_OF_CONTEXT = re.compile(r"(thread|run|req)_(.+)_([0-9]{1,19})_([0-9a-f]{8})", re.DOTALL)

__all__ = [
    "IdComponents",
    "TestIdUtils",
    "UnifiedIdGenerator",
    "create_user_execution_context_factory",
    "generate_uuid_replacement",
    "reset_global_counter",
]

# By these names, which tests set anew.
_global_counter = 0
_global_counter_lock = threading.Lock()


def _count(numbers: int = 1) -> int:
    """Take numbers of the counter of this process and return the first."""
    global _global_counter
    with _global_counter_lock:
        first = _global_counter + 1
        _global_counter += numbers
    return first


def _get_next_counter() -> int:
    return _count()


def reset_global_counter() -> None:
    """Start the counter anew, for tests."""
    global _global_counter
    with _global_counter_lock:
        _global_counter = 0


_REAL_TOKEN_HEX = secrets.token_hex


def _digits() -> str:
    """Return 8 digits that never repeat, or those of a test that replaced ``secrets.token_hex``."""
    return hex8() if secrets.token_hex is _REAL_TOKEN_HEX else secrets.token_hex(4)


def _now_ms() -> int:
    return int(time.time() * 1000)


def _tail(text: str | None) -> list[str]:
    """Return 8 characters of the last part of an id, if there is one; a hint for people and no key."""
    return [text.rpartition("_")[2][:8]] if text else []


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
        parts = [prefix, str(_now_ms()), str(_count())]
        whole_bytes = max(random_length, 0) // 2
        if include_random and whole_bytes:
            # Eight digits are the common case, and those never repeat.
            parts.append(_digits() if whole_bytes == 4 else secrets.token_hex(whole_bytes))
        return "_".join(parts)

    @staticmethod
    def generate_user_context_ids(user_id: str, operation: str = "context") -> tuple[str, str, str]:
        """Make a thread, a run on it and a request, whose common digits show that they belong together."""
        number, digits = _count(2), _digits()
        return (
            f"thread_{operation}_{number}_{digits}",
            f"run_{operation}_{number}_{digits}",
            f"req_{operation}_{number + 1}_{digits}",
        )

    @staticmethod
    def generate_websocket_connection_id(
        user_id: str, connection_timestamp: float | None = None
    ) -> str:
        """Make the id of a connection; the time is in seconds."""
        return _websocket("conn", user_id, connection_timestamp)

    @staticmethod
    def generate_websocket_client_id(
        user_id: str, connection_timestamp: float | None = None
    ) -> str:
        """Make the id of a client; the time is in seconds."""
        return _websocket("client", user_id, connection_timestamp)

    @staticmethod
    def generate_agent_execution_id(agent_type: str, user_id: str) -> str:
        """Make the id of an agent's execution."""
        return _base("agent", agent_type, user_id[:8])

    @staticmethod
    def generate_tool_execution_id(tool_name: str, agent_id: str | None = None) -> str:
        """Make the id of a tool's execution."""
        return _base("tool", tool_name, *_tail(agent_id))

    @staticmethod
    def generate_message_id(message_type: str, user_id: str, thread_id: str | None = None) -> str:
        """Make the id of a message."""
        return _base("msg", message_type, user_id[:8], *_tail(thread_id))

    @staticmethod
    def generate_session_id(user_id: str, session_type: str = "web") -> str:
        """Make the id of a session."""
        return _base("session", session_type, user_id[:8])

    @staticmethod
    def generate_error_context_id(error_type: str, user_id: str) -> str:
        """Make the id of an error."""
        return _base("error", error_type, user_id[:8])

    @staticmethod
    def generate_batch_ids(prefix: str, count: int, include_random: bool = True) -> list[str]:
        """Make many ids of one time, with numbers that follow each other."""
        if count < 1:
            return []
        now_ms, first = _now_ms(), _count(count)
        return [
            f"{prefix}_{now_ms}_{number}" + (f"_{_digits()}" if include_random else "")
            for number in range(first, first + count)
        ]

    @staticmethod
    def generate_id(prefix: str) -> str:
        """Make an id without a time: ``prefix_{8 hex}``."""
        return f"{prefix}_{_digits()}"

    @staticmethod
    def parse_id(id_string: str) -> IdComponents | None:
        """Read ``prefix_ms_counter`` with or without random digits; None for everything else."""
        read = _BASE.fullmatch(id_string) if isinstance(id_string, str) else None
        if read is None:
            return None
        return IdComponents(
            prefix=read["prefix"],
            timestamp=int(read["timestamp"]),
            counter=int(read["counter"]),
            random=read["random"] or "",
            full_id=id_string,
        )

    @staticmethod
    def is_valid_id(id_string: str, expected_prefix: str | None = None) -> bool:
        """Tell whether a text is an id, at most a year old, whose prefix begins with the one expected."""
        read = UnifiedIdGenerator.parse_id(id_string)
        if read is None or not read.prefix.startswith(expected_prefix or ""):
            return False
        # An hour ahead is another machine's clock.
        return -_HOUR_MS <= _now_ms() - read.timestamp <= _YEAR_MS

    @staticmethod
    def get_id_age(id_string: str) -> int:
        """Return the age in milliseconds, -1 if the text is no id."""
        read = UnifiedIdGenerator.parse_id(id_string)
        return _now_ms() - read.timestamp if read else -1

    @staticmethod
    def normalize_id_format(id_string: str) -> str:
        """Return an id as it is compared: a UUID in lower case with dashes, every other text as it is."""
        try:
            return str(uuid.UUID(id_string))
        except ValueError:
            return id_string

    @staticmethod
    def extract_pattern_info(id_string: str) -> dict[str, Any]:
        """Return the parts of a text and what the reader of all formats says of it.

        The keys are always the same; None is what the text does not say. ``user_context`` is the prefix.
        """
        read = UnifiedIdGenerator.parse_id(id_string)
        info = asdict(read) if read else dict.fromkeys(IdComponents.__dataclass_fields__)
        info |= {"full_id": id_string, "user_context": info["prefix"]}
        info |= dict.fromkeys(("format", "kind", "thread", "ambiguous"))
        try:
            known = _native.parse_any(id_string)
        except IdParseError:
            return info
        info |= {name: getattr(known, name) for name in ("format", "kind", "thread", "ambiguous")}
        if info["timestamp"] is None:
            info["timestamp"] = known.timestamp_ms
        return info

    @staticmethod
    def ids_match_for_cleanup(first: str, second: str) -> bool:
        """Tell whether two ids are of one context: the same id, made by one call, or a thread and its run."""
        if not (first and second and isinstance(first, str) and isinstance(second, str)):
            return False
        first, second = map(UnifiedIdGenerator.normalize_id_format, (first, second))
        if first == second:
            return True
        call = _call_of(first)
        if call is not None and call == _call_of(second):
            return True
        return _is_run_of(first, second) or _is_run_of(second, first)

    @staticmethod
    def translate_legacy_context_ids(
        user_id: str, thread_id: str, run_id: str, operation: str = "compatibility"
    ) -> dict[str, str]:
        """Return the ids of a context with a request: those that are given stay as they are."""
        context = create_user_execution_context_factory(user_id, operation)
        given = {"thread_id": thread_id, "run_id": run_id}
        return context | {name: text for name, text in given.items() if text}

    # By `{user}:{thread or default}`. The user is noted beside: the keys of `a` and of `a:b` begin alike. Times are in
    # Unix milliseconds; callers set `last_activity` back.
    _active_sessions: dict[str, dict[str, Any]] = {}
    _session_lock = threading.Lock()

    @classmethod
    def get_or_create_user_session(
        cls,
        user_id: str,
        thread_id: str | None = None,
        run_id: str | None = None,
        operation: str = "session",
    ) -> dict[str, str]:
        """Return the ids of a user's session on a thread; another run id goes on in it."""
        with cls._session_lock:
            session = cls._session(user_id, thread_id)
            if session is None:
                thread, run, _ = cls.generate_user_context_ids(user_id, operation)
                if thread_id:
                    # That run says that it is on the new thread, which nobody uses.
                    thread, run = thread_id, _base("run", operation)
                session = {
                    "user_id": user_id,
                    "thread_id": thread,
                    "run_id": run_id or run,
                    "created_at": _now_ms(),
                    "operation": operation,
                }
                cls._active_sessions[_key(user_id, thread_id)] = session
            elif run_id and run_id != session["run_id"]:
                session |= {"run_id": run_id, "operation": f"{operation}_new_run"}
            return cls._use(session)

    @classmethod
    def get_existing_session(cls, user_id: str, thread_id: str) -> dict[str, str] | None:
        """Return the ids of a session that is there."""
        with cls._session_lock:
            session = cls._session(user_id, thread_id)
            return None if session is None else cls._use(session)

    @classmethod
    def _session(cls, user_id: str, thread_id: str | None) -> dict[str, Any] | None:
        session = cls._active_sessions.get(_key(user_id, thread_id))
        return session if session and session.get("user_id") == user_id else None

    @classmethod
    def _use(cls, session: dict[str, Any]) -> dict[str, str]:
        """Note that a session is in use, and return its ids with those of a new request."""
        session["last_activity"] = _now_ms()
        return {
            "thread_id": session["thread_id"],
            "run_id": session["run_id"],
            "request_id": _base("req"),
        }

    @classmethod
    def cleanup_expired_sessions(cls, max_age_hours: int = 24) -> int:
        """Forget sessions that were not used for so long, and return how many they were."""
        oldest_ms = _now_ms() - max_age_hours * _HOUR_MS
        return cls._forget(lambda session: session.get("last_activity", 0) < oldest_ms)

    @classmethod
    def invalidate_user_sessions(cls, user_id: str) -> int:
        """Forget all sessions of exactly this user, and return how many they were."""
        return cls._forget(lambda session: session.get("user_id") == user_id)

    @classmethod
    def _forget(cls, is_over: Callable[[dict[str, Any]], bool]) -> int:
        with cls._session_lock:
            over = [key for key, session in cls._active_sessions.items() if is_over(session)]
            for key in over:
                del cls._active_sessions[key]
        return len(over)

    @classmethod
    def get_active_sessions_count(cls) -> int:
        """Return how many sessions there are."""
        return len(cls._active_sessions)

    @classmethod
    def reset_global_counter(cls) -> None:
        """Start the counter anew, for tests."""
        reset_global_counter()


def _key(user_id: str, thread_id: str | None) -> str:
    return f"{user_id}:{thread_id or 'default'}"


def _base(*parts: str) -> str:
    return UnifiedIdGenerator.generate_base_id("_".join(parts))


def _websocket(what: str, user_id: str, seconds: float | None) -> str:
    made_ms = _now_ms() if seconds is None else int(seconds * 1000)
    return f"ws_{what}_{user_id[:8]}_{made_ms}_{_count()}_{_digits()}"


def _call_of(id: str) -> tuple[str, int, str] | None:
    """Return what the ids of one call of ``generate_user_context_ids`` have in common."""
    made = _OF_CONTEXT.fullmatch(id)
    if made is None:
        return None
    what, operation, number, digits = made.groups()
    return operation, int(number) - (what == "req"), digits


def _is_run_of(run: str, thread: str) -> bool:
    """Tell whether a text is, beyond doubt, a run on the thread that another one is."""
    try:
        read, other = _native.parse_any(run), _native.parse_any(thread)
    except IdParseError:
        return False
    is_certain = read.kind == "run" and not read.ambiguous and read.thread_key is not None
    return is_certain and other.kind == "thread" and _native.thread_key(thread) == read.thread_key


def generate_uuid_replacement() -> str:
    """Return 8 hexadecimal digits that this process has not given out before."""
    return _digits()


def create_user_execution_context_factory(
    user_id: str, operation: str = "context"
) -> dict[str, str]:
    """Return a user and a new thread, run and request."""
    ids = UnifiedIdGenerator.generate_user_context_ids(user_id, operation)
    return {"user_id": user_id, **dict(zip(("thread_id", "run_id", "request_id"), ids, strict=True))}


class TestIdUtils:
    """Ids that a test can foretell."""

    # The name begins like a test, and pytest would collect it.
    __test__ = False

    @staticmethod
    def reset() -> None:
        """Start the counter anew."""
        reset_global_counter()

    @staticmethod
    def create_test_id(prefix: str, sequence: int) -> str:
        """Return an id that ends in a number."""
        return f"{prefix}_test_{sequence}"

    @staticmethod
    def create_test_context_ids(user_id: str, sequence: int) -> dict[str, str]:
        """Return what ``create_user_execution_context_factory`` gives, with ids that end in a number."""
        kinds = {"thread_id": "thread", "run_id": "run", "request_id": "req"}
        ids = {name: TestIdUtils.create_test_id(kind, sequence) for name, kind in kinds.items()}
        return {"user_id": user_id} | ids

    @staticmethod
    def validate_uniqueness_in_list(ids: list[str]) -> bool:
        """Tell whether no id is there twice."""
        return len(set(ids)) == len(ids)


def _after_fork() -> None:
    """Make the locks new, which other threads of the parent may hold."""
    global _global_counter_lock
    _global_counter_lock = threading.Lock()
    UnifiedIdGenerator._session_lock = threading.Lock()


in_forked_child(_after_fork)
