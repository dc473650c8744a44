"""MISP events in: each is a statement of the organisation that wrote it, graded by its Admiralty tags.

The rules stand in docs/imports-other-formats.md; the tags are those of MISP's taxonomies admiralty-scale and
estimative-language (version 5 of both), whose numbers are not taken: they give 50 to what can't be judged.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from api.formats.readers import nouns
from api.formats.readers.constants import Constants, constants
from api.formats.readers.drafts import Draft, is_url
from api.formats.readers.files import pieces
from api.formats.readers.files.cells import shorten
from api.formats.readers.files.pieces import Piece
from api.formats.readers.nouns import UNCODED
from api.formats.readers.texts import clean, digest, external, line
from schemas import confidence
from schemas.transfers import Json, Need, Reject, Row, Skipped, Unreadable
from schemas.vocabularies import ActorKind, CodingCertainty

SYSTEM: Final = "misp"
_LISTS = frozenset({(), ("response",)})
_GRADE = re.compile(r'admiralty-scale:(source-reliability|information-credibility)="?([^"]*)"?', re.IGNORECASE)
_ESTIMATE = re.compile(
    r'estimative-language:(likelihood-probability|confidence-in-analytic-judgment)="?([^"]*)"?', re.IGNORECASE
)
# Worst first: of two grades that exclude each other the worse is taken.
_RELIABILITIES: Final = "GFEDCBA"
_CREDIBILITIES: Final = "654321"
_LIKELIHOODS: Final = (
    "almost-no-chance", "very-unlikely", "unlikely", "roughly-even-chance", "likely", "very-likely", "almost-certain",
)  # fmt: skip
_JUDGMENTS: Final = {"low": "low", "moderate": "medium", "high": "high"}
_OPEN: Final = ("tlp:white", "tlp:clear")
# How far MISP shares an event; only what goes to all communities may be published without asking.
_SHARED: Final = {
    "0": "with its own organisation only",
    "1": "with its own community only",
    "2": "with connected communities only",
    "4": "with a sharing group only",
}
_AUTHOR: Final = nouns.unnamed(
    "unnamed-misp-author", "Unnamed author of a MISP event", "Stands for organisations that a MISP event does not name."
)


@dataclass
class Grades:
    """What the tags of an event or an attribute say of it."""

    reliability: str | None = None
    credibility: int | None = None
    likelihood: str | None = None
    judgment: str | None = None
    restrictions: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def read(
    file: BinaryIO, mapping: Mapping[str, str] | str | None = None, encoding: str | None = None
) -> Iterator[Row | Reject | Skipped]:
    """One row of each event, whatever it is wrapped in: `{"Event": …}`, `{"response": […]}`, a list, or bare.

    `mapping` may say actor, source, topic, confidence and event_type. Raises Unreadable.
    """
    given = constants(mapping)
    # Read through first, so that nothing of a file that is cut off is recorded.
    if not sum(1 for _ in _events(file, encoding)):
        raise Unreadable('The file holds no MISP event: no "Event", no "response", no list of events, and no "info".')
    for piece in _events(file, encoding):
        told = piece.value
        told = told.get("Event", told) if isinstance(told, dict) else told
        draft = Draft(piece.line, "event" if given.event_type else "statement", {"json": piece.text})
        if isinstance(told, dict) and any(name in told for name in ("info", "uuid", "Attribute")):
            yield _event(draft, told, given)
        else:
            draft.refuse(None, None, "is no MISP event", 'An event is an object with "info", "date" and "uuid".')
            yield draft.done()


def _events(file: BinaryIO, encoding: str | None) -> Iterator[Piece]:
    bare: list[Piece] = []
    for piece in pieces.read(file, encoding, _LISTS):
        if piece.path in ((), ("response",), ("Event",)):
            yield piece
        else:
            bare.append(piece)
    if any(piece.path in (("info",), ("Attribute",)) for piece in bare):
        text = ",".join(f'"{piece.path[0]}":{piece.text}' for piece in bare)
        yield Piece((), bare[0].line, {piece.path[0]: piece.value for piece in bare}, f"{{{text}}}")


def _event(draft: Draft, told: Json, given: Constants) -> Row | Reject:
    grades = _grades(draft, _tags(told))
    _date(draft, told)
    draft.title(line(told.get("info")), "info")
    org = _org(told)
    maker = nouns.actor(org, ActorKind.ORGANIZATION) if org else _AUTHOR
    if given.actor:
        draft.body |= {"actor": given.actor, "attribution": "third_party"}
    else:
        draft.put("actor", draft.need(maker), "Orgc", org)
    attributes = [one for one in _attributes(told) if one.get("deleted") not in (True, 1, "1")]
    words = [clean(one.get("value")) for one in attributes if one.get("type") in ("text", "comment")]
    reports = [clean(one.get("content")) for one in _list(told.get("EventReport")) if isinstance(one, dict)]
    draft.text("summary", "\n\n".join(text for text in (*words, *reports) if text), 20_000, "Attribute")
    _confidence(draft, grades, given, single=not any(_is_link(one) for one in attributes))
    code = "From a MISP event, which says no stance; to be coded."
    draft.fall_back(given, UNCODED, CodingCertainty.LOW, code)
    draft.put(
        "citations", _citations(draft, told, maker, attributes, grades, given), "Attribute", told.get("uuid") or ""
    )
    draft.tags(grades.others, "Tag")
    draft.body |= {"event_type": given.event_type} if given.event_type else {"channel": "document"}
    _left_out(draft, attributes)
    _hold_back(draft, told, grades, attributes)
    draft.body |= {"external_source": given.external_source or SYSTEM, "external_id": _id(draft, told, org)}
    return draft.done()


def _grades(draft: Draft, tags: list[str]) -> Grades:
    found = Grades()
    letters, numbers = set(), set()
    for tag in tags:
        grade, estimate = _GRADE.fullmatch(tag), _ESTIMATE.fullmatch(tag)
        value = (grade or estimate or ("", "", ""))[2].strip().lower()
        if grade and grade[1].lower() == "source-reliability" and value.upper() in _RELIABILITIES and value:
            letters.add(value.upper())
        elif grade and value and value in _CREDIBILITIES:
            numbers.add(value)
        elif estimate and value in _LIKELIHOODS:
            found.likelihood = _one(draft, tag, found.likelihood, value, list(_LIKELIHOODS))
        elif estimate and value in _JUDGMENTS:
            found.judgment = _one(draft, tag, found.judgment, value, list(_JUDGMENTS))
        elif grade or estimate:
            draft.warn("Tag", tag, "has a value that its scale has not, and is left out")
        elif tag.lower().startswith("tlp:"):
            found.restrictions += [f"is marked {tag.upper()}"] if tag.lower() not in _OPEN else []
        else:
            found.others.append(tag)
    for values, order, name in (
        (letters, _RELIABILITIES, "source-reliability"),
        (numbers, _CREDIBILITIES, "information-credibility"),
    ):
        if len(values) > 1:
            draft.warn(
                "Tag",
                ", ".join(sorted(values)),
                f"has several values of {name}, which exclude each other; the worst is taken",
            )
        worst = next((value for value in order if value in values), None)
        if worst == "G":
            draft.warn("Tag", "g", "G, deliberately deceptive, is MISP's own grade; E, unreliable, stands for it")
        if name == "source-reliability":
            found.reliability = "E" if worst == "G" else worst
        else:
            found.credibility = int(worst) if worst else None
    return found


def _one(draft: Draft, tag: str, before: str | None, value: str, order: list[str]) -> str:
    if before not in (None, value):
        draft.warn("Tag", tag, "stands beside another value of the same scale; the lower is taken")
        return min(before or value, value, key=order.index)
    return value


def _confidence(draft: Draft, grades: Grades, given: Constants, single: bool) -> None:
    """That the actor said or did this: as the writer of the event puts it, else by the Admiralty grade.

    A degree of likelihood is about what happened: it is the writer's own hedge where the writer speaks, and tells how
    sure it is where the mapping names another actor.
    """
    if grades.likelihood and not given.actor:
        draft.put("hedge", grades.likelihood.replace("-", "_"), "Tag", grades.likelihood)
    if grades.judgment:
        draft.confidence(_JUDGMENTS[grades.judgment], "Tag")
    elif grades.credibility and single:
        grade = f"{grades.reliability}{grades.credibility}" if grades.reliability else grades.credibility
        draft.confidence({"value": grade, "scale": "admiralty"}, "Tag")
    elif grades.credibility:
        # Several citations have a grade each; the confidence is then the number that the grade stands for.
        draft.confidence(confidence.parse({"value": grades.credibility, "scale": "admiralty"}).value, "Tag")
    elif grades.likelihood and given.actor:
        draft.confidence({"value": grades.likelihood, "scale": "dni"}, "Tag")


def _citations(
    draft: Draft, told: Json, maker: Need, attributes: list[Json], grades: Grades, given: Constants
) -> list[Json]:
    """The event itself, published by its organisation, and each page that it links to, published by its site."""
    publisher = given.source
    if publisher is None:
        draft.need(maker)
        publisher = draft.need(nouns.source(maker.body["name"], maker.body["slug"]))
    number = clean(str(told.get("uuid") or told.get("id") or ""))
    first: Json = {"source": publisher, "locator": shorten(f"MISP event {number}".strip(), 300), **_letters(grades)}
    if stamp := _stamp(told.get("publish_timestamp")) or _stamp(told.get("timestamp")):
        first["published_at"] = stamp
    found: dict[str, Json] = {"": first}
    for one in attributes:
        url = clean(one.get("value"))
        if not _is_link(one) or url in found:
            continue
        if not is_url(url):
            draft.warn("Attribute", url, "is no web address and is left out")
            continue
        own = _grades(draft, _tags(one))
        cited = {
            "source": draft.need(nouns.site(url)),
            "url": url,
            "role": "report",
            **(_letters(own) or _letters(grades)),
        }
        if excerpt := clean(one.get("comment")):
            cited["excerpt"] = shorten(excerpt, 5000)
        found[url] = cited
    if len(found) > 100:
        draft.warn("Attribute", len(found), "has more than 99 links; the first 99 are kept")
    return list(found.values())[:100]


def _letters(grades: Grades) -> Json:
    letters = {"reliability": grades.reliability, "credibility": grades.credibility}
    return {name: value for name, value in letters.items() if value is not None}


def _is_link(attribute: Json) -> bool:
    """Whether an attribute is a page to read: a link, or an address that no detection is to be made of."""
    return attribute.get("type") == "link" or (
        attribute.get("type") == "url" and attribute.get("to_ids") not in (True, 1, "1")
    )


def _left_out(draft: Draft, attributes: list[Json]) -> None:
    kinds = Counter(
        line(one.get("type"))[:60] or "without a type"
        for one in attributes
        if one.get("type") not in ("text", "comment") and not _is_link(one)
    )
    if kinds:
        told = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common(10))
        draft.warn("Attribute", told, f"{sum(kinds.values())} attributes are neither text nor link, and are left out")


def _hold_back(draft: Draft, told: Json, grades: Grades, attributes: list[Json]) -> None:
    reasons = list(grades.restrictions)
    if told.get("published") in (False, 0, "0"):
        reasons.append("is not published in MISP")
    if (shared := _SHARED.get(str(told.get("distribution")))) is not None:
        reasons.append(f"is shared {shared}")
    for one in attributes:
        if one.get("type") in ("text", "comment") or _is_link(one):
            marks = [tag for tag in _tags(one) if tag.lower().startswith("tlp:") and tag.lower() not in _OPEN]
            reasons += [f"has an attribute that is marked {mark.upper()}" for mark in marks[:1]]
            if (shared := _SHARED.get(str(one.get("distribution")))) is not None:
                reasons.append(f"has an attribute that is shared {shared}")
    for reason in dict.fromkeys(reasons):
        draft.hold_back(
            "distribution" if "shared" in reason else "published" if "published" in reason else "Tag", None, reason
        )


def _date(draft: Draft, told: Json) -> None:
    if told.get("date"):
        draft.date("date", clean(told["date"]) or str(told["date"])[:40], "date", told["date"])
    elif stamp := _stamp(told.get("timestamp")):
        draft.date("date", stamp[:10], "timestamp", told["timestamp"])
        draft.body["date_basis"] = "published"
    else:
        draft.refuse("date", None, "an event needs a date", 'Such as "2025-03-13".')


def _stamp(seconds: object) -> str | None:
    """A number of seconds since 1970, which MISP writes as text, as an instant."""
    if isinstance(seconds, int | str) and re.fullmatch(r"[1-9][0-9]{0,10}", str(seconds), re.ASCII):
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return None


def _id(draft: Draft, told: Json, org: str) -> str:
    if uuid := line(told.get("uuid")):
        return external(uuid)
    draft.warn("uuid", None, "has no uuid; its id is made of its organisation, date and info")
    return f"sha256:{digest(org, told.get('date'), told.get('info'))}"


def _org(told: Json) -> str:
    for name in ("Orgc", "Org"):
        maker = told.get(name)
        if isinstance(maker, dict) and line(maker.get("name")):
            return line(maker["name"])
    return ""


def _tags(told: Json) -> list[str]:
    return [line(tag.get("name")) for tag in _list(told.get("Tag")) if isinstance(tag, dict) and line(tag.get("name"))]


def _attributes(told: Json) -> list[Json]:
    """The attributes of an event, and those of its objects."""
    groups = [told, *(one for one in _list(told.get("Object")) if isinstance(one, dict))]
    return [one for group in groups for one in _list(group.get("Attribute")) if isinstance(one, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
