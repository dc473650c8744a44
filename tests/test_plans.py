"""What a page reads: its own rows, on either database; the same assertions as `make bench` makes on a million records."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from api import cursors
from api.database import Database
from api.queries import parse
from api.settings import Settings
from api.store import changes, documents, matches, records, timeline
from api.store.directory import Shelf
from api.store.documents import loads
from schemas.changes import ChangeFilter
from schemas.events import EventRead
from schemas.statements import StatementRead
from schemas.timeline import TimelineFilter
from schemas.vocabularies import Kind
from tests.benchmarks import made, peers, plans
from tests.benchmarks.shapes import SHAPES, Shape
from tests.benchmarks.small import WORLD, file_of, generated

LIMIT = 10  # small, so that a walk through all of an actor's 700 rows would show


@pytest.fixture(params=["sqlite", "sqlite without statistics", "postgresql"])
def full(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The generated records."""
    database = Database(Settings(database_url=generated(request.param, request)))
    yield database
    database.close()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_a_page_reads_only_its_own_rows(full: Database, shape: Shape) -> None:
    page = plans.measure(full, shape, LIMIT)
    assert not page.faults, "\n".join(page.faults)


def test_a_walk_through_everything_would_be_seen(full: Database) -> None:
    # The assertion itself: the same page, held against a tenth of what it needs, must fail.
    shape = Shape("actor, filtered by little, promised too much", (("max_span", "PT1S"),), "actor-1", passed=0.1)
    page = plans.measure(full, shape, 100)
    assert any("should do" in fault for fault in page.faults), page.faults


WINDOW = 100


@pytest.mark.parametrize(
    "query", ["limit=5", "kind=statement", "kind=reaction", "actor=actor-1", "actor=actor-900", "topic=topic-1"]
)
def test_a_page_of_the_feed_reads_only_its_window(full: Database, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    monkeypatch.setattr(changes, "MOST_WALKED", WINDOW)
    with full.reading() as reading:
        directory = Shelf().directory(reading)
        newest = (reading.row("SELECT max(seq) FROM revision") or (0,))[0]
        assert newest > 40 * WINDOW
        asked = parse(ChangeFilter, query.encode())
        cursor = cursors.encode(cursors.question(asked, "changes"), (newest - 2_000, 0))
        recording = plans.Recording(reading)
        page = changes.page(recording, directory, asked.model_copy(update={"cursor": cursor}))
        read = plans.rows_read(reading, recording.asked)
    assert page.more
    # Each version, its record, the version before; what they name; and what is shown of them.
    assert 5 < read < 12 * WINDOW, [(one.sql, one.answered) for one in recording.asked]


@pytest.mark.parametrize("query", ["1234", "1234 -zzzz", "peace", "peace talks", "peac*", "peace -talks", "actor"])
def test_a_search_reads_what_it_answers(full: Database, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    monkeypatch.setattr(matches, "MANY", 20)  # of 3,000 records any number would be few
    filters = parse(TimelineFilter, urlencode({"q": query, "limit": 5}).encode())
    with full.reading() as reading:
        directory = Shelf().directory(reading)
        timeline.page(reading, directory, filters)  # names are read once
        recording = plans.Recording(reading)
        page = timeline.page(recording, directory, filters)
        # Which versions have a word PostgreSQL reads whole, as a compact list.
        is_list = [reading.dialect == "postgresql" and ":expression" in one.sql for one in recording.asked]
        assert sum(is_list) == (reading.dialect == "postgresql" and query != "actor")
        read = plans.rows_read(
            reading, [one for one, is_one in zip(recording.asked, is_list, strict=True) if not is_one]
        )
    assert page is not None
    assert page.items.count(b'"snippet":') == (1 if "1234" in query else 5)
    assert read < 300, [(one.sql, one.steps) for one in recording.asked]


# The order in which rows are compared; what each version has of its own is left out.
_OWN = {"seq", "id", "record_id", "uid", "superseded_seq", "version", "document", "change_note", "recorded_at"}


def rows_of(reading: Any, seq: int) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for table in made.TABLES[2:]:
        columns = [column for column in made.columns_of(table) if column not in _OWN]
        sql = f"SELECT {', '.join(columns)} FROM {table.__tablename__} WHERE seq = :seq ORDER BY {', '.join(columns)}"
        found[str(table.__tablename__)] = reading.rows(sql, {"seq": seq})
    return found


def test_what_is_generated_is_what_the_one_door_writes(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite3"
    shutil.copy(file_of(generated("sqlite", request)), path)
    database = Database(Settings(database_url=f"sqlite:///{path}"))
    with database.writing(made.DESK) as writing:
        sample = writing.rows("SELECT seq, record_id, version, document FROM record_version WHERE record_id % 50 = 1")
        assert len(sample) > 60
        for seq, number, version, document in sample:
            kind, body = WORLD.body(number, version)
            created = loads(records.create(writing, kind, body).body)
            written = writing.row(
                "SELECT v.seq, v.document FROM record_version v JOIN record r ON r.id = v.record_id WHERE r.uid = :uid",
                {"uid": created["id"]},
            )
            assert written is not None
            assert rows_of(writing, seq) == rows_of(writing, written[0])
            content, expected = documents.content(document), documents.content(written[1])
            assert {**content, "id": None} == {**expected, "id": None}
            shown = loads(records.find(writing, kind, made.uid(number, _first(writing, number))).body)
            (StatementRead if kind is Kind.STATEMENT else EventRead).model_validate(shown)
        assert not writing.rows("PRAGMA foreign_key_check")
    database.close()


def _first(reading: Any, number: int) -> int:
    row = reading.row("SELECT seq FROM record_version WHERE record_id = :id AND version = 1", {"id": number})
    return int(row[0])


def test_what_the_benchmark_compares_with_answers_the_same(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    store = tmp_path / "records.sqlite3"  # another is made beside it
    shutil.copy(file_of(generated("sqlite", request)), store)
    with ExitStack() as stack:
        servers = peers.started(stack, store)
        peers.check_alike(servers, [("actor-1", {}), ("actor-2", {"from": "2000-01-01"})])
