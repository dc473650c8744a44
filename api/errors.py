"""Everything that can be refused: one table of stable codes, and one exception that carries a code and its reasons."""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from schemas.base import Shape
from schemas.fields import closest
from schemas.problems import Fault

# So many faults are told of one request; a body can have a hundred thousand.
MOST_FAULTS = 100


class Code(NamedTuple):
    """What a code stands for."""

    status: int
    title: str
    meaning: str


CODES: dict[str, Code] = {
    "merged": Code(308, "It was merged into another record", "`Location` and `merged_into` have the address of the record that has its citations now; its own history stays where it is."),
    "malformed-json": Code(400, "The body is not JSON", "The body is not JSON in UTF-8; `detail` says where it stops to be."),
    "key-required": Code(401, "An API key is needed", "Send `Authorization: Bearer <key>`; writing always needs one."),
    "key-invalid": Code(401, "The API key does not work", "The key is unknown, expired or revoked."),
    "forbidden": Code(403, "This key may not do that", "The key's role does not reach; `detail` says which one does."),
    "not-found": Code(404, "There is no such thing", "Nothing stands at this address, or it may not be seen with this key."),
    "not-sealed": Code(404, "It is not sealed yet", "The version was entered after the last seal; the next one takes it in, and then there is a proof."),
    "method-not-allowed": Code(405, "This address does not take that method", "The `Allow` header has the methods it takes."),
    "not-acceptable": Code(406, "That kind of content is not spoken here", "The `Accept` header leaves out every format that this address has; `detail` lists them."),
    "exists": Code(409, "It exists already", "The slug, the external id or the link is taken; `existing` has its address, if you may see it."),
    "in-use": Code(409, "It is still in use", "A noun that records or other nouns name can't be deleted; `uses` counts them."),
    "circle": Code(409, "It would close a circle", "Affiliations, parents of topics and answers may not lead back to where they start."),
    "precedes": Code(409, "An answer can't precede what it answers", "The answer's last possible moment lies before the first of what it answers."),
    "standing": Code(409, "It still stands", "What is erased whole must be deleted before; a purge can't be undone."),
    "deleted": Code(410, "It was deleted", "Its versions are kept; the `ETag` is that of the tombstone, and what `restore` takes as `If-Match`."),
    "purged": Code(410, "It was erased for good", "A purge took its content away; `detail` says why, `purged_at` when. Nothing brings it back."),
    "stale": Code(412, "It has changed since it was read", "`current` is how it stands now, `ETag` what to send as `If-Match`."),
    "too-large": Code(413, "The body is too large", "Over the limit that `detail` names."),
    "unsupported-media-type": Code(415, "The body is of a kind not taken here", "Send `application/json`, or a file as it is, uncompressed."),
    "invalid": Code(422, "The request is invalid", "`errors` has every fault: where, what is wrong, what would be right."),
    "unreadable": Code(422, "The file is not what it should be", "`detail` says what is wrong with it, what would be right, and what of a large file was taken in before, if anything."),
    "rejected": Code(422, "Rows are at fault", "With `on_error=abort` nothing was taken in; `report` has what became of each row, as a dry run tells it."),
    "cursor-mismatch": Code(422, "The cursor belongs to another question", "Send it with the filters and order of the page that gave it."),
    "group-too-large": Code(422, "The group is too large", "With its affiliates it has more than 2,000 members; ask for its parts."),
    "key-reused": Code(422, "The Idempotency-Key was used for another body", "Take a new key for a new request."),
    "precondition-required": Code(428, "If-Match is needed", "Send the ETag that you read, so that nobody's edit is lost; `*` is not enough."),
    "internal": Code(500, "Something went wrong here", "A bug; nothing was changed. `request_id` finds it in the log."),
    "too-many-streams": Code(503, "Too many streams are open", "This process serves as many streams as it can; ask for pages instead, or try again after `Retry-After` seconds."),
    "unavailable": Code(503, "The database does not answer", "Nothing was acknowledged; try again after `Retry-After` seconds."),
}  # fmt: skip


