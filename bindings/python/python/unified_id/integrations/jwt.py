"""PyJWT: claims with ids. An id is not a credential; the token's signature is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._errors import IdParseError
from .._ids import Id


def claims(*, sub: Id | None = None, jti: Id | None = None, **others: Any) -> dict[str, Any]:
    """Return claims with ids as plain texts, which every JSON writer takes."""
    ids = {"sub": sub, "jti": jti}
    return others | {name: str(id_) for name, id_ in ids.items() if id_ is not None}


def read_claims(
    payload: Mapping[str, Any], *, sub: type[Id] | None = None, jti: type[Id] | None = None
) -> dict[str, Any]:
    """Return claims with ids of these classes; IdParseError names what is not one, or missing."""
    read = dict(payload)
    for name, id_class in (("sub", sub), ("jti", jti)):
        if id_class is None:
            continue
        if not isinstance(payload.get(name), str):
            raise IdParseError(
                f"the claim {name} is missing or no text",
                code="missing_claim",
                expected=f"{id_class.prefix}_",
                help=f"make tokens with the claim {name}, the text of a {id_class.__name__}",
            )
        read[name] = id_class.parse(payload[name])
    return read
