"""A confidence is read in every accepted form, kept as it was given, and refused with a reason in every other."""

import json
import math

import pytest
from hypothesis import given, strategies

from schemas.confidence import BANDS, ConfidenceProblem, Grade, as_given, label, parse, to_scale
from schemas.vocabularies import ConfidenceLabel, ConfidenceScale, Credibility, Reliability

Scale = ConfidenceScale
WORDS = [(scale, word, band) for scale, bands in BANDS.items() for band in bands for word in band.words]
NUMBERED = (Scale.ZERO_TO_TEN, Scale.ADMIRALTY)


def problem(given: object) -> ConfidenceProblem:
    with pytest.raises(ConfidenceProblem) as caught:
        parse(given)
    assert str(caught.value) == caught.value.message
    return caught.value


@pytest.mark.parametrize(("scale", "word", "band"), WORDS)
def test_every_word_of_every_scale_goes_to_its_number_and_back(scale: Scale, word: str, band: object) -> None:
    value = int(word) if scale in NUMBERED else word
    grade = parse({"value": value, "scale": scale.value})
    assert band in BANDS[scale]
    assert grade.value is not None
    first = next(b for b in BANDS[scale] if b.value == grade.value)
    assert word in first.words
    assert str(to_scale(grade.value, scale)) == first.words[0]
    assert as_given(grade) == {"value": value, "scale": scale.value}


@pytest.mark.parametrize("scale", BANDS)
def test_the_ranges_of_a_scale_cover_every_number_once(scale: Scale) -> None:
    for value in range(101):
        holding = [band for band in BANDS[scale] if band.low <= value <= band.high]
        assert [str(to_scale(value, scale))] == [band.words[0] for band in holding], value
    assert all(band.low <= band.value <= band.high for band in BANDS[scale])


# Typed from the published table, not from the code: an error in the code's table shows here.
@pytest.mark.parametrize(
    ("scale", "firsts"),
    [
        (Scale.NONE_LOW_MED_HIGH, {0: "none", 1: "low", 30: "medium", 70: "high"}),
        (Scale.ZERO_TO_TEN, {0: 0, 5: 1, 15: 2, 25: 3, 35: 4, 45: 5, 55: 6, 65: 7, 75: 8, 85: 9, 95: 10}),
        (Scale.ADMIRALTY, {0: 5, 20: 4, 40: 3, 60: 2, 80: 1}),
        (
            Scale.WEP,
            {
                0: "impossible", 1: "highly_unlikely", 20: "unlikely", 40: "even_chance", 60: "likely",
                80: "highly_likely", 100: "certain",
            },
        ),
        (
            Scale.DNI,
            {
                0: "almost_no_chance", 10: "very_unlikely", 20: "unlikely", 40: "roughly_even_chance", 60: "likely",
                80: "very_likely", 90: "almost_certain",
            },
        ),
    ],
)  # fmt: skip
def test_every_number_reads_as_the_published_ranges_say(scale: Scale, firsts: dict[int, str | int]) -> None:
    expected: str | int = ""
    for value in range(101):
        expected = firsts.get(value, expected)
        assert to_scale(value, scale) == expected, value


