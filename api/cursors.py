"""Cursors: where a walk through a list stands, bound to the question it belongs to."""

import base64
import hashlib
import json
from typing import Any

from pydantic import BaseModel

from api.errors import Problem


def question(filters: BaseModel, *subject: str) -> str:
    """A short hash of everything that decides what the list holds and in which order; `limit` and `count` may change."""
    fields = type(filters).model_fields
    asked = [(name, getattr(filters, name)) for name in fields if name not in ("cursor", "limit", "count")]
    given = [(name, value) for name, value in asked if value != fields[name].default]
    return hashlib.blake2b(repr((subject, given)).encode(), digest_size=9).hexdigest()


def encode(asked: str, position: tuple[Any, ...]) -> str:
    """An opaque cursor after this position."""
    return base64.urlsafe_b64encode(json.dumps([asked, *position], separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, asked: str, types: tuple[type, ...]) -> tuple[Any, ...]:
    """The position in a cursor. Raises Problem `cursor-mismatch` when it is not one of this question."""
    position: list[Any]
    try:
        found, *position = json.loads(
            base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        )
        fits = len(position) == len(types) and all(
            type(value) is kind and not (isinstance(value, int) and abs(value) >= 2**63)
            for value, kind in zip(position, types, strict=True)
        )
    except (ValueError, TypeError, RecursionError):
        fits, found, position = False, None, []
    if not fits:
        raise Problem(
            "cursor-mismatch", "This is not a cursor that this list gave. Send `next` back as it was, or leave it out."
        )
    if found != asked:
        raise Problem(
            "cursor-mismatch", "This cursor was given for other filters. Keep all filters but `limit` as they were."
        )
    return tuple(position)
