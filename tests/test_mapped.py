"""Tables read by a mapping: each row becomes a record, is refused with its column, or is skipped with a reason."""

import io
import json
from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats import mapped, mappings
from api.store.shorts import expand
from schemas.events import EventCreate
from schemas.statements import StatementCreate
from schemas.transfers import Need, Reject, Row, RowFault, Skipped, Unreadable

GROUND = """
kind = "statement"
[id]
source = "newsroom"
columns = ["no"]
[fields]
date = "date"
title = "title"
actor = "who"
topic = { value = "ceasefire" }
stance = { value = "unclear" }
confidence = { null = true }
source = { value = "example-org" }
url = "link"
"""
ACTORS = '\n[actors]\nkind = "person"\n'
HEADER = "no,date,title,who,link"
PLAIN = "7,2025-03-13,Speaks,Ann Example,https://example.org/7"
Taken = Row | Reject | Skipped


def mapping(more: str = "", tables: str = ACTORS) -> str:
    """GROUND with other fields instead of its own, and with what stands below the fields."""
    replaced = {line.split(" = ")[0] for line in more.splitlines()}
    kept = [
        line for line in GROUND.splitlines() if line.split(" = ")[0] not in replaced or line.startswith(("kind", "["))
    ]
    return "\n".join([*kept, more, tables])


def read(text: str | bytes, how: str | None = None) -> list[Taken]:
    content = text.encode() if isinstance(text, str) else text
    return [*mapped.read(io.BytesIO(content), mappings.load(how or mapping()))]


def row(text: str, how: str | None = None) -> Row:
    (one,) = read(text, how)
    assert isinstance(one, Row), one
    body, _, _ = expand(one.body)
    (StatementCreate if one.noun == "statement" else EventCreate).model_validate(body)
    return one


def fault(text: str, how: str | None = None) -> RowFault:
    (one,) = read(text, how)
    assert isinstance(one, Reject), one
    return one.faults[0]


def table(columns: str, *rows: str) -> str:
    return "\n".join([f"{HEADER},{columns}", *(f"{PLAIN},{one}" for one in rows)])


def test_a_row_becomes_what_its_post_takes() -> None:
    one = row(f"{HEADER}\n{PLAIN}\n")
    assert one.body == {
        "date": "2025-03-13", "title": "Speaks", "actor": "ann-example", "confidence": None,
        "topics": [{"topic": "ceasefire", "stance": "unclear"}],
        "citations": [{"source": "example-org", "url": "https://example.org/7"}],
        "external_source": "newsroom", "external_id": "7",
    }  # fmt: skip
    assert (one.line, one.noun, one.cells["who"]) == (2, "statement", "Ann Example")
    assert one.columns["date"] == ("date", "2025-03-13")
    assert one.columns["citations.0.url"] == ("link", "https://example.org/7")
    assert "topics.0.topic" not in one.columns
    assert one.needs == (
        Need(
            "actor", {"slug": "ann-example", "name": "Ann Example", "kind": "person", "aliases": []}, ("Ann Example",)
        ),
        Need("source", {"slug": "example-org", "name": "example-org"}, ()),
    )


def test_objects_are_read_as_tables_are() -> None:
    members = dict(zip(HEADER.split(","), PLAIN.split(","), strict=True))
    nested = {**members, "who": {"name": "Ann Example"}, "tags": ["a", "b", "a"]}
    how = mapping('actor = "who.name"\ntags = "tags"')
    for text in (json.dumps(nested), json.dumps([nested], indent=2)):
        one = row(text, how)
        assert one.body["actor"] == "ann-example"
        assert one.body["tags"] == ["a", "b"]
        assert json.loads(one.cells["json"]) == nested


def test_several_columns_make_one_text() -> None:
    how = mapping(
        'summary = { pattern = "text_*", separator = "" }\nrationale = { columns = ["a", "b"], separator = "; " }'
    )
    one = row(table("text_1,text_10,text_2,a,b", "A,C,B,x,"), how)
    assert one.body["summary"] == "ABC"
    assert one.body["rationale"] == "x"
    assert one.columns["summary"] == ("text_1 + text_2 + text_10", "A B C")


def test_text_is_made_of_cells_and_leaves_out_what_is_empty() -> None:
    how = mapping('title = { text = "{who} speaks[ in {place}][, for {hours} hours]" }')
    assert row(table("place,hours", ",3"), how).body["title"] == "Ann Example speaks, for 3 hours"