@pytest.mark.parametrize(
    ("given", "value", "scale"),
    [
        (0, 0, Scale.STIX), (70, 70, Scale.STIX), (100, 100, Scale.STIX), (None, None, Scale.STIX),
        ("none", 0, Scale.NONE_LOW_MED_HIGH), ("low", 15, Scale.NONE_LOW_MED_HIGH),
        ("medium", 50, Scale.NONE_LOW_MED_HIGH), ("med", 50, Scale.NONE_LOW_MED_HIGH),
        ("HIGH", 85, Scale.NONE_LOW_MED_HIGH),
        ("impossible", 0, Scale.WEP), ("highly unlikely", 10, Scale.WEP), ("Almost Certainly Not", 10, Scale.WEP),
        ("unlikely", 30, Scale.WEP), ("probably-not", 30, Scale.WEP), ("even chance", 50, Scale.WEP),
        ("likely", 70, Scale.WEP), ("Probable", 70, Scale.WEP), ("Highly Likely", 90, Scale.WEP),
        ("almost_certain", 90, Scale.WEP), ("certain", 100, Scale.WEP),
        ("almost no chance", 5, Scale.DNI), ("remote", 5, Scale.DNI), ("very unlikely", 15, Scale.DNI),
        ("highly improbable", 15, Scale.DNI), ("improbable", 30, Scale.DNI), ("roughly even chance", 50, Scale.DNI),
        ("roughly-even odds", 50, Scale.DNI), ("very likely", 85, Scale.DNI), ("highly probable", 85, Scale.DNI),
        ("Nearly Certain", 95, Scale.DNI),
        ({"value": "almost certain", "scale": "dni"}, 95, Scale.DNI),
        ({"value": "almost certain", "scale": "wep"}, 90, Scale.WEP),
        ({"value": 7, "scale": "0-10"}, 70, Scale.ZERO_TO_TEN), ({"value": 7, "scale": "stix"}, 7, Scale.STIX),
        ({"value": None, "scale": "stix"}, None, Scale.STIX),
    ],
)  # fmt: skip
def test_every_accepted_form_is_read(given: object, value: int | None, scale: Scale) -> None:
    grade = parse(given)
    assert (grade.value, grade.scale, grade.reliability, grade.credibility) == (value, scale, None, None)


@pytest.mark.parametrize("reliability", Reliability)
@pytest.mark.parametrize(("credibility", "value"), [(1, 90), (2, 70), (3, 50), (4, 30), (5, 10), (6, None)])
def test_an_admiralty_grade_grades_the_source_too(
    reliability: Reliability, credibility: int, value: int | None
) -> None:
    given = f"{reliability}{credibility}"
    assert parse(given) == Grade(value, given, Scale.ADMIRALTY, reliability, credibility)
    assert parse({"value": given, "scale": "admiralty"}) == parse(given)
    alone = parse({"value": credibility, "scale": "admiralty"})
    assert alone == Grade(value, credibility, Scale.ADMIRALTY, None, credibility)


def test_what_cannot_be_judged_is_null_and_never_fifty() -> None:
    assert parse("F6").value is None
    assert parse("A6").value is None
    assert parse({"value": int(Credibility.CANNOT_BE_JUDGED), "scale": "admiralty"}).value is None
    assert parse("F6").reliability is Reliability.F
    assert label(None) is None


@pytest.mark.parametrize(
    "given",
    [0, 100, None, "med", "Highly  Likely", "almost-certain", "b2", "F6", {"value": 3, "scale": "admiralty"},
     {"value": "likely", "scale": "dni"}, {"value": 10, "scale": "0-10"}],
)  # fmt: skip
def test_what_was_given_is_given_back_and_read_again_as_the_same(given: object) -> None:
    grade = parse(given)
    shown = as_given(grade)
    assert shown["value"] == (given["value"] if isinstance(given, dict) else given)
    assert parse(json.loads(json.dumps(shown))) == grade


def test_labels_follow_the_stix_ranges() -> None:
    edges = {0: "none", 1: "low", 29: "low", 30: "medium", 69: "medium", 70: "high", 100: "high"}
    assert {value: label(value) for value in edges} == {v: ConfidenceLabel(word) for v, word in edges.items()}


@pytest.mark.parametrize("value", [-1, 101, pytest.param(10**5000, id="huge")])
@pytest.mark.parametrize("scale", Scale)
def test_a_number_outside_the_range_reads_as_nothing(value: int, scale: Scale) -> None:
    with pytest.raises(ValueError, match="between 0 and 100"):
        to_scale(value, scale)


