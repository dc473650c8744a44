"""`export`: the same as over HTTP, in a file that is there whole or not at all."""

import io
import json
import shutil
import signal
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from starlette.datastructures import Headers

from api import exports, questions
from api.commands import export
from api.commands.failures import Failure
from api.main import create
from api.settings import Settings
from tests.clients import Client
from tests.desk import post, said
from tests.expect import Api
from tests.factories import statement, world
from tests.test_contents import everything

Json = dict[str, Any]


@pytest.fixture
def demo(sqlite_demo: Path, tmp_path: Path) -> Settings:
    """A copy of the demo set."""
    file = tmp_path / "demo.sqlite3"
    shutil.copy(sqlite_demo, file)
    return Settings(database_url=f"sqlite:///{file}")


def test_a_query_in_a_file_is_what_the_address_answers(demo: Settings, tmp_path: Path) -> None:
    with Client(create(demo)) as client:
        expected = {
            "a.csv": client.get("/v1/timeline.csv?actor=kremlin").content,
            "a.stix.json": client.get("/v1/timeline.stix.json?actor=kremlin").content,
            "a.jsonfeed.json": client.get("/v1/timeline.jsonfeed.json?actor=kremlin&from=2025").content,
            "b.ndjson": client.get("/v1/timeline.ndjson?profile=content").content,
            "c.csv": client.get("/v1/stances/current.csv?actor=kremlin").content,
            "d.ics": client.get("/v1/actors/kremlin/timeline.ics?limit=3").content,
        }
        page = client.get("/v1/timeline?limit=500").json()
    asked = {
        "a.csv": ("/v1/timeline?actor=kremlin", None, None), "a.stix.json": ("/v1/timeline?actor=kremlin", None, None),
        "a.jsonfeed.json": ("/v1/timeline.jsonfeed.json?actor=kremlin&from=2025", None, None), "b.ndjson": ("/v1/timeline", None, "content"),
        "c.csv": ("/v1/stances/current?actor=kremlin", "csv", None), "d.ics": ("/v1/actors/kremlin/timeline.ics?limit=3", None, None),
    }  # fmt: skip
    for name, (query, format, profile) in asked.items():
        written = export.run(demo, query, format, str(tmp_path / name), profile)
        assert (tmp_path / name).read_bytes() == expected[name], name
        assert written.bytes == len(expected[name])
    written = export.run(demo, "/v1/timeline", "json", str(tmp_path / "all"))
    assert json.loads((tmp_path / "all").read_text()) == page
    assert written.items == len(page["items"]) == 338
    assert {path.name for path in tmp_path.iterdir()} == {*asked, "all", "demo.sqlite3"}


def test_everything_is_there_each_before_what_names_it(demo: Settings, tmp_path: Path) -> None:
    with Client(create(demo)) as client:
        expected = everything(client)
    written = export.run(demo, output=str(tmp_path / "all.ndjson"))
    content = (tmp_path / "all.ndjson").read_bytes()
    found = [json.loads(line) for line in content.splitlines()]
    assert (written.items, written.bytes) == (len(found), len(content))
    assert sorted(map(json.dumps, found)) == sorted(map(json.dumps, expected))
    known: set[str] = set()
    for line in found:
        for name in ("parent", "owner", "group", "from", "to", "statement"):
            assert line.get(name) in (None, *known), line
        known.add(line.get("id") or line["slug"])
    again = export.run(demo, None, None, str(tmp_path / "again.ndjson"))
    assert (tmp_path / "again.ndjson").read_bytes() == content
    assert again.as_of == written.as_of


def test_everything_as_tables_in_a_folder_or_a_zip(demo: Settings, tmp_path: Path) -> None:
    first = export.run(demo, None, "csv", str(tmp_path / "folder"))
    second = export.run(demo, None, None, str(tmp_path / "all.zip"))
    assert first == second
    with Client(create(demo)) as client:
        statuses = "profile=content&status=published&status=under_review&status=withdrawn"
        records = client.get(f"/v1/timeline.csv?{statuses}").content
    assert (tmp_path / "folder" / "5-records.csv").read_bytes() == records
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.namelist() == [f"{number}-{name}.csv" for number, name in enumerate(export.EVERYTHING, 1)]
        for name in archive.namelist():
            assert archive.read(name) == (tmp_path / "folder" / name).read_bytes()
    before = (tmp_path / "all.zip").read_bytes()
    export.run(demo, None, None, str(tmp_path / "all.zip"))
    assert (tmp_path / "all.zip").read_bytes() == before
    with pytest.raises(Failure, match="is there already"):
        export.run(demo, None, "csv", str(tmp_path / "folder"))


