"""Files of JSON objects, one a line or in one array: each is given with its line, or refused with what is wrong."""

import io
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers.files import lines
from schemas.transfers import Reject, Skipped, Unreadable


def read(content: bytes) -> list[lines.Parsed | Reject | Skipped]:
    return [*lines.read(io.BytesIO(content))]


def refusal(content: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read(content)
    return str(refused.value)


def told(content: bytes) -> str:
    (row,) = read(content)
    assert isinstance(row, Reject)
    return row.faults[0].message


def test_objects_a_line_and_in_an_array_are_read_alike() -> None:
    objects = [{"a": 'x,]}\\"', "b": {"c": ["1", None, True]}}, {"a": "é"}, {}]
    for content in ("\n".join(map(json.dumps, objects)), json.dumps(objects), json.dumps(objects, indent=1)):
        assert [row.members for row in read(content.encode()) if isinstance(row, lines.Parsed)] == objects


def test_an_object_has_the_line_on_which_it_begins() -> None:
    spread = b'\xef\xbb\xbf\n[\n {"a":\n  1},\n\n {"a": "2\\n"},{"a":3}\n]\n'
    assert [(row.line, row.members["a"]) for row in read(spread) if isinstance(row, lines.Parsed)] == [
        (3, "1"),
        (6, "2\n"),
        (6, "3"),
    ]
    assert [row.line for row in read(b'{"a":1}\n\n{"a":2}\n')] == [1, 2, 3]
    assert isinstance(read(b'{"a":1}\n\n{"a":2}\n')[1], Skipped)


@pytest.mark.parametrize("size", range(65_520, 65_540))
def test_a_sign_that_is_escaped_can_begin_the_next_piece(size: int) -> None:
    objects = [{"a": "x" * size + '"}]\\'}, {"b": "1"}]
    assert [row.members for row in read(json.dumps(objects).encode()) if isinstance(row, lines.Parsed)] == objects


def test_numbers_keep_their_digits() -> None:
    (row,) = read(b'{"a": 1.50, "b": 12345678901234567890123, "c": 1e999}')
    assert isinstance(row, lines.Parsed)
    assert row.members == {"a": "1.50", "b": "12345678901234567890123", "c": "1e999"}


def test_what_is_no_object_is_told() -> None:
    assert told(b'{"a": 1, "a": 2}') == "the name 'a' stands twice in one object"
    assert "no JSON: expecting" in told(b"{bad}")
    assert "no JSON object" in told(b"3")
    assert "NaN is no number" in told(b'{"a": NaN}')
    assert "surrogate" in told(b'{"a": "\\ud800"}')
    assert "32 levels" in told(b'{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}")
    assert "no JSON" in told(b'[{"a": 1} {"b": 2}]')


def test_what_is_no_file_of_objects_is_told() -> None:
    assert "never closed" in refusal(b'[{"a": 1},')
    assert "behind the end" in refusal(b'[{"a": 1}] {"b": 2}')
    assert "one JSON object over many lines" in refusal(b'{\n "items": []\n}')
    assert "longer than 1,000,000 characters" in refusal(b'{"a": "' + b"x" * 10_000_000 + b'"}')
    assert "longer than 1,000,000 characters" in refusal(b'[{"a": "' + b"x" * 10_000_000 + b'"}]')
    assert "never closed" in refusal(b"[" * 100_000)
    assert "brace closes" in refusal(b"[}")


VALUE = st.recursive(st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.none() | st.booleans(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab\"\\", max_size=2), inner, max_size=3), max_leaves=5)  # fmt: skip


@given(
    st.lists(st.dictionaries(st.text('ab"\\é', max_size=3), VALUE, max_size=3), max_size=4),
    st.booleans(),
    st.sampled_from([None, 1]),
)
def test_what_is_written_as_json_is_read_object_by_object(
    objects: list[dict[str, object]], plain: bool, indent: int | None
) -> None:
    content = json.dumps(objects, ensure_ascii=plain, indent=indent).encode()
    assert [row.members for row in read(content) if isinstance(row, lines.Parsed)] == objects


@given(st.one_of(st.binary(max_size=200), st.text(alphabet='[]{}",:\\ud8a1\n ', max_size=60).map(str.encode)))
def test_any_bytes_are_objects_or_a_refusal(content: bytes) -> None:
    with suppress(Unreadable):
        for row in read(content):
            assert isinstance(row, lines.Parsed | Reject | Skipped)
