"""What is exported comes in again as it was: on the demo set, by lines of JSON and by CSV."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.formats import columns, contents
from api.main import create
from api.settings import Settings
from tests.clients import Client
from tests.expect import Api
from tests.test_imports import ndjson, send

LISTS = {
    "actor": "/v1/actors",
    "source": "/v1/sources",
    "topic": "/v1/topics",
    "record": "/v1/timeline",
    "reaction": "/v1/reactions",
}

# Where a date is the same, records stand in the order in which they were entered.
_ORDER = {"record": {"order": "entered"}}


def everything(api: Api) -> list[dict[str, Any]]:
    """The content of all things, each before what names it."""
    found = {table: list(api.walk(path, limit=500, **_ORDER.get(table, {}))) for table, path in LISTS.items()}
    stays = [
        stay
        for actor in found["actor"]
        for stay in api.walk(f"/v1/actors/{actor['slug']}/affiliations", side="member", limit=500)
    ]
    found = {"actor": found.pop("actor"), "affiliation": stays, **found}
    # A topic comes behind its parent.
    depth = {None: -1}
    topics = {topic["slug"]: topic["parent"] and topic["parent"]["slug"] for topic in found["topic"]}
    while len(depth) <= len(topics):
        depth |= {slug: depth[parent] + 1 for slug, parent in topics.items() if parent in depth}
    found["topic"].sort(key=lambda topic: (depth[topic["slug"]], topic["slug"]))
    return [contents.content(contents.noun_of(table, item), item) for table, items in found.items() for item in items]


def sheets(lines: list[dict[str, Any]]) -> list[bytes]:
    """The same as CSV: a sheet for each table."""
    made = []
    for table in ("actor", "affiliation", "source", "topic", "record", "reaction"):
        written = io.StringIO(newline="")
        sheet = csv.writer(written)
        sheet.writerow(columns.header(table, is_content=True))
        rows = [line for line in lines if columns.table_of(line["noun"]) == table]
        for line in rows:
            item = {
                **line,
                "kind": line["noun"] if table == "record" else line.get("kind"),
                "confidence_given": line.get("confidence"),
            }
            sheet.writerow(columns.cells(table, item, is_content=True))
        if rows:
            made.append(written.getvalue().encode())
    return made


@pytest.fixture
def demo(sqlite_demo: Path, tmp_path: Path) -> Iterator[Api]:
    """A client of a service on the demo set, without a key: on SQLite alone, for what takes it in runs on both databases."""
    with Client(
        create(Settings(database_url=f"sqlite:///{shutil.copy(sqlite_demo, tmp_path / 'demo.sqlite3')}"))
    ) as opened:
        yield Api(opened, "")


def test_lines_of_the_demo_set_come_in_as_they_were(demo: Api, api: Api) -> None:
    lines = everything(demo)
    report = send(api, ndjson(*lines))
    assert report["rejected"] == 0, report["rejects"][:3]
    assert everything(api) == lines
    again = send(api, ndjson(*everything(api)))
    assert {one["noun"] for one in again["tallies"] if one["created"] or one["changed"]} == set()


def test_sheets_of_the_demo_set_come_in_as_they_were(demo: Api, api: Api) -> None:
    lines = everything(demo)
    for sheet in sheets(lines):
        report = send(api, sheet, format="csv")
        assert report["rejected"] == 0, report["rejects"][:3]
    assert everything(api) == lines


def test_answers_as_they_are_read_come_in_too(demo: Api, api: Api) -> None:
    lines = everything(demo)
    nouns = [line for line in lines if line["noun"] not in ("statement", "event", "reaction")]
    answers = list(demo.walk("/v1/timeline", limit=500, order="entered"))
    report = send(api, ndjson(*nouns, *answers, *demo.walk("/v1/reactions", limit=500)))
    assert report["rejected"] == 0, report["rejects"][:3]
    assert everything(api) == lines
