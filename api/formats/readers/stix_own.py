"""STIX bundles that this service wrote: each record comes back as it was, out of the extension that holds what STIX has no place for.

What the extension does not name is dropped nowhere: the title, the words, the language and the tags stand in members of
STIX itself. Of actors, topics and sources the bundle has slug and name alone; those that are not there yet are made of them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeGuard

from api.formats.readers.drafts import Draft
from api.formats.readers.texts import clean, line
from api.formats.writers.bundles import identifier
from schemas.events import EventCreate
from schemas.fields import SLUG
from schemas.statements import RecordCreate, StatementCreate
from schemas.transfers import Json, Need, Reject, Row
from schemas.vocabularies import ActorKind

_NOUNS: Final = {"note": "statement", "report": "event"}
_SHAPES: Final[dict[str, type[RecordCreate]]] = {"note": StatementCreate, "report": EventCreate}
# Where the words of a note end and what is told of them begins.
_TOLD: Final = re.compile(r"(?:^|\n)Date: [^\n]*\nWho: ")


EXTENSION: Final = identifier("extension-definition", "record")


def extension(told: Mapping[str, Any]) -> Json | None:
    """What this service wrote of a record; None for an object of anybody else."""
    found = told.get("extensions")
    own = found.get(EXTENSION) if isinstance(found, dict) and told.get("type") in _NOUNS else None
    return own if isinstance(own, dict) else None


def row(draft: Draft, told: Json, own: Json, names: Mapping[str, str]) -> Row | Reject:
    """The record that an object was written of. Whether it is in order is for the import to say."""
    kind = told["type"]
    draft.noun = "statement" if _NOUNS[kind] == "statement" else "event"
    members = _SHAPES[kind].model_fields
    body = {name: value for name, value in own.items() if name in members}
    topics = _dicts(own.get("topics"))
    labels = told.get("labels") if isinstance(told.get("labels"), list) else []
    words = {"title": told.get("abstract"), **_words(told, own)} if kind == "note" else {"title": told.get("name"), "summary": told.get("description")}  # fmt: skip
    shared = {"id": own.get("record_id"), **words, "tags": (labels or [])[len(topics) :]}
    if kind == "note":
        shared["language"] = told.get("lang")
    draft.body = {name: value for name, value in shared.items() if value not in (None, "", [])} | body
    draft.body["confidence"] = _confidence(told, own)
    draft.columns = {"title": ("abstract" if kind == "note" else "name", line(draft.body.get("title"))[:200])}
    for need in _needs(told, own, topics, names):
        draft.need(need)
    return draft.done()


def _words(told: Json, own: Json) -> Json:
    """The summary and the quote of a note, which stand before what is told of it in its content."""
    content = told.get("content")
    if not isinstance(content, str) or not (end := _TOLD.search(content)):
        return {"summary": content}
    head = content[: end.start()]
    translation = own.get("translation")
    if isinstance(translation, str) and head.endswith(translation):
        head = head.removesuffix(translation).removesuffix("\n")
    start = 0 if head.startswith("“") else head.find("\n“") + 1
    if head.endswith("”") and (start or head.startswith("“")):
        return {"summary": head[:start].removesuffix("\n"), "quote": head[start + 1 : -1]}
    return {"summary": head}


def _confidence(told: Json, own: Json) -> Any:
    """The confidence as it was given, with its scale; an Admiralty grade goes with one citation alone."""
    given = own.get("confidence_given")
    if not isinstance(given, dict) or "value" not in given:
        return told.get("confidence")
    several = len(_dicts(own.get("citations"))) != 1
    return told.get("confidence") if given.get("scale") == "admiralty" and several else given


def _needs(told: Json, own: Json, topics: list[Json], names: Mapping[str, str]) -> Iterator[Need]:
    actors = [own.get("actor"), own.get("on_behalf_of"), *(one.get("actor") for one in _dicts(own.get("participants")))]
    for slug in actors:
        if _is_slug(slug):
            name = names.get(identifier("identity", slug), slug)
            yield Need("actor", {"slug": slug, "kind": ActorKind.ORGANIZATION.value, "name": name[:200]})
    for slug in (one.get("topic") for one in topics):
        if _is_slug(slug):
            name = names.get(identifier("grouping", slug), slug)
            described = "From a STIX bundle, which holds no propositions: word it."
            proposition = "The parties should do what the name of this topic says."
            yield Need(
                "topic", {"slug": slug, "name": name[:200], "proposition": proposition, "description": described}
            )
    referred = _dicts(told.get("external_references"))
    for index, cited in enumerate(_dicts(own.get("citations"))):
        slug = cited.get("source")
        if _is_slug(slug):
            name = clean(referred[index].get("source_name")) if index < len(referred) else ""
            yield Need("source", {"slug": slug, "name": name[:200] or slug})


def _is_slug(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= 100 and re.fullmatch(SLUG, value) is not None


def _dicts(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