class Problem(Exception):
    """A request that is not carried out, and why; the only exception that the store and the routers raise on purpose."""

    def __init__(
        self,
        code: str,
        detail: str,
        errors: Sequence[Fault] = (),
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = list(errors)
        self.headers = headers or {}
        self.members = members


def invalid(errors: Sequence[Fault]) -> Problem:
    """All faults of one request, in one answer."""
    places = list(dict.fromkeys(error.where for error in errors))
    told = ", ".join(places[:10]) + (f" and {len(places) - 10} more" if len(places) > 10 else "")
    if len(errors) > MOST_FAULTS:
        told += f"; `errors` has the first {MOST_FAULTS}"
    return Problem("invalid", f"Nothing was done. Wrong: {told}.", errors[:MOST_FAULTS])


def not_found(noun: str, address: str, near: str | None = None) -> Problem:
    """Nothing stands at this address; the closest address that exists, if any is near."""
    return Problem("not-found", f"There is no {noun} {address[:100]!r}." + (f" Did you mean {near}?" if near else ""))


def not_yet(noun: str, address: str) -> Problem:
    """Nothing stood at this address at the moment that was asked for; something does now."""
    return Problem(
        "not-found", f"There was no {noun} {address[:100]!r} then: it was entered later. Ask for a later `as_of`."
    )


def faults(error: ValidationError, ground: str, known: Sequence[str] = ()) -> list[Fault]:
    """Pydantic's errors in words for an analyst; `ground` is body or query, `known` the valid names at its top."""
    shape = _shapes().get(error.title)
    return [_fault(dict(one), ground, shape, known) for one in error.errors(include_url=False)[: MOST_FAULTS + 1]]


_NEEDED = {
    "string": "text", "int": "a whole number", "bool": "true or false", "list": "a list", "float": "a number", "model": "an object",
    "dict": "an object", "finite": "a number",
}  # fmt: skip
_BOUNDS = {
    "less_than_equal": ("le", "is more than", "At most"),
    "greater_than_equal": ("ge", "is less than", "At least"),
}


def _fault(error: dict[str, Any], ground: str, shape: type[BaseModel] | None, known: Sequence[str]) -> Fault:
    """One error of pydantic's, by its type; of its English nothing is left."""
    context: dict[str, Any] = error.get("ctx") or {}
    loc = [str(part)[:60] for part in error["loc"]]
    where = ".".join([ground, *loc])
    name = next((part for part in reversed(loc) if not part.isdigit()), ground)
    siblings, field = _place(shape, error["loc"])
    shown, such, kind = _shown(error.get("input")), _such(field), error["type"]
    if kind == "fault":
        told = context["message"]
        # "is blank" wants to know what.
        message = f"{name} {told}" if told.startswith(("is ", "holds ")) else told
        hint = context["hint"] or None
    elif kind == "missing":
        message, hint = f"{name} is missing", " ".join(filter(None, ("It is required.", such)))
    elif kind == "extra_forbidden":
        message = f"there is no {'parameter' if ground == 'query' else 'member'} {name!r}"
        hint = _did_you_mean(closest(name, siblings or known))
    elif kind in ("enum", "literal_error"):
        valid = re.findall("'([^']*)'", context["expected"])
        message, hint = _no_value(error.get("input"), name, valid)
    elif kind == "string_pattern_mismatch":
        choice = re.fullmatch(r"\^\(?([a-z_|]+)\)?\$", context["pattern"])
        if choice:
            message, hint = _no_value(error.get("input"), name, choice[1].split("|"))
        elif "a-z0-9" in context["pattern"]:
            words = re.findall(r"[a-z0-9]+", str(error.get("input")).lower()[:100])
            such_slug = "-".join(words) or "state-department"
            message, hint = f"{shown} is no slug", f"Small letters, digits and single hyphens, such as {such_slug}."
        else:
            message, hint = f"{shown} is no {name}", such
    elif kind == "string_too_long":
        message, hint = f"{name} is longer than {context['max_length']} characters", "Shorten it."
    elif kind in ("string_too_short", "too_short"):
        message, hint = f"{name} is empty", "Give a value, or leave it out."
    elif kind == "too_long":
        message, hint = f"{name} has more than {context['max_length']} items", f"At most {context['max_length']}."
    elif kind in _BOUNDS:
        bound, told, most = _BOUNDS[kind]
        message, hint = (
            f"{name} {told} {_number(context[bound])}: {str(error.get('input'))[:60]}",
            f"{most} {_number(context[bound])}.",
        )
    else:
        needed = _NEEDED.get(kind.partition("_")[0], "what is wanted here")
        message, hint = f"{shown} is not {needed}", such
    return Fault(where=where, message=message, hint=hint)


def _no_value(given: Any, name: str, valid: Sequence[str]) -> tuple[str, str]:
    near = closest(given, valid) if isinstance(given, str) else None
    return f"{_shown(given)} is no value of {name}", _did_you_mean(near) or f"One of {', '.join(valid)}."


@cache
def _shapes() -> dict[str, type[BaseModel]]:
    """Every request body by its name, which is all that pydantic's errors tell of it."""

    def below(kind: type[BaseModel]) -> Iterable[type[BaseModel]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return {one.__name__: one for one in below(Shape)}


def _place(shape: type[BaseModel] | None, loc: Sequence[str | int]) -> tuple[list[str], FieldInfo | None]:
    """The names that would be right at a place in a body, and the field that stands there."""
    names: list[str] = []
    field = None
    for part in loc:
        if isinstance(part, int):
            continue
        fields = {} if shape is None else {one.alias or name: one for name, one in shape.model_fields.items()}
        names, field = list(fields), fields.get(part)
        shape = None if field is None else _shape_in(field.annotation)
    return names, field


def _shape_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_shape_in, get_args(annotation))), None)


def _such(field: FieldInfo | None) -> str | None:
    example = next(iter((field.examples if field else None) or []), None)
    return None if example is None else f"Such as {json.dumps(example, ensure_ascii=False)}."


def _did_you_mean(near: str | None) -> str | None:
    return f"Did you mean {near}?" if near else None


def _number(given: float) -> str:
    return f"{given:,.15g}"


def _shown(given: Any) -> str:
    """What was given, short enough and safe to print in an answer."""
    if isinstance(given, str):
        return repr(given if len(given) <= 60 else given[:60] + "…")
    if isinstance(given, bool):
        return "true" if given else "false"
    return {dict: "an object", list: "a list", type(None): "null"}.get(type(given)) or str(given)[:60]
