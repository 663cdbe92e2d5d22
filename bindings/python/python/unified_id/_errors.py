"""The exceptions of the package."""

from __future__ import annotations

from typing import Any


class IdParseError(ValueError):
    """A text is not an id: what is wrong, where, and what to do.

    ``str(error)`` says what and where in one line; the fields are for programs.
    """

    code: str
    """The stable name of what is wrong: ``"wrong_kind"``, ``"lookalike"``."""
    position: int
    """The 0-based byte offset in the UTF-8 of the text."""
    expected: str | None
    """What may stand there, in a few words."""
    found: str | None
    """The character that stands there."""
    help: str
    """What to do about it, in one sentence."""

    def __init__(
        self,
        message: str,
        *,
        code: str,
        position: int = 0,
        expected: str | None = None,
        found: str | None = None,
        help: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.position = position
        self.expected = expected
        self.found = found
        self.help = help

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions are pickled by their arguments; the keyword-only ones have to be carried too.
        fields = (self.code, self.position, self.expected, self.found, self.help)
        return (_rebuild, (str(self), *fields))


def _rebuild(
    message: str, code: str, position: int, expected: str | None, found: str | None, help: str
) -> IdParseError:
    return IdParseError(
        message, code=code, position=position, expected=expected, found=found, help=help
    )


class RegistryError(Exception):
    """The registry refused, failed, or cannot be reached; ``str(error)`` says what."""

    code: str
    """The stable name of what is wrong: ``"conflict"``, ``"unparsable"``, ``"unreachable"``."""
    help: str
    """What to do about it, in one sentence."""

    def __init__(self, message: str, *, code: str, help: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.help = help

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild_registry_error, (str(self), self.code, self.help))


def _rebuild_registry_error(message: str, code: str, help: str) -> RegistryError:
    return RegistryError(message, code=code, help=help)
