"""A small table and a mapping for it, and what becomes of its rows."""

import io

from api.formats.readers.mapped import mappings, reader
from api.store.shorts import expand
from schemas.events import EventCreate
from schemas.statements import StatementCreate
from schemas.transfers import Reject, Row, RowFault, Skipped

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
    return [*reader.read(io.BytesIO(content), mappings.load(how or mapping()))]


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
