"""The content of a record or noun: what was said of it, without clocks, versions and all that follows from other things.

A line of it is what its POST takes, with two members more: `noun`, and `id` where the thing has one. An affiliation also
has `actor`, and a coding `statement` and `coder`, which stand in the address that they are sent to. Every member is
always there, in this order, null or empty where nothing is said; nouns are named by their slugs.
"""

from collections.abc import Mapping
from typing import Any, get_args

from schemas.transfers import Json, RowNoun

_RECORD = "id date date_basis effective title summary actor on_behalf_of participants topics confidence attribution hedge citations".split()
_WORDS = "quote language translation translation_by channel prompted".split()
_REST = "event_type event_mode place tags rationale external_source external_id status".split()
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "actor": ("slug", "kind", "name", "aliases", "country", "wikidata", "description"),
    "affiliation": ("id", "actor", "group", "role", "dates", "note"),
    "source": ("slug", "name", "url", "owner", "reliability", "reliability_reason", "language", "licence", "description"),
    "topic": ("slug", "name", "proposition", "parent", "parent_polarity", "description"),
    "statement": (*_RECORD, *_WORDS, *_REST),
    "event": (*_RECORD, *_REST),
    "reaction": ("id", "from", "to", "type", "topic", "asserted_by", "confidence", "citations", "note"),
    "coding": ("id", "statement", "coder", "topics"),
}  # fmt: skip
# What a line has besides what is sent.
BESIDE = ("noun", "id")
ADDRESSED = {"affiliation": ("actor",), "coding": ("statement", "coder")}
_NOUN = {"slug", "name"}
# Of a position, what follows from its stance.
_DERIVED = frozenset({"stance_score"})


def content(noun: str, item: Mapping[str, Any]) -> Json:
    """The content of an item of an answer, as a line begins and goes on."""
    line: Json = {"noun": noun}
    for name in MEMBERS[noun]:
        line[name] = reduced(item["confidence_given"] if name == "confidence" else item[name])
    return line


def noun_of(table: str, item: Mapping[str, Any]) -> str:
    """Of a record, whether it is a statement or an event; of anything else, what it is."""
    return str(item["kind"]) if table == "record" else table


def sent(line: Mapping[str, Any]) -> Json:
    """What the POST (of a coding, the PUT) takes of a line."""
    left_out = {*BESIDE, *ADDRESSED.get(line["noun"], ())}
    return {name: value for name, value in line.items() if name not in left_out}


def reduced(value: Any) -> Any:
    """A value with each noun in it as its slug, and without what follows from the rest."""
    if isinstance(value, dict):
        if value.keys() == _NOUN:
            return value["slug"]
        return {name: reduced(one) for name, one in value.items() if name not in _DERIVED}
    if isinstance(value, list):
        return [reduced(one) for one in value]
    return value


assert set(MEMBERS) == set(get_args(RowNoun))
