"""Who answers whom, how fast, and who did not: by hand for one pair of the demo set, at the edges, and where it is refused."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.commands import demo
from api.commands.migrate import ROOT
from api.database import Database
from api.main import create
from api.settings import Settings
from api.store import links
from schemas.links import QUANTILES
from tests import expect
from tests.desk import anyone, holder, link, nobody, post, said, uid
from tests.exchanges import PARTS, quantile
from tests.expect import Api
from tests.factories import world
from tests.test_moments import now

MATRIX, LAGS, UNANSWERED = (f"/v1/reactions/{name}" for name in ("matrix", "lags", "unanswered"))
# Washington and the Kremlin: the Americans by their offices, the Kremlin by itself.
PAIR = {"from_actor": "united-states", "to_actor": "kremlin", "affiliates": "true"}
ANSWERS = ["responds_to", "rejects"]


@pytest.fixture
def loaded(settings: Settings) -> Iterator[TestClient]:
    """The demo set."""
    database = Database(settings)
    demo.load(database)
    database.close()
    with TestClient(create(settings)) as client:
        yield client


def test_how_washington_answers_the_kremlin_is_what_a_hand_counts(loaded: TestClient) -> None:
    """Nine links: five readouts on the day itself, and the answers of 2022 to these words, with the days between.

    23 December 2021 → 26 January 2022 rejects, 34; 21 → 24 February responds_to, 3; 24 → 24 February responds_to, 0;
    21 → 23 September responds_to, 2.
    """
    matrix = loaded.get(MATRIX, params={**PAIR, "interval": "quarter"}).json()
    assert {(row["from_actor"], row["to_actor"]) for row in matrix["items"]} == {("united-states", "kremlin")}
    assert {(row["from_actor_name"], row["to_actor_name"]) for row in matrix["items"]} == {
        ("United States of America", "Kremlin")
    }
    assert [(row["type"], row["period_start"], row["n"]) for row in matrix["items"]] == [
        ("rejects", "2022-01-01", 1), ("reports_on", "2021-10-01", 2), ("reports_on", "2022-01-01", 1),
        ("reports_on", "2025-01-01", 2), ("responds_to", "2022-01-01", 2), ("responds_to", "2022-07-01", 1),
    ]  # fmt: skip
    assert (matrix["links"], len(matrix["periods"]), matrix["as_of"]) == (9, 14, None)

    lags = loaded.get(LAGS, params={**PAIR, "type": ANSWERS}).json()["items"]
    assert [(one["n"], one["n_exact"], one["hours"]) for one in lags] == [(4, 0, None)]
    days = {"p10": 0, "p25": 0, "median": 2, "p75": 3, "p90": 34}
    assert lags[0]["days"] == {name: {"low": at, "high": at} for name, at in days.items()}
    assert [(bar["n_low"], bar["n_high"]) for bar in lags[0]["histogram"]] == [
        (1, 1), (0, 0), (2, 2), (0, 0), (0, 0), (1, 1),
    ]  # fmt: skip

    found = loaded.get("/v1/reactions", params={**PAIR, "type": ANSWERS, "min_lag": "P1D"}).json()["items"]
    told = {(one["to_record"]["date"], one["from_record"]["date"], one["type"], one["lag_days_max"]) for one in found}
    assert told == {
        ("2021-12-23", "2022-01-26", "rejects", 34), ("2022-02-21", "2022-02-24", "responds_to", 3),
        ("2022-09-21", "2022-09-23", "responds_to", 2),
    }  # fmt: skip
    asked = {
        "actor": "kremlin",
        "by": "united-states",
        "affiliates": "true",
        "type": ANSWERS,
        "from": "2022-02-21",
        "to": "2022-02-24",
    }
    recognition = "ru-2022-02-21-putin-recognition"
    for within, is_answered in (("P2D", False), ("P3D", True)):
        silent = loaded.get(UNANSWERED, params={**asked, "within": within, "limit": 500}).json()["items"]
        assert (recognition not in {one["external_id"] for one in silent}) == is_answered, within
        assert "ru-2022-02-24-putin-operation" not in {one["external_id"] for one in silent}
    # Macron and Putin before the press, on the 7th or on the 8th: on the same day, or on the next.
    vague = loaded.get(
        "/v1/reactions", params={"from_actor": "france", "from": "2022-02-07", "to": "2022-02-08"}
    ).json()
    bounds = {(one["type"], one["lag_days_min"], one["lag_days_max"]) for one in vague["items"]}
    assert ("responds_to", 0, 1) in bounds


def test_the_questions_of_the_readme_have_answers(loaded: TestClient) -> None:
    paths = re.findall(r"^\| `(/v1/reactions[^`]*)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [path.partition("?")[0] for path in paths] == ["/v1/reactions", MATRIX, LAGS, UNANSWERED]
    for path in paths:
        assert loaded.get(path).json()["items"], path


def silent(api: Api, **asked: Any) -> list[str]:
    """The ids of signals without an answer, page by page."""
    return [one["id"] for one in api.walk(UNANSWERED, limit=2, **asked)]


def test_a_signal_is_listed_once_the_day_is_over_on_which_its_time_ran_out(api: Api) -> None:
    world(api)
    today = datetime.fromisoformat(now(api).replace("Z", "+00:00")).date()
    ago = {age: today - timedelta(days=age) for age in (1, 3, 7, 8, 9, 30)}
    three, seven, eight, nine = (
        uid(said(api, date=f"{ago[age]}{clock}")) for age, clock in ((3, ""), (7, ""), (8, "T00:00:01Z"), (9, ""))
    )
    vague = uid(said(api, date=f"{ago[30]}/{ago[7]}"))
    said(api, date=f"{ago[30]}/..")  # its time never runs out
    as_of = now(api)
    if as_of[:10] != str(today):
        pytest.skip("midnight passed while this ran")
    assert silent(api, as_of=as_of) == silent(api, as_of=as_of, within="P7D") == [eight, nine]
    assert silent(api, as_of=as_of, order="asc") == [nine, eight]
    assert silent(api, as_of=as_of, within="P6D") == [seven, eight, nine, vague]
    assert silent(api, as_of=as_of, within="PT1H") == [three, seven, eight, nine, vague]
    assert silent(api, as_of=f"{today.year - 1}") == []


def test_an_answer_counts_where_it_may_have_come_in_time(api: Api) -> None:
    world(api)
    signal = uid(said(api, date="2025-03-13T10:00:00Z"))

    def answered(date: str, kind: str = "rejects", **more: Any) -> str:
        return str(link(api, said(api, date=date, **{"actor": "nato", **more}), signal, kind)["id"])

    asked: dict[str, Any] = {"actor": "vladimir-putin", "by": "nato"}
    assert silent(api, **asked) == [signal]
    first = answered("2025-03-20T10:00:00Z")
    assert silent(api, **asked) == []
    assert silent(api, **asked, within="P6DT23H59M59S") == [signal]  # between two instants to the second
    assert silent(api, **asked, type=["accepts", "denies"]) == [signal]
    assert silent(api, actor="vladimir-putin", by="kremlin") == [signal]
    assert silent(api, actor="vladimir-putin", by="the-west", affiliates="true") == []
    assert silent(api, actor="vladimir-putin") == []
    assert api.drop(f"/v1/reactions/{first}").status_code == 204
    answered("2025-03-21")
    assert silent(api, **asked) == [signal]
    answered("2025-03-20/2025-04-20", "accepts")
    assert silent(api, **asked) == []
    # Finland belongs since April 2023, the United Kingdom all along; what a man said after his office does not count.
    old = uid(said(api, date="2022-09-05", actor="kremlin"))
    link(api, said(api, date="2022-09-07", actor="boris-johnson"), old)
    west: dict[str, Any] = {"actor": "kremlin", "by": "nato", "affiliates": "true", "to": "2022"}
    assert silent(api, **west) == [old]
    link(api, said(api, date="2022-09-06", actor="boris-johnson"), old)
    assert silent(api, **west) == []


def test_an_unchanged_page_of_silences_is_not_sent_again(api: Api) -> None:
    world(api)
    first = said(api)
    page = nobody(api, "GET", f"{UNANSWERED}?count=capped")
    assert (page.json()["count"], len(page.json()["items"])) == ({"n": 1, "at_least": False}, 1)
    for path in (UNANSWERED, MATRIX, LAGS):
        read = nobody(api, "GET", path)
        assert nobody(api, "GET", path, headers={"If-None-Match": read.headers["etag"]}).status_code == 304
    link(api, said(api, actor="nato"), first)
    assert len(nobody(api, "GET", UNANSWERED).json()["items"]) == 1


def test_a_record_with_several_agents_counts_for_each_and_a_pair_of_records_once(api: Api) -> None:
    world(api)
    signal = said(api, date="2025-03-13T10:00:00Z", on_behalf_of="kremlin")
    joint = [{"actor": "finland", "role": "co_actor"}, {"actor": "russia", "role": "target"}]
    answer = said(api, date="2025-03-13T12:30:00Z", actor="united-kingdom", participants=joint)
    for topic in (None, "sanctions"):
        link(api, answer, signal, "rejects", topic=topic)
    counted = {(row["from_actor"], row["to_actor"]): row["n"] for row in api.get(MATRIX)["items"]}
    assert counted == {
        (one, other): 2 for one in ("united-kingdom", "finland") for other in ("vladimir-putin", "kremlin")
    }
    grouped = api.get(MATRIX, params={"from_actor": "nato", "to_actor": ["russia", "kremlin"], "affiliates": "true"})
    assert {(row["from_actor"], row["to_actor"]): row["n"] for row in grouped["items"]} == {
        ("nato", "russia"): 2,
        ("nato", "kremlin"): 2,
    }
    assert (api.get(MATRIX)["links"], grouped["links"]) == (2, 2)
    lag = api.get(LAGS, params={"from_actor": "finland", "to_actor": "kremlin"})["items"][0]
    assert (lag["n"], lag["n_exact"], lag["hours"]) == (1, 1, dict.fromkeys(PARTS, 2.5))
    assert [(bar["n_low"], bar["n_high"]) for bar in lag["histogram"]] == [(1, 1), *[(0, 0)] * 5]


def test_links_of_drafts_and_of_what_was_withdrawn_are_not_counted(api: Api, settings: Settings) -> None:
    world(api)
    signal, kept = said(api), said(api, actor="nato")
    answers = {status: said(api, actor="nato", status=status) for status in ("draft", "withdrawn", "under_review")}
    for answer in answers.values():
        link(api, answer, signal, "rejects")
    link(api, kept, signal, "accepts")
    for reader in (api, anyone(api), holder(api, settings, "admin")):
        rows = reader.get(MATRIX)["items"]
        assert [(row["type"], row["n"]) for row in rows] == [("accepts", 1), ("rejects", 1)]
        assert reader.get(LAGS)["items"][0]["n"] == 2
    assert list(api.walk("/v1/reactions", from_actor="nato", status="draft")) == []  # what they answer is no draft
    assert len(list(api.walk("/v1/reactions", from_actor="nato"))) == 4
    assert len(list(anyone(api).walk("/v1/reactions", from_actor="nato"))) == 3
    assert len(list(api.walk("/v1/reactions", from_actor="nato", status=["published", "under_review"]))) == 2


@pytest.mark.parametrize(
    ("query", "where", "told"),
    [
        ("from_actor=nat", "from_actor", "there is no actor 'nat'"),
        ("to_actor=x&affiliates=true", "to_actor", "there is no actor 'x'"),
        ("from_topic=x", "from_topic", "there is no topic 'x'"),
        ("affiliates=true", "affiliates", "affiliates means nothing without an actor"),
        ("from=2026&to=2025", "from", "from lies after to"),
        ("min_lag=P8D&max_lag=P7D", "min_lag", "min_lag is longer than max_lag"),
        ("max_lag=7", "max_lag", "'7' is not a period of time."),
        ("from_kind=word", "from_kind", "'word' is no value of from_kind"),
    ],
)
def test_what_can_not_be_asked_is_refused_in_words(api: Api, query: str, where: str, told: str) -> None:
    world(api)
    for path in ("/v1/reactions", MATRIX, LAGS):
        found = expect.faults(api.send("GET", f"{path}?{query}"))
        assert {name: fault["message"] for name, fault in found.items()} == {f"query.{where}": told}


def test_faults_of_silences_are_told_together(api: Api) -> None:
    world(api)
    found = expect.faults(api.send("GET", f"{UNANSWERED}?actor=kremln&by=nat&within=7&topic=x&interval=day"))
    assert set(found) == {f"query.{name}" for name in ("actor", "by", "within", "topic", "interval")}
    assert "query.affiliates" in expect.faults(api.send("GET", f"{UNANSWERED}?affiliates=true"))
    assert api.get(f"{UNANSWERED}?affiliates=true&by=nato")["items"] == []
    hint = expect.faults(api.send("GET", f"{MATRIX}?interval=hour"))["query.interval"]["hint"]
    assert hint == "One of day, week, month, quarter, year."


def test_an_answer_of_too_many_rows_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    world(api)
    signal = said(api, on_behalf_of="kremlin")
    link(api, said(api, actor="nato", date="2025-06-01"), signal)
    monkeypatch.setattr(links, "MOST_ROWS", 2)
    assert (len(api.get(MATRIX)["items"]), len(api.get(LAGS)["items"])) == (2, 2)
    link(api, said(api, actor="finland", date="2025-03-20"), signal)
    for path, what in (
        (MATRIX, "rows"),
        (LAGS, "pairs of actors"),
        (f"{MATRIX}?from_actor=nato&from_actor=finland&to_actor=kremlin&interval=day", "periods"),
    ):
        fault = expect.faults(api.send("GET", path))["query"]
        assert fault["message"] == f"the answer has more than 2 {what}"
        assert "Narrow it" in fault["hint"]


def test_a_snapshot_of_a_matrix_goes_with_an_actor_that_it_shows(api: Api, settings: Settings) -> None:
    world(api)
    made = post(api, "/v1/actors", {"slug": "private-person", "kind": "person", "name": "Private Person"})
    signal = said(api)
    answer = said(api, actor=made["slug"])
    link(api, answer, signal)
    taken = [post(api, "/v1/snapshots", {"query": path}) for path in (MATRIX, LAGS, "/v1/reactions", UNANSWERED)]
    for path in (MATRIX, LAGS):
        kept = next(one for one in taken if one["query"] == path)
        assert json.loads(nobody(api, "GET", kept["path"]).content)["answer"]["items"] == api.get(path)["items"]
    admin = holder(api, settings, "admin")
    for path in (answer, "/v1/actors/private-person"):
        assert api.drop(path).status_code == 204
        body, headers = {"path": path, "reason": "A request"}, {"If-Match": admin.tag(path)}
        assert admin.send("POST", "/v1/purges", json=body, headers=headers).status_code == 200
    for one in taken:
        expect.problem(nobody(api, "GET", one["path"]), "purged")


@given(st.lists(st.integers(0, 50), min_size=1, max_size=200))
def test_the_nearest_rank_is_the_smallest_with_enough_below(values: list[int]) -> None:
    ordered = sorted(values)
    for name, percent in QUANTILES.items():
        assert ordered[(percent * len(ordered) + 99) // 100 - 1] == quantile(ordered, PARTS[name])