def test_drafts_are_there_when_they_are_asked_for(api: Api, settings: Settings, tmp_path: Path) -> None:
    world(api)
    said(api, title="Public")
    post(api, "/v1/statements", statement(title="Secret", status="draft"))
    for output in ("all.ndjson", "folder.csv"):
        query = None if output == "all.ndjson" else "/v1/timeline?status=draft&status=published"
        export.run(settings, query, None, str(tmp_path / output))
        assert b"Secret" not in (tmp_path / output).read_bytes()
        export.run(settings, query, None, str(tmp_path / output), drafts=True)
        assert b"Secret" in (tmp_path / output).read_bytes()
        assert b"Public" in (tmp_path / output).read_bytes()


def test_it_needs_no_key_where_reading_does(demo: Settings, tmp_path: Path) -> None:
    locked = demo.model_copy(update={"public_reads": False})
    assert export.run(locked, "/v1/timeline", "csv", str(tmp_path / "a")).items == 338


def test_standard_output_takes_it_too(demo: Settings, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    written = export.run(demo, "/v1/topics?profile=content", "csv")
    printed = capsysbinary.readouterr()
    assert printed.out.startswith(b"noun,slug,")
    assert len(printed.out) == written.bytes
    assert printed.err == b""


@pytest.mark.parametrize(
    ("query", "format", "output", "profile", "told"),
    [
        ("/v1/timeline?actor=kremln", None, None, None, "there is no actor 'kremln' (Did you mean kremlin?)"),
        ("/v1/timeline?limti=3&stance=suports", None, None, None, "Did you mean limit?); 'suports' is no value of stance"),
        ("/v1/timeline?cursor=x", "csv", None, None, "has the whole answer"),
        ("/v1/actors/kremln/timeline", None, None, None, "no actor 'kremln'"),
        ("/v1/timeline", None, "k.xlsx", None, "'k.xlsx' does not tell by its end what it is to be"),
        ("/v1/timeline", "xml", None, None, "There is no format 'xml'"), ("/v1/topics", "ics", None, None, "as json, ndjson, csv"),
        ("/v1/keys", None, None, None, "no list or count"), ("timeline", None, None, None, "from /v1/ on"), ("/v1/timeline", None, None, "all", "no profile 'all'"),
        ("/v1/timeline", "ics", None, "content", "has no content profile"), (None, "ics", None, None, "Everything is to be had"), (None, "csv", None, None, "several files"),
        ("/v1/timeline", None, "no/such/folder", None, "can't be written"),
    ],
)  # fmt: skip
def test_what_cant_be_done_is_said_and_nothing_is_left(
    demo: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    query: str | None,
    format: str | None,
    output: str | None,
    profile: str | None,
    told: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Failure) as failed:
        export.run(demo, query, format, output or "out", profile) if "several" not in told else export.run(
            demo, query, format
        )
    assert told in str(failed.value)
    assert [path.name for path in tmp_path.iterdir() if "sqlite3" not in path.name] == []


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="There is no file"):
        export.run(Settings(database_url=f"sqlite:///{tmp_path}/none.sqlite3"), "/v1/timeline")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", ["out.ndjson", "out.zip", "folder"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_what_was_there(
    demo: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str, number: signal.Signals
) -> None:
    assert threading.current_thread() is threading.main_thread()
    if output != "folder":
        (tmp_path / output).write_bytes(b"before")
    asking, asked, came = questions.ask, 0, []

    async def ask(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 20:
            signal.raise_signal(number)
        return await asking(*given)

    monkeypatch.setattr(questions, "ask", ask)
    handler = signal.signal(number, lambda *_told: came.append(number))
    try:
        with pytest.raises(KeyboardInterrupt):
            export.run(demo, None, "csv" if output == "folder" else None, str(tmp_path / output))
        assert came == [number]
        assert callable(signal.getsignal(number))
    finally:
        signal.signal(number, handler)
    left = {path.name for path in tmp_path.iterdir() if "sqlite3" not in path.name}
    assert left == ({output} - {"folder"})
    assert output == "folder" or (tmp_path / output).read_bytes() == b"before"


def test_a_page_that_cant_be_had_ends_it_without_a_file(
    demo: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, asked = questions.ask, 0

    async def ask(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 3:
            body = json.dumps({"code": "unavailable", "detail": "The database does not answer."}).encode()
            return questions.Told(503, Headers(), body)
        return await asking(*given)

    monkeypatch.setattr(questions, "ask", ask)
    monkeypatch.setattr(exports, "PAGE", 100)
    with pytest.raises(Failure, match="The database does not answer"):
        export.run(demo, "/v1/timeline", "csv", str(tmp_path / "a.csv"))
    assert not (tmp_path / "a.csv").exists()


def test_how_far_it_has_come_is_shown_on_a_terminal(
    demo: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(shown, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", shown)
    export.run(demo, "/v1/timeline?limit=100", "csv", str(tmp_path / "a.csv"))
    assert "100 of 100" in shown.getvalue()
    written = export.run(demo, "/v1/timeline?kind=event&from=2022", "csv", str(tmp_path / "a.csv"))
    assert f"{written.items} of {written.items}" in shown.getvalue()
