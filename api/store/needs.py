"""Nouns that rows of an import name: found by slug or by name, or made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from api.errors import Problem
from api.store import actors, affiliations, nouns, sources, topics
from api.store.sessions import Gathering, Reading
from schemas.fields import fold
from schemas.problems import Fault
from schemas.transfers import Need

Name = tuple[str, str]  # noun and slug
# What the body of a need names, and of which noun that is.
_REFERENCES = (("source", "owner", "actor"), ("topic", "parent", "topic"))
_MAKE = {"actor": actors.create, "source": sources.create, "topic": topics.create}


@dataclass(slots=True)
class Met:
    """What became of needs: the id for each noun and slug wanted, what was made, and why some could not be."""

    identities: dict[Name, int] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    unmet: dict[Name, list[Fault]] = field(default_factory=dict)


def meet(writing: Gathering, needs: Iterable[Need], met: Met) -> None:
    """Find or make what is needed, in the order in which it is named."""
    wanted: dict[Name, Need] = {}
    for need in needs:
        name: Name = (need.noun, str(need.body.get("slug")))
        if name not in met.identities and name not in met.unmet:
            wanted.setdefault(name, need)
    for noun in sorted({noun for noun, _ in wanted}):
        slugs = [slug for one, slug in wanted if one == noun]
        for slug, identity in nouns.identities(writing, noun, slugs).items():
            met.identities[noun, slug] = identity
    missing = {name: need for name, need in wanted.items() if name not in met.identities}
    for name, identity in _by_name(writing, missing).items():
        met.identities[name] = identity
    for name, need in missing.items():
        if name not in met.identities:
            _make(writing, name, need, met)


def _by_name(writing: Reading, missing: Mapping[Name, Need]) -> dict[Name, int]:
    """Those that exist under another slug: one thing alone has a text of theirs as its name, or as its alias."""
    found: dict[Name, int] = {}
    for noun in sorted({noun for noun, _ in missing}):
        texts = {text for (one, _), need in missing.items() if one == noun for text in need.names}
        if not texts:
            continue
        named: dict[str, set[int]] = {}
        if noun == "actor":
            sql = (
                "SELECT a.alias, v.actor_id FROM actor_alias a JOIN actor_version v ON v.seq = a.seq "
                f"WHERE v.superseded_seq IS NULL AND v.is_deleted = 0 AND {writing.any_of('a.folded', 'texts')}"
            )
            given = sorted({fold(text) for text in texts})
        else:
            sql = (
                f"SELECT v.name, v.{noun}_id FROM {noun}_version v WHERE v.superseded_seq IS NULL AND v.is_deleted = 0 "
                f"AND {writing.any_of('v.name', 'texts')}"
            )
            given = sorted(texts)
        for text, identity in writing.rows(sql, {"texts": writing.listed(given)}):
            named.setdefault(text, set()).add(identity)
        for name, need in missing.items():
            if name[0] == noun:
                ids = {identity for text in need.names for identity in named.get(text, ())}
                if len(ids) == 1:
                    found[name] = ids.pop()
    return found


def _make(writing: Gathering, name: Name, need: Need, met: Met) -> None:
    noun, slug = name
    if not need.is_known:
        told = f"there is no {noun} called {need.body['name'][:60]!r}, and the mapping does not know it"
        hint = f'Add it to the mapping, as [{noun}s.known."{need.body["name"][:60]}"] with its kind, or say [{noun}s] kind for all such names.'
        met.unmet[name] = [Fault(where=f"body.{noun}", message=told, hint=hint)]
        return
    try:
        with writing.attempt():
            _MAKE[noun](writing, need.body | _references(writing, noun, need, met))
            for group in need.groups:
                own = _own(writing, "actor", str(group.get("group")), met)
                affiliations.create(writing, slug, {**group, "group": own})
    except Problem as problem:
        met.unmet[name] = problem.errors or [Fault(where=f"body.{noun}", message=problem.detail, hint=None)]
        return
    met.identities[name] = nouns.identities(writing, noun, [slug])[slug]
    met.made += [noun, *["affiliation"] * len(need.groups)]


def _references(writing: Reading, noun: str, need: Need, met: Met) -> dict[str, str]:
    """What it names, by the slugs that these things have here: an actor may have been found by its name, under another slug."""
    return {
        member: _own(writing, of, str(need.body[member]), met)
        for one, member, of in _REFERENCES
        if one == noun and need.body.get(member) is not None
    }


def _own(writing: Reading, noun: str, slug: str, met: Met) -> str:
    identity = met.identities.get((noun, slug))
    row = identity and writing.row(f"SELECT slug FROM {noun} WHERE id = :id", {"id": identity})
    return str(row[0]) if row else slug
