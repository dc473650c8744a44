"""Everything that can be refused: one table of stable codes, and one exception that carries a code and its reasons."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from schemas.fields import closest
from schemas.problems import Fault


class Code(NamedTuple):
    """What a code stands for."""

    status: int
    title: str
    meaning: str


CODES: dict[str, Code] = {
    "malformed-json": Code(400, "The body is not JSON", "The body is not JSON in UTF-8; `detail` says where it stops to be."),
    "key-required": Code(401, "An API key is needed", "Send `Authorization: Bearer <key>`; writing always needs one."),
    "key-invalid": Code(401, "The API key does not work", "The key is unknown, expired or revoked."),
    "forbidden": Code(403, "This key may not do that", "The key's role does not reach; `detail` says which one does."),
    "not-found": Code(404, "There is no such thing", "Nothing stands at this address, or it may not be seen with this key."),
    "method-not-allowed": Code(405, "This address does not take that method", "The `Allow` header has the methods it takes."),
    "not-acceptable": Code(406, "Only JSON is spoken here", "The `Accept` header leaves out `application/json`."),
    "exists": Code(409, "It exists already", "The slug, the external id or the link is taken; `existing` has its address."),
    "in-use": Code(409, "It is still in use", "A noun that records or other nouns name can't be deleted; `uses` counts them."),
    "circle": Code(409, "It would close a circle", "Affiliations, parents of topics and answers may not lead back to where they start."),
    "precedes": Code(409, "An answer can't precede what it answers", "The answer's last possible moment lies before the first of what it answers."),
    "deleted": Code(410, "It was deleted", "Its versions are kept; the `ETag` is that of the tombstone."),
    "stale": Code(412, "It has changed since it was read", "`current` is how it stands now, `ETag` what to send as `If-Match`."),
    "too-large": Code(413, "The body is too large", "Over the limit that `detail` names."),
    "unsupported-media-type": Code(415, "The body is of a kind not taken here", "Send `application/json`, uncompressed."),
    "invalid": Code(422, "The request is invalid", "`errors` has every fault: where, what is wrong, what would be right."),
    "cursor-mismatch": Code(422, "The cursor belongs to another question", "Send it with the filters and order of the page that gave it."),
    "group-too-large": Code(422, "The group is too large", "With its affiliates it has more than 2,000 members in the range; narrow it."),
    "key-reused": Code(422, "The Idempotency-Key was used for another body", "Take a new key for a new request."),
    "precondition-required": Code(428, "If-Match is needed", "Send the ETag that you read, so that nobody's edit is lost; `*` is not enough."),
    "internal": Code(500, "Something went wrong here", "A bug; nothing was changed. `request_id` finds it in the log."),
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
    places = ", ".join(dict.fromkeys(error.where for error in errors))
    return Problem("invalid", f"Nothing was done. Wrong: {places}.", errors)


def not_found(noun: str, address: str, near: str | None = None) -> Problem:
    """Nothing stands at this address; the closest address that exists, if any is near."""
    return Problem("not-found", f"There is no {noun} {address[:100]!r}." + (f" Did you mean {near}?" if near else ""))


def faults(error: ValidationError, ground: str, known: Sequence[str] = ()) -> list[Fault]:
    """Pydantic's errors in words for an analyst; `ground` is body or query, `known` the valid names at its top."""
    return [_fault(dict(one), ground, known) for one in error.errors(include_url=False)]


def _fault(error: dict[str, Any], ground: str, known: Sequence[str]) -> Fault:
    context: dict[str, Any] = error.get("ctx") or {}
    loc = [str(part) for part in error["loc"]]
    where = ".".join([ground, *loc])
    name = loc[-1] if loc else ground
    given = error.get("input")
    kind = error["type"]
    message, hint = str(error["msg"]), None
    if kind == "fault":
        message, hint = context["message"], context["hint"] or None
    elif kind == "missing":
        message, hint = f"{name} is missing", "It is required."
    elif kind == "extra_forbidden":
        near = closest(name, known) if len(loc) == 1 else None
        message, hint = (
            f"there is no {'parameter' if ground == 'query' else 'member'} {name[:60]!r}",
            _did_you_mean(near),
        )
    elif kind in ("enum", "literal_error"):
        valid = [word.strip(" '") for word in context["expected"].replace(" or ", ", ").split(",")]
        near = closest(given, valid) if isinstance(given, str) else None
        message, hint = (
            f"{_shown(given)} is no value of {_noun(loc)}",
            _did_you_mean(near) or "One of " + ", ".join(valid) + ".",
        )
    elif kind == "string_too_long":
        message, hint = f"{name} is longer than {context['max_length']} characters", "Shorten it."
    elif kind == "string_pattern_mismatch":
        message, hint = f"{_shown(given)} is not of the form {context['pattern']}", None
        if "a-z0-9" in context["pattern"]:
            message, hint = (
                f"{_shown(given)} is no slug",
                "Small letters, digits and single hyphens, such as state-department.",
            )
    elif kind in (
        "string_type",
        "int_type",
        "bool_type",
        "list_type",
        "float_type",
        "model_type",
        "dict_type",
        "model_attributes_type",
    ):
        needed = {
            "string": "text",
            "int": "a whole number",
            "bool": "true or false",
            "list": "a list",
            "float": "a number",
        }
        message, hint = f"{_shown(given)} is not {needed.get(kind.split('_')[0], 'an object')}", None
    return Fault(where=where, message=message, hint=hint)


def _noun(loc: list[str]) -> str:
    names = [part for part in loc if not part.isdigit()]
    return names[-1] if names else "it"


def _did_you_mean(near: str | None) -> str | None:
    return f"Did you mean {near}?" if near else None


def _shown(given: Any) -> str:
    """What was given, short enough and safe to print in an answer."""
    if isinstance(given, str):
        return repr(given if len(given) <= 60 else given[:60] + "…")
    if isinstance(given, bool):
        return "true" if given else "false"
    return {dict: "an object", list: "a list", type(None): "null"}.get(type(given)) or str(given)[:60]
