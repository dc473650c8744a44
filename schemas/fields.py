"""The types that members are made of: text, slugs, links, instants, grades; each says what is wrong and what is right."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from schemas import confidence, dates
from schemas.countries import COUNTRIES

SLUG = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
)


def fault(message: str, hint: str | None = None) -> PydanticCustomError:
    """An error in our own words; the hint says what would be right."""
    return PydanticCustomError("fault", "{message}", {"message": message, "hint": hint or ""})


def closest(given: str, valid: Iterable[str]) -> str | None:
    """The valid word nearest to what was given: a slip of the pen, or a part of the word; None when nothing is near.

    A wrong hint is worse than none: "foo" is not "from".
    """
    word = given.lower()[:100]
    words = {one.lower(): one for one in valid}
    near = get_close_matches(word, words, n=1, cutoff=0.72)
    if near:
        return words[near[0]]
    parts = set(re.split(r"[-_ ]", word))
    whole = [one for one in words if len(word) > 2 and parts <= set(re.split(r"[-_ ]", one))]
    return words[min(whole, key=lambda one: (len(one), one))] if whole else None


# Compiled here: to look a pattern with flags up costs more than to match it, and a record has three addresses.
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"[\s<>\"\\]")
_UNKEEPABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    """Refuse what no database keeps alike: lone surrogates, and control characters other than tab and line breaks."""
    found = _UNKEEPABLE.search(text)
    if found and found[0] < "\x80":
        raise fault(f"holds the control character U+{ord(found[0]):04X}", "Remove it; tabs and line breaks are fine.")
    if found:
        raise fault("holds half of a surrogate pair", "Send the whole character, in UTF-8.")
    return text


def said(text: str) -> str:
    """Text that says something: not only blanks."""
    if not clean(text).strip():
        raise fault("is blank", "Write some text or leave the member out.")
    return text


# Letters that Unicode takes for letters of their own, and a reader for an accent.
_STROKES = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def fold(text: str) -> str:
    """Text as it is searched: case and accents removed, in any script ("Ёлкин" and "елкин" are alike)."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))
    # Some capitals appear only now, as in the letters of mathematics.
    plain = plain.casefold().translate(_STROKES)
    return "".join(character for character in plain if not unicodedata.combining(character))


def _url(text: str) -> str:
    if not _WEB_ADDRESS.match(clean(text)) or _NO_ADDRESS.search(text):
        raise fault("is not a web address", "Give a full address that starts with http:// or https://.")
    # PostgreSQL indexes at most 2,704 bytes, and a letter can have four.
    if len(text.encode()) > 2048:
        raise fault("is longer than 2,048 bytes", "Shorten it, or percent-encode less.")
    return text


def _country(code: str) -> str:
    if code not in COUNTRIES:
        near = closest(code.upper(), COUNTRIES) if len(code) == 2 else None
        raise fault(
            f"{code!r} is no ISO 3166-1 alpha-2 code",
            f"Did you mean {near}?" if code.upper() == near else "Two capital letters, such as UA.",
        )
    return code


def _language(tag: str) -> str:
    if not LANGUAGE.fullmatch(tag):
        raise fault(f"{tag!r} is no BCP 47 language tag", "Such as ru, en or uk-Cyrl.")
    return tag


def _slug_of(given: Any) -> Any:
    """Accept what a response holds: {"slug": …, "name": …} stands for its slug."""
    if isinstance(given, dict):
        if not isinstance(given.get("slug"), str):
            raise fault('an object here needs a "slug"', 'Give the slug alone, or {"slug": "…"}.')
        more = sorted(set(given) - {"slug", "name"})
        if more or not isinstance(given.get("name", ""), str):
            raise fault(
                f"{(more or ['name'])[0][:60]!r} does not belong here", 'Give the slug alone, or {"slug": "…"}.'
            )
        return given["slug"]
    return given


def _edtf(text: Any) -> dates.Span:
    if not isinstance(text, str):
        raise fault("a date is text", 'Such as "2025-03-13", "2025-03" or "2025-03-11/2025-03-13".')
    try:
        return dates.parse(text)
    except dates.DateProblem as problem:
        raise fault(problem.message, problem.hint) from None


