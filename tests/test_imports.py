"""Imports: what becomes of rows of our own lines, through the API on both databases."""

import csv
import io
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

import api as package
from api import imports
from api.database import Database
from api.imports import Pace
from api.main import create
from api.settings import Settings
from api.store import keys
from schemas.imports import ImportAsked
from schemas.transfers import ImportFormat
from tests import expect
from tests.expect import Api
from tests.factories import statement, world
from tests.mapped_rows import mapping

DEMO = Path(package.__file__).parent / "demo"
NOUNS = ("actor", "affiliation", "source", "topic", "statement", "event", "reaction")


def demo_lines() -> list[dict[str, Any]]:
    """The demo set as lines of an import."""
    return [
        {"noun": noun, **json.loads(line)}
        for noun in NOUNS
        for line in (DEMO / f"{noun}s.ndjson").read_text(encoding="utf-8").splitlines()
    ]


def ndjson(*lines: dict[str, Any]) -> bytes:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def send(api: Api, content: bytes, expected: int = 201, **params: Any) -> Any:
    """Import, or try to."""
    answer = api.send("POST", "/v1/imports", params={"format": "ndjson", **params}, content=content)
    assert answer.status_code == expected, answer.text
    return answer.json()


def row(**members: Any) -> dict[str, Any]:
    """A statement with an id in another system."""
    return {"noun": "statement", "external_source": "acme", "external_id": "1", **statement(**members)}


def counts(report: dict[str, Any], noun: str = "statement") -> dict[str, int]:
    """What became of the rows of one noun, as far as there were any."""
    found: dict[str, Any] = next((one for one in report["tallies"] if one["noun"] == noun), {})
    return {name: count for name, count in found.items() if name != "noun" and count}


def test_the_demo_set_comes_in_and_the_same_file_again_changes_nothing(api: Api) -> None:
    lines = demo_lines()
    first = send(api, ndjson(*lines))
    assert first["rows"] == len(lines)
    assert first["rejected"] == 0, first["rejects"][:3]
    assert {noun: counts(first, noun) for noun in NOUNS} == {
        noun: {"created": sum(line["noun"] == noun for line in lines)} for noun in NOUNS
    }
    newest = api.get("/v1/changes", params={"limit": 1})["next"]
    second = send(api, ndjson(*lines))
    assert {noun: counts(second, noun) for noun in NOUNS} == {
        noun: {"unchanged": sum(line["noun"] == noun for line in lines)} for noun in NOUNS
    }
    assert newest
    assert [one["id"] for one in api.get("/v1/imports")["items"]] == [second["id"], first["id"]]


def test_a_file_may_be_larger_than_other_bodies_behind_the_prefix_of_a_proxy_as_well(
    settings: Settings, api: Api
) -> None:
    world(api)
    content = ndjson(row()) + b"\n" * (settings.max_body_bytes + 1)
    with TestClient(create(settings), root_path="/data") as client:
        behind = Api(client, api.headers["Authorization"].removeprefix("Bearer "))
        answer = behind.send("POST", "/data/v1/imports", params={"format": "ndjson"}, content=content)
        assert answer.status_code == 201, answer.text
    assert counts(answer.json()) == {"created": 1}


def test_a_changed_row_makes_a_new_version_and_only_that(api: Api) -> None:
    world(api)
    send(api, ndjson(row(title="One"), row(external_id="2", title="Two")))
    report = send(api, ndjson(row(title="One, corrected"), row(external_id="2", title="Two")))
    assert counts(report) == {"changed": 1, "unchanged": 1}
    assert api.get("/v1/statements/acme:1")["title"] == "One, corrected"
    assert api.get("/v1/statements/acme:1")["version"] == 2
    assert api.get("/v1/statements/acme:2")["version"] == 1


