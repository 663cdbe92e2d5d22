"""SQLAlchemy 2: ``IdType``, a column of ids of one class, as text or as UUID."""

from __future__ import annotations

import uuid
from typing import Any, Literal

from sqlalchemy import String, Uuid
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from .._ids import Id


class IdType(TypeDecorator[Id]):
    """A column of ids of one class.

    ``IdType(RunId)`` is text with a binary collation where the database has one; ``IdType(ThreadId,
    storage="uuid")`` is the database's UUID, for kinds without a scope.
    """

    impl = String
    cache_ok = True

    def __init__(
        self,
        id_class: type[Id],
        storage: Literal["text", "uuid"] = "text",
        length: int | None = None,
    ) -> None:
        if storage not in ("text", "uuid"):
            raise ValueError(f"ids are stored as 'text' or 'uuid', not {storage!r}")
        if storage == "uuid" and id_class.scope_class is not None:
            raise TypeError(
                f"a UUID has no room for the scope of {id_class.__name__}: it would be lost; store it as text"
            )
        self.id_class = id_class
        self.storage = storage
        # A prefix, a core and, of scoped kinds, room for the key of an old thread.
        self.length = length or len(id_class.prefix) + 27 + (201 if id_class.scope_class else 0)
        super().__init__(self.length)

    @property
    def python_type(self) -> type[Id]:
        """The class of the ids."""
        return self.id_class

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type: text is compared by bytes, which is the order of time."""
        if self.storage == "uuid":
            return dialect.type_descriptor(Uuid(as_uuid=True))
        collation = {"postgresql": "C", "sqlite": "BINARY"}.get(dialect.name)
        return dialect.type_descriptor(String(self.length, collation=collation))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Check a value on its way into the database."""
        if value is None:
            return None
        if isinstance(value, uuid.UUID):
            value = self.id_class.from_uuid(value)
        checked = self.id_class.parse(value)
        # Drivers tell texts by their exact class.
        return checked.uuid if self.storage == "uuid" else str(checked)

    def process_result_value(self, value: Any, dialect: Dialect) -> Id | None:
        """Read a value that comes from the database."""
        if value is None:
            return None
        read: Id = (
            self.id_class.from_uuid(value)
            if self.storage == "uuid"
            else self.id_class.parse(value)
        )
        return read

    def __repr__(self) -> str:
        # What Alembic writes into a migration, behind the name of this module.
        storage = "" if self.storage == "text" else f", storage={self.storage!r}"
        return f"IdType({self.id_class.__module__}.{self.id_class.__qualname__}{storage})"


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write an ``IdType`` into a migration of Alembic, with the imports that it needs.

    In ``env.py``: ``context.configure(..., render_item=render_item)``.
    """
    if kind != "type" or not isinstance(item, IdType):
        return False
    autogen_context.imports |= {f"import {__name__}", f"import {item.id_class.__module__}"}
    return f"{__name__}.{item!r}"
