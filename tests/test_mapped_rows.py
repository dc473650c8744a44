"""Tables read by a mapping: which rows become records, of whom, and what is told of the others."""

import io
import json
from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers.mapped import reader
from schemas.transfers import Need, Reject, Row, Skipped, Unreadable
from tests.mapped_rows import ACTORS, HEADER, PLAIN, Taken, fault, mapping, read, row, table


def test_actors_are_those_that_the_mapping_knows_and_others_by_its_rules() -> None:
    tables = """
[actors]
kinds = [{ starts = "Government of ", kind = "government", state = true }]
[actors.known."А. Пример"]
slug = "a-primer"
kind = "person"
[sources.known.example-org]
name = "Example"
owner = "a-primer"
"""

    def by(name: str) -> Row:
        return row(f"{HEADER}\n{PLAIN.replace('Ann Example', name)}\n", mapping("", tables))

    known = by("А. Пример")
    assert known.body["actor"] == "a-primer"
    assert known.needs[0] == Need(
        "actor", {"slug": "a-primer", "name": "А. Пример", "kind": "person", "aliases": []}, ("А. Пример",)
    )
    assert [need.noun for need in known.needs] == ["actor", "source"]
    state = by("Government of Russia (Soviet Union)")
    assert state.needs[0].body == {
        "slug": "russia", "name": "Russia", "kind": "government", "country": "RU", "aliases": ["Government of Russia (Soviet Union)"],
    }  # fmt: skip
    assert [need.body["slug"] for need in state.needs] == ["russia", "a-primer", "example-org"]
    assert by("white-house").body["actor"] == "white-house"
    assert not [need for need in by("white-house").needs if need.body["slug"] == "white-house"]
    unknown = by("Ann Example").needs[0]
    assert (unknown.body["slug"], unknown.names, unknown.is_known) == ("ann-example", ("Ann Example",), False)


def test_a_name_that_can_be_no_name_rejects_its_row() -> None:
    assert "200" in fault(f"{HEADER}\n{PLAIN.replace('Ann', 'x' * 250)}\n").message
    assert "U+0001" in fault(f"{HEADER}\n{PLAIN.replace('Ann', chr(1))}\n").message


def test_the_kind_can_stand_in_a_column() -> None:
    how = mapping('quote = "title"\nevent_type = { value = "CONSULT" }').replace(
        'kind = "statement"',
        'kind = { column = "what", values = { says = "statement", does = "event", sings = "song" } }',
        1,
    )
    assert row(table("what", "says"), how).body["quote"] == "Speaks"
    assert row(table("what", "does"), how).noun == "event"
    assert "quote" not in row(table("what", "does"), how).body
    assert "neither statement nor event" in fault(table("what", "sings"), how).message
    assert "no value for" in fault(table("what", "hums"), how).message


def test_an_id_is_a_column_several_or_a_hash() -> None:
    assert (
        row(f"{HEADER}\n{PLAIN}\n", mapping().replace('["no"]', '["who", "no"]')).body["external_id"] == "Ann Example:7"
    )
    hashed = mapping().replace('columns = ["no"]', 'hash = ["date", "title"]')
    ids = [
        row(f"{HEADER}\n{one}\n", hashed).body["external_id"]
        for one in (PLAIN, PLAIN.replace("7,", "8,", 1), PLAIN.replace("Speaks", "Sings"))
    ]
    assert len(ids[0]) == 32
    assert ids[0] == ids[1] != ids[2]
    assert fault(f"{HEADER}\n{PLAIN.removeprefix('7')}\n").message == "the row has no id: no is empty"


def test_rows_are_skipped_for_the_reason_that_the_mapping_gives() -> None:
    tables = '[file]\nskip_rows = 1\n[[skip]]\ncolumn = "who"\nmatches = "^Total"\nwhy = "a sum"\n' + ACTORS
    rows = read(f"{HEADER}\nfirst,,,,\n{PLAIN}\n8,,,Total of all,\n", mapping("", tables))
    assert [type(one) for one in rows] == [Skipped, Row, Skipped]
    assert rows[2] == Skipped(4, "a sum")