def test_a_dry_run_tells_what_would_change_and_writes_nothing(api: Api) -> None:
    world(api)
    send(api, ndjson(row(title="One")))
    before = api.get("/v1/timeline"), api.get("/v1/imports")
    report = send(
        api, ndjson(row(title="Uno"), row(external_id="2"), row(external_id="3", actor="nobody")), 200, dry_run=True
    )
    assert report["state"] == "dry_run"
    assert report["id"] is None
    assert counts(report) == {"changed": 1, "created": 1, "rejected": 1}
    changed, created = report["changes"]
    assert (changed["line"], changed["action"]) == (1, "changed")
    assert changed["fields"] == [{"field": "title", "before": "One", "after": "Uno"}]
    assert (created["line"], created["action"], created["path"]) == (2, "created", None)
    assert report["rejects"][0]["faults"][0]["column"] == "actor"
    assert (api.get("/v1/timeline"), api.get("/v1/imports")) == before
    real = send(api, ndjson(row(title="Uno"), row(external_id="2"), row(external_id="3", actor="nobody")))
    assert real["tallies"] == report["tallies"]
    assert real["rejects"] == report["rejects"]


def test_a_rejected_row_is_told_with_line_column_value_and_what_would_be_right(api: Api) -> None:
    world(api)
    report = send(api, ndjson(row(), row(external_id="2", date="2025-13-01"), row(external_id="3", stance="suports")))
    assert counts(report) == {"created": 1, "rejected": 2}
    of_date, of_stance = report["rejects"]
    assert of_date["line"] == 2
    assert (of_date["faults"][0]["column"], of_date["faults"][0]["value"]) == ("date", "2025-13-01")
    assert of_date["faults"][0]["message"]
    assert (of_stance["faults"][0]["column"], of_stance["faults"][0]["hint"]) == ("stance", "Did you mean supports?")
    assert list(api.walk(f"{report['path']}/rejects", limit=1)) == report["rejects"]
    sheet = api.send("GET", f"{report['path']}/rejects.csv").text.splitlines()
    assert sheet[0] == "json,import_line,import_column,import_value,import_problem,import_hint"
    assert len(sheet) == 3


def test_a_row_of_another_width_is_not_taken_in_again_before_it_is_mended(api: Api) -> None:
    world(api)
    head = "date,actor,title,topic,stance,confidence,source,url,summary\n"
    good = '2025-03-13,vladimir-putin,Agrees,ceasefire,supports,high,kremlin-ru,https://example.org/1,"No, then yes"\n'
    short = f"{good.partition(',https')[0]}\n"
    report = send(api, f"{head}{good.replace(chr(34), '')}{short}".encode(), format="csv")
    assert counts(report, "row") == {"rejected": 2}
    sheet = api.send("GET", f"{report['path']}/rejects.csv").text
    again = send(api, sheet.encode(), format="csv")
    assert counts(again, "row") == {"rejected": 2}
    assert {one["faults"][0]["column"] for one in again["rejects"]} == {"import_misfit"}
    assert "then empty import_misfit" in again["rejects"][0]["faults"][0]["hint"]
    mended = next(csv.DictReader(sheet.splitlines()))
    mended |= {"summary": f"{mended['summary']},{mended['import_misfit']}", "import_misfit": ""}
    out = io.StringIO()
    csv.writer(out).writerows([mended, mended.values()])
    assert counts(send(api, out.getvalue().encode(), format="csv")) == {"created": 1}
    assert api.get("/v1/timeline")["items"][0]["summary"] == "No, then yes"


def test_an_id_without_its_source_is_told(api: Api) -> None:
    world(api)
    line = row()
    del line["external_source"]
    report = send(api, ndjson(line))
    assert counts(report) == {"rejected": 1}
    assert "external_source and external_id go together" in report["rejects"][0]["faults"][0]["message"]


def test_a_good_row_is_taken_where_one_before_it_was_at_fault(api: Api) -> None:
    world(api)
    report = send(api, ndjson(row(date="2025-13-01"), row(title="Good")))
    assert counts(report) == {"created": 1, "rejected": 1}
    assert api.get("/v1/statements/acme:1")["title"] == "Good"


