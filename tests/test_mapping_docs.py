"""docs/imports.md tells the truth on mappings: its example is read, every key and member and preset is in it."""

import io
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from api.formats.readers.mapped import mappings, reader, shapes
from api.formats.readers.mapped.targets import SHORT, targets
from api.formats.readers.mapped.written_dates import TOKENS
from schemas.statements import StatementCreate
from schemas.transfers import Reject, Row

DOCS = (Path(__file__).resolve().parents[1] / "docs" / "imports.md").read_text(encoding="utf-8")
SECTION = DOCS.partition("## Mappings")[2].partition("\n## ")[0]
SHAPES = [one for one in vars(shapes).values() if isinstance(one, type) and one.__module__ == shapes.__name__]


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", SECTION, re.DOTALL)
    assert found
    return found[1]


def test_the_example_is_read_as_told() -> None:
    rows = [*reader.read(io.BytesIO(block("csv").encode()), mappings.load(block("toml")))]
    assert [type(row) for row in rows] == [Row, Row, Reject]
    first, second, third = rows
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert isinstance(third, Reject)
    assert (first.body["date"], first.body["quote"]) == ("2025-03-13", "We agree & have questions.")
    assert (second.body["date"], second.body["actor"]) == ("2025-03-14", "mfa-russia")
    assert [one["actor"] for one in second.body["participants"]] == ["bob-example", "cy-example"]
    assert "can be 2025-04-03 and 2025-03-04" in third.faults[0].message
    for row in (first, second):
        StatementCreate.model_validate(row.body)


@pytest.mark.parametrize("shape", [one for one in SHAPES if issubclass(one, BaseModel)])
def test_every_key_is_explained(shape: type[BaseModel]) -> None:
    missing = [name for name in shape.model_fields if not re.search(rf"`{name}`", SECTION)]
    assert not missing


def test_every_member_is_named() -> None:
    named = set(re.findall(r"`([a-z_0-9.]+)`", SECTION))
    known = {name for name in targets() if not re.match(r"citation_[2-9]", name)} | set(SHORT)
    assert known <= named
    listed = set(re.findall(r"`([a-z_0-9.]+)`", SECTION.partition("### The members")[2].partition("###")[0]))
    assert listed <= set(targets()) | set(SHORT) | {"citation_9", "parse"}


def test_every_part_of_a_date_is_named() -> None:
    assert set(TOKENS) <= set(re.findall(r"[A-Za-z]+", SECTION))


def test_the_presets_are_those_that_ship() -> None:
    table = SECTION.partition("### Presets")[2]
    told = dict(re.findall(r"\| `([a-z-]+)` \| (.*) \|", table))
    assert sorted(told) == mappings.presets()
    for name, about in told.items():
        if name != "uncoded":
            assert mappings.preset(name).about == about
