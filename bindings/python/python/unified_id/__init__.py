"""Typed, prefixed ids over one 128-bit core that is a ULID, a UUIDv7 and a TypeID suffix at once.

>>> from unified_id import RunId, ThreadId, UnifiedId
>>> thread = ThreadId.new()
>>> run = UnifiedId.run(thread)
>>> run.thread == thread and RunId.parse(run) == run
True
"""

from ._errors import IdParseError
from ._ids import KINDS, Context, Id, LegacyKey, UnifiedId
from ._native import ParsedId, __version__, parse_any, thread_key

globals().update({cls.__name__: cls for cls in KINDS.values()})

__all__ = [
    "Context",
    "Id",
    "IdParseError",
    "LegacyKey",
    "ParsedId",
    "UnifiedId",
    "__version__",
    "parse_any",
    "thread_key",
    *sorted(cls.__name__ for cls in KINDS.values()),
]
