"""Patterns of mappings: what can't run away is taken, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers.mapped import patterns
from api.formats.readers.mapped.patterns import PatternProblem


@pytest.mark.parametrize(
    "written", ["^#", "^$", r"kremlin\.ru", "^(whitehouse|state)$", "^UKR-[0-9]+", r"\(\*\+\{\?\)(a)", "[*+?{(]x*"]
)
def test_what_people_write_is_taken(written: str) -> None:
    assert patterns.expression(written).pattern == written


@pytest.mark.parametrize(
    "written",
    ["(a+)+$", "(a|aa){50}", "a*a*a*b", "a?a?a?", "(a)(b)", r"(a)\1", "(?=a)", "(?P<n>a)", "(", "[[a]", "x" * 201],
)
def test_what_could_take_years_or_is_none_is_refused(written: str) -> None:
    with pytest.raises(PatternProblem):
        patterns.expression(written)


def test_an_expression_is_looked_for_in_the_beginning() -> None:
    assert patterns.found("b", "a" * 99 + "b")
    assert not patterns.found("b", "a" * 100 + "b")


def test_numbered_columns_come_in_the_order_of_their_numbers() -> None:
    columns = ["text_10", "text_2", "text_", "text_x", "other_1", "text_1_en", "text_1"]
    assert patterns.numbered("text_*", columns) == ["text_1", "text_2", "text_10"]
    assert patterns.numbered("text_*_en", columns) == ["text_1_en"]


def test_text_is_empty_where_all_its_cells_are() -> None:
    made = patterns.template("{a} and {b}[ in {c}]")
    assert (made.columns, made.needed) == (("a", "b", "c"), ("a", "b"))
    assert made.fill(lambda _: "") == ""
    assert made.fill({"a": "x", "b": "", "c": ""}.__getitem__) == "x and "


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_pattern_is_taken_or_refused(written: str, text: str) -> None:
    try:
        assert patterns.found(written, text) in (True, False)
    except PatternProblem as problem:
        told = str(problem)
    else:
        return
    assert told
