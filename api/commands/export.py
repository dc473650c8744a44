"""`export`: the answer to any query in a file, or everything; without a server, as of one moment, all of it or nothing."""

import asyncio
import os
import re
import shutil
import signal
import sys
import tempfile
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

import anyio.to_thread

from api import exports
from api.commands.failures import Failure
from api.commands.migrate import path as migrations_path
from api.commands.progress import Progress
from api.dependencies import ANYONE, OPERATOR
from api.errors import Problem, invalid
from api.exportables import EXPORTABLES, Exportable
from api.exports import Asked, Asker, Pairs, Walk
from api.formats.writers.outputs import RECORD, Answer, Extent, Output
from api.formats.writers.registry import FORMATS
from api.main import create
from api.questions import Refused
from api.settings import Settings
from api.store import migrations, moments
from api.store.dialects import file_of
from api.store.documents import loads
from schemas import dates
from schemas.exports import CONTENT
from schemas.facets import FacetFilter
from schemas.transfers import Json

# Everything, each before what names it: the file of a table, and the list that it is of.
EVERYTHING = {
    "actors": "/v1/actors", "affiliations": "/v1/actors/{slug}/affiliations", "sources": "/v1/sources", "topics": "/v1/topics",
    "records": "/v1/timeline", "reactions": "/v1/reactions", "codings": "/v1/codings",
}  # fmt: skip
PUBLIC = ("published", "under_review", "withdrawn")
Pages = AsyncIterator[Sequence[Json]]


@dataclass(frozen=True, slots=True)
class Written:
    """What an export came to."""

    items: int
    bytes: int
    as_of: str


class Sink:
    """Where bytes go, counted."""

    def __init__(self, file: IO[bytes], progress: Callable[[int], None], items: int = 0) -> None:
        self._file = file
        self._progress = progress
        self.items = items
        self.bytes = 0

    async def fill(self, output: Output, pages: Pages) -> None:
        """Write all pages."""
        self._write(output.head())
        async for page in pages:
            self._write(await anyio.to_thread.run_sync(output.items, page))
            self.items += len(page)
            self._progress(self.items)
        self._write(output.tail())

    def _write(self, text: bytes) -> None:
        self._file.write(text)
        self.bytes += len(text)


def run(
    settings: Settings, query: str | None = None, format: str | None = None, output: str | None = None, profile: str | None = None, drafts: bool = False,
) -> Written:  # fmt: skip
    """The verb. `query` is the address of a list or a count, such as `/v1/timeline?actor=kremlin`; without one it is everything.

    The format is the one given, or the suffix of the query's address, or that of the output; NDJSON where none is. Without
    an output, or with `-`, it goes to standard output. Everything is in the content profile: NDJSON in one file, CSV in a folder or
    a .zip with a file for each table. Drafts are there only with `drafts`. Raises Failure; then, and where it is interrupted, nothing is left behind.
    """
    if profile not in (None, CONTENT):
        raise Failure(f"There is no profile {profile!r}: give content, or none.")
    target = None if output is None or output == "-" else Path(output)
    if query is None:
        return _run(
            settings,
            drafts,
            lambda asker, instant: _everything(asker, instant, _suffix(None, format, target), target, drafts),
        )
    path, plain = _question(query)
    suffix = _suffix(path, format, target)
    return _run(settings, drafts, lambda asker, instant: _one(asker, instant, path, plain, suffix, target, profile))


def _run(settings: Settings, drafts: bool, work: Callable[[Asker, int], Awaitable[Written]]) -> Written:
    file = file_of(settings.database_url)
    if file and not file.exists():
        raise Failure(f"There is no file {file}: correct DATABASE_URL.")
    app = create(settings)

    async def main() -> Written:
        async with app.router.lifespan_context(app):
            with app.state.database.reading() as reading:
                if migrations.revision(reading) != migrations_path()[-1]:
                    told = "The database is not at the schema of this version: run `python -m api migrate` first."
                    raise Failure(told)
                instant, _ = moments.last(reading)
            asker = Asker(app, state=OPERATOR if drafts else ANYONE, formatting=app.state.formatting)
            return await work(asker, instant)

    try:
        with _interruptible() as run_to_its_end:
            return run_to_its_end(main())
    except Problem as problem:
        told = "; ".join(f"{fault.message}{f' ({fault.hint})' if fault.hint else ''}" for fault in problem.errors)
        raise Failure(f"That can't be exported: {told}") from None
    except Refused as refused:
        raise Failure(f"That can't be exported: {refused}") from None
    except BrokenPipeError:
        raise Failure("Whoever read the export has gone before its end.") from None
    except OSError as error:
        told = f"The export can't be written ({error.strerror or error}): make room, or name another output."
        raise Failure(told) from None


