"""What this service wrote in formats of other tools: a bundle comes in again as it was, the others as their readers take them."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.formats.readers import feeds, stix, timelinejs
from api.formats.readers.stix_own import EXTENSION
from api.formats.writers.bundles import identifier
from api.main import create
from api.settings import Settings
from schemas.transfers import Reject, Row, Skipped
from tests.clients import Client
from tests.expect import Api
from tests.read import Json, Reader, of, only, read
from tests.test_imports import counts, send
from tests.test_read_stix import STAMPS, bundle

LATER = ("version", "recorded_at", "changed_at", "recorded_by")
# What a bundle does not carry: kinds and owners of nouns, propositions, reactions.
NOT_CARRIED = ("corroboration", "primary", "retracted_by", "denied_by", "clarified_by")


@pytest.fixture
def demo(sqlite_demo: Path, tmp_path: Path) -> Iterator[Api]:
    """A client of a service on the demo set, without a key: on SQLite alone, for what takes it in runs on both databases."""
    with Client(
        create(Settings(database_url=f"sqlite:///{shutil.copy(sqlite_demo, tmp_path / 'demo.sqlite3')}"))
    ) as opened:
        yield Api(opened, "")


def content(item: Json) -> Json:
    return {name: value for name, value in item.items() if name not in (*LATER, *NOT_CARRIED)}


def test_a_bundle_of_the_demo_set_comes_in_as_it_was(demo: Api, api: Api) -> None:
    items = list(demo.walk("/v1/timeline", limit=500, order="entered"))
    assert len(items) > 300
    answer = demo.client.get("/v1/timeline.stix.json", params={"order": "entered"})
    assert answer.status_code == 200
    told = send(api, answer.content, format="stix")
    assert told["rejected"] == 0, told["rejects"][:3]
    made = {item["id"]: item for item in api.walk("/v1/timeline", limit=500)}
    assert made.keys() == {item["id"] for item in items}
    for item in items:
        assert content(made[item["id"]]) == content(item)
    again = send(api, answer.content, format="stix")
    for noun in ("statement", "event"):
        assert [*counts(again, noun)] == ["unchanged"]


@pytest.mark.parametrize(
    ("path", "reader"),
    [
        ("/v1/timeline.timelinejs.json", timelinejs.read),
        ("/v1/timeline.atom", feeds.read),
        ("/v1/timeline.jsonfeed.json", feeds.read),
    ],
)
def test_slides_and_feeds_of_the_demo_set_are_read_whole(demo: Api, path: str, reader: Reader) -> None:
    answer = demo.client.get(path)
    assert answer.status_code == 200
    found = read(reader, answer.content)
    assert not of(found, Reject)
    shown = 50 if reader is feeds.read else sum(1 for _ in demo.walk("/v1/timeline", limit=500))
    assert len(of(found, Row)) == shown


def own(kind: str = "note", **more: Any) -> Json:
    said = {"extension_type": "property-extension", "record_id": "01958f3e-7c00-7000-8000-000000000001", "date": "2025-03-13", "actor": "kremlin",
            "topics": [{"topic": "truce", "stance": "supports"}], "citations": [{"source": "tass", "url": "https://tass.example.org/1"}],
            "confidence_given": {"value": "B2", "scale": "admiralty"}, "status": "published", "date_earliest": "2025-03-13"}  # fmt: skip
    members = {
        "type": kind,
        "id": identifier(kind, "1"),
        **STAMPS,
        "confidence": 70,
        "labels": ["truce", "istanbul"],
        "created_by_ref": "identity--x",
    }
    return members | {"extensions": {EXTENSION: said | more.pop("said", {})}} | more


HERE = {"type": "identity", "id": identifier("identity", "kremlin"), "name": "The Kremlin"}


def test_what_the_extension_says_goes_before_all_else() -> None:
    note = own(
        abstract="Agrees",
        content="Summary.\nMore.\n“Да”\nYes\nDate: 2025-03-13, stated\nWho: The Kremlin",
        lang="ru",
        said={"translation": "Yes"},
    )
    row = only(read(stix.read, bundle(note, HERE)), Row)
    assert row.body == {
        "id": "01958f3e-7c00-7000-8000-000000000001", "date": "2025-03-13", "title": "Agrees", "summary": "Summary.\nMore.", "quote": "Да",
        "translation": "Yes", "language": "ru", "actor": "kremlin", "topics": [{"topic": "truce", "stance": "supports"}], "tags": ["istanbul"],
        "citations": [{"source": "tass", "url": "https://tass.example.org/1"}], "confidence": {"value": "B2", "scale": "admiralty"},
        "status": "published",
    }  # fmt: skip
    assert [(need.noun, need.body["name"]) for need in row.needs] == [
        ("actor", "The Kremlin"),
        ("topic", "truce"),
        ("source", "tass"),
    ]


@pytest.mark.parametrize(
    ("text", "summary", "quote"),
    [
        ("Date: 1, stated\nWho: A", None, None),
        ("Words.\nDate: 1, stated\nWho: A", "Words.", None),
        ("“Да”\nDate: 1, stated\nWho: A", None, "Да"),
        ("Words.\n“Да”\nDate: 1, stated\nWho: A", "Words.", "Да"),
        ("Words alone", "Words alone", None),
    ],
)
def test_the_words_of_a_note_are_told_apart(text: str, summary: str | None, quote: str | None) -> None:
    row = only(read(stix.read, bundle(own(abstract="A", content=text))), Row)
    assert (row.body.get("summary"), row.body.get("quote")) == (summary, quote)


def test_an_opinion_of_the_bundle_adds_nothing_and_one_of_somebody_else_does() -> None:
    note = own(abstract="A", content="B")
    mine = {
        "type": "opinion",
        "id": identifier("opinion", "1"),
        **STAMPS,
        "opinion": "agree",
        "object_refs": [note["id"]],
        "created_by_ref": "identity--x",
    }
    found = read(stix.read, bundle(note, mine))
    assert "stands in the record" in only(found, Skipped).why
    theirs = mine | {"created_by_ref": None, "authors": ["A. Reader"]}
    assert len(of(read(stix.read, bundle(note, theirs)), Row)) == 3


def test_a_report_of_the_bundle_is_an_event() -> None:
    said = {"event_type": "CONSULT", "confidence_given": {"scale": "stix"}, "topics": []}
    row = only(
        read(
            stix.read,
            bundle(own("report", name="A call", description="Long.", said=said, confidence=None, labels=["istanbul"])),
        ),
        Row,
    )
    assert (row.noun, row.body["event_type"], row.body["title"], row.body["summary"], row.body["confidence"]) == (
        "event",
        "CONSULT",
        "A call",
        "Long.",
        None,
    )
    assert row.body["tags"] == ["istanbul"]
