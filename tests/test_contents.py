"""The content profile: a line of it is what a POST takes, and what was made of it has the same line again."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.formats.columns import read
from api.formats.contents import MEMBERS, sent
from api.main import create
from api.settings import Settings
from tests.clients import Client
from tests.conftest import make_key
from tests.desk import post, said
from tests.expect import Api
from tests.factories import event, statement, world

Json = dict[str, Any]
ALL = "profile=content&status=published&status=under_review&status=withdrawn"


def lines(client: TestClient, path: str) -> list[Json]:
    """A list in the content profile."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    found = [json.loads(line) for line in answer.text.splitlines()]
    assert all(list(line) == ["noun", *MEMBERS[line["noun"]]] for line in found)
    return found


def everything(client: TestClient) -> list[Json]:
    """All that a service has, each thing before what names it."""
    actors = lines(client, "/v1/actors.ndjson?profile=content")
    topics = lines(client, "/v1/topics.ndjson?profile=content")
    above: list[Json] = []
    while waiting := [one for one in topics if one not in above]:
        known = {None, *(one["slug"] for one in above)}
        above += [one for one in waiting if one["parent"] in known]
    belongs = [
        line
        for actor in actors
        for line in lines(client, f"/v1/actors/{actor['slug']}/affiliations.ndjson?profile=content&side=member")
    ]
    records = lines(client, f"/v1/timeline.ndjson?{ALL}")
    return [*actors, *belongs, *lines(client, "/v1/sources.ndjson?profile=content"), *above, *records,
            *lines(client, "/v1/reactions.ndjson?profile=content"), *lines(client, "/v1/codings.ndjson?profile=content")]  # fmt: skip


PATHS = {"actor": "/v1/actors", "source": "/v1/sources", "topic": "/v1/topics", "statement": "/v1/statements", "event": "/v1/events",
         "reaction": "/v1/reactions"}  # fmt: skip


def take_in(api: Api, given: list[Json]) -> dict[str, str]:
    """Send each line as it is; answers which id each was given."""
    ids: dict[str, str] = {}
    for line in given:
        if line["noun"] == "reaction":
            line = {**line, "from": ids[line["from"]], "to": ids[line["to"]]}
        if line["noun"] == "coding":
            path = f"/v1/statements/{ids[line['statement']]}/codings/{line['coder']}"
            made = api.send("PUT", path, json=sent(line))
        else:
            path = PATHS[line["noun"]] if line["noun"] != "affiliation" else f"/v1/actors/{line['actor']}/affiliations"
            made = api.send("POST", path, json=sent(line))
        assert made.status_code == 201, f"{line}: {made.text}"
        if "id" in line:
            ids[line["id"]] = made.json()["id"]
    return ids


def renamed(given: list[Json], ids: dict[str, str]) -> list[Json]:
    """The lines with the ids that they were given."""
    return [
        {
            name: ids.get(value, value) if name in ("id", "from", "to", "statement") else value
            for name, value in line.items()
        }
        for line in given
    ]


def test_the_demo_set_taken_in_line_by_line_is_the_same_again(api: Api, sqlite_demo: Path) -> None:
    with Client(create(Settings(database_url=f"sqlite:///{sqlite_demo}"))) as demo:
        given = everything(demo)
    assert len(given) > 500
    ids = take_in(api, given)
    assert everything(api.client) == renamed(given, ids)


