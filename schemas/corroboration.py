"""How many independent origins a record has: the rule, out of its citations and the owners of their sources.

What may count is a citation with the role `original` or `report`; a translation and a repeat never add, nor do they join
others. Two that may count go back to one origin where they have
- the same address (`schemas.addresses.canonical`),
- the same source,
- sources with the same owner,
- the same `origin`, whatever its case and blanks, or
- where both are reports without an `origin`: nobody can tell that they do not go back to the same one.
That is followed on from one to the next. An original without an `origin` is one of its own.

Of a call or a meeting (`event_type` CONSULT, or `channel` readout) each party's account is its own: it is a citation
whose source belongs to the actor, the body spoken for, a co-actor, an addressee or a mediator. Such a one is no report
of unknown origin, and never goes back to another party's; a third that goes back to both counts with the nearer one.
Two parties that cite one address have one account: the first.

`primary`: an original, or a translation, whose source belongs to whoever speaks, which is the actor, the body spoken for
or a co-actor: the Kremlin's own English text is its publication too, though it adds no origin.

Owners are those of the moment that is asked about, so that nothing of this is stored with a version but what depends on
the version alone: the `Basis`.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from schemas.addresses import canonical
from schemas.findings import OriginRule
from schemas.vocabularies import Channel, CitationRole, EventType, ParticipantRole

COUNTED = (CitationRole.ORIGINAL, CitationRole.REPORT)
NOT_COUNTED = -1  # the `url_group` of a citation that adds nothing
UNSTATED = -1  # the `origin_group` of a report that states none
SPEAKERS = (ParticipantRole.CO_ACTOR,)
OWN = (CitationRole.ORIGINAL, CitationRole.TRANSLATION)
PARTIES = (ParticipantRole.CO_ACTOR, ParticipantRole.ADDRESSEE, ParticipantRole.MEDIATOR)


class Groups(NamedTuple):
    """What a citation shares with earlier ones, as the position of the first that has it."""

    url: int
    origin: int


class Cited(NamedTuple):
    """A citation that may count."""

    position: int
    source: int
    is_original: bool
    url: int
    origin: int


@dataclass(frozen=True, slots=True)
class Basis:
    """All of a version that its corroboration depends on. `parties` is empty but for a call or a meeting."""

    speakers: frozenset[int]
    parties: frozenset[int]
    cited: tuple[Cited, ...]
    translated: tuple[int, ...] = ()  # the sources of translations

    @property
    def key(self) -> str:
        """The same in a few bytes, without what can't matter: read again by `from_key`."""
        speakers = sorted(self.speakers) if self.translated or any(one.is_original for one in self.cited) else []
        parties = sorted(self.parties) if len(self.cited) > 1 else []
        cited = " ".join(
            f"{one.position}:{one.source}:{int(one.is_original)}:{one.url}:{one.origin}" for one in self.cited
        )
        translated = f";{','.join(map(str, self.translated))}" if self.translated else ""
        return f"{','.join(map(str, speakers))};{','.join(map(str, parties))};{cited}{translated}"

    @classmethod
    def from_key(cls, key: str) -> Self:
        """The basis that a key stands for."""
        speakers, parties, cited, *translated = key.split(";")
        return cls(
            frozenset(map(int, filter(None, speakers.split(",")))),
            frozenset(map(int, filter(None, parties.split(",")))),
            tuple(_cited(*map(int, one.split(":"))) for one in cited.split()),
            tuple(int(source) for one in translated for source in one.split(",")),
        )


class Joined(NamedTuple):
    """That a citation goes back to the origin of another one, and by what rule."""

    position: int
    onto: int
    rule: OriginRule


@dataclass(slots=True)
class Origin:
    """Citations that go back to one origin; `party` is the owner whose own account of a call it is."""

    positions: list[int]
    joined: list[Joined]
    party: int | None = None


def _cited(position: int, source: int, is_original: int, url: int, origin: int) -> Cited:
    return Cited(position, source, bool(is_original), url, origin)


def fold(origin: str) -> str:
    """An origin without what makes no other one of it: case, width of letters, blanks."""
    return " ".join(unicodedata.normalize("NFKC", origin).casefold().split())


def is_call(event_type: str | None, channel: str | None) -> bool:
    """Whether a record is of a call or a meeting, of which each party gives an account."""
    return event_type == EventType.CONSULT or channel == Channel.READOUT


def groups(citations: Iterable[tuple[str, str | None, str | None]]) -> list[Groups]:
    """What each citation shares with those before it, from role, url and origin, in their order."""
    urls: dict[str, int] = {}
    origins: dict[str, int] = {}
    found = []
    given = list(citations)
    # One alone has nothing to be compared with, and most records have one.
    is_alone = sum(role in COUNTED for role, _, _ in given) == 1
    for position, (role, url, origin) in enumerate(given):
        if role not in COUNTED:
            found.append(Groups(NOT_COUNTED, UNSTATED))
            continue
        first = urls.setdefault(canonical(url), position) if url and not is_alone else position
        if origin:
            found.append(Groups(first, origins.setdefault(fold(origin), position)))
        else:
            found.append(Groups(first, UNSTATED if role == CitationRole.REPORT else position))
    return found


