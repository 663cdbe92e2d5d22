"""Typed ids: classes that derive from ``str``, one per kind.

The functions that make and read ids (``new``, ``parse``, ``batch``...) are put into each class by the
extension module, which creates the objects itself; this module holds what is asked of an id afterwards.
"""

from __future__ import annotations

import sys
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, cast

from . import _native

if TYPE_CHECKING:
    import datetime
    import uuid

_CLASSES: dict[str, type[Id]] = {}


class LegacyKey(str):
    """The key of a thread that is older than this format, as it stands in the ids of its runs."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"LegacyKey({str.__repr__(self)})"

    @property
    def thread_key(self) -> str:
        """The key by which a router compares threads."""
        return _native.thread_key(self)


class Id(str):
    """A typed id: its canonical text, and a class that says what it stands for.

    >>> class OrderId(Id, prefix="order"): ...
    >>> order = OrderId.new()
    >>> OrderId.parse(order) == order
    True
    """

    __slots__ = ()
    prefix: ClassVar[str]
    scope_class: ClassVar[type[Id] | None]
    _spec: ClassVar[_native.Spec]

    def __init_subclass__(
        cls, *, prefix: str | None = None, scope: type[Id] | None = None, **arguments: Any
    ) -> None:
        super().__init_subclass__(**arguments)
        inherited = getattr(cls, "prefix", None)
        if prefix is None:
            if scope is not None:
                raise TypeError(f"{cls.__name__} has a scope, but no prefix")
            if inherited is None:
                return  # An abstract class: a place for what several kinds have in common.
            prefix, scope = inherited, cls.scope_class
        elif inherited is not None and inherited != prefix:
            raise TypeError(
                f"{cls.__name__} derives from {inherited!r} and cannot have the prefix {prefix!r}:"
                " an id of one kind is not one of another"
            )
        else:
            _claim(cls, prefix)
            if scope is not None and getattr(scope, "scope_class", None) is not None:
                raise TypeError(f"{scope.__name__} has a scope itself and cannot be one")
        cls.prefix = prefix
        cls.scope_class = scope
        scope_prefix = None if scope is None else scope.prefix
        cls._spec = _native.Spec(cls, prefix, scope_prefix, scope)
        for name, function in cls._spec.functions().items():
            setattr(cls, name, function)

    def __class_getitem__(cls, model: Any) -> GenericAlias:
        """``OrderId[Order]`` is ``OrderId`` to the interpreter, and an id of an order to a type checker."""
        return GenericAlias(cls, model)

    def __new__(cls, text: str) -> Id:
        return cls.parse(text)

    @classmethod
    def parse(cls, text: str, /) -> Id:
        """Read the text of an id; on ``Id`` itself, of any built-in kind."""
        if cls is not Id:
            raise TypeError(f"{cls.__name__} has no prefix: give it one, as in class X(Id, prefix=...)")
        return _CLASSES[_native.kind_of(text)].parse(text)

    @classmethod
    def new(cls, *args: Any, **kwargs: Any) -> Any:
        """Make a new id; classes with a prefix have a function of their own."""
        raise TypeError(f"{cls.__name__} has no prefix: make an id of a kind, as in ThreadId.new()")

    new_text = batch = batch_texts = new

    @classmethod
    def is_valid(cls, text: object, /) -> bool:
        """Tell whether ``parse`` would read this object; never raises."""
        try:
            cls.parse(text)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return False
        return True

    @classmethod
    def from_uuid(cls, value: uuid.UUID | str, *scope: str) -> Any:
        """Make the id that has the 128 bits of a UUID; of a scoped kind, on a scope."""
        bits = value.bytes if hasattr(value, "bytes") else _uuid(value).bytes
        return cls._spec.of_core(_scope(cls, scope), bits)

    @classmethod
    def from_bytes(cls, data: bytes) -> Any:
        """Make the id of what ``.bytes`` gave: 16 bytes, 32 of a scoped kind, or a text."""
        if cls.scope_class is None and len(data) == 16:
            return cls._spec.of_core(None, data)
        # The text of an id on an older thread may be as long as two cores; as a time its prefix would be in the year 5000.
        is_text = data.startswith(f"{cls.prefix}_".encode())
        if cls.scope_class is not None and len(data) == 32 and not is_text:
            return cls._spec.of_core(cls.scope_class.from_bytes(data[:16]), data[16:])
        return cls.parse(data.decode())

    @classmethod
    def min_for(cls, *args: Any, **kwargs: Any) -> Any:
        """Return the smallest id of a time; of a scoped kind, ``min_for(scope, time)``."""
        return _bound(cls, args, kwargs, is_greatest=False)

    @classmethod
    def max_for(cls, *args: Any, **kwargs: Any) -> Any:
        """Return the greatest id of a time; of a scoped kind, ``max_for(scope, time)``."""
        return _bound(cls, args, kwargs, is_greatest=True)

    @classmethod
    def adopt(cls, text: str) -> Any:
        """Make the id that an old text has in every process and language."""
        if cls.scope_class is not None:
            raise TypeError(f"ids of {cls.__name__} have a scope; adopt the thread or user")
        return cls._spec.of_core(None, _native.adopt(cls.prefix, text))

    kind: ClassVar[property]

    @property
    def core(self) -> str:
        """The 26 characters of the id's own core: a ULID."""
        return _native.core_text(self)

    @property
    def scope(self) -> Id | LegacyKey | None:
        """What the id carries between prefix and core."""
        if self.scope_class is None:
            return None
        text = self[len(self.prefix) + 1 : -27]
        core = f"{self.scope_class.prefix}_{text}"
        # A key may have the length of a core.
        return self.scope_class.parse(core) if self.scope_class.is_valid(core) else LegacyKey(text)

    @property
    def timestamp_ms(self) -> int | None:
        """The Unix time in milliseconds at which the id was made, if its bits hold a certain one."""
        return _native.core_time(self)

    @property
    def datetime(self) -> datetime.datetime | None:
        """The time at which the id was made, in UTC, if its bits hold a certain one."""
        timestamp_ms = _native.core_time(self)
        if timestamp_ms is None:
            return None
        import datetime

        start = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        return start + datetime.timedelta(milliseconds=timestamp_ms)

    @property
    def uuid(self) -> uuid.UUID:
        """The UUID of the id's own core; of a scoped kind it does not say the scope."""
        return _uuid(_native.uuid_text(self))

    @property
    def bytes(self) -> bytes:
        """16 bytes; 32 with the core of a scope; the text of an id on an older thread."""
        scope = self.scope
        if scope is None:
            return _native.core_bytes(self)
        if isinstance(scope, LegacyKey):
            return self.encode()
        return _native.core_bytes(scope) + _native.core_bytes(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str.__repr__(self)})"

    def __copy__(self) -> Id:
        return self

    def __deepcopy__(self, memo: Any) -> Id:
        return self

    # The integrations are asked by their libraries; nothing of those is imported before.

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from .integrations.pydantic import core_schema_of

        return core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> Any:
        from .integrations.pydantic import json_schema_of

        return json_schema_of(cls)


