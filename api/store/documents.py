"""Rendered answers: JSON written once with gaps for names, and the names put in for each page.

A gap is a key between two 0x1f bytes. JSON escapes control characters, so none ever occurs in a document by itself.
Keys: `a12`, `s3`, `t7` stand for the actor, source or topic with that id; `r55` for the members that other records
give to record 55; `c` and the basis of a corroboration for the members that follow from it and from who owns the sources.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GAP = b"\x1f"
LETTERS = {"actor": "a", "source": "s", "topic": "t"}
_ANSWERS = b"," + GAP + b"r"
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
NO_ANSWERS = b'"retracted_by":[],"denied_by":[],"clarified_by":[]'


def gap(noun: str, identity: int | None) -> str | None:
    """What stands in a document where a noun is shown; None stays null."""
    return None if identity is None else f"\x1f{LETTERS[noun]}{identity}\x1f"


def dumps(value: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return _ENCODE(value).encode()


def loads(body: bytes) -> dict[str, Any]:
    """A rendered body, read back."""
    value: dict[str, Any] = json.loads(body)
    return value


def render(members: Mapping[str, Any], record_id: int | None = None, basis: str = "") -> bytes:
    """A document with gaps; with a record's id also those for what its basis comes to and what other records say of it."""
    text = _ENCODE(members)
    document = text.replace('"\\u001f', "\x1f").replace('\\u001f"', "\x1f").encode()
    if record_id is None:
        return document
    return weighed(document[:-1] + b"," + GAP + b"r%d" % record_id + GAP + b"}", basis)


def weighed(document: bytes, basis: str) -> bytes:
    """A record's document with the gap for what the basis of its corroboration comes to, before its last gap."""
    content, _, answers = document.rpartition(_ANSWERS)
    return content + b"," + GAP + b"c" + basis.encode() + GAP + _ANSWERS + answers


def worth(corroboration: int, is_primary: bool) -> bytes:
    """What fills that gap."""
    return b'"corroboration":%d,"primary":%s' % (corroboration, b"true" if is_primary else b"false")


def with_member(document: bytes, name: str, value: Any) -> bytes:
    """A document with one more member at its end."""
    return document[:-1] + b"," + dumps(name) + b":" + dumps(value) + b"}"


def content(document: bytes) -> dict[str, Any]:
    """What a document with gaps says, without which version says it, when and by whom."""
    parts = document.split(GAP)
    for index in range(1, len(parts), 2):
        parts[index] = b'"gaps":0' if parts[index][:1] in (b"c", b"r") else b'"' + parts[index] + b'"'
    said = loads(b"".join(parts))
    return {
        name: value
        for name, value in said.items()
        if name not in ("version", "recorded_at", "changed_at", "recorded_by", "gaps")
    }


def noun(slug: str, name: str) -> bytes:
    """How a noun is shown inside a document."""
    return dumps({"slug": slug, "name": name})


def splice(bodies: Iterable[bytes], known: Mapping[bytes, bytes], others: Mapping[bytes, bytes] | None = None) -> bytes:
    """The documents, joined by commas, with their gaps filled: one split, one map, one join for a whole page.

    `others` goes before `known`; it is empty for most pages.
    """
    parts = b",".join(bodies).split(GAP)
    if others:
        parts[1::2] = [others[key] if key in others else known[key] for key in parts[1::2]]
    else:
        parts[1::2] = map(known.__getitem__, parts[1::2])
    return b"".join(parts)


def etag(version: int, body: bytes) -> str:
    """The tag of one representation: its version, which If-Match compares, and a hash that also sees a renamed noun."""
    return f'"{version}-{hashlib.blake2b(body, digest_size=8).hexdigest()}"'


@dataclass(frozen=True, slots=True)
class Rendered:
    """One thing as it is answered."""

    path: str
    version: int
    body: bytes
    created: bool = False

    @property
    def etag(self) -> str:
        """Its strong entity tag."""
        return etag(self.version, self.body)


@dataclass(frozen=True, slots=True)
class Listed:
    """One page as it is answered; `tag` changes when anything on the page does."""

    items: bytes
    next: str | None
    tag: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Fed:
    """One page of a feed as it is answered: it always says where to go on, and whether there is more already.

    `ids` has for each item the cursor to go on from behind it.
    """

    items: Sequence[bytes]
    ids: Sequence[str]
    next: str
    more: bool


def tag_of(items: bytes) -> str:
    """The entity tag of a list, from its items."""
    return f'"{hashlib.blake2b(items, digest_size=12).hexdigest()}"'
