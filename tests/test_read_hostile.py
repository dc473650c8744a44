"""Whatever bytes a reader is given, it gives rows, rejects and skips, or says in plain words why the file can't be read."""

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers import feeds, misp, stix, timelinejs
from api.formats.readers.files import pieces
from schemas.transfers import Row, Unreadable
from tests.read import Json, Reader, read, refusal
from tests.test_read_stix import UUID

READERS: dict[str, Reader] = {"stix": stix.read, "misp": misp.read, "timelinejs": timelinejs.read, "feeds": feeds.read}
every_reader = pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
MOST_MEMORY = 150_000_000


def wrapped(reader: Reader, items: list[Any]) -> Json:
    """Items where the reader looks for its things."""
    if reader is stix.read:
        return {"type": "bundle", "objects": items}
    if reader is misp.read:
        return {"response": items}
    if reader is timelinejs.read:
        return {"events": items}
    return {"version": "https://jsonfeed.org/version/1.1", "items": items}


# Names and values that the formats use, so that what is made up goes far enough in to be read.
NAMES = (
    "type id name created modified published content abstract opinion explanation object_refs object_marking_refs created_by_ref labels "
    "confidence external_references granular_markings revoked first_seen last_seen sighting_of_ref where_sighted_refs definition extensions "
    "identity_class sectors aliases country latitude longitude source_ref target_ref relationship_type lang authors Event Orgc info date "
    "timestamp Tag Attribute Object EventReport value distribution uuid comment to_ids deleted start_date end_date display_date text "
    "headline media url caption credit group unique_id year month day hour minute second startDate endDate asset title summary "
    "content_html content_text date_published date_modified tags language authors author items description"
).split()
KINDS = (
    "report",
    "note",
    "opinion",
    "incident",
    "campaign",
    "sighting",
    "relationship",
    "identity",
    "location",
    "marking-definition",
    "link",
    "text",
    "url",
)
REFS = [f"{kind}--{UUID.format(1)}" for kind in KINDS]
VALUES: list[Any] = [
    *KINDS, *REFS, "agree", "2025-03-11T14:00:00Z", "2025-03-11", "tlp:red", 'admiralty-scale:source-reliability="b"', "https://example.org/a", "2012,1,26",
    "\ud800", "a\x00b", "<b>&lt;</b>", "<script>", "x" * 400, "-1", "é&", "responds-to", 10**30, 1e400, "\u200b",
]  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(VALUES)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=8)
    ),
    max_leaves=25,
)
LIKELY = st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=12).flatmap(
    lambda members: st.sampled_from(KINDS).map(
        lambda kind: {"type": kind, "id": f"{kind}--{UUID.format(1)}", **members}
    )
)


@every_reader
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(reader: Reader, content: bytes) -> None:
    with suppress(Unreadable):
        read(reader, content)


@every_reader
@given(document=ANYTHING)
def test_any_json_is_read_or_refused(reader: Reader, document: Any) -> None:
    with suppress(Unreadable):
        read(reader, json.dumps(document).encode())


@every_reader
@given(items=st.lists(LIKELY | ANYTHING, min_size=1, max_size=4))
def test_any_items_give_rows_that_their_post_takes_and_each_is_told(reader: Reader, items: list[Any]) -> None:
    found = read(reader, json.dumps(wrapped(reader, items)).encode())
    assert len(found) >= len(items)