def awkward(api: Api) -> None:
    """What the demo set has none of."""
    world(api)
    for confidence in (None, "B2", {"value": 6, "scale": "admiralty"}, {"value": "F6", "scale": "admiralty"}, {"value": 7, "scale": "0-10"}, "Almost Certain",
                       {"value": "likely", "scale": "dni"}, {"value": None, "scale": "stix"}, 0, 100, "none"):  # fmt: skip
        post(api, "/v1/statements", {**statement(), "confidence": confidence})
    first = said(
        api,
        status="withdrawn",
        prompted=False,
        effective="../2025-05-01",
        hedge="likely",
        title='\'=1 and\r\n"more"',
        tags=["a", "=b"],
    )
    said(
        api,
        status="under_review",
        external_source="acled",
        external_id="a/b:c",
        place={"latitude": -33.0, "longitude": 1e-7},
    )
    second = post(
        api, "/v1/events", event(topic="sanctions", stance="neutral", participants=[{"actor": "nato", "role": "host"}])
    )
    post(api, "/v1/reactions", {"from": second["id"], "to": first.rpartition("/")[2], "type": "denies", "topic": "sanctions", "asserted_by": "nato",
                                "confidence": "unlikely", "note": "+", "citations": [{"source": "some-blog", "excerpt": "@x", "credibility": 6}]})  # fmt: skip
    positions = [
        {"topic": "sanctions", "stance": "neutral", "rationale": "-"},
        {"topic": "ceasefire", "stance": "opposes", "coding_certainty": "low"},
    ]
    for coder in ("a", "b"):
        assert (
            api.send(
                "PUT", f"{first}/codings/{coder}", json={"topics": positions[: 1 if coder == "a" else 2]}
            ).status_code
            == 201
        )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_the_demo_set_has_none_of_is_the_same_again(api: Api, sqlite_template: Path, tmp_path: Path) -> None:
    awkward(api)
    given = everything(api.client)
    assert {line["noun"] for line in given} == set(MEMBERS)
    other = tmp_path / "other.sqlite3"
    other.write_bytes(sqlite_template.read_bytes())
    with Client(create(Settings(database_url=f"sqlite:///{other}"))) as client:
        there = Api(client, make_key(f"sqlite:///{other}", "desk", "editor"))
        ids = take_in(there, given)
        assert everything(client) == renamed(given, ids)


def test_csv_says_the_same_as_ndjson(api: Api) -> None:
    awkward(api)
    for path, more in (("/v1/timeline", ALL), ("/v1/reactions", "profile=content"), ("/v1/codings", "profile=content"), ("/v1/actors", "profile=content"),
                       ("/v1/topics", "profile=content"), ("/v1/sources", "profile=content"), ("/v1/actors/nato/affiliations", "profile=content")):  # fmt: skip
        expected = lines(api.client, f"{path}.ndjson?{more}")
        text = api.client.get(f"{path}.csv?{more}").content.decode()
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        assert len(rows) == len(expected) > 0
        for row, line in zip(rows, expected, strict=True):
            found, _, faults = read(row["noun"], row)
            assert not faults
            assert filled(found) == filled(line)


def filled(value: Any) -> Any:
    """Without what has no value, which a cell can't tell from what is not there; a confidence of null says something."""
    if isinstance(value, dict):
        return {name: filled(one) for name, one in value.items() if one not in (None, [])}
    return [filled(one) for one in value] if isinstance(value, list) else value


def test_json_has_the_same_items_in_pages(api: Api) -> None:
    awkward(api)
    expected = lines(api.client, f"/v1/timeline.ndjson?{ALL}")
    page = api.client.get(f"/v1/timeline.json?{ALL}&limit=500&count=capped").json()
    assert page == {"items": expected, "next": None, "count": {"n": len(expected), "at_least": False}}
    reverse = lines(api.client, f"/v1/timeline.ndjson?{ALL}&order=desc")
    assert reverse == expected[::-1]


def test_no_clock_no_key_and_nothing_derived_is_in_it(api: Api) -> None:
    awkward(api)
    text = api.client.get(f"/v1/timeline.ndjson?{ALL}&q=truce").text
    assert text
    before = text
    for word in (
        "recorded",
        "changed_at",
        "version",
        "corroboration",
        "retracted_by",
        "snippet",
        "stance_score",
        "confidence_label",
        "date_earliest",
        "desk",
    ):
        assert f'"{word}' not in text, word
    path = next(line for line in lines(api.client, f"/v1/timeline.ndjson?{ALL}"))["id"]
    assert api.patch(f"/v1/statements/{path}", {"tags": ["x"]}).status_code == 200
    assert api.patch(f"/v1/statements/{path}", {"tags": []}).status_code == 200
    assert api.patch("/v1/actors/vladimir-putin", {"name": "Renamed"}).status_code == 200
    assert api.client.get(f"/v1/timeline.ndjson?{ALL}&q=truce").text == before