class _Kind:
    """The name of the kind, on the class and on its ids."""

    def __get__(self, instance: Id | None, owner: type[Id]) -> str | None:
        return getattr(owner, "prefix", None)


Id.kind = _Kind()  # type: ignore[assignment]


def _claim(cls: type[Id], prefix: str) -> None:
    """Note the class of a prefix, which belongs to one class alone."""
    known = _CLASSES.get(prefix)
    # A module that is loaded anew, as in a notebook, defines the same class again.
    if known is not None and (known.__module__, known.__qualname__) != (
        cls.__module__,
        cls.__qualname__,
    ):
        raise ValueError(
            f"the prefix {prefix!r} belongs to {known.__module__}.{known.__qualname__}:"
            " one prefix, one kind"
        )
    if not (1 <= len(prefix) <= 32 and prefix.isascii() and prefix.isalpha() and prefix.islower()):
        raise ValueError(f"a prefix has 1 to 32 lower-case letters a to z; {prefix!r} has not")
    _CLASSES[prefix] = cls


def _scope(cls: type[Id], scope: tuple[Any, ...]) -> Any:
    expected = 0 if cls.scope_class is None else 1
    if len(scope) != expected:
        what = "no scope" if cls.scope_class is None else f"one scope, a {cls.scope_class.__name__}"
        raise TypeError(f"{cls.__name__} takes {what}; {len(scope)} were given")
    return scope[0] if scope else None