@pytest.mark.parametrize(
    ("given", "message", "hint"),
    [
        (True, "true is no integer: give an integer from 0 to 100", None),
        (False, "false is no integer: give an integer from 0 to 100", None),
        (70.0, "70.0 is no integer: give an integer from 0 to 100", "70"),
        (0.7, "0.7 is no integer: give an integer from 0 to 100", "1"),
        (math.nan, "nan is no integer: give an integer from 0 to 100", None),
        (math.inf, "inf is no integer: give an integer from 0 to 100", None),
        (-1, "-1 is out of range: give an integer from 0 to 100", "0"),
        (101, "101 is out of range: give an integer from 0 to 100", "100"),
        pytest.param(
            10**5000, "an integer of that size is out of range: give an integer from 0 to 100", "100", id="huge"
        ),
        ([70], "an array is no integer: give an integer from 0 to 100", None),
        ("70", "'70' is a number in quotes", "70 without quotes"),
        ({"value": True, "scale": "0-10"}, "true is no integer: give an integer from 0 to 10", None),
        ({"value": 11, "scale": "0-10"}, "11 is out of range: give an integer from 0 to 10", "10"),
        ({"value": 7, "scale": "admiralty"}, "7 is out of range: give an integer from 1 to 6", "6"),
        ({"value": "70", "scale": "stix"}, "'70' is no integer: give an integer from 0 to 100", None),
        ({"value": None, "scale": "0-10"}, "null is no integer: give an integer from 0 to 10", None),
        ({"value": "likley", "scale": "dni"}, "'likley' is no word of the scale dni", "likely"),
        ({"value": "likely", "scale": "wpe"}, "'wpe' is no scale of confidence", "wep"),
        ({"value": "likely", "scale": "WEP"}, "'WEP' is no scale of confidence", "wep"),
        ({"value": 5}, "a confidence object needs scale", "scale"),
        ({"scale": "wep"}, "a confidence object needs value", "value"),
        ({"value": 5, "scal": "0-10"}, "a confidence object has value and scale, no 'scal'", "scale"),
    ],
)
def test_every_other_thing_is_refused_with_its_reason(given: object, message: str, hint: str | None) -> None:
    refused = problem(given)
    assert (refused.message, refused.hint) == (message, hint)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("hihg", "high"), ("highly likley", "highly_likely"), ("allmost certain", "almost_certain"), ("xyz", None),
        ("", None), ("Almost Certain/ Nearly Certain", "almost_certain"), ("70%", None), ("x" * 100_000, None),
        ("possible", "probable"), ("mediun", "medium"), ("B7", None),
    ],
)  # fmt: skip
def test_an_unknown_word_is_answered_with_the_closest(given: str, hint: str | None) -> None:
    refused = problem(given)
    assert "is no confidence" in refused.message
    assert len(refused.message) < 300
    assert refused.hint == hint


def test_a_word_with_none_near_it_is_answered_with_all_words_of_the_scale() -> None:
    words = "impossible, highly_unlikely, almost_certainly_not, unlikely, probably_not, even_chance, likely, probable"
    assert problem({"value": "very likely", "scale": "wep"}).hint == f"{words}, highly_likely, almost_certain, certain"


@pytest.mark.parametrize("given", ["B", "f", "2", "6"])
def test_half_an_admiralty_grade_is_refused_and_the_whole_one_named(given: str) -> None:
    refused = problem(given)
    assert given in refused.message
    assert refused.hint is not None
    assert {"B": "B2", "f": "F2", "2": "B2", "6": "B6"}[given] in refused.hint


@pytest.mark.parametrize("given", ["B7", "G1", "B22", "B-2", "Ｂ2", "B²"])
def test_a_grade_that_is_none_is_refused(given: str) -> None:
    problem(given)
    assert problem({"value": given, "scale": "admiralty"}).message.startswith(f"'{given}' is no Admiralty grade")


scalars = (
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | strategies.text()
    | strategies.sampled_from([word for _, word, _ in WORDS]) | strategies.binary()
)  # fmt: skip
anything = strategies.recursive(
    scalars,
    lambda inner: (
        strategies.lists(inner)
        | strategies.dictionaries(scalars, inner)
        | strategies.fixed_dictionaries({"value": inner, "scale": strategies.sampled_from([*Scale]) | inner})
    ),
    max_leaves=6,
)


def read(given: object) -> Grade | ConfidenceProblem:
    try:
        return parse(given)
    except ConfidenceProblem as refused:
        return refused


@given(anything)
def test_whatever_is_given_is_either_read_or_refused_with_a_reason(given: object) -> None:
    answer = read(given)
    if isinstance(answer, ConfidenceProblem):
        assert answer.message
        assert len(answer.message) < 300
        return
    assert answer.value is None or (type(answer.value) is int and 0 <= answer.value <= 100)
    assert parse(as_given(answer)) == answer
    assert label(answer.value) in (None, *ConfidenceLabel)
