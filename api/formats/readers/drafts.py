"""A row in the making: what its reader has found for it, and everything that is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from api.formats.readers.constants import Constants, confidence_of
from api.formats.readers.files.cells import shorten
from api.formats.readers.texts import clean
from schemas import confidence, dates
from schemas.fields import LANGUAGE, Url
from schemas.transfers import Json, Need, Reject, Row, RowFault, RowNoun
from schemas.vocabularies import CodingCertainty, Stance

_URL: TypeAdapter[str] = TypeAdapter(Url)
_LONGEST_SHOWN = 200
LONGEST_CELL = 1_000_000


def is_url(text: str) -> bool:
    """Whether it is a web address as citations take it."""
    try:
        _URL.validate_python(text)
    except ValidationError:
        return False
    return True


def instant(stamp: object) -> str | None:
    """An RFC 3339 time stamp in whole seconds of UTC, as dates of records have it; None for what is none."""
    try:
        us = dates.parse_instant(stamp) if isinstance(stamp, str) else None
    except dates.DateProblem:
        return None
    return None if us is None else dates.format_instant(us // dates.SECOND * dates.SECOND)


def shown(value: object) -> str:
    """What stood in the file, short enough to be told."""
    return shorten(clean(value if isinstance(value, str) else repr(value)[:400]), _LONGEST_SHOWN)


@dataclass
class Draft:
    """One row of a file on its way: `put` what was found, `refuse` what can't be taken, `done` gives the row or the reject."""

    line: int
    noun: RowNoun
    cells: Mapping[str, str]
    body: Json = field(default_factory=dict)
    columns: dict[str, tuple[str, str]] = field(default_factory=dict)
    needs: dict[tuple[str, str], Need] = field(default_factory=dict)
    warnings: list[RowFault] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)

    def put(self, member: str, value: Any, column: str, stood: object = None) -> None:
        """Give a member its value, and tell where it comes from."""
        self.body[member] = value
        self.columns[member] = (column, shown(value if stood is None else stood))

    def need(self, need: Need) -> str:
        """The slug of a noun that the row needs."""
        self.needs.setdefault((need.noun, need.body["slug"]), need)
        return str(need.body["slug"])

    def warn(self, column: str | None, value: object, message: str, hint: str | None = None) -> None:
        """Tell something that stops nothing."""
        self.warnings.append(RowFault(column, None if value is None else shown(value), message, hint))

    def refuse(self, column: str | None, value: object, message: str, hint: str | None = None) -> None:
        """Tell why there can be no row."""
        self.faults.append(RowFault(column, None if value is None else shown(value), message, hint))

    def text(self, member: str, value: str, most: int, column: str) -> None:
        """Give a text its place, cut to what fits there, which is told; an empty one is left out."""
        if not value:
            return
        if len(value) > most:
            self.warn(column, value, f"is cut from {len(value):,} characters to {most:,}")
        self.put(member, shorten(value, most), column, value)

    def title(self, value: str, column: str) -> None:
        """Give it its title, cut to 300 characters. Without a word it can't be taken."""
        if not value:
            self.refuse(column, None, "there are no words to make a title of", "Give it a name, a headline or a text.")
        self.text("title", value, 300, column)

    def date(self, member: str, edtf: str, column: str, stood: object) -> None:
        """Give a date its place; one that is none is told as a fault."""
        try:
            dates.parse(edtf)
        except dates.DateProblem as problem:
            self.refuse(column, stood, problem.message, problem.hint)
        self.put(member, edtf, column, stood)

    def confidence(self, value: object, column: str) -> None:
        """Give the confidence as it was given; one that is none is told as a fault."""
        try:
            confidence.parse(value)
        except confidence.ConfidenceProblem as problem:
            self.refuse(column, value, problem.message, problem.hint)
        self.put("confidence", value, column, value)

    def language(self, tag: object, column: str) -> None:
        """Give the language of the words, if it is a tag of one."""
        given = clean(tag).replace("_", "-")
        if given and len(given) <= 35 and LANGUAGE.fullmatch(given):
            self.put("language", given, column)
        elif given:
            self.warn(column, given, "is no BCP 47 language tag and is left out", "Such as ru, en or uk-Cyrl.")

    def tags(self, found: list[str], column: str) -> None:
        """Give it its tags, each once, at most a hundred."""
        each = list(
            dict.fromkeys(tag for tag in (shorten(" ".join(clean(tag).split()), 100).strip() for tag in found) if tag)
        )
        if len(each) > 100:
            self.warn(column, len(each), "has more than 100 tags; the first 100 are kept")
        if each:
            self.put("tags", each[:100], column, ", ".join(each))

    def fall_back(self, given: Constants, topic: Need, certainty: CodingCertainty, rationale: str) -> None:
        """What no file says: a topic without a stance that could be read, a confidence that can't be judged, and why."""
        if self.body.get("topics") is None and (self.noun == "statement" or given.topic):
            slug = given.topic or self.need(topic)
            self.body["topics"] = [
                {"topic": slug, "stance": Stance.NO_POSITION.value, "coding_certainty": certainty.value}
            ]
        if "confidence" not in self.body:
            self.body["confidence"] = None if given.confidence is None else confidence_of(given.confidence)
        self.body["rationale"] = rationale

    def hold_back(self, column: str, value: object, why: str) -> None:
        """Keep it from being published: as a draft, which is told."""
        self.body["status"] = "draft"
        self.warn(column, value, f"{why}, so that it is kept as a draft", "Publish it once you may.")

    def done(self) -> Row | Reject:
        """The row, or the reject where anything was refused."""
        if self.faults:
            return self.rejected()
        return Row(
            self.line, self.noun, self.body, self._cells(), self.columns, tuple(self.needs.values()), tuple(self.warnings)
        )  # fmt: skip

    def rejected(self) -> Reject:
        """The reject, with all that was refused."""
        return Reject(self.line, self._cells(), tuple(self.faults))

    def _cells(self) -> Mapping[str, str]:
        return {name: shorten(value, LONGEST_CELL) for name, value in self.cells.items()}
