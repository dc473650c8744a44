"""Any records and links against a plain computation of where they disagree, now and as of a moment; on both databases."""

from contextlib import suppress
from itertools import groupby
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from api.database import Database
from api.errors import Problem
from api.store import conflicts, keys, reactions, records
from api.store.documents import loads
from schemas.vocabularies import Kind
from tests.expect import Api
from tests.factories import statement, world
from tests.test_moments import now

Json = dict[str, Any]
Found = tuple[tuple[str, ...], str | None, str | None, frozenset[str]]  # why, actor, topic, records

SCORES = {"strongly_supports": 2, "supports": 1, "neutral": 0, "opposes": -1, "strongly_opposes": -2}
ACTORS = ["vladimir-putin", "dmitry-peskov", "kremlin", "finland"]
BODIES = st.fixed_dictionaries(
    {
        "date": st.sampled_from(
            ["2025-03-13", "2025-03-13", "2025-03-13T23:59:59Z", "2025-03-14", "2025-03-13/2025-03-14", "2025-03", "1969-12-31"]
        ),
        "actor": st.sampled_from(ACTORS),
        "on_behalf_of": st.sampled_from([None, None, "kremlin"]),
        "participants": st.lists(
            st.builds(
                lambda actor, role: {"actor": actor, "role": role},
                st.sampled_from(ACTORS),
                st.sampled_from(["co_actor", "target"]),
            ),
            max_size=1,
        ),
        "topics": st.lists(
            st.builds(
                lambda topic, stance, kind: {"topic": topic, "stance": stance, "condition_type": kind},
                st.sampled_from(["truce-in-principle", "sanctions"]),
                st.sampled_from([*SCORES, "unclear", "no_position"]),
                st.sampled_from(["none", "none", "modalities", "preconditions"]),
            ),
            min_size=1, max_size=2, unique_by=lambda one: str(one["topic"]),
        ),
        "confidence": st.sampled_from([30, 80]),
        "status": st.sampled_from(["published", "published", "published", "under_review", "draft", "withdrawn"]),
        "link": st.one_of(st.none(), st.tuples(st.integers(1, 5), st.sampled_from(["contradicts", "denies", "rejects"]))),
    }
)  # fmt: skip
ASKED: list[Json] = [
    {}, {"order": "asc"}, {"actor": "kremlin"}, {"actor": ["finland", "dmitry-peskov"]}, {"topic": "sanctions"}, {"min_confidence": 50},
    {"stance": ["supports", "opposes"]}, {"condition_type": "none"}, {"why": ["denies", "different_conditions"]},
    {"actor": "kremlin", "affiliates": "true", "topic": "ceasefire"}, {"from": "2025-03-13", "to": "2025-03-13", "date_match": "within"},
    {"from": "2025-03-14"}, {"actor": "kremlin", "role": "target"}, {"target": "finland"},
]  # fmt: skip


def agents(record: Json) -> set[str]:
    """Whose record it is."""
    named = [
        record["actor"],
        record["on_behalf_of"],
        *(one["actor"] for one in record["participants"] if one["role"] == "co_actor"),
    ]
    return {one["slug"] for one in named if one}


def date_of(record: Json) -> tuple[str, ...]:
    """The day that it lies in, or else its bounds."""
    bounds = (record["date_earliest"], record["date_latest"])
    return bounds[:1] if bounds[0] == bounds[1] else bounds


