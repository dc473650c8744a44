"""The demo set: as large as promised, loaded once, in the documented shape, and worth asking."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.commands import demo, keys
from api.commands.failures import Failure
from api.database import Database
from api.main import create
from api.settings import Settings
from api.store import reactions
from schemas.events import EventRead
from schemas.statements import StatementRead
from tests import test_commands_program as programs
from tests.clients import Client
from tests.conftest import make_key
from tests.expect import Api

LINES = {name: (demo.FOLDER / f"{name}.ndjson").read_text(encoding="utf-8").splitlines() for name in demo.FILES}


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The fresh database."""
    opened = Database(settings)
    yield opened
    opened.close()


@pytest.fixture
def loaded(demo_url: str) -> Iterator[Api]:
    """The demo set, asked with an editor's key."""
    with Client(create(Settings(database_url=demo_url))) as client:
        yield Api(client, make_key(demo_url, "desk", "editor"))


def last_seq(database: Database) -> int:
    """The number of the last write."""
    with database.reading() as reading:
        return int((reading.row("SELECT max(seq) FROM revision") or (0,))[0])


def test_it_is_as_large_as_promised(loaded: Api) -> None:
    statements, events = list(loaded.walk("/v1/statements")), list(loaded.walk("/v1/events"))
    assert (len(statements), len(events)) == (len(LINES["statements"]), len(LINES["events"]))
    for name in ("actors", "sources", "topics", "reactions"):
        assert len(list(loaded.walk(f"/v1/{name}"))) == len(LINES[name]), name
    assert {record["external_source"] for record in [*statements, *events]} == {demo.SOURCE}
    assert {record["recorded_by"] for record in [*statements, *events]} == {"demarche"}


def test_every_record_is_of_the_documented_shape(loaded: Api) -> None:
    for path, shape in (("/v1/statements", StatementRead), ("/v1/events", EventRead)):
        for record in loaded.walk(path, limit=500):
            assert set(shape.model_fields) - {"snippet"} == set(record)
            shape.model_validate_json(json.dumps(record))


def test_loading_it_twice_changes_nothing(database: Database) -> None:
    first = demo.load(database)
    assert {name: count.made for name, count in first.items()} == {name: len(lines) for name, lines in LINES.items()}
    seq = last_seq(database)
    counts = programs.table_counts(database.url)
    second = demo.load(database)
    assert {name: tuple(count) for name, count in second.items()} == {n: (0, len(lines)) for n, lines in LINES.items()}
    assert last_seq(database) == seq
    assert programs.table_counts(database.url) == counts


def test_what_is_missing_is_loaded_and_no_more(database: Database, tmp_path: Path) -> None:
    shutil.copytree(demo.FOLDER, tmp_path / "part")
    for name in ("statements", "reactions"):
        kept = LINES[name][:-5] if name == "statements" else []
        (tmp_path / "part" / f"{name}.ndjson").write_text("\n".join(kept), encoding="utf-8")
    demo.load(database, tmp_path / "part")
    counts = demo.load(database)
    assert counts["statements"] == (5, len(LINES["statements"]) - 5)
    assert counts["reactions"] == (len(LINES["reactions"]), 0)
    assert counts["events"].made == counts["actors"].made == counts["affiliations"].made == 0


