"""Tables read by a mapping: how the cells of a row become the members of a record."""

import json

import pytest

from schemas.transfers import Need, Reject, Row, RowFault
from tests.mapped_rows import ACTORS, HEADER, PLAIN, fault, mapping, read, row, table


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
