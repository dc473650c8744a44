"""What the person who imports says of a whole file: who speaks, who published it, which topic, where the file itself does not say.

It is a mapping of names to texts, or the same in TOML, `actor = "kremlin"`, or in JSON, `{"actor": "kremlin"}`, which needs no line breaks.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from schemas import confidence
from schemas.fields import SLUG, closest
from schemas.transfers import Unreadable
from schemas.vocabularies import EventType

_SYSTEM = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"


@dataclass(frozen=True, slots=True)
class Constants:
    """Slugs of an actor, a source and a topic that exist, and the rest; None: the reader's own rule holds."""

    actor: str | None = None
    source: str | None = None
    topic: str | None = None
    confidence: str | None = None
    event_type: str | None = None
    external_source: str | None = None


def constants(given: Mapping[str, str] | str | None, without: tuple[str, ...] = ()) -> Constants:
    """The constants of a mapping. Raises Unreadable for a name or a value that there is not, or not in this format."""
    names = tuple(name for name in Constants.__dataclass_fields__ if name not in without)
    said = _parsed(given, names) if isinstance(given, str) else (given or {})
    for name, value in said.items():
        if name not in names:
            near = closest(name, names)
            hint = f"; did you mean {near}?" if near else f": it takes {', '.join(names)}."
            raise Unreadable(f"The mapping says {name[:60]!r}, which this format does not take{hint}")
        _check(name, value)
    return Constants(**said)


def _parsed(text: str, names: tuple[str, ...]) -> dict[str, str]:
    is_json = text.lstrip().startswith("{")
    try:
        said = json.loads(text) if is_json else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        kind, example = ("JSON", '{"actor": "kremlin"}') if is_json else ("TOML", 'actor = "kremlin"')
        takes = ", ".join(names)
        raise Unreadable(
            f"The mapping is no {kind} ({str(error)[:200]}). It is written {example}, and takes {takes}."
        ) from None
    for name, value in said.items():
        if not isinstance(value, str):
            raise Unreadable(f"The mapping's {name[:60]} is no text; write it in quotation marks.")
    return dict(said)


def _check(name: str, value: str) -> None:
    if name in ("actor", "source", "topic") and not (re.fullmatch(SLUG, value) and len(value) <= 100):
        raise Unreadable(f"The mapping's {name} {value[:60]!r} is no slug, such as state-department.")
    if name == "event_type" and value not in list(EventType):
        raise Unreadable(f"The mapping's event_type {value[:60]!r} is no PLOVER type, such as {EventType.CONSULT}.")
    if name == "external_source" and not re.fullmatch(_SYSTEM, value):
        raise Unreadable(f"The mapping's external_source {value[:60]!r} is no name of a system, such as timelinejs.")
    if name == "confidence":
        try:
            confidence.parse(confidence_of(value))
        except confidence.ConfidenceProblem as problem:
            raise Unreadable(f"The mapping's confidence: {problem.message}.") from None


def confidence_of(text: str) -> str | int:
    """A confidence written as text: a number is a number."""
    return int(text) if re.fullmatch(r"[0-9]{1,3}", text) else text