def test_the_first_rule_that_gives_something_is_taken() -> None:
    how = mapping(
        'summary = [\n{ column = "long", when = { column = "lang", matches = "^en" } },\n{ column = "short" }]'
    )
    assert row(table("long,short,lang", "L,S,en-GB"), how).body["summary"] == "L"
    assert row(table("long,short,lang", "L,S,ru"), how).body["summary"] == "S"
    assert row(table("long,short,lang", ",S,en"), how).body["summary"] == "S"


def test_cells_are_cleaned_as_the_mapping_says() -> None:
    how = mapping(
        'title = { column = "title", without = [" - Site"] }\n'
        'summary = { column = "text", html = true, after = "begin:", before = "END" }\nurl = "link"'
    )
    text = (
        '"<p>menu</p>begin:<script>x()</script>\u00a0Talks &amp; <b>terms</b> &#8211; R&D<br>two\u00a0lines END junk"'
    )
    one = row(
        f"{HEADER},text\n7,2025-03-13,\u00a0A\u00a0 &quot;word&quot; - Site \u200b,Ann Example,https://example.org/?a=1&amp;b=2,{text}\n",
        how,
    )
    assert one.body["title"] == 'A "word"'
    assert one.body["summary"] == "Talks & terms – R&D\ntwo lines"
    assert one.body["citations"][0]["url"] == "https://example.org/?a=1&amp;b=2"


def test_signs_of_a_missing_value_are_none() -> None:
    how = mapping('summary = { column = "a", na = ["unknown"] }\nquote = "b"', '[file]\nna = ["?"]' + ACTORS)
    assert not {"summary", "quote"} & row(table("a,b", "unknown,?"), how).body.keys()
    assert not {"summary", "quote"} & row(table("a,b", "NA,N/A"), how).body.keys()
    assert row(table("a,b", "x,unknown"), how).body["quote"] == "unknown"


def test_values_are_looked_up_and_unknown_ones_told() -> None:
    how = mapping('channel = { column = "how", values = { "Press conf." = "press_conference", "" = "other" } }')
    assert row(table("how", "Press conf."), how).body["channel"] == "press_conference"
    assert row(table("how", '""'), how).body["channel"] == "other"
    assert fault(table("how", "Press conf"), how) == RowFault(
        "how", "Press conf", "the mapping has no value for 'Press conf'", "Did you mean Press conf.?"
    )
    keep = how.replace("} }", '}, other = "keep" }')
    assert row(table("how", "speech"), keep).body["channel"] == "speech"
    assert "channel" not in row(table("how", "speech"), keep.replace("keep", "leave_out")).body


def test_lists_are_split_and_names_in_them_take_part() -> None:
    how = mapping(
        'tags = { column = "tags", split = ";" }\nactor = { column = "who", split = "/", take = "first" }\n'
        '"participants.co_actor" = { column = "who", split = "/", take = "rest" }\n"participants.target" = { column = "at", split = ";" }'
    )
    one = row(
        f"{HEADER},tags,at\n7,2025-03-13,Speak,Ann Example / Bob Example,https://example.org/7,a; b;;a,Cy Example;Cy Example\n",
        how,
    )
    assert one.body["tags"] == ["a", "b"]
    assert one.body["actor"] == "ann-example"
    assert one.body["participants"] == [
        {"actor": "bob-example", "role": "co_actor"},
        {"actor": "cy-example", "role": "target"},
    ]
    assert one.columns["participants.1.actor"][0] == "at"
    assert {need.body["slug"] for need in one.needs if need.noun == "actor"} == {
        "ann-example",
        "bob-example",
        "cy-example",
    }


@pytest.mark.parametrize(
    "cell", ["[{'url': 'https://example.org/s', 'n': None}, {'url': 'b'}, ]", '[{"url": "https://example.org/s"}]']
)
def test_a_list_of_objects_in_a_cell_gives_what_stands_at_a_key(cell: str) -> None:
    how = mapping(
        '"citation_2.source" = { value = "annex" }\n"citation_2.url" = { column = "more", key = "url", take = "first" }'
    )
    quoted = '"' + cell.replace('"', '""') + '"'
    one = row(table("more", quoted), how)
    assert one.body["citations"][1] == {"source": "annex", "url": "https://example.org/s"}
    assert one.columns["citations.1.url"][0] == "more"
    assert len(row(table("more", "[]"), how).body["citations"]) == 1
    assert "list of objects" in fault(table("more", "['url"), how).message
    assert "deep" in fault(table("more", "[" * 5_000), how).message


