"""Rows of what is counted: the members of each item side by side, under names made of their places.

`{"record": {"id": …}, "actor": {"slug", "name"}}` has the columns `record_id`, `actor` and `actor_name`; a list is one
cell. The names come from the shape of the answer, so that they are the same whatever the answer has.
"""

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel

from schemas.conflicts import ConflictRead
from schemas.duplicates import DuplicateRead, DuplicateRecord
from schemas.nouns import Noun
from schemas.transfers import Json

Places = Mapping[str, tuple[str | int, ...]]
FACET = ("facet", "value", "label", "n")
CONFLICT = "records"


def places(shape: type[BaseModel]) -> Places:
    """The columns of a shape, and where in it each stands."""
    return dict(_places(shape, "", ()))


def _places(
    shape: type[BaseModel], prefix: str, above: tuple[str | int, ...]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for name, field in shape.model_fields.items():
        member = field.alias or name
        within = _shape(field.annotation)
        if within is None:
            yield prefix + member, (*above, member)
        elif within is Noun:
            yield prefix + member, (*above, member, "slug")
            yield f"{prefix}{member}_name", (*above, member, "name")
        else:
            yield from _places(within, f"{prefix}{member}_", (*above, member))


def _shape(annotation: Any) -> type[BaseModel] | None:
    """The shape of a member that is an object, or may be one; a list of objects is none."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, BaseModel) else None
    return next((one for one in map(_shape, get_args(annotation)) if one), None) if _is_union(annotation) else None


def _is_union(annotation: Any) -> bool:
    return type(None) in get_args(annotation)


def flat(shape_places: Places, item: Mapping[str, Any]) -> Json:
    """An item as a row."""
    return {name: _at(item, path) for name, path in shape_places.items()}


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step] if value is not None else None
    return value


def conflict(shape_places: Places, item: Mapping[str, Any]) -> Json:
    """A conflict as a row: of its records, the ids."""
    return flat(shape_places, {**item, CONFLICT: [one["id"] for one in item[CONFLICT]]})


def duplicate_places() -> Places:
    """The columns of a pair that may be one: both records side by side, without the request, which no past answer has."""
    of_pair = {name: path for name, path in places(DuplicateRead).items() if path[0] not in ("records", "request")}
    ends = enumerate(("later", "earlier"))
    return of_pair | {
        name: path for index, end in ends for name, path in _places(DuplicateRecord, f"{end}_", ("records", index))
    }


def facets(body: Mapping[str, Any]) -> list[Json]:
    """All counts of an answer, one below the other; `date` has the histogram, and `total` what meets all filters."""
    total, bars = body["total"], body["histogram"] or []
    found = [dict(zip(FACET, ("total", name, None, total[name]), strict=True)) for name in total]
    for one in body["facets"]:
        found += [{"facet": one["facet"], **{name: value[name] for name in FACET[1:]}} for value in one["values"]]
    for bar in bars:
        found.append(
            {
                "facet": "date",
                "value": bar["period"],
                "label": f"{bar['period_start']}/{bar['period_end']}",
                "n": bar["n"],
            }
        )
    return found


assert CONFLICT in ConflictRead.model_fields
