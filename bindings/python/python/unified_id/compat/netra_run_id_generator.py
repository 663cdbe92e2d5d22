"""Stands in for ``run_id_generator``: runs are ``thread_{thread}_run_{ms}_{8 hex}``."""

from __future__ import annotations

import logging
import re
import time
from typing import Any

from ._shared import hex8

logger = logging.getLogger(__name__)

RUN_ID_PREFIX = "thread_"
RUN_ID_SEPARATOR = "_run_"
UNIQUE_ID_LENGTH = 8
MIN_THREAD_ID_LENGTH = 1
MAX_THREAD_ID_LENGTH = 200
FORBIDDEN_THREAD_ID_SEQUENCES = [RUN_ID_SEPARATOR]

_END = re.compile(r"_run_([0-9]+)_([0-9a-fA-F]{8})\Z")

__all__ = [
    "RUN_ID_PREFIX",
    "RUN_ID_SEPARATOR",
    "UNIQUE_ID_LENGTH",
    "extract_thread_id_from_run_id",
    "generate_run_id",
    "is_legacy_run_id",
    "migrate_legacy_run_id_to_standard",
    "validate_run_id_format",
]


def _checked_thread(thread_id: Any) -> str:
    """Return a thread without leading ``thread_``, or say why it is none."""
    if thread_id is None or thread_id == "":
        raise ValueError("thread_id cannot be empty or None")
    if not isinstance(thread_id, str):
        raise ValueError(f"thread_id must be string, got {type(thread_id).__name__}")
    if not thread_id.strip():
        raise ValueError("thread_id cannot be empty or None")
    for sequence in FORBIDDEN_THREAD_ID_SEQUENCES:
        if sequence in thread_id:
            raise ValueError(f"thread_id cannot contain reserved sequence '{sequence}': {thread_id}")
    thread = thread_id
    while thread.startswith(RUN_ID_PREFIX):
        thread = thread[len(RUN_ID_PREFIX) :]
    if not thread:
        raise ValueError(f"thread_id cannot be empty after removing prefix: {thread_id}")
    return thread


def generate_run_id(thread_id: str, context: str = "") -> str:
    """Make a run on a thread; the context is for the log."""
    thread = _checked_thread(thread_id)
    run_id = f"{RUN_ID_PREFIX}{thread}{RUN_ID_SEPARATOR}{int(time.time() * 1000)}_{hex8()}"
    logger.debug(f"Generated run_id {run_id} for thread {thread} ({context or 'no context'})")
    return run_id


def extract_thread_id_from_run_id(run_id: str) -> str | None:
    """Return the thread of a run; None if the text is none."""
    if not isinstance(run_id, str) or not run_id.startswith(RUN_ID_PREFIX):
        return None
    match = _END.search(run_id)
    if match is None:
        return None
    return run_id[len(RUN_ID_PREFIX) : match.start()] or None


def validate_run_id_format(run_id: str, expected_thread_id: str | None = None) -> bool:
    """Tell whether a text is a run id, and of this thread if one is given."""
    thread = extract_thread_id_from_run_id(run_id)
    if thread is None:
        return False
    if expected_thread_id is None:
        return True
    if not isinstance(expected_thread_id, str):
        return False
    expected = expected_thread_id
    while expected.startswith(RUN_ID_PREFIX):
        expected = expected[len(RUN_ID_PREFIX) :]
    while thread.startswith(RUN_ID_PREFIX):
        thread = thread[len(RUN_ID_PREFIX) :]
    return bool(expected) and thread == expected


def is_legacy_run_id(run_id: str) -> bool:
    """Tell whether a text is not of this format; what is no id at all is legacy too."""
    return not validate_run_id_format(run_id)


def migrate_legacy_run_id_to_standard(
    legacy_run_id: str, thread_id: str, context: str = "migration"
) -> str:
    """Make a new run on a thread; nothing of the old id is in it."""
    run_id = generate_run_id(thread_id, context)
    logger.info(f"Migrated legacy run_id {legacy_run_id} to {run_id}")
    return run_id