def test_an_actor_is_found_by_its_name_whatever_the_mapping_knows(api: Api) -> None:
    world(api)
    how = mapping('"participants.target" = "whom"', "").replace("example-org", "kremlin-ru")
    table = "no,date,title,who,link,whom\n1,2025-03-13,Speaks,Vladimir Putin,https://example.org/1,Kremlin\n"
    table += "2,2025-03-14,Speaks,Vladimir Putin,https://example.org/2,Ann Example\n"
    report = send(api, table.encode(), format="mapped", mapping=how)
    assert counts(report) == {"created": 1, "rejected": 1}, report["rejects"]
    (fault,) = report["rejects"][0]["faults"]
    assert (fault["column"], fault["value"]) == ("whom", "Ann Example")
    assert fault["message"] == "there is no actor called 'Ann Example', and the mapping does not know it"
    assert '[actors.known."Ann Example"]' in fault["hint"]
    record = api.get("/v1/timeline")["items"][0]
    assert (record["actor"]["slug"], record["participants"][0]["actor"]["slug"]) == ("vladimir-putin", "kremlin")


def test_with_abort_one_row_at_fault_keeps_all_out(api: Api) -> None:
    world(api)
    answer = api.send(
        "POST", "/v1/imports", params={"format": "ndjson", "on_error": "abort"},
        content=ndjson(row(), row(external_id="2", actor="nobody")),
    )  # fmt: skip
    problem = expect.problem(answer, "rejected")
    assert problem["report"]["rejected"] == 1
    assert api.get("/v1/timeline")["items"] == []
    assert api.get("/v1/imports")["items"] == []
    assert counts(send(api, ndjson(row()), on_error="abort")) == {"created": 1}


def test_an_edit_by_hand_is_not_overwritten_unless_it_is_asked_for(api: Api) -> None:
    world(api)
    send(api, ndjson(row(title="One")))
    assert api.patch("/v1/statements/acme:1", {"title": "By hand"}).status_code == 200
    assert counts(send(api, ndjson(row(title="One")))) == {"unchanged": 1}
    assert api.get("/v1/statements/acme:1")["title"] == "By hand"
    assert counts(send(api, ndjson(row(title="One")), edited="overwrite")) == {"changed": 1}
    assert api.get("/v1/statements/acme:1")["title"] == "One"
    assert counts(send(api, ndjson(row(title="One")), edited="overwrite")) == {"unchanged": 1}
    assert api.patch("/v1/statements/acme:1", {"title": "By hand"}).status_code == 200
    refused = send(api, ndjson(row(title="Another")))
    assert counts(refused) == {"rejected": 1}
    assert "edited here since" in refused["rejects"][0]["faults"][0]["message"]
    assert counts(send(api, ndjson(row(title="Another")), edited="overwrite")) == {"changed": 1}
    assert api.get("/v1/statements/acme:1")["title"] == "Another"


def test_two_rows_about_the_same_thing_must_say_the_same(api: Api) -> None:
    world(api)
    report = send(api, ndjson(row(title="One"), row(title="One"), row(title="Uno")))
    assert counts(report) == {"created": 1}
    assert report["skipped_because"] == {"the same row as before": 1}
    assert report["rejects"][0]["line"] == 3
    assert "on line 1" in report["rejects"][0]["faults"][0]["message"]
    assert report["rows"] == 3


def test_what_a_long_file_told_of_is_known_to_its_end(settings: Settings, api: Api, tmp_path: Path) -> None:
    world(api)
    file = tmp_path / "rows.ndjson"
    lines = [row(external_id=str(number % 10), title=f"{'Uno' if number == 17 else 'One'}") for number in range(25)]
    file.write_bytes(ndjson(*lines))
    asked = ImportAsked(format=ImportFormat.NDJSON)
    for at_hand in (1, 4, 100):
        with closing(Database(settings)) as database, file.open("rb") as opened:
            report = imports.take_in(
                database, keys.SYSTEM, opened, asked, pace=Pace(rows_at_once=3, least=2, most=2, rows_at_hand=at_hand)
            )
        assert (report["rows"], report["rejected"]) == (25, 1)
        assert report["skipped_because"] == {"the same row as before": 14}
        assert [one["line"] for one in report["rejects"]] == [18]
        assert "on line 8," in report["rejects"][0]["faults"][0]["message"]
    assert len(api.get("/v1/timeline")["items"]) == 10


