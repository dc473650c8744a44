"""Things put in the place of what stands, whole: what an import does with any noun but a record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.errors import Problem, invalid
from api.store import (
    actors,
    affiliations,
    checks,
    codings,
    differences,
    documents,
    grades,
    nouns,
    reactions,
    sources,
    topics,
    versioned,
)
from api.store.checks import Json
from api.store.documents import Rendered
from api.store.sessions import Writing
from api.store.versioned import Noun, Row
from schemas.parts import ReactsTo
from schemas.problems import Fault

_GRADED = "confidence"
_NAMED: Mapping[str, tuple[Noun, str]] = {
    "actor": (actors.NOUN, actors.PATH), "source": (sources.NOUN, sources.PATH), "topic": (topics.NOUN, topics.PATH),
}  # fmt: skip
# What tells a link or a stay from others, and is no part of its versions.
_LINK = ("from", "to", "type", "topic")


@dataclass(frozen=True, slots=True)
class Put:
    """What was done: created, changed or unchanged."""

    action: str
    path: str
    fields: Sequence[Json] = field(default_factory=list)


def put(writing: Writing, noun: str, uid: str | None, sent: Json) -> Put:
    """Make a thing, or have it say what is sent. Raises Problem as its POST does."""
    if noun in _NAMED:
        return _named(writing, *_NAMED[noun], sent)
    return _WAYS[noun](writing, uid, sent)


def answer(writing: Writing, uid: str, links: Sequence[ReactsTo]) -> None:
    """Link a new record to what it answers. Raises Problem as POST /v1/reactions does."""
    for link in links:
        reactions.create(writing, {"from": uid, "to": link.id, "type": link.type})


def _named(writing: Writing, noun: Noun, path: str, sent: Json) -> Put:
    rows = (
        versioned.select(noun, writing, "i.slug = :slug", {"slug": sent.get("slug")}) if _is_text(sent, "slug") else []
    )
    if not rows or rows[0].is_deleted:
        return _made(versioned.create_named(noun, writing, sent, path))
    return _settled(writing, noun, rows[0], path, sent)


def _settled(writing: Writing, noun: Noun, row: Row, path: str, sent: Json) -> Put:
    before = versioned.rendered(noun, writing, row, path)
    checked = checks.check(
        writing, noun.shape, sent, noun.named, also=grades.faults(sent) if _GRADED in noun.shape.model_fields else ()
    )
    after = versioned.settle(
        noun, writing, row, path, before, grades.put(checked) if _GRADED in noun.shape.model_fields else checked
    )
    if after.version == before.version:
        return Put("unchanged", before.path)
    return Put("changed", after.path, differences.beside(documents.loads(before.body), documents.loads(after.body)))


def _made(rendered: Rendered) -> Put:
    return Put("created", rendered.path)


def _affiliation(writing: Writing, uid: str | None, sent: Json) -> Put:
    member = _slug(sent, "actor")
    body = {name: value for name, value in sent.items() if name != "actor"}
    rows = []
    if uid is not None:
        rows = versioned.select(affiliations.NOUN, writing, "i.uid = :uid AND v.is_deleted = 0", {"uid": uid})
    known = nouns.identities(writing, "actor", [slug for slug in (member, body.get("group")) if isinstance(slug, str)])
    if not rows and member in known and body.get("group") in known:
        rows = versioned.select(
            affiliations.NOUN, writing,
            "v.is_deleted = 0 AND v.member_id = :member AND v.group_id = :group_id AND v.dates = :dates AND coalesce(v.role, '') = :role",
            {"member": known[member], "group_id": known[body["group"]], "dates": str(body.get("dates")), "role": str(body.get("role") or "")},
        )  # fmt: skip
    if not rows:
        return _made(affiliations.create(writing, member, body, _free(writing, affiliations.NOUN, uid)))
    if known.get(member) != rows[0].columns["member_id"]:
        raise _fixed("actor", "An affiliation stays with its actor: leave the id out to make another.")
    return _settled(writing, affiliations.NOUN, rows[0], f"{actors.PATH}/{member}/affiliations", body)


def _reaction(writing: Writing, uid: str | None, sent: Json) -> Put:
    try:
        return _made(reactions.create(writing, sent, _free(writing, reactions.NOUN, uid)))
    except Problem as problem:
        if problem.code != "exists":
            raise
        path = str(problem.members["existing"])
    row = versioned.select(reactions.NOUN, writing, "i.uid = :uid", {"uid": path.rpartition("/")[2]})[0]
    body = {name: value for name, value in sent.items() if name not in _LINK}
    return _settled(writing, reactions.NOUN, row, reactions.PATH, body)


def _coding(writing: Writing, _uid: str | None, sent: Json) -> Put:
    statement, coder = str(sent.get("statement")), str(sent.get("coder"))
    body = {name: value for name, value in sent.items() if name not in ("statement", "coder")}
    stands = codings.version_of(writing, statement, coder)
    after = codings.put(writing, statement, coder, body, None if stands is None else [stands])
    if stands is None:
        return _made(after)
    return Put("unchanged" if after.version == stands else "changed", after.path)


_WAYS: Mapping[str, Callable[[Writing, str | None, Json], Put]] = {
    "affiliation": _affiliation, "reaction": _reaction, "coding": _coding,
}  # fmt: skip


def _free(writing: Writing, noun: Noun, uid: str | None) -> str | None:
    """The id, unless something has it: then a new one is drawn."""
    taken = uid is None or versioned.select(noun, writing, "i.uid = :uid", {"uid": uid})
    return None if taken else uid


def _is_text(sent: Json, name: str) -> bool:
    return isinstance(sent.get(name), str)


def _slug(sent: Json, name: str) -> Any:
    value = sent.get(name)
    value = value.get("slug") if isinstance(value, dict) else value
    if not isinstance(value, str):
        raise invalid([Fault(where=f"body.{name}", message=f"{name} is missing", hint="Give the slug of an actor.")])
    return value


def _fixed(name: str, hint: str) -> Problem:
    return invalid([Fault(where=f"body.{name}", message=f"{name} can't be changed", hint=hint)])