def _instant(text: Any) -> str:
    if not isinstance(text, str):
        raise fault("an instant is text", 'Such as "2025-03-13T14:00:00Z".')
    try:
        return dates.format_instant(dates.parse_instant(text))
    except dates.DateProblem as problem:
        raise fault(problem.message, problem.hint) from None


def _published(text: Any) -> str:
    """A citation's publication time: a day or less exact, or an instant; kept as given."""
    if not isinstance(text, str):
        raise fault("a date is text", 'Such as "2025-03-13" or "2025-03-13T14:00:00Z".')
    try:
        if text.isdigit() and len(text) > 4:
            raise fault(f"{text[:40]!r} is no date", "Write a date such as 2025-03-13, or an instant.")
        return dates.parse_bound(text).text
    except dates.DateProblem as problem:
        raise fault(problem.message, problem.hint) from None


def _grade(given: Any) -> confidence.Grade:
    try:
        return confidence.parse(given)
    except confidence.ConfidenceProblem as problem:
        raise fault(problem.message, problem.hint) from None


Text20 = Annotated[str, StringConstraints(max_length=20), AfterValidator(said)]
Text100 = Annotated[str, StringConstraints(max_length=100), AfterValidator(said)]
Text200 = Annotated[str, StringConstraints(max_length=200), AfterValidator(said)]
Text300 = Annotated[str, StringConstraints(max_length=300), AfterValidator(said)]
Text450 = Annotated[str, StringConstraints(max_length=450), AfterValidator(said)]
Text1000 = Annotated[str, StringConstraints(max_length=1000), AfterValidator(said)]
Text2000 = Annotated[str, StringConstraints(max_length=2000), AfterValidator(said)]
Text5000 = Annotated[str, StringConstraints(max_length=5000), AfterValidator(said)]
Text20000 = Annotated[str, StringConstraints(max_length=20000), AfterValidator(said)]
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=100), Field(examples=["kremlin"])]
Ref = Annotated[
    Slug,
    BeforeValidator(_slug_of),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": SLUG, "maxLength": 100},
                {
                    "type": "object",
                    "required": ["slug"],
                    "properties": {
                        "slug": {"type": "string", "description": "The slug.", "examples": ["kremlin"]},
                        "name": {
                            "type": "string",
                            "description": "Ignored; as responses have it.",
                            "examples": ["The Kremlin"],
                        },
                    },
                },
            ],
            "examples": ["kremlin"],
        }
    ),
]
Url = Annotated[
    str,
    StringConstraints(max_length=2048),
    AfterValidator(_url),
    WithJsonSchema(
        {
            "type": "string",
            "format": "uri",
            "maxLength": 2048,
            "examples": ["http://en.kremlin.ru/events/president/news/76450"],
        }
    ),
]
Country = Annotated[str, StringConstraints(max_length=10), AfterValidator(_country), Field(examples=["UA"])]
Language = Annotated[str, StringConstraints(max_length=35), AfterValidator(_language), Field(examples=["ru"])]
Edtf = Annotated[
    dates.Span, PlainValidator(_edtf), WithJsonSchema({"type": "string", "maxLength": 100, "examples": ["2025-03-13"]})
]
Instant = Annotated[
    str,
    PlainValidator(_instant),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2025-03-13T14:00:00Z"]}),
]
Published = Annotated[
    str, PlainValidator(_published), WithJsonSchema({"type": "string", "maxLength": 100, "examples": ["2025-03-13"]})
]
Confidence = Annotated[
    confidence.Grade,
    PlainValidator(_grade),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": 100},
                {"type": "string", "maxLength": 60},
                {
                    "type": "object",
                    "required": ["value", "scale"],
                    "additionalProperties": False,
                    "properties": {
                        "value": {
                            "anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}],
                            "description": "The value on that scale.",
                            "examples": ["likely"],
                        },
                        "scale": {
                            "type": "string",
                            "enum": [str(scale) for scale in confidence.ConfidenceScale],
                            "description": "The scale that the value belongs to.",
                            "examples": ["wep"],
                        },
                    },
                },
                {"type": "null"},
            ],
            "examples": ["high"],
        }
    ),
]
