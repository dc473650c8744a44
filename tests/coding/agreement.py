"""What two readings of the same documents have in common: records, topics, stances."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from schemas.vocabularies import Stance
from tests.coding.alpha import alpha, nominal, ordinal

FOLDER = Path(__file__).parent
TOPICS = (FOLDER.parents[1] / "api" / "demo" / "topics.ndjson").read_text(encoding="utf-8").splitlines()
SCORES = {stance.value: stance.score for stance in Stance if stance.score is not None}

Record = dict[str, Any]


class Shared(NamedTuple):
    """How many both found, and how many only one of them."""

    both: int
    first: int
    second: int

    def __str__(self) -> str:
        """Show the share of all that was found that both found (Dice), and the counts."""
        share = 2 * self.both / (2 * self.both + self.first + self.second)
        return f"{share:.2f} ({self.both} / {self.first} / {self.second})"


def read(number: int, reader: str) -> list[Record]:
    """Give the records of one reader in one round, documents without any included as kind `none`."""
    lines = (FOLDER / f"round_{number}_{reader}.ndjson").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def pairs(first: list[Record], second: list[Record]) -> Iterator[tuple[Record, Record]]:
    """Put together what both readers found in a document: a record of one kind, for a party in common.

    An event has to be of the same type too. Of several that fit, those with most topics in common go together.
    """
    fitting = [
        (len(_topics(one) & _topics(other)) + (one["actor"] == other["actor"]), i, j)
        for i, one in enumerate(first)
        for j, other in enumerate(second)
        if _fit(one, other)
    ]
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, i, j in sorted(fitting, key=lambda one: (-one[0], one[1:])):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            yield first[i], second[j]


def _fit(one: Record, other: Record) -> bool:
    return (
        one["kind"] == other["kind"] != "none"
        and one["document"] == other["document"]
        and one.get("event_type") == other.get("event_type")
        and bool({one["actor"], *one["parties"]} & {other["actor"], *other["parties"]})
    )


def _topics(record: Record) -> set[str]:
    return {position["topic"] for position in record["topics"]}


def _positions(record: Record) -> dict[str, Record]:
    return {position["topic"]: position for position in record["topics"]}


def figures(number: int) -> Iterator[tuple[str, str]]:
    """Give what is asked of a round, each figure with its name."""
    first, second = read(number, "first"), read(number, "second")
    matched = list(pairs(first, second))
    yield "documents", str(len({record["document"] for record in first}))
    for kind in ("statement", "event"):
        both = sum(one["kind"] == kind for one, _ in matched)
        alone = [sum(record["kind"] == kind for record in records) - both for records in (first, second)]
        yield f"{kind}s", str(Shared(both, *alone))
    spoken = [(_positions(one), _positions(other)) for one, other in matched if one["kind"] == "statement"]
    common = [(one[topic], other[topic]) for one, other in spoken for topic in one.keys() & other.keys()]
    alone = [sum(map(len, side)) - len(common) for side in zip(*spoken, strict=True)]
    yield "topics of these statements", str(Shared(len(common), *alone))
    coded = [("yes", "yes")] * len(common) + [("yes", "no")] * sum(alone)
    silent = [("no", "no")] * (len(spoken) * len(TOPICS) - len(coded))
    yield "topics, alpha (nominal: coded or not)", told(alpha([*coded, *silent], nominal))
    stances = [(one["stance"], other["stance"]) for one, other in common]
    yield "stances that are the same", f"{sum(one == other for one, other in stances)} of {len(stances)}"
    scored = [(SCORES[one], SCORES[other]) for one, other in stances if {one, other} <= SCORES.keys()]
    yield "stance, **alpha (ordinal)**; pairs on the scale", f"**{told(alpha(scored, ordinal))}**; {len(scored)}"
    yield "stance, alpha (nominal, all seven values)", told(alpha(stances, nominal))
    conditions = [(one["condition_type"], other["condition_type"]) for one, other in common]
    yield "condition_type, alpha (nominal)", told(alpha(conditions, nominal))


def told(value: float | None) -> str:
    """Write an alpha with two decimals."""
    return "none" if value is None else f"{value:.2f}"


def confusion(number: int) -> Iterator[list[str]]:
    """Give the table of stances, a row for each of the first reader's, a column for each of the second's."""
    seen = Counter(
        (_positions(one)[topic]["stance"], _positions(other)[topic]["stance"])
        for one, other in pairs(read(number, "first"), read(number, "second"))
        if one["kind"] == "statement"
        for topic in _topics(one) & _topics(other)
    )
    yield ["first ↓ second →", *(stance.value for stance in Stance)]
    for row in Stance:
        yield [row.value, *(str(seen[row.value, column.value] or "·") for column in Stance)]


def report() -> str:
    """Give it all as it stands in CODING.md: the figures of both rounds, the confusion of the second."""
    rounds = [figures(number) for number in (1, 2)]
    measured = [
        ["", "round 1", "round 2"],
        *([name, told, again] for (name, told), (_, again) in zip(*rounds, strict=True)),
    ]
    return "\n\nStances of round 2, the first reading in rows:\n\n".join(
        _table(rows) for rows in (measured, list(confusion(2)))
    )


def _table(rows: list[list[str]]) -> str:
    head, *body = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *body])
