"""Walking a list: every record that stays as it is appears exactly once, whatever is written meanwhile."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st

from api.database import Database
from api.store import keys, records
from schemas.vocabularies import Kind
from tests.expect import Api
from tests.factories import statement, world

DATES = [
    "2025-03-13",
    "2025-03-13",
    "2025-03",
    "2025",
    "2025-03-13T10:00:00Z",
    "2022-02-24/..",
    "2024-12-31/2025-03-13",
]
CHANGES = st.lists(st.tuples(st.sampled_from(["add", "retitle", "move", "delete"]), st.integers(0, 30)), max_size=4)


@pytest.fixture
def told(api: Api) -> Api:
    """The little world with a dozen records, many of one date."""
    world(api)
    for index in range(12):
        api.make("/v1/statements", statement(date=DATES[index % len(DATES)], title=f"{index}"))
    return api


@tuned(max_examples=12)
@given(
    limit=st.integers(1, 5),
    order=st.sampled_from(["desc", "asc", "entered", "-entered"]),
    question=st.sampled_from(
        [
            {},
            {"actor": "russia", "affiliates": "true"},
            {"topic": "ceasefire", "stance": "supports"},
            {
                "actor": ["kremlin", "vladimir-putin"],
                "affiliates": "true",
                "topic": "ceasefire",
                "from": "2025-03-13T09:00:00Z",
            },
        ]
    ),
    meanwhile=st.lists(CHANGES, min_size=6, max_size=6),
)
def test_what_stays_appears_exactly_once(
    told: Api, limit: int, order: str, question: dict[str, Any], meanwhile: list[list[tuple[str, int]]]
) -> None:
    database: Database = told.client.app.state.database  # type: ignore[attr-defined]
    asked = {**question, "order": order}
    before = [item["id"] for item in told.walk("/v1/timeline", 500, **asked)]
    touched: set[str] = set()
    seen: list[str] = []
    cursor = None
    for changes in [*meanwhile, *[[] for _ in range(100)]]:
        page = told.get("/v1/timeline", params={**asked, "limit": limit, **({"cursor": cursor} if cursor else {})})
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
        with database.writing(keys.SYSTEM) as writing:
            for what, number in changes:
                one = before[number % len(before)] if before else None
                if what == "add":
                    records.create(writing, Kind.STATEMENT, statement(date=DATES[number % len(DATES)]))
                elif one and one not in touched and what == "retitle":
                    # Neither its place nor its match changes: it must still appear once.
                    records.amend(writing, Kind.STATEMENT, one, {"title": f"again {number} {len(seen)}"}, None)
                elif one and one not in touched and what == "move":
                    records.amend(writing, Kind.STATEMENT, one, {"date": "2024-06"}, None)
                    touched.add(one)
                elif one and one not in touched:
                    records.delete(writing, Kind.STATEMENT, one, None)
                    touched.add(one)
    assert cursor is None
    counts = {one: seen.count(one) for one in before if one not in touched}
    assert set(counts.values()) <= {1}
    assert len(seen) == len(set(seen)) or touched
    if order in ("desc", "asc"):
        kept = [one for one in seen if one in counts]
        assert kept == [one for one in before if one in counts]


def test_the_link_header_leads_to_the_next_page(told: Api) -> None:
    answer = told.send("GET", "/v1/timeline", params={"limit": 5, "topic": "ceasefire"})
    target = answer.headers["link"].removeprefix("<").partition(">")[0]
    assert 'rel="next"' in answer.headers["link"]
    following = told.get(target)
    assert following == told.get(
        "/v1/timeline", params={"limit": 5, "topic": "ceasefire", "cursor": answer.json()["next"]}
    )
    assert not {item["id"] for item in following["items"]} & {item["id"] for item in answer.json()["items"]}


def test_a_count_is_capped_and_says_so(told: Api) -> None:
    assert told.get("/v1/timeline", params={"count": "capped", "limit": 1})["count"] == {"n": 12, "at_least": False}
    database: Database = told.client.app.state.database  # type: ignore[attr-defined]
    with database.writing(keys.SYSTEM) as writing:
        for index in range(990):
            records.create(writing, Kind.STATEMENT, statement(date="2020", title=f"{index}"))
    assert told.get("/v1/timeline", params={"count": "capped", "limit": 1})["count"] == {"n": 1000, "at_least": True}
    assert told.get("/v1/timeline", params={"count": "capped", "from": "2021"})["count"] == {"n": 12, "at_least": False}


def test_one_fault_in_the_middle_of_a_walk_does_not_end_it(told: Api) -> None:
    cursor = told.get("/v1/timeline", params={"limit": 5})["next"]
    bad = told.send("GET", "/v1/timeline", params={"limit": 0, "cursor": cursor})
    assert bad.status_code == 422
    assert told.get("/v1/timeline", params={"limit": 100, "cursor": cursor})["next"] is None
