"""Whole answers, as anyone without a key gets them: the service asks itself, page by page, as of a settled moment.

Nothing of a filter is done twice here. Under a settled `as_of` the pages stay the same whatever is written meanwhile, so
that they are one answer.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Match

from api import queries, questions
from api.dependencies import ANYONE
from api.errors import Problem, invalid
from api.questions import Told
from api.store.documents import loads
from api.store.snapshots import MOST_BYTES, MOST_ITEMS
from schemas import dates
from schemas.problems import Fault
from schemas.snapshots import SnapshotCreate
from schemas.timeline import MomentFilter

# Whose answers can be kept, and what stands in them at the top: a purge must find all that is shown.
KEPT = {
    "read_timeline": "record", "read_actor_timeline": "record",
    "list_statements": "record", "read_statement": "record", "read_statement_thread": "record",
    "list_events": "record", "read_event": "record", "read_event_thread": "record",
    "read_current_stances": "record", "read_stance_series": "record", "read_stance_shifts": "record", "read_facets": "record",
    "list_reactions": "reaction", "read_reaction": "reaction",
    "read_reaction_matrix": "actor", "read_reaction_lags": "actor", "list_unanswered_signals": "record",
    "list_actors": "actor", "read_actor": "actor", "list_affiliations": "affiliation", "read_affiliation": "affiliation",
    "list_conflicts": "record", "list_duplicates": "record", "list_merges": "record", "list_dismissals": "dismissal", "read_dismissal": "dismissal",
    "list_sources": "source", "read_source": "source", "list_topics": "topic", "read_topic": "topic",
    "list_codings": "record", "read_coding": "coding", "list_all_codings": "coding", "read_agreement": "record",
}  # fmt: skip
PAGE = questions.PAGE
# Of a list, they ask for a part of the answer.
_OF_PAGES = ("limit", "cursor", "count")


@dataclass(frozen=True, slots=True)
class Address:
    """The address of an answer that can be kept, in its normal form, without `as_of`."""

    path: str
    query: str
    noun: str
    is_paged: bool
    as_of: int | None
    moment_at: str  # where the moment was given

    @property
    def text(self) -> str:
        """The address as text; equal for equal questions."""
        return quote(self.path, safe="/:@,") + (f"?{self.query}" if self.query else "")


def address(app: FastAPI, body: SnapshotCreate) -> Address:
    """The address that a body names. Raises Problem `invalid`."""
    given = body.query
    if not given.startswith("/v1/") or "#" in given or any(letter.isspace() for letter in given):
        hint = "From /v1/ on, without the server: such as /v1/timeline?actor=kremlin; a blank is written %20."
        raise _fault(f"{given[:100]!r} is no address of a read", hint)
    encoded_path, _, encoded = given.partition("?")
    path = unquote(encoded_path)
    found = [
        one
        for one in iter_route_contexts(app.router.routes)
        if one.matches(questions.scope(path, b""))[0] is Match.FULL
    ]
    if not found or found[0].name not in KEPT:
        told = "can't be kept in a snapshot" if found else "is no address of a read"
        hint = (
            "Timelines, lists of statements, events, reactions, actors, affiliations, sources, topics and codings, one of them, conflicts, duplicates, merges, dismissals, threads, "
            "stances, facets, matrices, lags and agreement can."
        )
        raise _fault(f"{path[:100]!r} {told}", hint)
    name: str = found[0].name
    known = {one["name"] for one in found[0].openapi_extra["parameters"]}
    pairs = parse_qsl(encoded, keep_blank_values=True, errors="surrogateescape")
    is_paged = "cursor" in known
    faults = [
        Fault(where="body.query", message=f"{part} has no place in a snapshot, which holds the whole answer", hint="Leave it out; narrow it by from and to, or other filters.")
        for part in _OF_PAGES
        if is_paged and part in dict(pairs)
    ]  # fmt: skip
    moments = [(part, value) for part, value in pairs if part == "as_of"]
    if moments and body.as_of is not None:
        faults.append(
            Fault(where="body.as_of", message="as_of is given twice, here and in query", hint="Give it once.")
        )
    if faults:
        raise invalid(faults)
    as_of, moment_at = body.as_of, "body.as_of"
    if moments:
        moment_at = "body.query"
        try:
            as_of = queries.parse(MomentFilter, questions.encoded(moments)).as_of
        except Problem as problem:
            raise _of_body(problem.errors, moment_at) from None
    asked = questions.encoded(sorted(pair for pair in pairs if pair[0] != "as_of"))
    return Address(path, asked.decode(), KEPT[name], is_paged, as_of, moment_at)


async def pages(app: FastAPI, asked: Address, instant: int) -> list[bytes]:
    """Every page of the answer as of a moment. Raises Problem `invalid` with what the GET refuses, or where it is too large."""
    more = [("as_of", dates.format_instant(instant)), *([("limit", str(PAGE))] if asked.is_paged else [])]
    query = "&".join(part for part in (asked.query, questions.encoded(more).decode()) if part)
    found: list[bytes] = []
    while True:
        told = await _get(app, asked.path, query.encode())
        if told.status != 200:
            raise _refused(told.status, told.body, asked.moment_at)
        found.append(told.body)
        if sum(map(len, found)) > MOST_BYTES:
            of = f"first {len(found) * PAGE:,} items have" if told.next else "answer has"
            raise _too_much(f"{of} more than {MOST_BYTES:,} bytes")
        if told.next is None:
            return found
        if len(found) * PAGE >= MOST_ITEMS:
            raise _too_much(f"answer has more than {MOST_ITEMS:,} items")
        query = told.next.decode()


async def _get(app: FastAPI, path: str, query: bytes) -> Told:
    """What the service answers to a GET without a key."""
    return await questions.ask(app, questions.scope(path, query, state=ANYONE))


def _refused(status: int, body: bytes, moment_at: str) -> Problem:
    """What a GET refuses, told of the body that named it."""
    problem: dict[str, Any] = loads(body)
    if status == 503:
        return Problem("unavailable", problem["detail"], headers={"Retry-After": "2"})
    assert status < 500, problem
    if faults := problem.get("errors"):
        return _of_body([Fault(**fault) for fault in faults], moment_at)
    message, _, hint = problem["detail"].partition(". ")
    return _fault(message[:1].lower() + message[1:].removesuffix("."), hint or None)


def _of_body(faults: list[Fault], moment_at: str) -> Problem:
    """The faults of a query, where they stand in the body."""
    places = {"query.as_of": moment_at}
    return invalid([fault.model_copy(update={"where": places.get(fault.where, "body.query")}) for fault in faults])


def _too_much(told: str) -> Problem:
    return _fault(f"its {told}, the most that is kept", "Narrow it, by from and to for instance.")


def _fault(message: str, hint: str | None) -> Problem:
    return invalid([Fault(where="body.query", message=message, hint=hint)])
