"""Writes the type information that follows from tables of the extension module; ``--check`` compares.

The classes of the kinds are made when the package is imported, from the one table of kinds; type checkers
do not import, so they are told by ``__init__.pyi``.
"""

from __future__ import annotations

import sys
from pathlib import Path

from unified_id import _native

PACKAGE = Path(__file__).parent.parent / "python" / "unified_id"

HEAD = '''# Made by tools/generate.py from the table of kinds; the test command compares.
from typing import Any, ClassVar, Final, Literal, NamedTuple, Self, TypeAlias, final, overload
import datetime as _datetime
import uuid as _uuid
from typing_extensions import Generic, TypeVar

from ._errors import IdParseError as IdParseError

_Model = TypeVar("_Model", default=Any)
_Time: TypeAlias = _datetime.datetime | int

__version__: Final[str]

class LegacyKey(str):
    @property
    def thread_key(self) -> str: ...

class Id(str, Generic[_Model]):
    prefix: ClassVar[str]
    scope_class: ClassVar[type[Id] | None]
    kind: ClassVar[str]
    def __init_subclass__(
        cls, *, prefix: str | None = None, scope: type[Id] | None = None, **arguments: Any
    ) -> None: ...
    def __new__(cls, text: str) -> Self: ...
    @classmethod
    def new(cls, *args: Any, **kwargs: Any) -> Self: ...
    @classmethod
    def new_text(cls, *args: Any, **kwargs: Any) -> str: ...
    @classmethod
    def batch(cls, *args: Any, **kwargs: Any) -> list[Self]: ...
    @classmethod
    def batch_texts(cls, *args: Any, **kwargs: Any) -> list[str]: ...
    @classmethod
    def parse(cls, text: str, /) -> Self: ...
    @classmethod
    def is_valid(cls, text: object, /) -> bool: ...
    @classmethod
    def from_uuid(cls, value: _uuid.UUID | str, *scope: str) -> Self: ...
    @classmethod
    def from_bytes(cls, data: bytes) -> Self: ...
    @classmethod
    def min_for(cls, *args: Any, **kwargs: Any) -> Self: ...
    @classmethod
    def max_for(cls, *args: Any, **kwargs: Any) -> Self: ...
    @classmethod
    def adopt(cls, text: str) -> Self: ...
    @property
    def core(self) -> str: ...
    @property
    def scope(self) -> Id | LegacyKey | None: ...
    @property
    def timestamp_ms(self) -> int | None: ...
    @property
    def datetime(self) -> _datetime.datetime | None: ...
    @property
    def uuid(self) -> _uuid.UUID: ...
    @property
    def bytes(self) -> bytes: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any) -> Self: ...
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any: ...
    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any: ...

'''

TAIL = '''
@final
class ParsedId:
    @property
    def text(self) -> str: ...
    @property
    def format(self) -> Format: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def thread(self) -> str | None: ...
    @property
    def thread_key(self) -> str | None: ...
    @property
    def user(self) -> str | None: ...
    @property
    def timestamp_ms(self) -> int | None: ...
    @property
    def time_certain(self) -> bool | None: ...
    @property
    def canonical(self) -> str | None: ...
    @property
    def ambiguous(self) -> bool: ...
    @property
    def alternatives(self) -> list[str | None]: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...

def parse_any(text: str, /, *, dialect: str | None = None) -> ParsedId: ...
def thread_key(text: str, /) -> str: ...
'''


def stub() -> str:
    """Return ``__init__.pyi``."""
    out = [HEAD]
    rows = _native.kinds()
    for prefix, scope, meaning in rows:
        name = f"{prefix.capitalize()}Id"
        out.append(f'class {name}(Id[_Model], prefix="{prefix}"):\n')
        out.append(f'    """The id of {meaning}: ``{prefix}_...``."""\n\n')
        if scope is None:
            signatures = ["", "count: int, /", "time: _Time, /"]
        else:
            signatures = ["scope: str, /", "scope: str, count: int, /", "scope: str, time: _Time, /"]
        one, many, time = (f"cls, {text}" if text else "cls" for text in signatures)
        for text in [
            f"def new({one}) -> Self: ...",
            f"def new_text({one}) -> str: ...",
            f"def batch({many}) -> list[Self]: ...",
            f"def batch_texts({many}) -> list[str]: ...",
            f"def min_for({time}) -> Self: ...",
            f"def max_for({time}) -> Self: ...",
        ]:
            out.append(f"    @classmethod\n    {text}\n")
        if scope == "thread":
            out.append("    @property\n    def thread(self) -> ThreadId | LegacyKey: ...\n")
        if scope == "user":
            out.append("    @property\n    def user(self) -> UserId: ...\n")
        if "thread" in (scope, prefix):
            out.append("    @property\n    def thread_key(self) -> str: ...\n")
        out.append("\n")
    out.append("class Context(NamedTuple):\n    user: UserId\n    thread: ThreadId\n")
    out.append("    run: RunId\n    request: RequestId\n\n")
    out.append("class UnifiedId:\n    @staticmethod\n    def parse(text: str, /) -> Id: ...\n")
    out.append("    @staticmethod\n    def context(user: str) -> Context: ...\n")
    for prefix, scope, _ in rows:
        argument = "" if scope is None else "scope: str, /"
        out.append(f"    @staticmethod\n    def {prefix}({argument}) -> {prefix.capitalize()}Id: ...\n")
    names = ["Context", "Id", "IdParseError", "LegacyKey", "ParsedId", "UnifiedId", "__version__"]
    names += ["parse_any", "thread_key", *sorted(f"{row[0].capitalize()}Id" for row in rows)]
    out.append("\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in names) + "]\n")
    formats = ",\n    ".join(f'"{name}"' for name in _native.formats())
    out.append(f"\nFormat: TypeAlias = Literal[\n    {formats},\n]\n")
    out.append(TAIL)
    return "".join(out)


def main() -> int:
    path = PACKAGE / "__init__.pyi"
    text = stub()
    if "--check" in sys.argv:
        if path.read_text() != text:
            print(f"{path} is not what tools/generate.py writes: run it and commit the file")
            return 1
        return 0
    path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
