"""The README tells the truth: its examples, its codes, its settings, its filters."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.errors import CODES
from api.main import create
from api.queries import names
from api.settings import Settings
from schemas.timeline import TimelineFilter
from tests.clients import Client
from tests.conftest import make_key

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"\$ curl 'http://127\.0\.0\.1:8000(/v1/[^']+)'\n```\n\n((?:\|.*\n)+)\n(\d+) records", README)


@pytest.fixture
def demo(demo_url: str) -> Iterator[TestClient]:
    """A client of the demo set."""
    with Client(create(Settings(database_url=demo_url))) as client:
        yield client


def test_each_example_answers_as_shown(demo: TestClient) -> None:
    assert len(EXAMPLES) == 3
    parents = {
        topic["slug"]: topic["parent"] for topic in demo.get("/v1/topics", params={"limit": 500}).json()["items"]
    }

    def is_under(slug: str, asked: str | None) -> bool:
        parent = parents[slug]
        return asked in (None, slug) or (parent is not None and is_under(parent["slug"], asked))

    for path, table, count in EXAMPLES:
        asked = re.search(r"topic=([a-z-]+)", path)
        items = demo.get(path).json()["items"]
        shown = [[cell.strip() for cell in row.strip("|\n").split(" | ")] for row in table.splitlines()[2:]]
        assert len(items) == int(count), path
        assert len(shown) >= 5
        for row, item in zip(shown, items, strict=False):
            first = next(one for one in item["topics"] if is_under(one["topic"]["slug"], asked and asked[1]))
            stance = f"{first['stance']} `{first['topic']['slug']}`"
            told = [item["date"], item["actor"]["slug"], item["kind"], stance, str(item["confidence"]), item["title"]]
            assert row == told


def test_the_five_questions_are_answered_as_shown(demo: TestClient) -> None:
    section = README.partition("## Five questions, one address each")[2].partition("\n## ")[0]
    asked = re.findall(r"```\n(/v1/\S+)\n```\n\n((?:\|.*\n)+)", section)
    assert len(asked) == 4
    for path, table in asked:
        head, _, *rows = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table.splitlines()]
        answer = demo.get(path).json()
        items = answer.get("items") or answer["facets"]
        assert [[_member(item, name) for name in head] for item in items] == rows, path


def _member(item: Any, name: str) -> str:
    for part in name.split("."):
        item = item[int(part)] if part.isdigit() else item[part]
    return "null" if item is None else str(item)


def test_what_we_knew_then_is_as_shown(demo: TestClient, demo_url: str) -> None:
    section = README.partition("## What did we know then")[2].partition("\n## ")[0]
    path = re.findall(r"R=http://127\.0\.0\.1:8000(/v1/\S+)", section)[0]
    before, after, then = re.findall(r'^"confidence":(\d+)$', section, re.MULTILINE)
    query = re.findall(r"`(/v1/timeline\?\S+)`", section)[0]
    read = demo.get(path)
    patch = json.loads(re.findall(r"-d '(\{.*?\})'", section)[0])
    headers = {
        "Authorization": f"Bearer {make_key(demo_url, 'desk', 'editor')}",
        "If-Match": read.headers["etag"],
    }
    amended = demo.patch(path, json=patch, headers=headers).json()
    as_of = {"as_of": read.json()["changed_at"]}
    assert (read.json()["confidence"], amended["confidence"]) == (int(before), int(after))
    assert demo.get(path, params=as_of).json()["confidence"] == int(then)
    external = path.rpartition(":")[2]
    assert external not in demo.get(query).text
    assert external in demo.get(f"{query}&as_of={as_of['as_of']}").text


def test_an_answer_is_cited_as_shown(demo: TestClient, demo_url: str) -> None:
    section = README.partition("## Citing an answer")[2].partition("\n## ")[0]
    instant = demo.get("/v1/timeline?limit=1&order=-entered").json()["items"][0]["recorded_at"]
    body = json.loads(re.findall(r"-d '(\{.*?\})'", section.replace("'$T'", instant), re.DOTALL)[0])
    headers = {"Authorization": f"Bearer {make_key(demo_url, 'desk', 'contributor')}"}
    taken = demo.post("/v1/snapshots", json=body, headers=headers).json()
    shown = re.findall("^Demarche, .*", section, re.MULTILINE)[0]
    assert re.fullmatch(re.escape(shown).replace("…", r"[\w:./-]+"), taken["citation"])
    content = demo.get(taken["path"]).content
    assert hashlib.sha256(content).hexdigest() == taken["sha256"]
    assert set(json.loads(content)) == set(re.findall(r'"(\w+)": …', section))


def test_corroboration_and_conflicts_are_as_shown(demo: TestClient) -> None:
    section = README.partition("## How many say so, and where they disagree")[2].partition("\n## ")[0]
    asked, conflicts = re.findall(r"'http://127\.0\.0\.1:8000(/v1/[^']+)'", section)
    record = demo.get(asked).json()
    groups = [[one["citations"], one["counts"], one["why"]] for one in record["corroboration_groups"]]
    shown = [json.loads(line) for line in re.findall(r"^(\[.*\]|\d+)$", section, re.MULTILINE)]
    assert shown == [record["corroboration"], *groups]
    told = re.findall(r"^\S+ \| .*$", section, re.MULTILINE)
    (item,) = demo.get(conflicts).json()["items"]
    head = [item["date_earliest"], item["actor"]["slug"], item["topic"]["slug"]]
    assert told == [" | ".join(row) for row in (head, *((one["stance"], one["title"]) for one in item["records"]))]


def test_duplicates_are_as_shown(demo: TestClient) -> None:
    section = README.partition("## One thing recorded twice")[2].partition("\n## ")[0]
    (asked,) = re.findall(r"'http://127\.0\.0\.1:8000(/v1/[^']+)'", section)
    told = re.findall(r"^0\.\d+ .*$", section, re.MULTILINE)
    assert told == [f"{item['score']} {item['why']}" for item in demo.get(asked).json()["items"]]
    assert demo.get("/v1/duplicates?offer=merge").json()["items"] == []


def test_the_body_to_type_first_is_taken(demo: TestClient) -> None:
    found = re.search(r"-d '(\{.*?\})'", README.partition("## Writing")[2], re.DOTALL)
    assert found
    body = json.loads(found[1])
    key = "no key"
    refused = demo.post("/v1/statements", json=body, headers={"Authorization": f"Bearer {key}"})
    assert refused.json()["code"] == "key-invalid"
    assert {"date", "actor", "title", "topic", "stance", "source", "url", "confidence"} == set(body)


def test_a_second_reading_is_told_as_shown(demo: TestClient, demo_url: str) -> None:
    section = README.partition("### Several coders")[2].partition("\n##")[0]
    statement = re.findall(r"S=http://127\.0\.0\.1:8000(/v1/\S+)", section)[0]
    coder = re.findall(r"\$S(/codings/\S+)", section)[0]
    body = json.loads(re.findall(r"-d '(\{.*?\})'", section, re.DOTALL)[0])
    headers = {"Authorization": f"Bearer {make_key(demo_url, 'desk', 'editor')}"}
    assert demo.put(statement + coder, json=body, headers=headers).status_code == 201
    index = int(re.findall(r"\.topics\[(\d)\]\.in_words", section)[0])
    assert demo.get(f"{statement}/codings").json()["topics"][index]["in_words"] in section.splitlines()
    agreement = re.findall(r"`(/v1/codings/agreement\S*)`", section)[0]
    assert demo.get(agreement).json()["source"].startswith("Krippendorff, K. (2011)")


def test_the_loop_that_follows_changes_reads_what_the_feed_says(demo: TestClient) -> None:
    found = re.search(r"feed='http://127\.0\.0\.1:8000([^']+)'.*\n(.+)\n(.+)\n```", README)
    assert found
    path, loop = found[1], found[2] + found[3]
    page = demo.get(path).json()
    assert set(re.findall(r"jq [^.]*\.(\w+)", loop)) == set(page)
    assert page["more"]
    assert "&after=$next" in loop
    following = demo.get(f"{path}&after={page['next']}").json()
    assert [one["version"] for one in following["items"]]
    assert not {one["path"] for one in following["items"]} & {one["path"] for one in page["items"]}


def test_the_stream_begins_as_shown(demo: TestClient) -> None:
    section = README.partition("## Following changes")[2].partition("\n## ")[0]
    curl, browser = re.findall(r"'http://127\.0\.0\.1:8000(/v1/changes/stream[^']*)'", section)
    assert curl == browser
    shown = section.partition(f"{curl}'\n")[2].partition("```")[0].split("\n")
    after = demo.get("/v1/changes", params={"topic": "ceasefire", "limit": 1}).json()["next"]
    app: Any = demo.app
    app.state.streams.close()  # it ends when it has begun
    lines = demo.get(f"{curl}&after={after}").text.split("\n")
    assert lines[0] == shown[0]
    assert [line[:7] for line in lines[1:3]] == [line[:7] for line in shown[1:3]]
    item = json.loads(shown[4].removeprefix("data: ").replace(",…}", "}").replace("…", ""))
    kept = {
        name: one
        for name, one in demo.get("/v1/changes?topic=ceasefire&kind=statement").json()["items"][0].items()
        if name in item
    }
    assert list(item) == list(kept)


def test_every_code_is_in_the_table() -> None:
    told = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", README, re.MULTILINE)
    assert [(code, int(status)) for code, status in told] == [(name, code.status) for name, code in CODES.items()]


def test_every_setting_is_in_the_table() -> None:
    told = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))
    assert told == {name.upper() for name in Settings.model_fields}


def test_every_filter_is_named() -> None:
    section = README.partition("## What can be asked")[2].partition("\n## ")[0]
    told = set(re.findall(r"`([a-z_]+)`", section))
    assert set(names(TimelineFilter)) <= told


def test_every_command_is_a_target_of_make() -> None:
    makefile = (Path(__file__).resolve().parents[1] / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"(?:`|\$ )make ([a-z-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