def _bound(
    cls: type[Id], arguments: tuple[Any, ...], named: dict[str, Any], *, is_greatest: bool
) -> Any:
    if not arguments or named:
        raise TypeError("a time is needed, after the scope: a datetime with a zone, or Unix milliseconds")
    *scope, time = arguments
    return cls._spec.bound(_scope(cls, tuple(scope)), milliseconds(time), is_greatest)


def milliseconds(time: Any) -> int:
    """Return Unix milliseconds of a datetime with a zone, or of milliseconds."""
    if isinstance(time, bool) or not (isinstance(time, int) or hasattr(time, "utcoffset")):
        raise TypeError(f"a time is a datetime or Unix milliseconds as int, not {time!r}")
    if not isinstance(time, int):
        if time.utcoffset() is None:
            raise ValueError("the datetime has no time zone: say which one, as with tzinfo=UTC")
        import datetime

        start = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
        time = (time - start) // datetime.timedelta(milliseconds=1)
    if not 0 <= time < 1 << 48:
        raise ValueError(f"a time of an id is from 1970 on and has 48 bits of milliseconds, not {time}")
    return int(time)


def _uuid(text: str) -> uuid.UUID:
    import uuid

    return uuid.UUID(text)


def _make_kinds() -> dict[str, type[Id]]:
    """Make the classes of the table of kinds, which the extension module has."""
    table = {prefix: (scope, meaning) for prefix, scope, meaning in _native.kinds()}
    made: dict[str, type[Id]] = {}
    # Scopes first.
    for prefix, (scope, meaning) in sorted(table.items(), key=lambda row: row[1][0] is not None):
        body: dict[str, Any] = {
            "__slots__": (),
            "__doc__": f"The id of {meaning}: ``{prefix}_...``.",
            "__module__": "unified_id",
        }
        if scope is not None:
            body[scope] = Id.scope
        name = f"{prefix.capitalize()}Id"
        make_class = cast("Any", type(Id))
        cls = make_class(name, (Id,), body, prefix=prefix, scope=made[scope] if scope else None)
        if scope == "thread":
            cls.thread_key = property(lambda self: _native.thread_key(self.scope))
        if prefix == "thread":
            cls.thread_key = property(_native.thread_key)
        made[prefix] = cls
        setattr(sys.modules[__name__], name, cls)
    return {prefix: made[prefix] for prefix in table}


KINDS = _make_kinds()


class UnifiedId:
    """The constructors of all built-in kinds, and the reader of their texts.

    >>> run = UnifiedId.run(UnifiedId.thread())
    >>> UnifiedId.parse(run) == run
    True
    """

    __slots__ = ()

    @staticmethod
    def parse(text: str, /) -> Id:
        """Read the text of an id of any built-in kind and give it its class."""
        return Id.parse(text)

    @staticmethod
    def context(user: str) -> Context:
        """Make a thread, a run on it and a request, which belong together."""
        thread_id = KINDS["thread"].new()
        return Context(
            KINDS["user"].parse(user),
            thread_id,
            KINDS["run"].new(thread_id),
            KINDS["request"].new(),
        )


for _prefix, _class in KINDS.items():
    # The functions of the classes themselves: not one call more.
    setattr(UnifiedId, _prefix, staticmethod(_class.new))
del _prefix, _class


class Context(NamedTuple):
    """The ids of one request of a user."""

    user: Any
    thread: Any
    run: Any
    request: Any