def test_what_was_amended_or_deleted_stays_so(loaded: Api) -> None:
    app: Any = loaded.client.app
    database: Database = app.state.database
    answered = json.loads(LINES["reactions"][0])["to"]
    path = next(
        f"/v1/{kind}/{answered}"
        for kind in ("statements", "events")
        if loaded.send("GET", f"/v1/{kind}/{answered}").status_code == 200
    )
    assert loaded.drop(path).status_code == 204
    assert loaded.patch("/v1/actors/kremlin", {"name": "The Kremlin, renamed"}).status_code == 200
    seq = last_seq(database)
    assert sum(count.made for count in demo.load(database).values()) == 0
    assert last_seq(database) == seq
    assert loaded.send("GET", path).status_code == 410
    assert loaded.get("/v1/actors/kremlin")["name"] == "The Kremlin, renamed"


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        ("topics", '{"slug": "x", "name": "X"}', "line 2 can't be loaded: body.proposition: proposition is missing."),
        ("topics", '{"slug": ', "line 2 is not JSON: "),
        ("topics", "[]", "line 2 is not a JSON object."),
        ("affiliations", '{"actor": "nobody", "group": "kremlin", "dates": "2022/.."}', "line 2 can't be loaded: There is no actor"),
        ("affiliations", '{"group": "kremlin", "dates": "2022/.."}', "line 2 can't be loaded: "),
        ("reactions", '{"from": "demarche-demo:x", "to": "demarche-demo:y", "type": "accepts"}', "line 2 can't be loaded: body.from: "),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place_and_nothing_is_loaded(
    database: Database, tmp_path: Path, name: str, line: str, said: str
) -> None:
    shutil.copytree(demo.FOLDER, tmp_path / "demo")
    (tmp_path / "demo" / f"{name}.ndjson").write_text(f"{LINES[name][0]}\n{line}\n", encoding="utf-8")
    if name != "reactions":
        (tmp_path / "demo" / "reactions.ndjson").write_text("")
    with pytest.raises(Failure) as raised:
        demo.load(database, tmp_path / "demo")
    assert str(raised.value).startswith(f"demo/{name}.ndjson {said}")
    assert set(programs.table_counts(database.url).values()) == {0}


def test_a_file_that_is_missing_is_named(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"actors\.ndjson can't be read"):
        demo.load(database, tmp_path)


def test_a_first_start_that_is_broken_off_begins_anew(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, calls = reactions.create, 0

    def broken_off(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 20:
            raise KeyboardInterrupt
        return whole(*given, **named)

    with monkeypatch.context() as patched:
        patched.setitem(demo.FILES, "reactions", demo.FILES["reactions"]._replace(create=broken_off))
        with pytest.raises(KeyboardInterrupt):
            keys.first_start(database)
    assert set(programs.table_counts(database.url).values()) == {0}
    assert keys.first_start(database)
    counts = programs.table_counts(database.url)
    assert counts["reaction"] >= len(LINES["reactions"])
    assert counts["api_key"] == 2
    assert keys.first_start(database) is None
    assert programs.table_counts(database.url) == counts


def test_what_the_kremlin_said_about_a_ceasefire(loaded: Api) -> None:
    tree = {topic["slug"]: (topic["parent"] or {}).get("slug") for topic in loaded.walk("/v1/topics")}

    def leads_to_ceasefire(slug: str | None) -> bool:
        return slug == "ceasefire" or (slug is not None and leads_to_ceasefire(tree[slug]))

    items = loaded.get("/v1/actors/kremlin/timeline", params={"topic": "ceasefire", "from": "2025", "limit": 500})[
        "items"
    ]
    assert len(items) >= 5
    for item in items:
        assert any(leads_to_ceasefire(position["topic"]["slug"]) for position in item["topics"]), item["title"]
        spoken = [item["actor"], item["on_behalf_of"], *(one["actor"] for one in item["participants"])]
        assert "kremlin" in {one["slug"] for one in spoken if one}, item["title"]


def test_who_in_the_west_is_surely_against(loaded: Api) -> None:
    params = {"affiliates": "true", "stance": ["opposes", "strongly_opposes"], "min_confidence": 70, "limit": 500}
    items = loaded.get("/v1/actors/the-west/timeline", params=params)["items"]
    assert len({item["actor"]["slug"] for item in items}) >= 2
    for item in items:
        assert item["confidence"] >= 70
        assert {"opposes", "strongly_opposes"} & {position["stance"] for position in item["topics"]}, item["title"]


def test_who_answered_whom(loaded: Api) -> None:
    most = max((json.loads(line) for line in LINES["reactions"]), key=lambda one: answers_to(one["to"]))["to"]
    listed = loaded.get("/v1/reactions", params={"record": most, "limit": 500})["items"]
    assert len([one for one in listed if one["to"]]) >= answers_to(most) >= 2
    kind = "events" if any(f'"{most.partition(":")[2]}"' in line for line in LINES["events"]) else "statements"
    thread = loaded.get(f"/v1/{kind}/{most}/thread")
    assert most.partition(":")[2] in json.dumps(thread)


def answers_to(address: str) -> int:
    """How many reactions there are to a record."""
    return sum(json.loads(line)["to"] == address for line in LINES["reactions"])