def test_rows_about_the_same_thing_on_one_line_are_told_too(api: Api) -> None:
    world(api)
    report = send(api, json.dumps([row(title="One"), row(title="Uno")]).encode())
    assert counts(report) == {"created": 1}
    assert "says something else" in report["rejects"][0]["faults"][0]["message"]


def test_a_large_file_that_breaks_off_tells_what_was_taken_in(api: Api) -> None:
    world(api)
    lines = ndjson(*(row(external_id=str(number)) for number in range(5_100)))
    problem = expect.problem(
        api.send("POST", "/v1/imports", params={"format": "ndjson"}, content=lines + b"x" * 9_000_000), "unreadable"
    )
    taken = api.get("/v1/imports")["items"][0]
    assert taken["state"] == "running"
    assert f"{taken['rows']:,} rows, {taken['path']}" in problem["detail"]
    assert len(list(api.walk("/v1/timeline", limit=500))) == taken["rows"] > 0


def test_rows_without_an_id_get_one_from_what_they_say(api: Api) -> None:
    world(api)
    bare = {"noun": "statement", **statement(title="No id")}
    assert counts(send(api, ndjson(bare))) == {"created": 1}
    assert counts(send(api, ndjson(bare))) == {"unchanged": 1}
    assert api.get("/v1/timeline")["items"][0]["external_source"] == "import"


def test_an_id_is_kept_when_it_is_free(api: Api) -> None:
    world(api)
    uid = "01958f3e-7c00-7000-8000-0000000000aa"
    bare = {"noun": "statement", "id": uid, **statement(title="With its id")}
    assert counts(send(api, ndjson(bare))) == {"created": 1}
    assert api.get(f"/v1/statements/{uid}")["title"] == "With its id"
    assert counts(send(api, ndjson({**bare, "title": "Again"}))) == {"changed": 1}
    report = send(api, ndjson({**bare, "noun": "event", "event_type": "CONSULT"}))
    assert "is no event" in report["rejects"][0]["faults"][0]["message"]


def test_what_was_deleted_by_hand_stays_deleted(api: Api) -> None:
    world(api)
    send(api, ndjson(row()))
    assert api.drop("/v1/statements/acme:1").status_code == 204
    for title in ("One", "Another"):
        report = send(api, ndjson(row(title=title)))
        assert counts(report) == {"rejected": 1}
        (fault,) = report["rejects"][0]["faults"]
        assert fault["message"].endswith(" was deleted")
        assert "/restore brings it back" in fault["hint"]


@pytest.mark.parametrize("role", ["reader", "contributor"])
def test_an_import_takes_an_editor(api: Api, settings: Any, role: str) -> None:
    from tests.conftest import make_key

    other = Api(api.client, make_key(settings.database_url, f"a-{role}", role))
    for method, path in (("POST", "/v1/imports?format=ndjson"), ("GET", "/v1/imports")):
        expect.problem(other.send(method, path), "forbidden")


def test_what_is_no_file_of_its_format_is_refused_in_a_sentence(api: Api) -> None:
    for content in (b"\x00\x01\x02\xff" * 1000, b"[1, 2", b"{" + b'"a":' * 100_000):
        answer = api.send("POST", "/v1/imports", params={"format": "ndjson"}, content=content)
        if answer.status_code == 201:
            assert answer.json()["rejected"] == answer.json()["rows"] > 0
        else:
            expect.problem(answer, "unreadable")


def test_a_large_file_is_tried_like_any_other(api: Api) -> None:
    world(api)
    lines = [row(external_id=str(number), title=f"Row {number}") for number in range(5_001)]
    before = api.get("/v1/timeline")
    report = send(api, ndjson(*lines), 200, dry_run=True)
    assert counts(report) == {"created": 5_001}
    assert len(report["changes"]) == 1_000
    assert api.get("/v1/timeline") == before


