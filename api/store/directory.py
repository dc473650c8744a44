"""Who is who, in memory: names for documents, slugs for filters, the tree of topics and the dated graph of affiliations.

Read once and kept until a noun or an affiliation gets a new version; which of them a reader sees is decided by the
newest versions in its own transaction, so that a page never mixes two moments.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from api.errors import Problem
from api.store import corroboration, documents
from api.store.documents import LETTERS, NO_ANSWERS
from api.store.nouns import MOST_HINTS, NOUNS
from api.store.sessions import Reading
from schemas.fields import closest
from schemas.nouns import Noun
from schemas.problems import Fault

MOST_MEMBERS = 2_000
MOST_WEIGHED = 20_000  # bases of one directory: some 4 MB
MOST_KEPT = 8  # a directory of 5,000 actors takes some 3 MB

Interval = tuple[int, int, int]  # actor, since, until: microseconds, inclusive


class Shown(dict[bytes, bytes]):
    """What fills the gaps; the gap for other records' answers is empty where nobody answered.

    What a basis comes to is worked out once, with the owners of the sources at this moment, and kept for the next page.
    """

    def __init__(self, owners: Mapping[int, int]) -> None:
        super().__init__()
        self._owners = owners
        self._weighed: list[bytes] = []

    def __missing__(self, key: bytes) -> bytes:
        if key[:1] == b"r":
            return NO_ANSWERS
        if key[:1] != b"c":
            raise KeyError(key)
        if len(self._weighed) >= MOST_WEIGHED:
            for old in self._weighed:
                self.pop(old, None)
            self._weighed = []
        self._weighed.append(key)
        self[key] = found = corroboration.weigh(key, self._owners)
        return found


@dataclass(frozen=True, slots=True)
class Directory:
    """All nouns as they were at one moment."""

    generation: tuple[int | None, ...]
    identities: dict[str, dict[str, int]]  # noun -> slug -> id, without the deleted
    later: set[tuple[str, str]]  # noun and slug of what was entered only after this moment
    shown: Shown
    children: dict[int, list[int]]  # topic -> topics right below it
    polarities: dict[int, int | None]  # topic -> how it counts for the one right above it
    blocs: list[int]  # the actors that are blocs or alliances
    members: dict[int, list[Interval]]  # group -> its own members, each with the dates
    # The words of every name and alias, once a search has asked: noun -> id and line.
    lines: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def named(self, noun: str, slugs: Iterable[str], parameter: str, faults: list[Fault]) -> list[int]:
        """The ids of the nouns that a parameter names; those that do not exist become faults, the first few with a hint."""
        known = self.identities[noun]
        found: list[int] = []
        hints = MOST_HINTS
        for slug in slugs:
            if slug in known:
                found.append(known[slug])
                continue
            near = closest(slug, known) if hints > 0 else None
            hints -= 1
            hint = f"Did you mean {near}?" if near else None
            message = f"there is no {noun} {slug!r}"
            if (noun, slug) in self.later:
                message, hint = f"there was no {noun} {slug!r} then: it was entered later", "Ask for a later `as_of`."
            faults.append(Fault(where=f"query.{parameter}", message=message, hint=hint))
        return found

    def with_children(self, topics: Iterable[int]) -> list[int]:
        """The topics and all below them, in a steady order."""
        found: dict[int, None] = {}
        waiting = list(topics)
        while waiting:
            topic = waiting.pop()
            if topic not in found:
                found[topic] = None
                waiting += self.children.get(topic, [])
        return sorted(found)

    def branches(self, topic: int) -> list[tuple[int, int, int | None, int]]:
        """The topic and all below it: each with the topic itself, the sign with which it counts for it, and how far below it is.

        The sign is the product of the polarities on the way, None where one of them is.
        """
        found: list[tuple[int, int, int | None, int]] = [(topic, topic, 1, 0)]
        for below, _, sign, depth in found:
            for child in self.children.get(below, []):
                polarity = self.polarities[child]
                found.append((child, topic, None if sign is None or polarity is None else sign * polarity, depth + 1))
        return found

    def shown_as(self, noun: str, identity: int) -> Noun:
        """How a noun is shown, by its number."""
        return Noun.model_construct(**documents.loads(self.shown[f"{LETTERS[noun]}{identity}".encode()]))

    def affiliates(self, actors: Iterable[int], since: int, until: int) -> list[Interval]:
        """The actors, and everyone below them while they belonged, within the range; overlapping stays are merged.

        Raises Problem `group-too-large` above 2,000 members.
        """
        seen: set[Interval] = set()
        waiting = [(actor, since, until) for actor in actors]
        while waiting:
            stay = waiting.pop()
            if stay in seen:
                continue
            seen.add(stay)
            group, first, last = stay
            for member, joined, left in self.members.get(group, ()):
                start, end = max(first, joined), min(last, left)
                if start <= end:
                    waiting.append((member, start, end))
            if len(seen) > 10 * MOST_MEMBERS:
                break
        merged = _merged(seen)
        if len({actor for actor, _, _ in merged}) > MOST_MEMBERS or len(seen) > 10 * MOST_MEMBERS:
            raise Problem(
                "group-too-large",
                f"With affiliates that is more than {MOST_MEMBERS:,} actors; ask for its parts.",
            )
        return merged


def _merged(stays: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for actor, start, end in sorted(stays):
        if merged and merged[-1][0] == actor and start <= merged[-1][2] + 1:
            merged[-1] = (actor, merged[-1][1], max(end, merged[-1][2]))
        else:
            merged.append((actor, start, end))
    return merged


class Shelf:
    """Where a process keeps the directories it read last: today's, and those of moments that were asked for."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int | None, ...], Directory] = {}

    def directory(self, reading: Reading) -> Directory:
        """The directory of this reader's moment."""
        tables = ("actor_version", "source_version", "topic_version", "affiliation_version")
        then = " WHERE seq <= :at" if reading.at is not None else ""
        newest = [f"(SELECT max(seq) FROM {table}{then})" for table in tables]
        # A purge of today takes names out of every moment.
        generation = reading.row(f"SELECT {', '.join(newest)}, (SELECT max(seq) FROM purge_version)")
        assert generation is not None
        kept = self._kept.pop(generation, None) or _read(reading, generation)
        self._kept[generation] = kept  # the one used last stands last
        while len(self._kept) > MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return kept


