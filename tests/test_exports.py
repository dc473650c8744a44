"""Exports over HTTP: one consistent answer in many pages, for those who may see it, under a tag that costs nothing."""

import asyncio
import csv
from collections.abc import Callable
from typing import Any

import pytest

from api import exports, questions
from api.exportables import EXPORTABLES
from api.formats.columns import header
from api.formats.writers.registry import FORMATS
from api.settings import Settings
from api.store import purges, records
from schemas.vocabularies import Kind
from tests.desk import holder, nobody, said, store, uid
from tests.expect import Api
from tests.exported import lines, some
from tests.factories import statement
from tests.test_merges import merged
from tests.test_moments import now

Json = dict[str, Any]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three items a page, so that few records make many pages."""
    monkeypatch.setattr(exports, "PAGE", 3)


def test_a_whole_answer_is_that_of_the_list(api: Api) -> None:
    paths = some(api)
    merged(api, paths[2], paths[3])
    dismissed = {"records": [uid(paths[4]), uid(paths[5])]}
    assert api.send("POST", "/v1/duplicates/dismissals", json=dismissed).status_code == 201
    for template, of in EXPORTABLES.items():
        path = template.format(slug="kremlin")
        answer = api.send("GET", f"{path}.ndjson")
        found = lines(answer)
        # A pair that may be one has a request that would merge it, but not as of a moment, as whole answers are.
        past = {"as_of": answer.headers["as-of"]} if "duplicates" in path else {}
        body = api.get(path, params={"limit": 500, **past} if of.is_paged else {})
        expected = of.counted(body)
        assert found == expected, path
        if "duplicates" in path:
            assert found, path
        assert api.get(f"{path}.json") == api.get(path), path
        rows = api.send("GET", f"{path}.csv").text.split("\r\n")
        assert len(rows) == len(expected) + 2, path
        assert rows[0] == ",".join(of.places or header(of.table)), path
    pair = next(csv.DictReader(api.send("GET", "/v1/duplicates.csv").text.splitlines()))
    one = api.get("/v1/duplicates")["items"][0]
    assert [pair["later_id"], pair["earlier_id"]] == [record["id"] for record in one["records"]]
    assert (pair["offer"], float(pair["score"]), pair["later_actor"]) == (one["offer"], one["score"], "vladimir-putin")
    assert len(api.get("/v1/codings")["items"]) == 2
    assert [one["coder"] for one in lines(api.send("GET", "/v1/codings.ndjson?coder=b"))] == ["b"]


def test_the_filters_are_those_of_the_list_and_limit_caps_it(api: Api) -> None:
    some(api)
    query = "actor=kremlin&affiliates=true&topic=ceasefire&order=asc&kind=statement"
    expected = api.get(f"/v1/timeline?{query}&limit=500")["items"]
    assert len(expected) == 8
    for limit in (1, 3, 4, 7, 8, 9, 10**9, "9" * 30):
        assert lines(api.send("GET", f"/v1/timeline.ndjson?{query}&limit={limit}")) == expected[: int(str(limit)[:9])]
    assert lines(api.send("GET", "/v1/timeline.ndjson?q=number&limit=2"))[0]["snippet"]


def interrupted(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[int], None]) -> None:
    """Do something after each page that the service asks itself for."""
    asking, asked = questions.ask, 0

    async def ask(*given: Any) -> Any:
        nonlocal asked
        found = await asking(*given)
        asked += 1
        await asyncio.to_thread(meanwhile, asked)
        return found

    monkeypatch.setattr(questions, "ask", ask)


def test_pages_read_while_others_write_are_of_one_moment(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = some(api)
    expected = api.get("/v1/timeline?limit=500")["items"]
    instant = now(api)

    def write(page: int) -> None:
        with store(settings) as writing:
            records.create(writing, Kind.STATEMENT, statement(title=f"Later {page}", date="2025-03-12"))
            records.amend(
                writing, Kind.STATEMENT, uid(paths[page]), {"date": f"2025-03-{20 + page}", "title": "Changed"}, None
            )
            if page == 1:
                records.delete(writing, Kind.STATEMENT, uid(paths[7]), None)

    interrupted(monkeypatch, write)
    answer = api.send("GET", "/v1/timeline.ndjson")
    assert lines(answer) == expected
    assert answer.headers["as-of"] <= instant
    monkeypatch.undo()
    assert lines(api.send("GET", f"/v1/timeline.ndjson?as_of={answer.headers['as-of']}")) == expected
    assert lines(api.send("GET", "/v1/timeline.ndjson")) == api.get("/v1/timeline?limit=500")["items"] != expected


def test_what_is_purged_meanwhile_is_left_out_and_the_tag_is_another(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = some(api)
    expected = [one["id"] for one in api.get("/v1/timeline?limit=500")["items"]]
    instant = now(api)
    tag = api.send("GET", f"/v1/timeline.ndjson?as_of={instant}").headers["etag"]
    last = next(path for path in paths if uid(path) == expected[-1])

    def erase(page: int) -> None:
        if page == 1:
            with store(settings) as writing:
                records.delete(writing, Kind.STATEMENT, uid(last), None)
                purges.purge(writing, {"path": last, "reason": "Told in confidence"}, [2])

    interrupted(monkeypatch, erase)
    assert [one["id"] for one in lines(api.send("GET", "/v1/timeline.ndjson"))] == expected[:-1]
    again = api.send("GET", f"/v1/timeline.ndjson?as_of={instant}", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert [one["id"] for one in lines(again)] == expected[:-1]


def test_drafts_are_for_those_who_see_them_in_the_list(api: Api, settings: Settings) -> None:
    some(api)
    mine = holder(api, settings, "contributor")
    drafts = [said(api, status="draft", title="Of the desk"), said(mine, status="draft", title="Of the contributor")]
    for path in drafts:
        assert (
            api.send(
                "PUT", f"{path}/codings/c", json={"topics": [{"topic": "sanctions", "stance": "neutral"}]}
            ).status_code
            == 201
        )
    for asker, seen in ((api, drafts), (mine, drafts[1:]), (holder(api, settings, "reader"), [])):
        found = lines(asker.send("GET", "/v1/timeline.ndjson?status=draft"))
        assert {one["id"] for one in found} == {uid(path) for path in seen}
        assert len(lines(asker.send("GET", "/v1/codings.ndjson?coder=c"))) == len(seen)
    for suffix in FORMATS:
        content = nobody(api, "GET", f"/v1/timeline.{suffix}?status=draft&status=published").text
        assert "Of the desk" not in content
        assert "Number 1" in content
    tags = {asker.send("GET", "/v1/timeline.ndjson").headers["etag"] for asker in (api, mine)}
    assert len(tags) == 2
    assert api.send("GET", "/v1/timeline.ndjson").headers["cache-control"] == "private, no-cache"
    assert nobody(api, "GET", "/v1/timeline.ndjson").headers["cache-control"] == "public, no-cache"


def test_a_known_answer_costs_no_reading(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    some(api)
    places = [
        f"/v1/timeline.{suffix}" for suffix, one in FORMATS.items() if suffix not in ("json", "atom", "jsonfeed.json")
    ]
    places += [
        "/v1/timeline.csv?actor=kremlin",
        "/v1/timeline.csv?limit=2",
        "/v1/timeline.csv?profile=content",
        "/v1/statements.csv",
        "/v1/actors.csv",
    ]
    tags = {path: api.send("GET", path).headers["etag"] for path in places}
    assert len(set(tags.values())) == len(places)
    with monkeypatch.context() as patched:
        patched.setattr(questions, "ask", None)
        for path, tag in tags.items():
            answer = api.send("GET", path, headers={"If-None-Match": tag})
            assert (answer.status_code, answer.content) == (304, b"")
            assert answer.headers["etag"] == tag
    said(api)
    for path, tag in tags.items():
        assert api.send("GET", path, headers={"If-None-Match": tag}).status_code == 200


def test_pages_and_counts_have_tags_too(api: Api) -> None:
    some(api)
    for path in (
        "/v1/timeline.json",
        "/v1/timeline.atom",
        "/v1/timeline.jsonfeed.json",
        "/v1/stances/current.csv",
        "/v1/facets.ndjson",
        "/v1/timeline.json?profile=content",
    ):
        tag = api.send("GET", path).headers["etag"]
        assert api.send("GET", path, headers={"If-None-Match": tag}).status_code == 304


def test_pages_lead_to_the_next_in_the_same_format(api: Api) -> None:
    some(api)
    expected = [one["id"] for one in api.get("/v1/timeline?limit=500")["items"]]
    for suffix in ("json", "jsonfeed.json", "atom"):
        found: list[str] = []
        path: str | None = f"/v1/timeline.{suffix}?limit=4"
        while path:
            answer = api.send("GET", path)
            assert answer.headers["content-type"].startswith(FORMATS[suffix].media_type)
            found += [one["id"] for one in answer.json()["items"]] if suffix != "atom" else []
            after = answer.headers.get("link")
            path = after and after.removeprefix("<").partition(">")[0]
            assert path is None or path.startswith(f"/v1/timeline.{suffix}?limit=4&cursor=")
            if suffix == "jsonfeed.json":
                assert answer.json().get("next_url") == path
            if suffix == "atom":
                assert ('rel="next"' in answer.text) == (path is not None)
        assert found == (expected if suffix != "atom" else [])
    first = api.send("GET", "/v1/timeline.json?profile=content&limit=4").json()
    second = api.send("GET", f"/v1/timeline.json?profile=content&limit=4&cursor={first['next']}").json()
    assert [one["id"] for one in first["items"] + second["items"]] == expected[::-1][:8]
