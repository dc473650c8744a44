"""What the corroboration of records comes to at a moment: from the basis in each document and the owners of the sources."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from api.store import documents
from api.store.sessions import Reading, Writing
from schemas.addresses import canonical
from schemas.corroboration import (
    COUNTED,
    NOT_COUNTED,
    OWN,
    UNSTATED,
    Basis,
    Joined,
    Origin,
    basis,
    fold,
    groups,
    is_call,
    is_primary,
    origins,
)  # fmt: skip
from schemas.records import ROLE_CODES
from schemas.vocabularies import Channel, CitationRole, EventType, OriginRule

Json = dict[str, Any]


class Known(NamedTuple):
    """What of a version its corroboration depends on; `citations` are source, role, url and origin."""

    basis: Basis
    citations: Sequence[tuple[int, str, str | None, str | None]]


def owners(reading: Reading, sources: Sequence[int] | None = None) -> dict[int, int]:
    """The owner of each source that has one: of all sources, or of these."""
    these = "" if sources is None else f" AND {reading.any_of('s.source_id', 'sources')}"
    sql = f"SELECT s.source_id, s.owner_id FROM source_version s WHERE s.superseded_seq IS NULL AND s.owner_id IS NOT NULL{these}"
    return dict(reading.rows(sql, {} if sources is None else {"sources": reading.listed(sources)}))


def weigh(key: bytes, owned: Mapping[int, int]) -> bytes:
    """What fills the gap with this key, under these owners."""
    found = Basis.from_key(key[1:].decode())
    return documents.worth(len(origins(found, owned)), is_primary(found, owned))


def worth(reading: Reading, key: bytes) -> bytes:
    """What fills the gap with this key, looked up for one record."""
    found = Basis.from_key(key[1:].decode())
    sources = [*(one.source for one in found.cited), *found.translated]
    return weigh(key, owners(reading, sources))


def of_versions(reading: Reading, seqs: Sequence[int]) -> dict[int, Known]:
    """What the corroboration of these versions depends on, out of their columns and lists."""
    values = {"seqs": reading.listed(list(seqs))}

    def of_each(columns: str, table: str) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = {}
        sql = (
            f"SELECT l.seq, {columns} FROM {table} l WHERE {reading.any_of('l.seq', 'seqs')} ORDER BY l.seq, l.position"
        )
        for seq, *rest in reading.rows(sql, values):
            found.setdefault(seq, []).append(tuple(rest))
        return found

    citations = of_each("l.source_id, l.role, l.url, l.origin", "record_citation")
    participants = of_each("l.actor_id, l.role", "record_participant")
    sql = f"""SELECT v.seq, v.actor_id, v.on_behalf_of_id, v.event_type, v.channel FROM record_version v
        WHERE {reading.any_of("v.seq", "seqs")}"""
    known: dict[int, Known] = {}
    for seq, actor, on_behalf_of, event_type, channel in reading.rows(sql, values):
        cited: Any = citations.get(seq, [])
        of_call = is_call(event_type, channel)
        known[seq] = Known(basis(actor, on_behalf_of, participants.get(seq, ()), of_call, cited), cited)
    return known


def missing(reading: Reading) -> int:
    """How many versions of an earlier release have no basis yet."""
    row = reading.row("SELECT count(DISTINCT c.seq) FROM record_citation c WHERE c.url_group IS NULL")
    return int(row[0]) if row else 0


def fill(writing: Writing, most: int) -> int:
    """Give up to so many versions that an earlier release wrote their basis; answers how many."""
    sql = "SELECT DISTINCT c.seq FROM record_citation c WHERE c.url_group IS NULL ORDER BY c.seq LIMIT :most"
    seqs = [row[0] for row in writing.rows(sql, {"most": most})]
    rendered = dict(
        writing.rows(
            f"SELECT v.seq, v.document FROM record_version v WHERE {writing.any_of('v.seq', 'seqs')}",
            {"seqs": writing.listed(seqs)},
        )
    )
    for seq, known in of_versions(writing, seqs).items():
        for position, shared in enumerate(groups(citation[1:] for citation in known.citations)):
            writing.run(
                "UPDATE record_citation SET url_group = :url, origin_group = :origin WHERE seq = :seq AND position = :position",
                {"url": shared.url, "origin": shared.origin, "seq": seq, "position": position},
            )
        writing.run(
            "UPDATE record_version SET document = :document WHERE seq = :seq",
            {"document": documents.weighed(rendered[seq], known.basis.key), "seq": seq},
        )
    return len(seqs)


def explained(reading: Reading, seq: int) -> list[Json]:
    """How the citations of a version were counted: each origin in turn, then each citation that adds nothing."""
    known = of_versions(reading, [seq])[seq]
    owned = owners(reading, [source for source, *_ in known.citations])
    names = _names(reading, sorted(set(owned.values())))
    told = [_counted(known, owned, names, origin) for origin in origins(known.basis, owned)]
    return told + [
        {
            "citations": [position],
            "counts": False,
            "primary": role in OWN and owned.get(source) in known.basis.speakers,
            "why": CitationRole(role).definition,
            "joined": [],
        }
        for position, (source, role, *_) in enumerate(known.citations)
        if role not in COUNTED
    ]


def _counted(known: Known, owned: Mapping[int, int], names: Mapping[int, str], origin: Origin) -> Json:
    _, role, _, stated = known.citations[origin.positions[0]]
    alone = len(origin.positions) == 1
    if origin.party is not None:
        why = f"{names[origin.party]} was a party to the call or the meeting, and this is its own account of it."
    elif not alone:
        why = "They go back to one origin, as `joined` says, and count once."
    elif stated:
        why = f"The only one that states the origin {stated!r}."
    elif role == CitationRole.REPORT:
        why = "A report that states no origin; any others like it would count together with it."
    else:
        why = "An original that has nothing in common with another citation."
    speaks = [one for one in known.basis.cited if one.position in origin.positions]
    return {
        "citations": origin.positions,
        "counts": True,
        "primary": is_primary(replace(known.basis, cited=tuple(speaks), translated=()), owned),
        "why": why,
        "joined": [
            {"citation": one.position, "with": one.onto, "rule": one.rule, "why": _joined(known, owned, names, one)}
            for one in origin.joined
        ],
    }


def _joined(known: Known, owned: Mapping[int, int], names: Mapping[int, str], one: Joined) -> str:
    source, _, url, origin = known.citations[one.position]
    if one.rule is OriginRule.URL:
        return f"Both have the address {canonical(url or '')}."
    if one.rule is OriginRule.OWNER:
        return f"Both sources belong to {names[owned[source]]}."
    if one.rule is OriginRule.ORIGIN:
        return f"Both state the origin {fold(origin or '')!r}."
    return one.rule.definition


def _names(reading: Reading, actors: Sequence[int]) -> dict[int, str]:
    sql = f"SELECT v.actor_id, v.name FROM actor_version v WHERE v.superseded_seq IS NULL AND {reading.any_of('v.actor_id', 'ids')}"
    return dict(reading.rows(sql, {"ids": reading.listed(actors)}))


def is_at_least(least: int) -> str:
    """SQL that a walked row `i` has at least so many independent origins, or is primary: as `origins` counts them.

    What is cheap comes first: an origin has a source of its own, so that there are never more origins than sources. The
    owner stands for the source where there is one; a report without origin shares -1 with its like, unless it is a
    party's own account. `r` follows on from each citation to all that go back to its origin.
    """
    counted = f"FROM record_citation c WHERE c.seq = i.seq AND c.url_group > {NOT_COUNTED}"
    owner = "LEFT JOIN source_version s ON s.source_id = c.source_id AND s.superseded_seq IS NULL"
    speaks = f"""EXISTS (SELECT 1 FROM record_citation c {owner.removeprefix("LEFT ")}
        JOIN involvement x ON x.seq = c.seq AND x.role = {ROLE_CODES["agent"]} AND x.actor = s.owner_id
        WHERE c.seq = i.seq AND c.role IN ({", ".join(f"'{role}'" for role in OWN)}))"""
    if least == 1:
        return f"(EXISTS (SELECT 1 {counted}) OR {speaks})"
    codes = ", ".join(str(ROLE_CODES[role]) for role in ("agent", "addressee", "mediator"))
    party = f"""(EXISTS (SELECT 1 FROM record_version v WHERE v.seq = i.seq
            AND (v.event_type = '{EventType.CONSULT}' OR v.channel = '{Channel.READOUT}'))
        AND EXISTS (SELECT 1 FROM involvement x WHERE x.seq = i.seq AND x.role IN ({codes}) AND x.actor = s.owner_id))"""
    return f"""CASE WHEN (SELECT count(DISTINCT c.source_id) {counted}) < :min_corroboration THEN {speaks}
        WHEN {speaks} THEN TRUE ELSE (
        WITH RECURSIVE e(at, url, owner, origin, own) AS (
            SELECT c.position, c.url_group, coalesce(s.owner_id, -c.source_id),
                   CASE WHEN c.origin_group = {UNSTATED} AND {party} THEN -2 - c.position ELSE c.origin_group END,
                   CASE WHEN c.url_group = c.position AND {party} THEN 1 ELSE 0 END
            FROM record_citation c {owner} WHERE c.seq = i.seq AND c.url_group > {NOT_COUNTED}
        ), r(one, other) AS (
            SELECT e.at, e.at FROM e UNION SELECT r.one, b.at FROM r JOIN e a ON a.at = r.other
            JOIN e b ON b.url = a.url OR b.owner = a.owner OR b.origin = a.origin
        ) SELECT (SELECT count(DISTINCT e.owner) FROM e WHERE e.own = 1) + (SELECT count(*) FROM (
            SELECT r.one FROM r JOIN e ON e.at = r.other GROUP BY r.one HAVING min(r.other) = r.one AND max(e.own) = 0) apart)
        ) >= :min_corroboration END"""
