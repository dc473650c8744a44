"""The shapes of a mapping: what its keys are, and what each may hold. `docs/imports.md` explains them."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, StrictBool, StrictFloat, StrictInt, StrictStr, StringConstraints, model_validator
from pydantic import Field as Member

from api.formats.readers.mapped import patterns, written_dates
from api.formats.readers.mapped.targets import Sort
from schemas.base import Shape
from schemas.confidence import ConfidenceScale
from schemas.fields import Country, Text100, fault
from schemas.parts import System
from schemas.vocabularies import ActorKind, Kind

MOST_COLUMNS: Final = 200


def _usable(use: Callable[[str], object], hint: str | None = None) -> AfterValidator:
    """That a text can be used for what it is: what the one who uses it says against it is told."""

    def checked(written: str) -> str:
        try:
            use(written)
        except (patterns.PatternProblem, written_dates.FormatProblem) as problem:
            raise fault(str(problem), hint) from None
        return written

    return AfterValidator(checked)


def _numbered(written: str) -> str:
    if written.count("*") != 1:
        raise fault(
            f"{written!r} has no * or several, which stands for the number", "Such as text_* for text_1, text_2 …"
        )
    return written


ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Expression = Annotated[str, _usable(patterns.expression, "Such as ^# for all that begins with #.")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=5_000)]
Names = Annotated[list[ColumnName], Member(max_length=MOST_COLUMNS)]


class Condition(Shape):
    """Which rows something is for."""

    column: ColumnName
    matches: Expression


class Skip(Condition):
    """Rows that hold no record."""

    why: Text100 | None = None


class Rule(Shape):
    """Where the value of a member comes from, and how it is read."""

    column: ColumnName | None = None
    columns: Names = Member(default=[])
    pattern: Annotated[ColumnName, AfterValidator(_numbered)] | None = None
    text: Annotated[Words, _usable(patterns.template, "Such as {side_a} against {side_b}[ in {place}].")] | None = None
    value: StrictStr | StrictInt | StrictFloat | StrictBool | list[StrictStr] | None = None
    null: StrictBool = False
    optional: StrictBool = False
    when: Condition | None = None
    separator: Annotated[str, StringConstraints(max_length=20)] = " "
    split: Annotated[str, StringConstraints(min_length=1, max_length=20)] | None = None
    key: ColumnName | None = None
    take: Literal["first", "rest"] | None = None
    na: list[str] = Member(default=[])
    values: dict[str, StrictStr | StrictInt | StrictBool] = Member(default={})
    other: Literal["refuse", "keep", "leave_out"] = "refuse"
    after: Words | None = None
    before: Words | None = None
    without: list[Words] = Member(default=[])
    html: StrictBool = False
    entities: StrictBool | None = None
    shorten: StrictBool = False
    formats: list[
        Annotated[
            str,
            StringConstraints(max_length=100),
            _usable(written_dates.compiled, "Such as YYYY-MM-DD, D MMMM YYYY or MM/DD/YYYY hh:mm."),
        ]
    ] = Member(default=[])
    order: Literal["day_first", "month_first"] | None = None
    zone: Annotated[str, _usable(written_dates.zone_named)] | None = None
    trust_zone: StrictBool = True
    day_only: StrictBool = False
    end: ColumnName | None = None
    scale: ConfidenceScale | None = None
    parse: Literal["ucdp-articles"] | None = None

    @model_validator(mode="after")
    def has_one_origin(self) -> Self:
        """A value comes from one place."""
        given = [name for name in ORIGINS if name in self.model_fields_set and getattr(self, name) not in (False, [])]
        if len(given) != 1:
            told = f"{' and '.join(given)} are given" if given else "nothing says where the value comes from"
            raise fault(told, f"Give one of {', '.join(ORIGINS)}.")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that it can't do without, but for those of a pattern."""
        own = [self.column, *self.columns, self.end, self.when.column if self.when else None]
        own += patterns.template(self.text).needed if self.text else ()
        return tuple(name for name in own if name is not None)

    @property
    def is_constant(self) -> bool:
        """Whether it takes nothing from the row."""
        return self.null or self.value is not None

    @property
    def style(self) -> written_dates.Style:
        """How its dates are written."""
        return written_dates.Style(tuple(self.formats), self.order, self.zone, self.trust_zone, self.day_only)


ORIGINS: Final = ("column", "columns", "pattern", "text", "value", "null")
# Keys that mean something for some members alone.
FOR_SORTS: Final = {
    **dict.fromkeys(("formats", "order", "zone", "trust_zone", "day_only", "end"), (Sort.DATE,)),
    "scale": (Sort.CONFIDENCE,), "null": (Sort.CONFIDENCE,), "parse": (Sort.CITATIONS,),
    "shorten": (Sort.LINE, Sort.TEXT), "html": (Sort.LINE, Sort.TEXT, Sort.LIST),
}  # fmt: skip


class Layout(Shape):
    """How the file is laid out."""

    delimiter: Literal[",", ";", "\t", "|", "tab"] | None = None
    quotes: StrictBool = True
    names: Names = Member(default=[])
    skip_lines: Annotated[StrictInt, Member(ge=0, le=1_000)] = 0
    skip_rows: Annotated[StrictInt, Member(ge=0, le=1_000)] = 0
    encoding: Annotated[str, Member(max_length=40)] | None = None
    na: list[str] = Member(default=[])


class IdRule(Shape):
    """What makes a row itself, so that the same row is known when it comes again."""

    source: Annotated[System, Member(max_length=100)]
    columns: Names = Member(default=[])
    hash: Names = Member(default=[])

    @model_validator(mode="after")
    def has_one_way(self) -> Self:
        """The id stands in the row, or is made of it."""
        if bool(self.columns) == bool(self.hash):
            raise fault(
                "an id comes from columns or from hash",
                'Give columns = ["id"], or hash = ["date", "title"] where no column is an id.',
            )
        return self


class KindOfActor(Shape):
    """What sort of actor a name stands for that begins so."""

    starts: Words
    kind: ActorKind
    state: StrictBool = False


class Actors(Shape):
    """How names become actors."""

    kind: ActorKind | None = None
    country: Country | None = None
    kinds: list[KindOfActor] = Member(default=[])
    known: dict[str, dict[str, Any]] = Member(default={})


class Known(Shape):
    """Names that the mapping knows."""

    known: dict[str, dict[str, Any]] = Member(default={})


class Mapping(Shape):
    """What the columns of a table are."""

    about: str | None = None
    preset: str | None = None
    kind: Kind | Rule
    file: Layout = Layout()
    skip: list[Skip] = Member(default=[])
    id: IdRule
    fields: dict[str, list[Rule]]
    actors: Actors = Actors()
    sources: Known = Known()
    topics: Known = Known()
