"""CSV cells: what goes out comes in again as it was, and no spreadsheet takes a text for a formula."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from starlette.testclient import TestClient

from api.formats.columns import COLUMNS, Form, cells, header, neutral, plain, read, table_of, unknown, written
from api.formats.contents import ADDRESSED, MEMBERS, content, noun_of, sent
from api.formats.readers import csv as own_csv
from api.main import create
from api.settings import Settings
from schemas.affiliations import AffiliationCreate
from schemas.codings import CodingCreate
from schemas.events import EventCreate
from schemas.reactions import ReactionCreate
from schemas.sources import SourceCreate
from schemas.statements import StatementCreate
from schemas.topics import TopicCreate
from schemas.transfers import Reject
from tests.clients import Client

Json = dict[str, Any]
SQLITE_DEMO = pytest.mark.parametrize("demo_url", ["sqlite"], indirect=True)
LISTS = {
    "record": "/v1/timeline",
    "reaction": "/v1/reactions",
    "actor": "/v1/actors",
    "source": "/v1/sources",
    "topic": "/v1/topics",
    "affiliation": "/v1/actors/the-west/affiliations",
}


def everything(client: TestClient, path: str) -> list[Json]:
    """All items of a list."""
    found: list[Json] = []
    cursor: str | None = None
    while True:
        body = client.get(path, params={"limit": 500, **({"cursor": cursor} if cursor else {})}).json()
        found += body["items"]
        cursor = body["next"]
        if cursor is None:
            return found


@pytest.fixture
def demo(demo_url: str) -> Iterator[TestClient]:
    """The demo set."""
    with Client(create(Settings(database_url=demo_url))) as opened:
        yield opened


def through_csv(names: list[str], row: list[str]) -> dict[str, str]:
    """A row as it comes out of a file."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows([names, row])
    found = list(csv.reader(io.StringIO(file.getvalue(), newline="")))
    assert len(found) == 2
    return dict(zip(*found, strict=True))


def whole(line: Json) -> Json:
    """A line with the members that an empty cell leaves out."""
    lists = {"participants", "topics", "citations", "tags", "aliases"}
    found = {"noun": line["noun"]}
    for name in MEMBERS[line["noun"]]:
        found[name] = line.get(name, [] if name in lists else None)
    place = found.get("place")
    if place:
        found["place"] = {name: place.get(name) for name in ("name", "country", "latitude", "longitude")}
    for member, shape in (("topics", POSITION[line["noun"]]), ("citations", CITATION)):
        found |= (
            {member: [{name: one.get(name) for name in shape} for one in found[member]]} if found.get(member) else {}
        )
    return found


_TOPIC = ("topic", "stance", "condition_type", "conditions", "coding_certainty")
POSITION = {
    **dict.fromkeys(MEMBERS, _TOPIC),
    "coding": ("topic", "stance", "condition_type", "coding_certainty", "rationale"),
}
CITATION = (
    "source url locator published_at credibility reliability role origin excerpt retrieved_at archive_url".split()
)


@SQLITE_DEMO
def test_every_row_of_the_demo_set_comes_in_again_as_it_was(demo: TestClient) -> None:
    for table, path in LISTS.items():
        items = everything(demo, path)
        assert len(items) > 2, table
        for item in items:
            noun = noun_of(table, item)
            for is_content in (False, True):
                row = through_csv(header(table, is_content), cells(table, item, is_content))
                line, came, faults = read(noun, row)
                assert not faults
                assert whole(line) == content(noun, item)
                assert all(name in row and row[name] == cell for name, cell in came.values())
                assert unknown(table, row) == []


def test_the_members_of_a_line_are_those_that_are_sent() -> None:
    shapes: dict[str, type[BaseModel]] = {"statement": StatementCreate, "event": EventCreate, "reaction": ReactionCreate, "source": SourceCreate,
              "topic": TopicCreate, "affiliation": AffiliationCreate, "coding": CodingCreate}  # fmt: skip
    short = {
        "change_note",
        "reacts_to",
        "topic",
        "stance",
        "condition_type",
        "conditions",
        "coding_certainty",
        "source",
        "url",
    }
    for noun, shape in shapes.items():
        taken = {field.alias or name for name, field in shape.model_fields.items()}
        left_out = short if noun in ("statement", "event") else {"change_note"}
        line = dict.fromkeys(("noun", *MEMBERS[noun])) | {"noun": noun}
        assert set(sent(line)) == taken - left_out, noun


def test_every_member_of_a_line_has_its_columns() -> None:
    for noun, members in MEMBERS.items():
        found = {column.path[0] for column in COLUMNS[table_of(noun)] if not column.informs}
        extra = (
            {"quote", "language", "translation", "translation_by", "channel", "prompted"} if noun == "event" else set()
        )
        assert found == {*members} | extra, noun
        assert set(ADDRESSED.get(noun, ())) <= found
    for columns in COLUMNS.values():
        names = [column.name for column in columns]
        assert len(names) == len(set(names))


@given(st.text() | st.text("'=+-@\t\r\n＝ab1", max_size=6))
def test_a_text_made_neutral_is_given_back_and_begins_no_formula(text: str) -> None:
    cell = neutral(text)
    assert plain(cell) == text
    assert cell[:1] not in "=+-@\t\r\n＝＋－＠" or cell == ""
    assert cell == text or cell == "'" + text