def _read(reading: Reading, generation: tuple[int | None, ...]) -> Directory:
    identities: dict[str, dict[str, int]] = {}
    later: set[tuple[str, str]] = set()
    shown = Shown(corroboration.owners(reading))
    for noun in NOUNS:
        identities[noun] = {}
        rows = reading.rows(
            f"SELECT n.id, n.slug, v.name, v.is_deleted FROM {noun} n LEFT JOIN {noun}_version v ON v.{noun}_id = n.id AND v.superseded_seq IS NULL"
        )
        for identity, slug, name, is_deleted in rows:
            if name is None:
                later.add((noun, slug))
                continue
            shown[f"{LETTERS[noun]}{identity}".encode()] = documents.noun(slug, name)
            if not is_deleted:
                identities[noun][slug] = identity
    children: dict[int, list[int]] = {}
    polarities: dict[int, int | None] = {}
    for topic, parent, polarity in reading.rows(
        "SELECT topic_id, parent_id, parent_polarity FROM topic_version WHERE superseded_seq IS NULL AND is_deleted = 0 AND parent_id IS NOT NULL"
    ):
        children.setdefault(parent, []).append(topic)
        polarities[topic] = polarity
    blocs = [
        row[0]
        for row in reading.rows(
            "SELECT actor_id FROM actor_version WHERE superseded_seq IS NULL AND is_deleted = 0 AND kind IN ('alliance', 'bloc') ORDER BY 1"
        )
    ]
    members: dict[int, list[Interval]] = {}
    for member, group, earliest, latest in reading.rows(
        "SELECT member_id, group_id, earliest, latest FROM affiliation_version WHERE superseded_seq IS NULL AND is_deleted = 0"
    ):
        members.setdefault(group, []).append((member, earliest, latest))
    return Directory(generation, identities, later, shown, children, polarities, blocs, members)
