"""What is sent becomes what is stored: bodies checked against shapes, names against the store, all faults at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from api.errors import MOST_FAULTS, faults, invalid
from api.store import nouns
from api.store.sessions import Reading
from schemas.problems import Fault

Body = TypeVar("Body", bound=BaseModel)
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Checked(Generic[Body]):
    """A body that is in order, and the identities of the slugs in it."""

    body: Body
    identities: Mapping[tuple[str, str], int]

    def identity(self, noun: str, slug: str | None) -> int | None:
        """The id of a noun that the body names; None for none."""
        return None if slug is None else self.identities[noun, slug]


def check(
    reading: Reading,
    shape: type[Body],
    sent: Json,
    references: Mapping[str, str],
    shorts: Mapping[str, str] | None = None,
    also: Sequence[Fault] = (),
) -> Checked[Body]:
    """Check a body, or refuse it with every fault at once.

    `references` says which members name a noun: `{"citations.*.source": "source"}`. `shorts` maps the place of a long
    form to the short form that was sent, so that a fault is told where the sender can see it. Raises Problem `invalid`.
    """
    body, wrong = shaped(shape, sent)
    found = [*also, *wrong]
    identities: dict[tuple[str, str], int] = {}
    named = list(names_in(sent, references))
    told = {fault.where for fault in found}
    hints = nouns.MOST_HINTS
    for noun in dict.fromkeys(noun for _, noun, _ in named):
        slugs = {slug for _, one, slug in named if one == noun}
        existing = nouns.identities(reading, noun, slugs)
        identities |= {(noun, slug): identity for slug, identity in existing.items()}
        for where, one, slug in named:
            if one == noun and slug not in existing and f"body.{where}" not in told and len(found) <= MOST_FAULTS:
                near = nouns.nearest(reading, noun, slug) if hints > 0 else None
                hints -= 1
                hint = f"Did you mean {near}?" if near else f"Create it first: POST /v1/{noun}s."
                found.append(Fault(where=f"body.{where}", message=f"there is no {noun} {slug[:100]!r}", hint=hint))
    if found or body is None:
        raise invalid([shortened(fault, shorts or {}) for fault in found])
    return Checked(body, identities)


def shaped(shape: type[Body], sent: Json) -> tuple[Body | None, list[Fault]]:
    """A body by its shape alone, or what is wrong with it."""
    try:
        return shape.model_validate(sent), []
    except ValidationError as error:
        return None, faults(error, "body", [field.alias or name for name, field in shape.model_fields.items()])


def names_in(sent: Any, references: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The nouns that a body names: where, which noun, which slug."""
    for path, noun in references.items():
        for where, value in _at(sent, path.split("."), []):
            slug = value.get("slug") if isinstance(value, dict) else value
            if isinstance(slug, str):
                yield where, noun, slug


def _at(value: Any, path: list[str], where: list[str]) -> Iterator[tuple[str, Any]]:
    if not path:
        yield ".".join(where), value
    elif path[0] == "*":
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _at(item, path[1:], [*where, str(index)])
    elif isinstance(value, dict) and path[0] in value:
        yield from _at(value[path[0]], path[1:], [*where, path[0]])


def shortened(fault: Fault, shorts: Mapping[str, str]) -> Fault:
    """A fault told at the short form that was sent, where there was one."""
    for long, short in shorts.items():
        rest = fault.where.removeprefix(f"body.{long}.")
        if fault.where == f"body.{long}":
            return fault.model_copy(update={"where": f"body.{short}"})
        if rest != fault.where:
            # Of `topics.0` the members have short forms of their own; of `topics.0.topic` they lie deeper.
            where = f"body.{rest}" if long.count(".") == 1 else f"body.{short}.{rest}"
            return fault.model_copy(update={"where": where})
    return fault


def merge(target: Any, patch: Any) -> Any:
    """JSON Merge Patch, RFC 7396: members of the patch replace, null removes, objects are merged."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged


def amended(current: Json, patch: Json, editable: Sequence[str], whole: Sequence[str] = ()) -> tuple[Json, list[Fault]]:
    """The body that a patch makes of what stands, and the faults of changing what can't be changed.

    Read-only members may be sent back as they were read. Members in `whole` are values: an object is not merged into
    what stands, and null is kept. So is the null of a member that does not exist, for the shape to refuse.
    """
    found = [
        Fault(where=f"body.{name}", message=f"{name} can't be changed", hint="Leave it out, or send it as it was read.")
        for name, value in patch.items()
        if name in current and name not in editable and not _same(current[name], value)
    ]
    wanted = {name: value for name, value in patch.items() if name not in current or name in editable}
    body = merge({name: value for name, value in current.items() if value is not None}, wanted)
    body |= {
        name: value
        for name, value in wanted.items()
        if name in whole or (value is None and name not in current and name not in editable)
    }
    return body, found


def named(reading: Reading, noun: str, slugs: Sequence[str], name: str) -> list[int]:
    """The ids of the nouns that a filter names. Raises Problem `invalid` for those that do not exist."""
    known = nouns.identities(reading, noun, slugs)
    missing: list[Fault] = []
    for slug in slugs:
        if slug not in known:
            near = nouns.nearest(reading, noun, slug) if len(missing) < nouns.MOST_HINTS else None
            hint = f"Did you mean {near}?" if near else None
            missing.append(Fault(where=f"query.{name}", message=f"there is no {noun} {slug!r}", hint=hint))
    if missing:
        raise invalid(missing)
    return list(known.values())


def _same(current: Any, sent: Any) -> bool:
    """Whether a read-only member was sent back unchanged; a noun may be sent as its slug."""
    if isinstance(current, dict) and "slug" in current:
        return bool(current["slug"] == (sent.get("slug") if isinstance(sent, dict) else sent))
    return bool(current == sent) and isinstance(current, bool) == isinstance(sent, bool)
