"""pydantic v2: ids as fields, in Python and JSON, with a JSON schema. FastAPI takes them from here too.

Found by the classes themselves: ``class Event(BaseModel): run: RunId`` is all that is to be written.
"""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticCustomError, core_schema

from .. import _native
from .._errors import IdParseError
from .._ids import Id

_CORE = "[0-7][0-9a-hjkmnp-tv-z]{25}"
_KEY = "[A-Za-z0-9][A-Za-z0-9_-]{0,199}"
_EXAMPLE = "01m7wqt1fbff4sq3bgc5bhn9e0"


def core_schema_of(cls: type[Id]) -> core_schema.CoreSchema:
    """Return how a value is checked: a ``str`` that the class reads, in both modes, strict or not."""
    parse = cls.parse

    def check(value: str) -> Id:
        try:
            return parse(value)
        except IdParseError as error:
            # Types of errors are stable, so that clients may branch on them: `unified_id_lookalike`.
            raise PydanticCustomError(
                f"unified_id_{error.code}",
                "{message}; {help}",
                {"message": str(error), "help": error.help, "position": error.position},
            ) from None

    # A plain function first: of what is an id already pydantic makes no copy.
    return core_schema.no_info_after_validator_function(
        check,
        core_schema.str_schema(strict=True),
        serialization=core_schema.to_string_ser_schema(when_used="json"),
    )


def json_schema_of(cls: type[Id]) -> dict[str, Any]:
    """Return the JSON schema: a text with a pattern and an example."""
    schema: dict[str, Any] = {"type": "string", "title": cls.__name__}
    prefix = getattr(cls, "prefix", None)
    if prefix is None:
        return schema
    scope, example = "", ""
    if cls.scope_class is not None:
        is_thread = any(row[:2] == (prefix, "thread") for row in _native.kinds())
        scope = f"({_CORE}|{_KEY})_" if is_thread else f"{_CORE}_"
        example = f"{_EXAMPLE}_"
    schema["pattern"] = f"^{prefix}_{scope}{_CORE}$"
    schema["examples"] = [f"{prefix}_{example}{_EXAMPLE}"]
    return schema