def test_formulas_are_neutral_and_numbers_stay_numbers() -> None:
    assert [written(one) for one in ("=1+1", "-5", "'=x", "'tis", "@a", "a=b", "\tx", "")] == [
        "'=1+1", "'-5", "''=x", "'tis", "'@a", "a=b", "'\tx", "",
    ]  # fmt: skip
    assert [written(one) for one in (-2, -33.8, 1e-7, 0, True, None, ["=x"], {"a": -1})] == [
        "-2", "-33.8", "1e-07", "0", "true", "", '["=x"]', '{"a":-1}',
    ]  # fmt: skip


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1)
PLACE = {"name": "Moscow", "country": "RU", "latitude": -33.8, "longitude": 0.5}


@given(st.lists(TEXT, min_size=5, max_size=5), st.integers(0, 3), st.integers(0, 3), st.lists(TEXT, max_size=2))
def test_any_text_in_any_number_of_topics_and_citations_comes_back(
    texts: list[str], topics: int, citations: int, tags: list[str]
) -> None:
    item: Json = {name: None for column in COLUMNS["record"] for name in [str(column.path[0])]} | {
        "id": "x", "kind": "statement", "title": texts[0], "quote": texts[1], "external_id": texts[2], "place": PLACE,
        "participants": [{"actor": {"slug": "nato", "name": texts[3]}, "role": "target"}], "tags": tags,
        "topics": [{"topic": {"slug": f"t{n}", "name": texts[3]}, "stance": "supports", "stance_score": 1, "condition_type": "none",
                    "conditions": texts[4], "coding_certainty": None} for n in range(topics)],
        "citations": [{**dict.fromkeys(CITATION), "source": {"slug": f"s{n}", "name": texts[3]}, "excerpt": texts[4], "credibility": 2}
                      for n in range(citations)],
        "confidence": 85, "confidence_given": {"value": "high", "scale": "none-low-med-high"}, "actor": {"slug": "a", "name": "A"},
        "prompted": False,
    }  # fmt: skip
    for is_content in (False, True):
        line, _, faults = read(
            "statement", through_csv(header("record", is_content), cells("record", item, is_content))
        )
        assert not faults
        assert whole(line) == content("statement", item)


def test_what_a_person_writes_by_hand_is_read() -> None:
    row = {"date": "2025-03-13", "actor": "kremlin", "topic": "ceasefire", "stance": "supports", "confidence": "high", "source": "kremlin-ru",
           "url": "http://kremlin.ru", "prompted": "TRUE", "latitude": "55.75", "more_topics": '[{"topic": "sanctions", "stance": "neutral"}]'}  # fmt: skip
    line, came, faults = read("statement", row)
    assert not faults
    assert line == {
        "noun": "statement", "date": "2025-03-13", "actor": "kremlin", "confidence": "high", "prompted": True,
        "topics": [{"topic": "ceasefire", "stance": "supports"}, {"topic": "sanctions", "stance": "neutral"}],
        "citations": [{"source": "kremlin-ru", "url": "http://kremlin.ru"}], "place": {"latitude": 55.75},
    }  # fmt: skip
    assert came["topics.0.stance"] == ("stance", "supports")
    assert came["topics.1"][0] == "more_topics"
    assert came["confidence"] == ("confidence", "high")
    assert read("statement", {"confidence": "70"})[0]["confidence"] == 70
    assert read("statement", {"confidence_given": "B2"})[0]["confidence"] == "B2"
    assert read("statement", {"confidence_scale": "stix"})[0]["confidence"] == {"value": None, "scale": "stix"}


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        ({"credibility": "two"}, "credibility", "this is not integer"),
        ({"latitude": "55,75"}, "latitude", "this is not number"),
        ({"latitude": "nan"}, "latitude", "this is not number"),
        ({"prompted": "maybe"}, "prompted", "this is not true or false"),
        ({"tags": "a; b"}, "tags", "this is not a JSON list"),
        ({"more_topics": "{}"}, "more_topics", "this is not a JSON list"),
        ({"tags": "[" * 100_000}, "tags", "this is not a JSON list"),
        (
            {"confidence": "40", "confidence_given": "high", "confidence_scale": "none-low-med-high"},
            "confidence",
            "stands for 85",
        ),
    ],
)
def test_a_cell_that_cant_be_read_is_told(row: dict[str, str], column: str, told: str) -> None:
    _, _, faults = read("statement", row)
    assert [fault.column for fault in faults] == [column]
    assert told in faults[0].message
    assert faults[0].value == row[column]
    assert faults[0].hint


def test_each_form_is_in_use() -> None:
    assert {column.form for columns in COLUMNS.values() for column in columns} == set(Form)


def test_a_column_that_is_none_is_told_with_the_closest_one() -> None:
    file = b"kind,date,titel,shoe_size,actor\nstatement,2025-03-13,A title,44,kremlin\n"
    (row,) = own_csv.read(io.BytesIO(file))
    assert isinstance(row, Reject)
    assert [(fault.column, fault.hint) for fault in row.faults] == [
        ("titel", "Did you mean title?"),
        ("shoe_size", "Take its cell out, or the column."),
    ]
