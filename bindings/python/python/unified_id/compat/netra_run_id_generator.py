"""Stands in for ``run_id_generator``: runs are ``thread_{thread}_run_{ms}_{8 hex}``."""

from __future__ import annotations

import logging
import re
import time
import uuid

from ._shared import hex8, thread_of, without_thread

logger = logging.getLogger(__name__)

RUN_ID_PREFIX = "thread_"
RUN_ID_SEPARATOR = "_run_"
UNIQUE_ID_LENGTH = 8
MIN_THREAD_ID_LENGTH = 1
MAX_THREAD_ID_LENGTH = 200
FORBIDDEN_THREAD_ID_SEQUENCES = [RUN_ID_SEPARATOR]

# The first part takes the longest text, so the last `_run_` with such an end splits.
_RUN = re.compile(r"thread_(.+)_run_[0-9]{1,19}_[0-9a-fA-F]{8}", re.DOTALL)

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


def generate_run_id(thread_id: str, context: str = "") -> str:
    """Make a run on a thread; the context is for the log."""
    thread = thread_of(thread_id)
    if not thread.strip():
        raise ValueError("thread_id cannot be empty or None")
    digits = hex8(uuid.uuid4)  # id-lint: allow[UID002] not called
    run_id = f"thread_{thread}_run_{int(time.time() * 1000)}_{digits}"
    logger.debug("new run %s%s", run_id, context and f" for {context}")
    return run_id


def extract_thread_id_from_run_id(run_id: str) -> str | None:
    """Return the thread of a run; None if the text is none."""
    read = _RUN.fullmatch(run_id) if isinstance(run_id, str) else None
    return read and read[1]


def validate_run_id_format(run_id: str, expected_thread_id: str | None = None) -> bool:
    """Tell whether a text is a run id, and of this thread if one is given."""
    thread = extract_thread_id_from_run_id(run_id)
    if thread is None or expected_thread_id is None:
        return thread is not None
    return isinstance(expected_thread_id, str) and (
        without_thread(thread) == without_thread(expected_thread_id) != ""
    )


def is_legacy_run_id(run_id: str) -> bool:
    """Tell whether a text is not of this format; what is no id at all is legacy too."""
    return not validate_run_id_format(run_id)


def migrate_legacy_run_id_to_standard(
    legacy_run_id: str, thread_id: str, context: str = "migration"
) -> str:
    """Make a new run on a thread; nothing of the old id is in it."""
    run_id = generate_run_id(thread_id, context)
    logger.warning("run %s takes the place of %s", run_id, legacy_run_id)
    return run_id
