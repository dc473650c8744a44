"""How the demo set was coded: the measure itself, and that CODING.md tells what the two readings give."""

import re

import pytest

from api.commands.demo import FOLDER
from schemas.vocabularies import ConditionType, Stance
from tests.coding.agreement import TOPICS, pairs, read, report
from tests.coding.alpha import alpha, nominal, ordinal

CODING = (FOLDER / "CODING.md").read_text(encoding="utf-8")

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section E: four observers, twelve units, values missing.
PUBLISHED = [
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
]


def test_alpha_is_that_of_the_published_example() -> None:
    units = [
        [int(value) for value in column if value != "."]
        for column in zip(*(row.split() for row in PUBLISHED), strict=True)
    ]
    assert alpha(units, nominal) == pytest.approx(0.743, abs=5e-4)
    assert alpha(units, ordinal) == pytest.approx(0.815, abs=5e-4)


def test_alpha_of_the_ends_of_its_range() -> None:
    assert alpha([(1, 1), (2, 2), (3, 3)], ordinal) == 1
    assert alpha([(-2, 2), (2, -2)], ordinal) == pytest.approx(-0.5)
    assert alpha([(1, 1), (1, 1)], nominal) is None


@pytest.mark.parametrize("number", [1, 2])
def test_two_readers_coded_the_same_forty_documents(number: int) -> None:
    first, second = read(number, "first"), read(number, "second")
    documents = {record["document"] for record in first}
    assert len(documents) == 40
    assert {record["document"] for record in second} == documents
    topics = {re.findall(r'"slug": "([a-z0-9-]+)"', line)[0] for line in TOPICS}
    for position in (
        position for record in [*first, *second] if record["kind"] != "none" for position in record["topics"]
    ):
        assert position["topic"] in topics
        assert Stance(position["stance"]) in Stance
        assert ConditionType(position["condition_type"]) in ConditionType


def test_the_two_rounds_are_of_different_documents() -> None:
    assert not {one["document"] for one in read(1, "first")} & {one["document"] for one in read(2, "first")}


@pytest.mark.parametrize("number", [1, 2])
def test_no_record_is_paired_twice(number: int) -> None:
    paired = list(pairs(read(number, "first"), read(number, "second")))
    assert len({id(one) for one, _ in paired}) == len({id(other) for _, other in paired}) == len(paired) > 40
    assert all(one["document"] == other["document"] and one["kind"] == other["kind"] for one, other in paired)


def test_the_figures_stand_in_the_rules() -> None:
    assert report() in CODING


def test_the_rules_name_records_that_are_there_as_they_are() -> None:
    named = set(re.findall(r"`((?:ru|us|tr|fr|ua|un)-[a-z0-9-]+)`", CODING))
    assert len(named) >= 10
    records = "".join((FOLDER / f"{name}.ndjson").read_text(encoding="utf-8") for name in ("statements", "events"))
    assert not [one for one in named if f'"external_id": "{one}"' not in records]


def test_the_rules_fit_on_two_pages() -> None:
    # A page in print holds some 750 words of it, tables included.
    assert len(CODING.split()) <= 1500