def test_citations_that_lead_nowhere_are_left_out() -> None:
    more = "".join(f'"citation_{n}.source" = {{ value = "annex" }}\n"citation_{n}.url" = "url{n}"\n' for n in (2, 3))
    one = row(table("url2,url3", ",https://example.org/three"), mapping(more))
    assert [citation["url"] for citation in one.body["citations"]] == [
        "https://example.org/7",
        "https://example.org/three",
    ]
    assert one.columns["citations.1.url"] == ("url3", "https://example.org/three")


def test_numbers_flags_and_countries_are_read() -> None:
    how = mapping('"place.latitude" = "lat"\n"place.longitude" = "lon"\n"place.country" = "in"\nprompted = "asked"')
    one = row(table("lat,lon,in,asked", '"50,45",30.5,Ukraine,yes'), how)
    assert one.body["place"] == {"latitude": 50.45, "longitude": 30.5, "country": "UA"}
    assert one.body["prompted"] is True
    (bad,) = read(table("lat,lon,in,asked", "N50,30.5,Ukrane,maybe"), how)
    assert isinstance(bad, Reject)
    assert [(one.column, one.hint) for one in bad.faults] == [
        ("lat", "Digits, such as 48.5."), ("in", "Did you mean Ukraine?"), ("asked", "true or false, yes or no, 1 or 0."),
    ]  # fmt: skip


def test_a_confidence_is_a_number_a_word_or_one_of_a_scale() -> None:
    how = mapping('confidence = { column = "sure" }')
    assert row(table("sure", "70"), how).body["confidence"] == 70
    assert row(table("sure", "likely"), how).body["confidence"] == "likely"
    assert row(table("sure", "NA"), how).body["confidence"] is None
    scaled = mapping('confidence = { column = "sure", scale = "0-10" }')
    assert row(table("sure", "7"), scaled).body["confidence"] == {"value": 7, "scale": "0-10"}


def test_a_date_can_have_its_end_in_another_column() -> None:
    how = mapping('date = { column = "date", end = "to" }')
    assert row(table("to", "2025-03-15"), how).body["date"] == "2025-03-13/2025-03-15"
    assert row(table("to", ""), how).body["date"] == "2025-03-13"
    assert "before the start" in fault(table("to", "2025-03-01"), how).message


def test_five_styles_of_dates_stand_in_one_column() -> None:
    how = mapping('date = { column = "date", order = "month_first" }')
    written = ["2022-02-23", '"February 23, 2022"', "02/23/2022", "23 февраля 2022", "2022-02-23T18:05:00Z", "2-3-2022"]
    rows = read(
        "\n".join(
            [HEADER, *(f"{n},{one},Speaks,Ann Example,https://example.org/{n}" for n, one in enumerate(written))]
        ),
        how,
    )
    assert [one.body["date"] for one in rows if isinstance(one, Row)] == [
        "2022-02-23", "2022-02-23", "2022-02-23", "2022-02-23", "2022-02-23T18:05:00Z", "2022-02-03",
    ]  # fmt: skip


def test_a_date_that_can_be_two_rejects_its_row() -> None:
    found = fault(f"{HEADER}\n{PLAIN.replace('2025-03-13', '03/04/2025')}\n")
    assert (found.column, found.value) == ("date", "03/04/2025")
    assert "can be 2025-04-03 and 2025-03-04" in found.message


def test_text_that_is_too_long_is_refused_or_cut_and_told() -> None:
    long = f"{HEADER}\n{PLAIN.replace('Speaks', 'word ' * 100)}\n"
    assert fault(long).message == "title has 499 characters; 300 are the most"
    one = row(long, mapping('title = { column = "title", shorten = true }'))
    assert one.body["title"].endswith(" word…")
    assert len(one.body["title"]) <= 300
    assert one.warnings[0].message == "title is cut to 300 characters"


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
    unknown = fault(f"{HEADER}\n{PLAIN}\n", mapping("", tables))
    assert (unknown.column, unknown.value) == ("who", "Ann Example")
    assert '[actors.known."Ann Example"]' in (unknown.hint or "")


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
        next(mapped.read(io.BytesIO(b"a,b\n1,2\n")))


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