ODD = "a\x00b\x07\ud800c\u200b\x7f <i>d</i>\xa0"
ODD_ITEMS: dict[str, Json] = {
    "stix": {"type": "note", "id": f"note--{UUID.format(1)}", "created": "2025-03-11T14:00:00Z", "abstract": ODD, "content": ODD, "labels": [ODD],
             "authors": [ODD], "external_references": [{"source_name": ODD, "description": ODD}]},
    "misp": {"info": ODD, "date": "2025-03-11", "uuid": ODD, "Orgc": {"name": ODD}, "Tag": [{"name": ODD}],
             "Attribute": [{"type": "text", "value": ODD}, {"type": "link", "value": "https://example.org/a", "comment": ODD}]},
    "timelinejs": {"start_date": {"year": 2025}, "text": {"headline": ODD, "text": ODD}, "group": ODD, "media": {"caption": ODD, "url": ODD},
                   "unique_id": ODD, "display_date": ODD},
    "feeds": {"id": ODD, "title": ODD, "content_html": ODD, "date_published": "2025-03-11", "tags": [ODD], "authors": [{"name": ODD}], "url": ODD},
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_characters_that_no_database_keeps_are_taken_out_of_every_text(name: str) -> None:
    (row,) = read(READERS[name], json.dumps(wrapped(READERS[name], [ODD_ITEMS[name]])).encode())
    assert isinstance(row, Row)
    assert row.body["title"].startswith("ab\ufffdc")
    assert "\x00" not in json.dumps([row.body, [need.body for need in row.needs]], ensure_ascii=False)


@given(texts=st.lists(st.text(max_size=40), min_size=8, max_size=8))
def test_any_words_in_a_feed_are_read_or_refused(texts: list[str]) -> None:
    title, link, date, id_, words, tag, element, value = texts
    content = (
        f"<rss version='2.0'><channel><title>{title}</title><link>{link}</link><item><title>{words}</title><pubDate>{date}</pubDate>"
        f"<guid>{id_}</guid><category>{tag}</category><link>{link}</link><x:{element} y='{value}'/><description><![CDATA[{words}]]></description>"
        "</item></channel></rss>"
    )
    with suppress(Unreadable):
        read(feeds.read, content.encode("utf-8", "surrogatepass"))


@given(rows=st.lists(st.lists(st.text(max_size=12), min_size=18, max_size=18), max_size=4))
def test_any_cells_in_a_sheet_are_read_or_refused(rows: list[list[str]]) -> None:
    header = "Year,Month,Day,Time,End Year,End Month,End Day,End Time,Display Date,Headline,Text,Media,Media Credit,Media Caption,Media Thumbnail,Type,Group,Background"
    content = "\n".join([header, *(",".join(cells) for cells in rows)])
    with suppress(Unreadable):
        read(timelinejs.read, content.encode("utf-8", "surrogatepass"))


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bundle.json", b"0" * 10_000_000)
    return file.getvalue()


def nested(opening: str, closing: str = "") -> bytes:
    return (opening * 100_000 + closing * 100_000).encode()


# name -> (content, what all readers say to it)
HOSTILE: dict[str, Callable[[], bytes]] = {
    "an archive": zipped,
    "zero bytes": lambda: b"\x00" * 1_000_000,
    "blanks": lambda: b" " * 10_000_000,
    "line breaks": lambda: b"\n" * 100_000,
    "one line of 10 MB": lambda: b"x" * 10_000_000,
    "one text of 10 MB": lambda: b'"' + b"x" * 10_000_000 + b'"',
    "one text that never ends": lambda: b'{"objects": ["' + b"x" * 20_000_000,
    "lists 100,000 deep": lambda: nested("[", "]"),
    "lists 100,000 deep that never end": lambda: nested("["),
    "objects 100,000 deep": lambda: nested('{"a":', "}"),
    "a list of events 100,000 deep": lambda: b'{"events": ' + nested("[", "]") + b"}",
    "tags that never end": lambda: nested("<a "),
    "elements 100,000 deep": lambda: b"<rss>" + nested("<a>", "</a>") + b"</rss>",
    "comments that never end": lambda: nested("<!--"),
    "declarations that never end": lambda: b"<!DOCTYPE a [" + nested("<!ENTITY a 'b"),
    "sections that never end": lambda: b"<rss><channel>" + nested("<![CDATA["),
    "a huge attribute": lambda: b"<rss a='" + b"x" * 10_000_000 + b"'/>",
    "many columns": lambda: b"Year,Headline," + b"a," * 100_000 + b"\n",
    "entities": lambda: b"<rss>" + b"&eacute;" * 200_000,
    "ampersands": lambda: b"<rss>" + b"&" * 200_000,
}


@every_reader
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_flat_memory(reader: Reader, name: str) -> None:
    content = HOSTILE[name]()
    tracemalloc.start()
    try:
        assert refusal(reader, content)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()


@every_reader
def test_one_item_that_is_too_long_makes_the_file_unreadable_and_says_where(reader: Reader) -> None:
    content = json.dumps(wrapped(reader, [{}, "x" * (2 * pieces.LONGEST)]), indent=1).encode()
    assert "longer than 8 million characters" in refusal(reader, content)


@every_reader
def test_memory_stays_flat_however_many_items_there_are(reader: Reader) -> None:
    # Forty times a megabyte of words; none of them is kept.
    item = {"type": "malware", "id": f"malware--{UUID.format(1)}", "description": "word " * 200_000}
    document = wrapped(reader, [item] * 40)
    file = io.BytesIO(json.dumps(document).encode())
    del document
    tracemalloc.start()
    try:
        assert sum(1 for _ in reader(file, None, None)) == 40
        assert tracemalloc.get_traced_memory()[1] < 25_000_000
    finally:
        tracemalloc.stop()


def test_a_feed_that_is_too_large_is_refused_before_it_is_read() -> None:
    assert "are the most" in refusal(feeds.read, b"<rss>" + b" " * 17_000_000)


def test_a_text_is_read_alike_wherever_it_is_cut_between_two_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    document = {
        "a": ['\\"\u00e9\U0001f600', -12.5e3, 1234567890, True, None, {"b": [[], {}, ""]}],
        "items": [1234567, "x", [1]],
    }
    content = json.dumps(document, indent=2).encode()
    whole = [*pieces.read(io.BytesIO(content), None, frozenset({("items",)}))]
    assert [piece.value for piece in whole] == [document["a"], *document["items"]]
    for size in range(1, 40):
        monkeypatch.setattr(pieces, "_STEP", size)
        monkeypatch.setattr("api.formats.readers.files.encodings._SAMPLE", size)
        assert [*pieces.read(io.BytesIO(content), "utf-8", frozenset({("items",)}))] == whole