def basis(
    actor: int,
    on_behalf_of: int | None,
    participants: Iterable[tuple[int, str]],
    of_call: bool,
    citations: Sequence[tuple[int, str, str | None, str | None]],
    shared: Sequence[Groups] | None = None,
) -> Basis:
    """The basis of a version: whose it is, with participants as actor and role, citations as source, role, url and origin,
    and what each shares with those before it, where that is known already.
    """
    named = {actor, *([on_behalf_of] if on_behalf_of else [])}
    others = list(participants)
    if shared is None:
        shared = groups((role, url, origin) for _, role, url, origin in citations)
    cited = tuple(
        Cited(position, source, role == CitationRole.ORIGINAL, *one)
        for position, ((source, role, _, _), one) in enumerate(zip(citations, shared, strict=True))
        if one.url != NOT_COUNTED
    )
    speakers = named | {one for one, role in others if role in SPEAKERS}
    parties = named | {one for one, role in others if role in PARTIES} if of_call else set()
    translated = sorted({source for source, role, _, _ in citations if role == CitationRole.TRANSLATION})
    return Basis(frozenset(speakers), frozenset(parties), cited, tuple(translated))


def is_primary(found: Basis, owners: Mapping[int, int]) -> bool:
    """Whether it is the speaker's own publication; `owners` has the owner of each source that has one."""
    own = [*(one.source for one in found.cited if one.is_original), *found.translated]
    return any(owners.get(source) in found.speakers for source in own)


def origins(found: Basis, owners: Mapping[int, int]) -> list[Origin]:
    """The independent origins, by the first citation of each; `owners` has the owner of each source that has one."""
    if len(found.cited) == 1:
        return [Origin([found.cited[0].position], [], _party(found, owners, found.cited[0]))]
    parties = {one.position: _party(found, owners, one) for one in found.cited}
    accounts = {one.position: parties[one.position] for one in found.cited if one.url == one.position}
    made: list[Origin] = []
    of_party: dict[int, Origin] = {}
    taken: set[int] = set()
    for one in found.cited:
        owner = accounts.get(one.position)
        if owner is not None:
            origin = of_party.get(owner)
            if origin is None:
                of_party[owner] = origin = Origin([], [], owner)
                made.append(origin)
            else:
                first = next(other for other in found.cited if other.position == origin.positions[0])
                rule = _rule(one, first, owners, parties) or OriginRule.OWNER
                origin.joined.append(Joined(one.position, first.position, rule))
            origin.positions.append(one.position)
            taken.add(one.position)
    _grow(made, found, owners, parties, taken)
    for one in found.cited:
        if one.position not in taken:
            taken.add(one.position)
            made.append(Origin([one.position], []))
            _grow(made[-1:], found, owners, parties, taken)
    for origin in made:
        origin.positions.sort()
    return sorted(made, key=lambda origin: origin.positions[0])


def _party(found: Basis, owners: Mapping[int, int], one: Cited) -> int | None:
    owner = owners.get(one.source)
    return owner if owner in found.parties else None


def _grow(
    made: Sequence[Origin],
    found: Basis,
    owners: Mapping[int, int],
    parties: Mapping[int, int | None],
    taken: set[int],
) -> None:
    """Take in what goes back to these origins, step by step, so that each comes to the nearer one."""
    at = {one.position: one for one in found.cited}
    waiting = [(origin, position) for origin in made for position in origin.positions]
    for origin, position in waiting:
        for one in found.cited:
            rule = None if one.position in taken else _rule(one, at[position], owners, parties)
            if rule:
                taken.add(one.position)
                origin.positions.append(one.position)
                origin.joined.append(Joined(one.position, position, rule))
                waiting.append((origin, one.position))


def _rule(one: Cited, other: Cited, owners: Mapping[int, int], parties: Mapping[int, int | None]) -> OriginRule | None:
    """By what two citations go back to one origin, if they do."""
    owner = owners.get(one.source)
    if one.url == other.url:
        return OriginRule.URL
    if one.source == other.source:
        return OriginRule.SOURCE
    if owner is not None and owner == owners.get(other.source):
        return OriginRule.OWNER
    if one.origin != other.origin:
        return None
    if one.origin != UNSTATED:
        return OriginRule.ORIGIN
    # A party's account of a call is no report of unknown origin.
    return OriginRule.UNSTATED if parties[one.position] is None and parties[other.position] is None else None