def test_a_table_without_a_column_that_is_mapped_is_refused_with_the_nearest() -> None:
    with pytest.raises(Unreadable, match=r"no column 'title' .did you mean 'titel'"):
        read("no,date,titel,who,link\n1,2,3,4,5\n")
    with pytest.raises(Unreadable, match=r"no column 'text_\*'"):
        read(f"{HEADER}\n{PLAIN}\n", mapping('summary = { pattern = "text_*" }'))
    with pytest.raises(Unreadable, match=r"no column 'txet' .did you mean 'text'"):
        read(json.dumps([{**dict.fromkeys(HEADER.split(",")), "text": []}]), mapping('summary = "txet"'))
    assert row(f"{HEADER}\n{PLAIN}\n", mapping('summary = { column = "text", optional = true }'))
    assert row(f"{HEADER}\n{PLAIN}\n", mapping('summary = [{ column = "text" }, { column = "title" }]'))


def test_all_faults_of_a_row_are_told_with_the_row_as_it_stood() -> None:
    (one,) = read(f"{HEADER}\n7,soon,,,https://example.org/7\n")
    assert isinstance(one, Reject)
    assert {found.column for found in one.faults} == {"date", "title", "who"}
    assert one.cells == {"no": "7", "date": "soon", "title": "", "who": "", "link": "https://example.org/7"}


def test_a_table_without_names_in_it_and_in_another_encoding() -> None:
    layout = '[file]\nnames = ["no", "date", "title", "who", "link"]\ndelimiter = "tab"\nquotes = false\nskip_lines = 1\nencoding = "windows-1251"\n'
    content = '// export\n7\t2025-03-13\tГоворит "да"\tАня Пример\thttps://example.org/7\n'.encode("windows-1251")
    (one,) = read(content, mapping("", layout + ACTORS))
    assert isinstance(one, Row)
    assert (one.line, one.body["title"], one.body["actor"]) == (2, 'Говорит "да"', "anya-primer")


def test_without_a_mapping_it_is_told_what_is_needed() -> None:
    with pytest.raises(Unreadable, match="needs a mapping"):
        next(reader.read(io.BytesIO(b"a,b\n1,2\n")))


def test_too_many_values_in_an_object_are_no_row() -> None:
    assert "5,000 are the most" in fault(json.dumps({f"c{n}": 1 for n in range(6_000)})).message


def told(rows: Iterable[Taken]) -> None:
    for one in rows:
        assert isinstance(one, Row | Reject | Skipped)


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["2025-03-13", "03/04/2025", "NA", "[{'a': 'b'}]", "https://a.b/c"]
)


@given(st.lists(st.lists(CELLS, min_size=5, max_size=5), max_size=4))
def test_any_cells_make_records_in_order_or_are_refused(rows: list[list[str]]) -> None:
    how = mapping(
        'summary = { columns = ["title", "who"], html = true, after = "a", before = "b" }\ntags = { column = "who", key = "a" }\n'
        '"place.country" = "who"\n"citation.published_at" = "date"'
    )
    text = "\n".join(json.dumps(dict(zip(HEADER.split(","), one, strict=True))) for one in rows)
    with suppress(Unreadable):
        taken = read(text, how)
        assert len(taken) == len(rows)
        told(taken)


@given(
    st.one_of(
        st.binary(max_size=200),
        st.text('no,date\n"{}[]:7\\', max_size=40).map(lambda text: f"{HEADER}\n{text}".encode()),
    )
)
def test_any_file_is_rows_or_a_refusal(content: bytes) -> None:
    with suppress(Unreadable):
        told(read(content))
    with suppress(Unreadable):
        told(read(content, "ucdp-ged"))
