"""Delimited files: every row is given, refused or passed over by name, whatever the encoding and however it is written."""

import csv
import io
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers.files import encodings, tables
from schemas.transfers import Reject, Skipped, Unreadable


def read(
    content: bytes, encoding: str | None = None, names: Sequence[str] | None = None, **layout: int
) -> list[object]:
    table = tables.read(io.BytesIO(content), encoding=encoding, names=names, **layout)  # type: ignore[arg-type]
    return [(row.line, row.cells) if isinstance(row, tables.Cells) else row for row in table.rows]


def refusal(content: bytes, encoding: str | None = None) -> str:
    with pytest.raises(Unreadable) as refused:
        read(content, encoding)
    return str(refused.value)


def reject(content: bytes) -> Reject:
    (row,) = (row for row in read(content) if isinstance(row, Reject))
    return row


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_has_the_line_on_which_it_begins(end: str) -> None:
    content = end.join(["name,words", '1,"two', 'lines"', "2,one", '3,"a ""b"""'])
    assert read(content.encode()) == [(2, ["1", f"two{end}lines"]), (4, ["2", "one"]), (5, ["3", 'a "b"'])]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "windows-1252"])
def test_the_encoding_is_found(codec: str) -> None:
    text = "name;words\n1;café – “naïve”\n" if codec == "windows-1252" else "имя;слова\n1;café – “наивно” 2025\n"
    table = tables.read(io.BytesIO(text.encode(codec)))
    assert [*table.columns] == text.split("\n", 1)[0].split(";")
    assert [row.cells for row in table.rows if isinstance(row, tables.Cells)] == [text.split("\n")[1].split(";")]


def test_an_encoding_that_is_given_wins() -> None:
    content = "имя,слова\n1,мир\n".encode("windows-1251")
    assert read(content, "windows-1251") == [(2, ["1", "мир"])]
    assert read(content, "cp1251") == [(2, ["1", "мир"])]
    assert "Did you mean windows-1251" in refusal(content, "windows1251")
    assert "No text is in the encoding" in refusal(content, "zlib")
    assert "0xE8" in refusal(content, "utf-8")


def test_cyrillic_of_one_byte_a_letter_is_not_taken_for_western_accents() -> None:
    assert "such as windows-1251" in refusal("имя,слова\n1,мир\n".encode("windows-1251"))


def test_what_is_no_text_is_told_and_what_to_do() -> None:
    assert "Unpack" in refusal(b"PK\x03\x04" + b"0" * 1000)
    assert "gzip" in refusal(b"\x1f\x8b\x08" + bytes(100))
    assert "Zstandard" in refusal(b"\x28\xb5\x2f\xfd" + bytes(100))
    assert "empty" in refusal(b"")
    assert "NUL" in refusal(b"a,b\n1,2\n3,\x004\n" * 100)
    assert "line 3 no Windows-1252" in refusal(b"a,b\n1,\xff\n2,\x81\n")


def test_a_byte_that_is_no_utf_8_in_a_file_that_is_does_not_turn_all_of_it_into_another_encoding() -> None:
    assert "Line 3 has the byte 0xFF" in refusal("a,é\n1,é\n2,".encode() + b"\xff\n")


@pytest.mark.parametrize("delimiter", tables.DELIMITERS)
def test_the_delimiter_is_found(delimiter: str) -> None:
    rows = [["id", "when", "words"], ["1", "2025", "a, b; c|d\te"], ["2", "2024", "1,5; 2,5"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    table = tables.read(io.BytesIO(text.getvalue().encode()))
    assert table.delimiter == delimiter
    assert [row.cells for row in table.rows if isinstance(row, tables.Cells)] == rows[1:]


def test_a_row_with_other_than_the_columns_is_refused_with_what_was_expected() -> None:
    many, few = (row for row in read(b"a,b\n1,2,3,4\n5\n6,7\n") if isinstance(row, Reject))
    assert (many.line, many.cells) == (2, {"a": "1", "b": "2", "import_misfit": "3,4"})
    assert many.faults[0].message == "the row has too many cells: 4, and the table has 2 columns"
    assert (few.line, few.cells) == (3, {"a": "5", "import_misfit": "1 cells are missing"})
    assert "too few cells: 1" in few.faults[0].message


def test_empty_lines_rows_and_a_line_of_hxl_tags_are_passed_over_and_counted() -> None:
    rows = read(b"id,start\n,#date+start\n\n,\n1,2\n,#date\n")
    assert [row for row in rows if isinstance(row, Skipped)] == [
        Skipped(2, "HXL tags, a second line of names"), Skipped(3, "an empty line"), Skipped(4, "an empty row"),
    ]  # fmt: skip
    assert rows[3:] == [(5, ["1", "2"]), (6, ["", "#date"])]


def test_a_quotation_mark_that_is_never_closed_is_told_where_it_opens() -> None:
    row = reject(b'a,b\n1,2\n"two\nlines","open\n3,4\n5,6\n')
    assert row.line == 3
    assert "on line 4 opens a cell and is never closed" in row.faults[0].message
    assert row.cells["row"].endswith("5,6")


def test_text_behind_a_quotation_mark_is_refused_and_the_next_row_is_read() -> None:
    content = b'a,b\n"yes" he said,2\n3,4\n'
    assert "text stands behind" in reject(content).faults[0].message
    assert read(content)[-1] == (3, ["3", "4"])


def test_without_quotation_marks_they_are_text() -> None:
    table = tables.read(io.BytesIO(b'a\tb\n"yes" he said\t"2\n'), quotes=False)
    assert [*table.rows] == [tables.Cells(2, ['"yes" he said', '"2'])]


def test_names_can_be_given_and_lines_passed_over() -> None:
    assert read(b"made in March\n\n1,2\n", names=["a", "b"], skip_lines=2) == [(3, ["1", "2"])]
    assert tables.read(io.BytesIO(b" a\xc2\xa0,,a,b\n")).columns == ("a", "column 2", "a (2)", "b")


def test_a_row_that_is_too_long_or_too_wide_ends_the_reading() -> None:
    assert "Line 1 is longer than 1,000,000 characters" in refusal(b"x" * 10_000_000)
    assert "never closed" in refusal(b'a,b\n1,"' + b"x\n" * 600_000)
    assert "100,000 cells; 5,000 are the most" in refusal(b"," * 99_999)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)


@given(
    st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=6),
    st.sampled_from(tables.DELIMITERS),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_writer_of_tables_writes_is_read_cell_by_cell(rows: list[list[str]], delimiter: str, end: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *rows])
    table = tables.read(io.BytesIO(text.getvalue().encode()), delimiter=delimiter)
    found = [*table.rows]
    assert len(found) == len(rows)
    assert [row.cells for row in found if isinstance(row, tables.Cells)] == [
        row for row, kept in zip(rows, found, strict=True) if not isinstance(kept, Skipped)
    ]


@given(
    st.one_of(st.binary(max_size=300), st.text(alphabet='a,;"\n\r\t|#é\ufeff ', max_size=60).map(str.encode)),
    st.booleans(),
)
def test_any_bytes_are_rows_or_a_refusal(content: bytes, quotes: bool) -> None:
    with suppress(Unreadable):
        for row in tables.read(io.BytesIO(content), quotes=quotes).rows:
            assert isinstance(row, tables.Cells | Reject | Skipped)


@given(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=200),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_lines_put_together_are_the_text(text: str, codec: str) -> None:
    file = io.BytesIO(text.encode(codec))
    assert "".join(encodings.lines(file, codec)) == text
    assert "".join(encodings.pieces(file, codec)) == text
