"""Published data beside the checkout, for the tests that can read it there; each is skipped where it is absent."""

import csv
import hashlib
import json
import re
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
ARTICLE = DATA.parent / "domain" / "article.txt"

csv.field_size_limit(10_000_000)  # one press conference fills a cell with 176,000 characters


@cache
def rows(name: str) -> list[dict[str, Any]]:
    """Give the rows of a CSV or JSON file, named by its path below DATA."""
    if name.endswith(".json"):
        read: list[dict[str, Any]] = json.loads((DATA / name).read_text(encoding="utf-8"))
        return read
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def row_hash(row: dict[str, Any]) -> str:
    """Give the hash of a row as SOURCES.md has it."""
    return hashlib.sha256(json.dumps(row, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def row_text(row: dict[str, Any]) -> str:
    """Give all that a row says."""
    return " ".join(str(value) for value in row.values() if value)


def row_day(row: dict[str, Any]) -> date | None:
    """Give the day a row carries, as it was written: its clock time is local, whatever zone it claims. None if undated."""
    written = str(row["date"])
    if re.match(r"\d{4}-\d\d-\d\d", written):
        return date.fromisoformat(written[:10])
    plain = re.sub(r"^([A-Z][a-z]{2})[a-z]*\.?", r"\1", written)
    return datetime.strptime(plain, "%b %d, %Y").date() if plain != "NA" else None  # noqa: DTZ007 (a day has no zone)
