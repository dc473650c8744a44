"""Who wrote a STIX object and where it stands: its actor, its source and its citations."""

from typing import Final

from api.formats.readers import nouns
from api.formats.readers.constants import Constants
from api.formats.readers.drafts import Draft, instant, is_url
from api.formats.readers.files.cells import shorten
from api.formats.readers.stix_index import Index, listed
from api.formats.readers.texts import clean, line
from schemas.transfers import Json, Need
from schemas.vocabularies import ActorKind

SYSTEM: Final = "stix"
_AUTHOR: Final = nouns.unnamed(
    "unnamed-stix-author", "Unnamed author of a STIX object", "Stands for authors that a STIX bundle does not name."
)


def author(draft: Draft, told: Json, index: Index, given: Constants) -> None:
    """Give the actor of an object: who made it, else who is said to have, else the name of an author."""
    by = told.get("created_by_ref")
    if isinstance(by, str) and by in index.actors:
        draft.put("actor", draft.need(index.actors[by]), "created_by_ref")
        return
    if isinstance(by, str):
        draft.warn("created_by_ref", by, "is no identity that the file holds with a name")
    if given.actor:
        draft.body["actor"] = given.actor
    else:
        names = [name for name in (line(one) for one in listed(told.get("authors"))) if name]
        who = nouns.actor(names[0], ActorKind.PERSON) if names else _AUTHOR
        draft.put("actor", draft.need(who), "authors" if names else "created_by_ref", names[0] if names else by or "")


def citations(draft: Draft, told: Json, index: Index, given: Constants) -> list[Json]:
    """The object itself, published by its author, and what it refers to; all of one origin, for it is one account."""
    by = told.get("created_by_ref")
    origin = f"{SYSTEM}:{told['id']}"
    first: Json = {"source": _publisher(draft, by, index, given), "locator": told["id"], "origin": origin}
    if (published := instant(told.get("published") or told.get("created"))) is not None:
        first["published_at"] = published
    found = [first]
    for reference in listed(told.get("external_references"))[:99]:
        if not isinstance(reference, dict):
            continue
        url, name = clean(reference.get("url")), line(reference.get("source_name"))
        locator, excerpt = (
            shorten(line(reference.get("external_id")), 300),
            shorten(clean(reference.get("description")), 5000),
        )
        if url and not is_url(url):
            draft.warn("external_references", url, "is no web address and is left out")
            url = ""
        if not (url or locator or excerpt) or not (url or name):
            draft.warn("external_references", name, "has no address, id or description, and is left out")
            continue
        source = draft.need(nouns.source(name) if name else nouns.site(url))
        parts = {"url": url, "locator": locator, "excerpt": excerpt}
        found.append(
            {"source": source, "role": "report", "origin": origin} | {key: part for key, part in parts.items() if part}
        )
    return found


def _publisher(draft: Draft, by: object, index: Index, given: Constants) -> str:
    if isinstance(by, str) and by in index.actors:
        owner = index.actors[by]
        draft.need(owner)
        return draft.need(nouns.source(owner.body["name"], owner.body["slug"]))
    if given.source:
        return given.source
    return draft.need(Need("source", {"slug": "stix-bundle", "name": "A STIX bundle that names no author"}))
