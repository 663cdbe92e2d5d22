"""Django: ``IdField``, a model field of ids of one class."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.deconstruct import deconstructible

from .._errors import IdParseError
from .._ids import Id


@deconstructible
class New:
    """Makes new ids; unlike the class's own function it can stand in a migration."""

    def __init__(self, id_class: type[Id]) -> None:
        self.id_class = id_class

    def __call__(self) -> Id:
        made: Id = self.id_class.new()
        return made

    def __eq__(self, other: object) -> bool:
        return isinstance(other, New) and self.id_class is other.id_class

    def __hash__(self) -> int:
        return hash(self.id_class)


class IdField(models.CharField):  # type: ignore[misc]
    """A text column of ids of one class; ``IdField(OrderId, primary_key=True, default=OrderId.new)``."""

    def __init__(self, id_class: type[Id], *args: Any, **kwargs: Any) -> None:
        self.id_class = id_class
        scope = 201 if id_class.scope_class else 0
        kwargs.setdefault("max_length", len(id_class.prefix) + 27 + scope)
        if kwargs.get("default") == id_class.new:
            kwargs["default"] = New(id_class)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Return how a migration makes this field."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.id_class, *args], kwargs

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Id | None:
        """Read a value that comes from the database."""
        return None if value is None else self.id_class.parse(value)

    def to_python(self, value: Any) -> Id | None:
        """Read a value of a form or of code."""
        if value is None:
            return None
        try:
            return self.id_class.parse(value)
        except IdParseError as error:
            raise ValidationError(f"{error}; {error.help}", code=error.code) from None
        except TypeError as error:
            raise ValidationError(str(error), code="wrong_type") from None

    def get_prep_value(self, value: Any) -> str | None:
        """Check a value on its way into the database."""
        return None if value is None else str(self.id_class.parse(value))