def test_a_row_whose_record_was_merged_changes_nothing_and_a_changed_one_is_told(api: Api) -> None:
    world(api)
    lines = [row(title="One"), row(external_id="2", title="Two")]
    send(api, ndjson(*lines))
    kept, other = (api.get(f"/v1/statements/acme:{number}") for number in (1, 2))
    merged = api.send(
        "POST", f"/v1/statements/{kept['id']}/merge",
        json={"with": other["id"], "with_version": other["version"]}, headers={"If-Match": api.tag(f"/v1/statements/{kept['id']}")},
    )  # fmt: skip
    assert merged.status_code in (200, 201), merged.text
    assert counts(send(api, ndjson(lines[1]))) == {"unchanged": 1}
    report = send(api, ndjson(row(external_id="2", title="Two, again")))
    (fault,) = report["rejects"][0]["faults"]
    assert "was merged into another record" in fault["message"]
    assert "/unmerge" in fault["hint"]


def test_a_row_of_an_old_export_does_not_take_back_an_edit(api: Api) -> None:
    world(api)
    made = api.make("/v1/statements", statement(external_source="acme", external_id="1", summary="As it was"))
    sheet = api.send("GET", "/v1/statements.csv?external_id=1").content
    line = api.send("GET", "/v1/statements.ndjson?external_id=1").content
    path = f"/v1/statements/{made['id']}"
    assert api.patch(path, {"summary": "What a colleague wrote"}).status_code == 200
    for kind, content in (("csv", sheet), ("ndjson", line)):
        report = send(api, content, format=kind)
        assert counts(report) == {"rejected": 1}
        (fault,) = report["rejects"][0]["faults"]
        assert "is at version 2 now, and the row was made of version 1" in fault["message"]
        assert "edited=overwrite" in fault["hint"]
    fresh = api.send("GET", "/v1/statements.csv?external_id=1").text.replace(made["title"], "A better title")
    assert counts(send(api, fresh.encode(), format="csv")) == {"changed": 1}
    now = api.get(path)
    assert (now["title"], now["summary"]) == ("A better title", "What a colleague wrote")
    assert api.patch(path, {"summary": "Edited again"}).status_code == 200
    fresh = api.send("GET", "/v1/statements.csv?external_id=1").text.replace("A better title", "The best title")
    assert counts(send(api, fresh.encode(), format="csv")) == {"changed": 1}


def test_rejected_lines_are_mended_and_taken_in_again(api: Api) -> None:
    world(api)
    report = send(api, ndjson(row(date="2025-13-01"), row(external_id="2")))
    lines = api.send("GET", f"{report['path']}/rejects.ndjson").text
    assert counts(send(api, lines.replace("2025-13-01", "2025-03-01").encode())) == {"created": 1}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_where_a_sweep_found_no_rows_no_line_reads_all_pairs_of_others(api: Api, settings: Settings) -> None:
    # What a dry run leaves to be swept: the planner takes each table for empty from then on, however much comes in.
    lines = demo_lines()
    send(api, ndjson(*lines), 200, dry_run=True)
    app: Any = api.client.app
    with psycopg.connect(settings.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("VACUUM (TRUNCATE FALSE)")
        planned = "SELECT relname, reltuples FROM pg_class WHERE relname IN ('record', 'reaction') AND relpages > 0"
        assert dict(connection.execute(planned).fetchall()) == {"record": 0, "reaction": 0}
        for _ in range(2):
            before = _rows_read(app.state.database, connection)
            assert send(api, ndjson(*lines))["rejected"] == 0
            # Tables of a few pages are rather read than looked up in: that is a few thousand rows for each line.
            assert _rows_read(app.state.database, connection) - before < 10_000 * len(lines)


def _rows_read(database: Database, connection: psycopg.Connection) -> int:
    database.engine.dispose()  # a connection adds what it has read when it ends
    sql = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables"
    ((read,),) = connection.execute(sql).fetchall()
    return int(read)