def expected(kept: list[Json], listed: dict[str, Json], links: list[Json], asked: Json) -> set[Found]:
    """The conflicts among the records that a list with the same filters has, and the links of what is listed at all."""
    of_topic = {"ceasefire": {"truce-in-principle"}}.get(asked.get("topic", ""), {asked.get("topic", "")}) - {""}
    wanted = {
        name: [asked[name]] if isinstance(asked[name], str) else asked[name]
        for name in ("stance", "condition_type")
        if name in asked
    }
    told = [
        (actor, position["topic"]["slug"], date_of(record), record, position)
        for record in kept
        for position in record["topics"]
        for actor in agents(record)
        if position["stance"] in SCORES and (not of_topic or position["topic"]["slug"] in of_topic)
        and all(position[name] in values for name, values in wanted.items())
    ]  # fmt: skip
    found: dict[tuple[str, frozenset[str]], dict[str, Found]] = {}
    for (actor, topic, _), group in groupby(sorted(told, key=lambda one: one[:3]), key=lambda one: one[:3]):
        members = [(record, SCORES[position["stance"]], position["condition_type"]) for *_, record, position in group]
        opposite = {score > 0 for _, score, _ in members if score} == {True, False}
        different = len({kind for *_, kind in members}) > 1
        why = (*(["opposite_stances"] if opposite else []), *(["different_conditions"] if different else []))
        shown = {record["id"]: record for record, score, _ in members if different or score}
        speakers = {record["actor"]["slug"] for record in shown.values()}
        if why and (len(speakers) > 1 or speakers == {actor}):
            alike = found.setdefault((topic, frozenset(shown)), {})
            alike[actor] = (why, actor, topic, frozenset(shown))
    made: set[Found] = set()
    for (_, ids), alike in found.items():
        speaking = {record["actor"]["slug"] for record in kept if record["id"] in ids}
        # Which of several equals is told hangs on who was entered first: ACTORS are in that order.
        made.add(alike[min(alike, key=lambda actor: (actor not in speaking, ACTORS.index(actor)))])
    here = {record["id"] for record in kept}
    for one in links:
        ends = [one["from"], one["to"]]
        if one["type"] in ("contradicts", "denies") and here & set(ends) and set(ends) <= set(listed):
            names = {listed[end]["actor"]["slug"] for end in ends}
            made.add(((one["type"],), names.pop() if len(names) == 1 else None, None, frozenset(ends)))
    why_asked = set(asked.get("why", ()))
    return {one for one in made if not why_asked or why_asked & set(one[0])}


@pytest.mark.parametrize("chunk", [3, 1000])
def test_any_records_are_in_conflict_as_the_definition_has_it(
    api: Api, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    world(api)
    monkeypatch.setattr(conflicts, "CHUNK", chunk)
    monkeypatch.setattr(conflicts, "MOST_EXAMINED", 5 * chunk)
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    written: list[str] = []

    @profile(
        max_examples=70,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(BODIES)
    def make(body: Json) -> None:
        sent = {name: value for name, value in body.items() if name != "link"}
        with database.writing(keys.SYSTEM) as writing:
            made = loads(records.create(writing, Kind.STATEMENT, statement(**sent, topic=None, stance=None)).body)
        written.append(made["id"])
        if body["link"] and body["link"][0] < len(written):
            step, kind = body["link"]
            with suppress(Problem), database.writing(keys.SYSTEM) as writing:  # it may precede what it would answer
                reactions.create(writing, {"from": made["id"], "to": written[-1 - step], "type": kind})

    make()
    before, instant = [seen(api, asked) for asked in ASKED], now(api)
    for uid in written[::5]:
        api.patch(f"/v1/statements/{uid}", {"date": "2025-03-13", "status": "published"})
    for uid in written[1::9]:
        api.drop(f"/v1/statements/{uid}")
    assert [seen(api, {**asked, "as_of": instant}) for asked in ASKED] == before
    after = [seen(api, asked) for asked in ASKED]
    assert after != before
    assert after[0] == after[1][::-1]
    reasons = {reason for one in after[0] for reason in one[0]}
    assert reasons == {"opposite_stances", "different_conditions", "contradicts", "denies"}


def seen(api: Api, asked: Json) -> list[Found]:
    """The conflicts of a question in their order, which are what plain Python finds, however long the pages are."""
    moment = {name: value for name, value in asked.items() if name == "as_of"}
    filters = {name: value for name, value in asked.items() if name != "why"}
    kept = list(api.walk("/v1/timeline", 500, **filters))
    listed = {record["id"]: record for record in api.walk("/v1/timeline", 500, **moment)}
    right = expected(kept, listed, list(api.walk("/v1/reactions", 500, **moment)), asked)
    items = list(api.walk("/v1/conflicts", 500, **asked))
    assert items == list(api.walk("/v1/conflicts", 3, **asked))
    found = [
        (tuple(one["why"]), one["actor"] and one["actor"]["slug"], one["topic"] and one["topic"]["slug"], frozenset(record["id"] for record in one["records"]))
        for one in items
    ]  # fmt: skip
    assert set(found) == right, asked
    assert len(found) == len(set(found)) or any(
        reason in ("contradicts", "denies") for one in found for reason in one[0]
    )
    return found
