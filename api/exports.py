"""Exports: the answer of a list or a count, page by page, written in a format; whoever asks, and wherever it goes.

The service asks itself with the key of whoever asks. All pages of a whole answer are as of one instant, that of the last
revision unless the asker names another, so that it is one answer whatever is written meanwhile, and no transaction is
held between two pages. What is purged meanwhile is left out of the pages that come after.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import anyio
import anyio.to_thread
from fastapi import FastAPI

from api import queries, questions
from api.compressions import Coding
from api.errors import Problem
from api.exportables import Exportable
from api.formats.writers.outputs import Answer, Extent, Format, Output
from api.questions import PAGE, Refused, Told
from api.store.documents import loads
from schemas import dates
from schemas.exports import CONTENT
from schemas.problems import Fault

FORMATTED_AT_ONCE = 2  # pages, each in a thread: those who export leave processors to everybody else
IN_CONTENT = ("json", "ndjson", "csv")
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asker:
    """The service, in whose name it is asked."""

    app: FastAPI
    headers: Sequence[tuple[bytes, bytes]] = ()
    state: str | None = None
    formatting: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(FORMATTED_AT_ONCE))

    async def ask(self, path: str, pairs: Pairs) -> Told:
        """What the service answers to a GET."""
        return await questions.ask(self.app, questions.scope(path, questions.encoded(pairs), self.headers, self.state))


@dataclass(frozen=True, slots=True)
class Asked:
    """One export that is wanted: the question to the list, and what is asked of the export itself."""

    of: Exportable
    format: Format
    path: str  # of the list, without suffix
    pairs: Pairs  # for the list
    limit: int | None
    as_of: int | None
    is_content: bool
    site: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether the answer is to have all items, of a list that gives them in pages."""
        return self.of.is_paged and self.format.extent is Extent.WHOLE

    def answer(self, instant: int | None = None, **more: Any) -> Answer:
        """What is to be written."""
        query = questions.encoded(self.pairs).decode()
        address = self.path + (f"?{query}" if query else "")
        as_of = self.as_of if instant is None else instant
        places = self.of.places
        if places is not None:
            more |= {"names": list(places), "flat": lambda item: self.of.flat(places, item)}
        told = "" if as_of is None else dates.format_instant(as_of)
        return Answer(self.of.table, address, self.site, told, is_content=self.is_content, **more)


def read(of: Exportable, chosen: Format, path: str, query: bytes, site: str = "") -> tuple[Asked, list[Fault]]:
    """What a query string asks of an export, and what is wrong with it as far as no database has to be asked."""
    pairs = parse_qsl(query.decode("utf-8", "surrogateescape"), keep_blank_values=True, errors="surrogateescape")
    try:
        filters: Any = queries.parse(of.asked, query)
        faults = list(getattr(filters, "_faults", ()))
    except Problem as problem:
        filters, faults = None, list(problem.errors)
    is_content = getattr(filters, "profile", None) == CONTENT
    ours = ["profile"]
    if of.is_paged and chosen.extent is Extent.WHOLE:
        ours.append("limit")
        faults += _without(
            pairs,
            "cursor",
            f".{chosen.suffix} has the whole answer",
            "Leave it out; `limit` caps the answer, and .json has pages.",
        )
    if chosen.suffix != "json" and "count" in of.asked.model_fields and of.is_paged:
        faults += _without(pairs, "count", f".{chosen.suffix} has no place for it", "Leave it out, or ask for .json.")
    if is_content and chosen.suffix not in IN_CONTENT:
        faults += _without(
            pairs, "profile", f".{chosen.suffix} has no content profile", "Ask for .ndjson, .csv or .json."
        )
    rest = [(name, value) for name, value in pairs if name not in ours]
    if is_content and "order" in of.asked.model_fields and not any(name == "order" for name, _ in rest):
        # Taken in again in this order, records of one date stand in the same order as before.
        rest.append(("order", "asc"))
    limit = getattr(filters, "limit", None) if "limit" in ours else None
    return Asked(of, chosen, path, rest, limit, getattr(filters, "as_of", None), is_content, site), faults


def _without(pairs: Pairs, name: str, why: str, hint: str) -> list[Fault]:
    if not any(given == name for given, _ in pairs):
        return []
    return [Fault(where=f"query.{name}", message=f"{name} has no place here: {why}", hint=hint)]


async def faults_of_list(asker: Asker, asked: Asked, known: Sequence[Fault]) -> list[Fault]:
    """What the list finds wrong beyond what is known: names that do not exist, for instance."""
    wrong = {fault.where.removeprefix("query.") for fault in known}
    pairs = [pair for pair in asked.pairs if pair[0] not in wrong and pair[0] in asked.of.filters.model_fields]
    told = await asker.ask(asked.path, pairs)
    return [Fault(**fault) for fault in loads(told.body).get("errors", ())] if told.status == 422 else []


class Walk:
    """All pages of a list, as of one instant. `begin` asks for the first, which tells whether the question is a good one."""

    def __init__(self, asker: Asker, path: str, pairs: Pairs, instant: int, limit: int | None = None) -> None:
        self._asker = asker
        self._path = path
        self._pairs = [pair for pair in pairs if pair[0] != "as_of"] + [("as_of", dates.format_instant(instant))]
        self._left = limit
        self._told: Told | None = None

    async def begin(self) -> Told:
        """The first page as the list answers it."""
        self._told = await self._ask(None)
        return self._told

    async def pages(self) -> AsyncIterator[Told]:
        """Each page as the list answers it. Raises Refused where one can't be had."""
        told = self._told or await self._ask(None)
        while True:
            if told.status != 200:
                raise Refused(told)
            yield told
            if told.next is None or self._left == 0:
                return
            told = await self._ask(dict(parse_qsl(told.next.decode()))["cursor"])

    async def _ask(self, cursor: str | None) -> Told:
        most = PAGE if self._left is None else min(PAGE, self._left)
        if self._left is not None:
            self._left -= most
        more = [("limit", str(most)), *([("cursor", cursor)] if cursor else [])]
        return await self._asker.ask(self._path, [*self._pairs, *more])


async def pieces(asker: Asker, output: Output, walk: Walk, stream: Coding) -> AsyncIterator[bytes]:
    """A whole answer in pieces, a page at most in each. Raises Refused where a page can't be had."""
    before = output.head()
    async for told in walk.pages():
        head, before = before, b""

        def write(told: Told = told, head: bytes = head) -> bytes:
            return stream.add(head + output.items(loads(told.body)["items"]))

        yield await anyio.to_thread.run_sync(write, limiter=asker.formatting)
    yield stream.add(output.tail()) + stream.end()


async def write_all(asker: Asker, output: Output, items: Sequence[Any]) -> bytes:
    """A whole answer that is at hand."""
    return await anyio.to_thread.run_sync(
        lambda: output.head() + output.items(items) + output.tail(), limiter=asker.formatting
    )
