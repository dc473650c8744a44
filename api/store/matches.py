"""Full text: which records have what is searched for, in their own words or in a name of an actor involved in them.

Whether a version has a term is told by its lines of words, and by nothing else, so that both databases tell the same. The
index of words, of a kind for each database, only names those that may have all terms; each of them is looked at.
Names are looked up as they were at the moment asked about, so that a rename changes no record.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from api.store import dialects
from api.store.directory import Directory
from api.store.sessions import Reading
from api.store.texts import ACTOR, FIELDS, MOST_LETTERS
from schemas import searches
from schemas.searches import Searched, Term

# What one term counts for in each place where it is found.
WEIGHTS = {"title": 4, "summary": 2, "quote": 2, "translation": 1}
NAME_WEIGHT = 3
# Where so few versions may match, their records are named outright; else a page meets its fill soon enough. What is to be
# ranked has to be found whole, or the newest 2,000 of it.
MANY, MANY_RANKED = 2_000, 20_000
# A term that names more actors than this finds too much to narrow a search, and so does a beginning of fewer letters.
MOST_ACTORS = 50
LEAST_LETTERS = 3
MOST_WORDS = 16  # of a phrase: the rest is looked at where these are


@dataclass(frozen=True, slots=True)
class Match:
    """What is searched for as SQL over a walked row `i`, with its values; few records, where no others can match."""

    sql: str
    values: dict[str, Any]
    few: list[int] | None
    # For each term that is wanted, SQL that a version `x` has it in this field, or in a name.
    places: list[dict[str, str]] = field(default_factory=list)


def match(reading: Reading, directory: Directory, searched: Searched, most: int) -> Match:
    """What a search asks of a record; they are named outright where at most so many versions may match."""
    values: dict[str, Any] = {}
    every, places, expression = [], [], []
    for number, term in enumerate(searched.terms):
        actors = _called(reading, directory, term)
        values[f"q{number}"] = term.part
        found = {name: dialects.holds(reading.dialect, f"x.{name}", f"q{number}") for name in FIELDS}
        if actors:
            values[f"named{number}"] = reading.listed(actors)
            named = reading.any_of("n.actor", f"named{number}")
            found["name"] = f"EXISTS (SELECT 1 FROM involvement n WHERE n.seq = x.seq AND {named})"
        every.append(f"{'NOT ' * term.is_excluded}({' OR '.join(found.values())})")
        if not term.is_excluded:
            places.append(found)
            expression += _narrowing(reading.dialect, term, actors)
    sql = f"EXISTS (SELECT 1 FROM record_text x WHERE x.seq = i.seq AND {' AND '.join(every)})"
    few = _few(reading, dialects.all_of(reading.dialect, expression), most) if expression else None
    return Match(sql, values, few, places)


def ranks(reading: Reading, matched: Match, seqs: Sequence[int]) -> dict[int, int]:
    """How well these versions match: for each term the weights of the places where it is, added up."""
    weights = {**WEIGHTS, "name": NAME_WEIGHT}
    parts = [
        f"CASE WHEN {found} THEN {weights[place]} ELSE 0 END"
        for term in matched.places
        for place, found in term.items()
    ]
    sql = f"SELECT x.seq, {' + '.join(parts) or '0'} FROM record_text x WHERE {reading.any_of('x.seq', 'seqs')}"
    return dict(reading.rows(sql, {**matched.values, "seqs": reading.listed(seqs)}))


def _called(reading: Reading, directory: Directory, term: Term) -> list[int]:
    """The actors of whom one name or alias has the term."""
    if "actor" not in directory.lines:
        sql = (
            "SELECT v.actor_id, a.alias FROM actor_version v JOIN actor_alias a ON a.seq = v.seq "
            "WHERE v.superseded_seq IS NULL AND v.is_deleted = 0"
        )
        directory.lines["actor"] = [(actor, searches.line(alias)) for actor, alias in reading.rows(sql)]
    return sorted({actor for actor, line in directory.lines["actor"] if term.part in line})


def _narrowing(dialect: str, term: Term, actors: Sequence[int]) -> list[str]:
    """What the index is asked so that no version with the term is missed; nothing where it would hardly narrow."""
    last = len(term.words) - 1
    parts = [
        dialects.word(dialect, word[:MOST_LETTERS], is_beginning)
        for place, word in enumerate(term.words)
        if not (is_beginning := term.is_prefix and place == last) or len(word) >= LEAST_LETTERS
    ][:MOST_WORDS]
    if not parts or len(actors) > MOST_ACTORS:
        return []
    named = [dialects.word(dialect, f"{ACTOR}{actor}", False) for actor in actors]
    return [dialects.one_of(dialect, [dialects.all_of(dialect, parts), *named])]


def _few(reading: Reading, expression: str, most: int) -> list[int] | None:
    """The records of the versions that may match, where they are few."""
    sql = f"{dialects.holding_words(reading.dialect, 'expression')} LIMIT {most + 1}"
    rows = reading.rows(sql, {"expression": expression})
    if len(rows) > most:
        return None
    sql = f"SELECT DISTINCT v.record_id FROM record_version v WHERE {reading.any_of('v.seq', 'seqs')}"
    return [row[0] for row in reading.rows(sql, {"seqs": reading.listed([row[0] for row in rows])})]
