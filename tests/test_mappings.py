"""Mappings: what is wrong with one is told whole, with its place and what would be right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers.mapped import mappings
from api.formats.readers.mapped.mappings import MappingProblem
from api.formats.readers.mapped.shapes import Mapping
from schemas.vocabularies import Kind

SMALL = """
kind = "statement"

[id]
source = "newsroom"
columns = ["no"]

[fields]
date = "Date"
title = "Headline"
actor = "Who"
topic = { value = "ceasefire" }
stance = { value = "unclear" }
confidence = { value = 50 }
source = { value = "example-org" }
url = "Link"

[actors]
kind = "person"
"""


def told(text: str) -> dict[str, str]:
    with pytest.raises(MappingProblem) as refused:
        mappings.load(text)
    return {fault.where: f"{fault.message} | {fault.hint}" for fault in refused.value.faults}


def test_a_small_mapping_is_taken() -> None:
    mapping = mappings.load(SMALL)
    assert mapping.kind is Kind.STATEMENT
    assert mapping.fields["citation.url"][0].column == "Link"
    assert mapping.fields["date"][0].column == "Date"


def test_all_faults_are_told_at_once() -> None:
    faults = told(
        """
        kindd = "statement"
        [id]
        source = "two words"
        [file]
        delimeter = ";"
        encoding = "utf8-x"
        [fields]
        titel = "Headline"
        date = { colum = "Date", order = "day-first" }
        summary = { column = "Text", order = "day_first", list = ";" }
        [actors.known."Somebody"]
        kind = "persn"
        """
    )
    assert "did you mean" in faults["mapping.fields.titel"].lower()
    assert "title" in faults["mapping.fields.titel"]
    assert "Did you mean column?" in faults["mapping.fields.date.colum"]
    assert "day_first" in faults["mapping.fields.date.order"]
    assert "Did you mean kind?" in faults["mapping.kindd"]
    assert "kind is missing" in faults["mapping.kind"]
    assert "Did you mean delimiter?" in faults["mapping.file.delimeter"]
    assert "no name of a system" in faults["mapping.id.source"]


def test_what_every_record_needs_has_a_rule() -> None:
    faults = told('kind = "event"\n[id]\nsource = "x"\ncolumns = ["id"]\n[fields]\nquote = "Words"\n')
    assert {where.removeprefix("mapping.fields.") for where in faults} == {
        "date", "title", "actor", "confidence", "citation.source", "citation.url", "event_type", "quote",
    }  # fmt: skip
    assert "{ null = true }" in faults["mapping.fields.confidence"]


@pytest.mark.parametrize(
    ("rule", "where", "message"),
    [
        ("{}", "title", "nothing says where the value comes from"),
        ('{ column = "A", value = "B" }', "title", "column and value are given"),
        ('{ column = "A", formats = ["YYYY"] }', "title.formats", "title takes text in one line"),
        ('{ value = ["A"] }', "title.value", "one value"),
        (
            '{ column = "A", when = { column = "B", matches = "(a+)+$" } }',
            "title.when.matches",
            "the expression is too much",
        ),
        ('{ column = "A", when = { column = "B", matches = "(" } }', "title.when.matches", "no regular expression"),
        ('{ text = "no column" }', "title.text", "names no column"),
        ('{ text = "{a} [b" }', "title.text", "never closed"),
        ('{ pattern = "text" }', "title.pattern", "no *"),
        ('[{ column = "A" }, { colum = "B" }]', "title.1.colum", "no member 'colum'"),
    ],
)
def test_a_rule_that_says_nothing_or_too_much_is_refused(rule: str, where: str, message: str) -> None:
    assert message in told(SMALL.replace('title = "Headline"', f"title = {rule}"))[f"mapping.fields.{where}"]


def test_dates_have_styles_and_zones_that_exist() -> None:
    faults = told(
        SMALL.replace('date = "Date"', 'date = { column = "Date", formats = ["DD/MM/YY"], zone = "Europe/Moskau" }')
    )
    assert "'YY'" in faults["mapping.fields.date.formats.0"]
    assert "no time zone" in faults["mapping.fields.date.zone"]


def test_what_is_no_toml_and_what_is_no_preset_is_told() -> None:
    assert "no TOML" in told("date = ")["mapping"]
    assert "no TOML" in told("a = " + "[" * 50_000)["mapping"]
    assert "Did you mean ucdp-ged?" in told("ucdp-get")["mapping.preset"]
    assert "Did you mean ucdp-ged?" in told('preset = "ucdp_ged"')["mapping.preset"]


def test_every_preset_is_in_order() -> None:
    names = mappings.presets()
    assert "ucdp-ged" in names
    for name in names:
        if name != "uncoded":  # a ground for others
            assert mappings.load(name).about


def test_a_mapping_wins_over_its_preset_key_by_key() -> None:
    mapping = mappings.load(
        'preset = "ucdp-ged"\n[fields]\nstatus = { value = "draft" }\ntags = []\n[actors.known.DPR]\nslug = "donetsk-republic"\n'
    )
    preset = mappings.preset("ucdp-ged")
    assert mapping.fields["title"] == preset.fields["title"]
    assert mapping.fields["status"][0].value == "draft"
    assert "tags" not in mapping.fields
    assert mapping.id == preset.id
    assert set(mapping.actors.known) == {"Civilians", "DPR"}
    assert mapping.actors.kinds == preset.actors.kinds


def test_another_topic_than_the_presets_wants_a_stance_of_its_own() -> None:
    own = 'preset = "us-leaders"\n[fields]\ntopic = { value = "ceasefire" }\n'
    assert set(told(own)) == {"mapping.fields.stance"}
    assert mappings.load(own + 'stance = { value = "unclear" }\n').fields["stance"][0].value == "unclear"


@given(st.text(max_size=200))
def test_any_text_is_a_mapping_or_is_refused(text: str) -> None:
    try:
        assert isinstance(mappings.load(text), Mapping)
    except MappingProblem as refused:
        faults = refused.faults
    else:
        return
    assert faults
