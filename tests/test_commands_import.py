"""`import`: the same as POST /v1/imports, from files, with a report for people or for scripts."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.__main__ import main
from api.main import create
from api.settings import Settings
from tests.clients import Client
from tests.conftest import make_key
from tests.expect import Api
from tests.factories import statement, world
from tests.test_imports import ndjson, row


@pytest.fixture
def desk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    """A service with the little world, on the database of the environment."""
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    key = make_key(settings.database_url, "newsroom", "editor")
    make_key(settings.database_url, "eyes", "reader")
    with Client(create(settings)) as client:
        api = Api(client, key)
        world(api)
        yield api


def run(capsys: pytest.CaptureFixture[str], expected: int, *arguments: str) -> Any:
    """The report of a run, as a script reads it."""
    assert main(["import", *arguments, "--json"]) == expected
    said = capsys.readouterr()
    assert said.err == ""
    return json.loads(said.out)


def test_files_come_in_are_tried_and_are_taken_back(
    desk: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.ndjson"
    file.write_bytes(ndjson(row(title="One"), row(external_id="2", title="Two")))
    tried = run(capsys, 0, str(file), "--dry-run")
    assert (tried["state"], len(tried["changes"])) == ("dry_run", 2)
    assert desk.get("/v1/timeline")["items"] == []
    report = run(capsys, 0, str(file), "--as", "newsroom")
    assert (report["rows"], report["imported_by"], report["file_name"]) == (2, "newsroom", "rows.ndjson")
    assert desk.get(report["path"])["rows"] == 2
    assert desk.get("/v1/statements/acme:1")["recorded_by"] == "newsroom"
    undone = run(capsys, 0, "--undo", report["id"])
    assert undone["deleted"] == 2
    assert desk.get("/v1/timeline")["items"] == []


def test_rejected_rows_are_told_and_end_with_one(desk: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(ndjson(row(), row(external_id="2", actor="kremln")))
    assert main(["import", str(file)]) == 1
    told = capsys.readouterr().out
    assert "rows.jsonl: 2 rows, 1 rejected, 0 skipped" in told
    assert "line 2, actor (kremln): there is no actor 'kremln'. Did you mean kremlin?" in told
    assert run(capsys, 1, str(file), "--on-error", "abort")["rejected"] == 1
    assert len(desk.get("/v1/timeline")["items"]) == 1


def test_a_mapping_is_a_preset_or_a_file(desk: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, mapping = tmp_path / "table.csv", tmp_path / "mapping.toml"
    table.write_text("When,What\n2025-03-13,Agrees with the idea\n", encoding="utf-8")
    mapping.write_text(
        'kind = "statement"\n[id]\nsource = "acme"\ncolumns = ["When"]\n[fields]\ndate = "When"\ntitle = "What"\n'
        'actor = { value = "kremlin" }\ntopic = { value = "ceasefire" }\nstance = { value = "unclear" }\n'
        'confidence = { null = true }\n"citation.source" = { value = "kremlin-ru" }\n"citation.locator" = { value = "table" }\n',
        encoding="utf-8",
    )
    report = run(capsys, 0, str(table), "--mapping", str(mapping))
    assert report["format"] == "mapped"
    assert desk.get("/v1/statements/acme:2025-03-13")["title"] == "Agrees with the idea"


def test_our_own_sheets_need_no_format(desk: Api, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk.make("/v1/statements", statement(title="Known by its sheet"))
    sheet = tmp_path / "records.csv"
    sheet.write_bytes(desk.send("GET", "/v1/timeline.csv?profile=content").content)
    report = run(capsys, 0, str(sheet))
    assert (report["format"], report["rows"], report["tallies"][0]["unchanged"]) == ("csv", 1, 1)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["none.ndjson"], 3, "none.ndjson is no file"),
        (["table.csv"], 3, "does not tell by itself what it is: give --format"),
        (["table.csv", "--format", "cvs"], 3, "One of ndjson, csv, mapped"),
        (["table.csv", "--format", "csv", "--as", "eyes"], 3, "There is no key 'eyes' of an editor"),
        (["table.csv", "--mapping", "ucdp-gde"], 3, "Did you mean ucdp-ged?"),
        ([], 2, "give files to take in"),
        (["--undo", "01958f3e-7c00-7000-8000-000000000001"], 3, "There is no import"),
    ],
)
def test_what_can_not_be_done_is_said(
    desk: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: list[str], code: int, told: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "table.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert main(["import", *arguments]) == code
    assert told in " ".join(capsys.readouterr().err.split())
