"""How far coders agree: counted in the database as alpha is defined, over what is public."""

from itertools import combinations
from typing import Any

import pytest

from api.settings import Settings
from schemas.vocabularies import Stance
from tests import expect
from tests.coders import coded, put, recoded, said_of
from tests.desk import holder, nobody, said, uid
from tests.expect import Api
from tests.factories import world
from tests.test_alpha import ROWS
from tests.test_moments import now, then

PATH = "/v1/codings/agreement"
SCALE = ["strongly_opposes", "opposes", "neutral", "supports", "strongly_supports"]


@pytest.fixture
def desk(api: Api) -> Api:
    """An editor in a little world."""
    world(api)
    return api


def asked(api: Api, query: str = "") -> dict[str, Any]:
    """What anyone is answered."""
    answer = nobody(api, "GET", PATH + query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_the_published_example_has_its_published_alpha_here_too(desk: Api) -> None:
    columns = list(zip(*(row.split() for row in ROWS), strict=True))
    paths = [said(desk, title=f"Unit {number}") for number in range(1, len(columns) + 1)]
    for path, column in zip(paths, columns, strict=True):
        for coder, value in zip("abcd", column, strict=True):
            if value != ".":
                coded(desk, path, coder, truce_in_principle=SCALE[int(value) - 1])
    found = asked(desk)
    assert found["source"].startswith("Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability.")
    total = found["total"]
    pairs = [
        (one, other) for column in columns for one, other in combinations([one for one in column if one != "."], 2)
    ]
    percent = round(100 * sum(one == other for one, other in pairs) / len(pairs), 1)
    assert total["stance"] == {
        "scale": "ordinal",
        "alpha": 0.8154,
        "undefined": None,
        "units": 11,
        "values": 40,
        "percent": percent,
    }
    assert total["stance_nominal"] == {**total["stance"], "scale": "nominal", "alpha": 0.7434}
    assert total["condition_type"]["alpha"] is None
    assert "All values are the same" in total["condition_type"]["undefined"]
    assert [total[name] for name in ("units", "single", "coders", "codes", "no_position", "unclear")] == [
        11,
        1,
        4,
        40,
        0,
        0,
    ]
    (topic,) = found["topics"]
    assert topic == {"topic": {"slug": "truce-in-principle", "name": "Truce in principle"}, **total}
    assert found["coders"] == [
        {"coder": coder, "codes": 12 - row.count(".")} for coder, row in zip("abcd", ROWS, strict=True)
    ]
    worst, *others = found["disagreements"]
    assert worst["record"] == {"id": uid(paths[5]), "path": paths[5], "title": "Unit 6"}
    assert [one["stance"] for one in worst["codes"]] == [SCALE[0], SCALE[1], SCALE[2], SCALE[3]]
    assert [one["record"]["title"] for one in others] == ["Unit 2", "Unit 8"]


def test_what_is_no_place_on_the_scale_is_counted_apart(desk: Api) -> None:
    first, second = said(desk), said(desk)
    for coder, stances in {
        "a": ("supports", "no_position"),
        "b": ("unclear", "no_position"),
        "c": ("supports", "opposes"),
    }.items():
        for path, stance in zip((first, second), stances, strict=True):
            coded(desk, path, coder, sanctions=stance)
    total = asked(desk)["total"]
    assert [total[name] for name in ("units", "codes", "no_position", "unclear")] == [2, 6, 2, 1]
    # On the scale only the two that support stand together.
    assert total["stance"] == {"scale": "ordinal", "alpha": None, "undefined": "All values are the same, so that nothing tells agreement from chance.",
                               "units": 1, "values": 2, "percent": 100.0}  # fmt: skip
    # Of seven values: two of each of two, one of each of two others. n = 6, observed 4/6, expected 26/30.
    assert total["stance_nominal"]["alpha"] == round(1 - (4 / 6) / (26 / 30), 4)
    assert total["stance_nominal"]["percent"] == 33.3


def test_conditions_have_an_alpha_of_their_own(desk: Api) -> None:
    for kinds in (("none", "none"), ("none", "modalities"), ("preconditions", "preconditions")):
        path = said(desk)
        for coder, kind in zip("ab", kinds, strict=True):
            position = {"topic": "sanctions", "stance": "supports", "condition_type": kind}
            assert put(desk, path, coder, {"topics": [position]}).status_code == 201
    found = asked(desk)["total"]["condition_type"]
    # Values 3, 1 and 2: observed 2/6, expected 22/30.
    assert (found["alpha"], found["units"], found["values"], found["percent"]) == (
        round(1 - (2 / 6) / (22 / 30), 4),
        3,
        6,
        66.7,
    )


def test_nothing_is_told_where_nobody_coded_the_same(desk: Api) -> None:
    assert asked(desk)["total"]["stance"]["undefined"] == "No unit has values of two coders."
    coded(desk, said(desk), "a", sanctions="supports")
    coded(desk, said(desk), "b", sanctions="opposes")
    found = asked(desk)
    assert [found["total"][name] for name in ("units", "single", "coders", "codes")] == [0, 2, 2, 0]
    assert found["total"]["stance"] == {"scale": "ordinal", "alpha": None, "undefined": "No unit has values of two coders.",
                                        "units": 0, "values": 0, "percent": None}  # fmt: skip
    assert found["disagreements"] == []


def test_topics_with_their_children_dates_and_coders_narrow_it(desk: Api) -> None:
    early, late = said(desk, date="2024-05"), said(desk, date="2025-05-01")
    for path in (early, late):
        for coder, stance in (("a", "supports"), ("b", "opposes"), ("c", "supports")):
            coded(desk, path, coder, truce_in_principle=stance, sanctions="neutral")
    whole = asked(desk)
    assert [one["topic"]["slug"] for one in whole["topics"]] == ["sanctions", "truce-in-principle"]
    assert (whole["total"]["units"], whole["total"]["codes"]) == (4, 12)
    for query, units, codes in (
        ("?topic=ceasefire", 2, 6), ("?topic=sanctions&topic=ceasefire", 4, 12), ("?from=2025", 2, 6), ("?to=2024-05-10", 2, 6),
        ("?from=2024-05-31&to=2024-12", 2, 6), ("?from=2026", 0, 0), ("?coder=a&coder=b", 4, 8), ("?coder=a", 0, 0),
        ("?coder=a&coder=c&topic=truce-in-principle&to=2024", 1, 2),
    ):  # fmt: skip
        found = asked(desk, query)
        assert (found["total"]["units"], found["total"]["codes"]) == (units, codes), query
    alike = asked(desk, "?coder=a&coder=c")
    assert (alike["total"]["stance"]["alpha"], alike["disagreements"]) == (1.0, [])
    assert [one["coder"] for one in alike["coders"]] == ["a", "c"]


def test_all_that_is_wrong_with_a_question_is_told_at_once(desk: Api) -> None:
    coded(desk, said(desk), "second-reader", sanctions="supports")
    found = expect.faults(nobody(desk, "GET", f"{PATH}?topic=ceasefir&coder=second-readr&from=2026&to=2025"))
    assert {where: fault["hint"] for where, fault in found.items()} == {
        "query.topic": "Did you mean ceasefire?", "query.coder": "Did you mean second-reader?",
        "query.from": "Give the earlier date as from and the later one as to.",
    }  # fmt: skip
    assert set(expect.faults(nobody(desk, "GET", f"{PATH}?topics=ceasefire&from=then"))) == {
        "query.topics",
        "query.from",
    }


def test_only_what_is_public_counts_whoever_asks(desk: Api, settings: Settings) -> None:
    author = holder(desk, settings, "contributor")
    public, withdrawn, deleted, draft = said(desk), said(desk), said(desk), said(author, status="draft")
    for path in (public, withdrawn, deleted):
        for coder in "ab":
            coded(desk, path, coder, sanctions="supports")
    for coder in ("a", "hidden"):
        coded(author, draft, coder, sanctions="opposes")
    coded(desk, public, "c", sanctions="opposes")
    assert desk.drop(f"{public}/codings/c").status_code == 204
    assert desk.patch(withdrawn, {"status": "withdrawn"}).status_code == 200
    assert desk.drop(deleted).status_code == 204
    found = asked(desk)
    assert (found["total"]["units"], found["total"]["codes"]) == (1, 2)
    assert [one["coder"] for one in found["coders"]] == ["a", "b"]
    assert author.get(PATH) == desk.get(PATH) == found
    # Whether a coder of drafts alone exists is not told either.
    assert expect.faults(nobody(desk, "GET", f"{PATH}?coder=hiden"))["query.coder"]["hint"] is None
    assert desk.patch(draft, {"status": "published"}).status_code == 200
    assert asked(desk)["total"]["units"] == 2


def test_it_is_answered_as_of_a_moment(desk: Api) -> None:
    path = said(desk)
    coded(desk, path, "a", sanctions="supports")
    coded(desk, path, "b", sanctions="opposes")
    instant = now(desk)
    before = asked(desk)
    recoded(desk, path, "b", said_of(sanctions="supports"))
    coded(desk, path, "c", sanctions="strongly_supports")
    assert then(desk, PATH, instant) == before
    assert (before["total"]["stance"]["percent"], asked(desk)["total"]["stance"]["percent"]) == (0.0, 33.3)


def test_no_more_than_twenty_disagreements_are_told_and_the_widest_first(desk: Api) -> None:
    paths = [said(desk, title=f"Number {number}") for number in range(22)]
    for path in paths:
        coded(desk, path, "a", sanctions="supports")
        coded(desk, path, "b", sanctions="neutral")
    recoded(desk, paths[-1], "b", said_of(sanctions="strongly_opposes"))
    recoded(desk, paths[0], "b", said_of(sanctions="unclear"))
    coded(desk, paths[9], "c", sanctions="neutral")
    found = asked(desk)["disagreements"]
    assert len(found) == 20
    assert [one["record"]["path"] for one in found[:3]] == [paths[21], paths[9], paths[1]]
    assert paths[0] not in [one["record"]["path"] for one in found]  # no distance between a stance and unclear
    assert all(set(one["codes"][0]) == {"coder", "stance", "condition_type"} for one in found)
    assert len(Stance) == 7