@contextmanager
def _interruptible() -> Iterator[Callable[[Coroutine[Any, Any, Written]], Written]]:
    """Runs the work so that a signal ends it in good order, with what it wrote by half taken away; then the signal is sent
    again, to whatever the program does with it."""
    came: list[int] = []

    async def watched(work: Coroutine[Any, Any, Written]) -> Written:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def end(number: int) -> None:
            came.append(number)
            task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError, RuntimeError, ValueError):  # on Windows, or in another thread
                loop.add_signal_handler(number, end, number)
        return await work

    before = {int(number): signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda work: asyncio.run(watched(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    finally:
        with suppress(ValueError):
            for number, handler in before.items():
                signal.signal(number, handler)
        for number in came[:1]:
            signal.raise_signal(number)


def _question(query: str) -> tuple[str, bytes]:
    """The path and the query string of an address. Raises Failure."""
    if not query.startswith("/v1/") or "#" in query or any(letter.isspace() for letter in query):
        raise Failure(f"{query[:100]!r} is no address: give one from /v1/ on, such as /v1/timeline?actor=kremlin.")
    encoded, _, asked = query.partition("?")
    return unquote(encoded), asked.encode("utf-8", "surrogateescape")


def _suffix(path: str | None, given: str | None, target: Path | None) -> str:
    """The format that is wanted. Raises Failure."""
    named = path.partition(".")[2] if path else ""
    endings = sorted(FORMATS, key=len, reverse=True)
    of_target = next((one for one in endings if target and target.name.endswith(f".{one}")), None)
    is_of_tables = path is None and target is not None and (target.suffix == ".zip" or target.is_dir())
    if target and target.suffix and not (given or named or of_target or is_of_tables):
        told = f"{target.name[:100]!r} does not tell by its end what it is to be"
        raise Failure(f"{told}: give --format, one of {', '.join(FORMATS)}.")
    found = given or named or of_target or ("csv" if is_of_tables else "ndjson")
    if found not in FORMATS:
        raise Failure(f"There is no format {found[:40]!r}: give one of {', '.join(FORMATS)}.")
    return found


def _exportable(path: str) -> Exportable:
    for template, of in EXPORTABLES.items():
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
            return of
    raise Failure(f"{path[:100]!r} is no list or count that can be exported: these are {', '.join(EXPORTABLES)}.")


async def _one(
    asker: Asker, instant: int, path: str, query: bytes, suffix: str, target: Path | None, profile: str | None
) -> Written:
    """The answer to one query."""
    path = path.partition(".")[0]
    of = _exportable(path)
    if suffix not in of.formats:
        raise Failure(f"{path} is not to be had as {suffix}, but as {', '.join(of.formats)}.")
    chosen = FORMATS[suffix]
    if suffix == "json" and of.is_paged:
        chosen = replace(chosen, extent=Extent.WHOLE)  # a file has no pages
    if profile and b"profile=" not in query:
        query += b"&profile=content" if query else b"profile=content"
    asked, faults = exports.read(of, chosen, path, query, asker.app.state.settings.public_url.rstrip("/"))
    if faults:
        raise invalid([*faults, *await exports.faults_of_list(asker, asked, faults)])
    as_of = instant if asked.as_of is None else asked.as_of
    output = chosen.open(asked.answer(as_of if asked.is_whole else None))
    with _opened(target) as file, _progress(await _expected(asker, asked)) as progress:
        sink = Sink(file, progress)
        await sink.fill(output, _pages(asker, asked, as_of))
    return Written(sink.items, sink.bytes, dates.format_instant(as_of))


async def _pages(asker: Asker, asked: Asked, as_of: int) -> Pages:
    if asked.is_whole:
        async for page in _walked(Walk(asker, asked.path, asked.pairs, as_of, asked.limit)):
            yield page
        return
    told = await asker.ask(asked.path, asked.pairs)
    if told.status != 200:
        raise Refused(told)
    yield asked.of.counted(loads(told.body))


async def _walked(walk: Walk) -> Pages:
    async for told in walk.pages():
        yield (await anyio.to_thread.run_sync(loads, told.body))["items"]


async def _expected(asker: Asker, asked: Asked) -> int:
    """How many records there will be, to say how long it takes; 0 where that is not to be said, or takes as long itself."""
    if asked.of.table != RECORD or not sys.stderr.isatty():
        return 0
    pairs = [pair for pair in asked.pairs if pair[0] in FacetFilter.model_fields or pair[0] in ("from", "to")]
    told = await asker.ask("/v1/facets", pairs)
    found = int(loads(told.body)["total"]["records"]) if told.status == 200 else 0
    return found if asked.limit is None else min(found, asked.limit)


async def _everything(asker: Asker, instant: int, suffix: str, target: Path | None, drafts: bool) -> Written:
    """All tables."""
    if suffix not in ("ndjson", "csv"):
        raise Failure("Everything is to be had as ndjson or csv; give a query for another format.")
    if suffix == "csv" and target is None:
        raise Failure("Everything as CSV is several files: name a folder or a .zip as output.")
    statuses = [("status", one) for one in (*PUBLIC, *(["draft"] if drafts else []))]
    told = await asker.ask("/v1/facets", statuses)
    total = int(loads(told.body)["total"]["records"])
    tables = {name: _of_table(asker, path, instant, statuses) for name, path in EVERYTHING.items()}
    answers = {name: Answer(EXPORTABLES[path].table, path, is_content=True) for name, path in EVERYTHING.items()}
    with ExitStack() as held:
        progress = held.enter_context(_progress(total))
        items = written = 0
        if suffix == "ndjson":
            sink = Sink(held.enter_context(_opened(target)), progress)
            for name, pages in tables.items():
                await sink.fill(FORMATS[suffix].open(answers[name]), pages)
            return Written(sink.items, sink.bytes, dates.format_instant(instant))
        assert target is not None
        opened = held.enter_context(_zipped(target) if target.suffix == ".zip" else _folder(target))
        for number, (name, pages) in enumerate(tables.items(), 1):
            # By number, so that `*.csv` gives them in the order in which they are to be taken in.
            with opened(f"{number}-{name}.csv") as file:
                sink = Sink(file, progress, items)
                await sink.fill(FORMATS[suffix].open(answers[name]), pages)
            items, written = sink.items, written + sink.bytes
    return Written(items, written, dates.format_instant(instant))


async def _of_table(asker: Asker, path: str, instant: int, statuses: Pairs) -> Pages:
    if "{slug}" in path:
        async for actors in _walked(Walk(asker, "/v1/actors", [], instant)):
            for actor in actors:
                async for page in _walked(Walk(asker, path.format(slug=actor["slug"]), [("side", "member")], instant)):
                    yield page
        return
    pairs = [*statuses, ("order", "asc")] if path == "/v1/timeline" else []
    if path == "/v1/topics":
        yield _parents_first([one async for page in _walked(Walk(asker, path, pairs, instant)) for one in page])
        return
    async for page in _walked(Walk(asker, path, pairs, instant)):
        yield page


def _progress(total: int) -> AbstractContextManager[Callable[[int], None]]:
    """Shows how far it has come, where it is known how far it goes."""
    return Progress("Items", total) if total else nullcontext(lambda _done: None)


def _parents_first(topics: Sequence[Json]) -> list[Json]:
    parents = {one["slug"]: one["parent"] and one["parent"]["slug"] for one in topics}

    def depth(slug: str) -> int:
        above = parents.get(slug)
        return 0 if above is None else 1 + depth(above)

    return sorted(topics, key=lambda one: depth(one["slug"]))


@contextmanager
def _opened(target: Path | None) -> Iterator[IO[bytes]]:
    """A file that is there under its name when all of it is written; standard output for none."""
    if target is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(number, "wb") as file:
            yield file
            file.flush()
            os.fsync(number)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def _zipped(target: Path) -> Iterator[Callable[[str], AbstractContextManager[IO[bytes]]]]:
    """Files in a .zip; the same content makes the same bytes."""
    with _opened(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:

        def opened(name: str) -> AbstractContextManager[IO[bytes]]:
            about = zipfile.ZipInfo(name)
            about.compress_type = zipfile.ZIP_DEFLATED
            return archive.open(about, "w", force_zip64=True)

        yield opened


@contextmanager
def _folder(target: Path) -> Iterator[Callable[[str], AbstractContextManager[IO[bytes]]]]:
    """Files in a new folder. Raises Failure where there is something at its place."""
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Failure(f"{target} is there already: name a new or an empty folder, or a .zip.")
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        yield lambda name: (made / name).open("wb")
        made.chmod(0o777 & ~_umask())
        made.replace(target)  # on an empty folder, too
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
