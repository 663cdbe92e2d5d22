"""msgspec: hooks that read and write ids; ``msgspec.json.decode(data, type=Event, dec_hook=dec_hook)``.

msgspec writes what derives from ``str`` by itself.
"""

from __future__ import annotations

from typing import Any

from .._ids import Id


def dec_hook(type_: type, value: Any) -> Any:
    """Read an id; msgspec turns the error into its own, with the path."""
    if isinstance(type_, type) and issubclass(type_, Id):
        return type_.parse(value)
    raise NotImplementedError(f"{type_!r} is no class of ids")


def enc_hook(value: Any) -> Any:
    """Write an id, where msgspec asks."""
    if isinstance(value, Id):
        return str(value)
    raise NotImplementedError(f"{type(value)!r} is no class of ids")
