"""Files taken in, by the service and by the command line alike: read, checked, and written in batches.

Up to 5,000 rows, or 32 MB, are one transaction: all of it or nothing. A larger file is written in chunks of about half a second, each
with how far it has come, so that other writers get in between, and the same file again goes on where it stopped.
"""

import gc
import hashlib
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any, BinaryIO, NamedTuple, cast

from api.database import Database
from api.errors import Problem
from api.formats.readers.registry import READERS
from api.repeats import Repeats
from api.settings import Settings
from api.store import batches, imports, sqlite_files, undos
from api.store.batches import Batch, File
from api.store.imports import Outcome, Prepared, Taken, Way
from api.store.sessions import Gathering, Writer
from schemas.imports import MOST_TOLD, ImportAsked
from schemas.transfers import ImportState, OnError, Reject, Row, Skipped, Unreadable

Json = dict[str, Any]
Item = Row | Reject | Skipped
Ready = Prepared | Reject | Skipped
Watch = Callable[[int], object]  # told how many bytes of the file have been read

BLOCK = 1 << 20
_THRESHOLD = gc.get_threshold()


class Pace(NamedTuple):
    """How much is written together: what is one transaction, else chunks, sized so that none takes long."""

    rows_at_once: int = 5_000
    bytes_at_once: int = 32_000_000
    least: int = 100
    usual: int = 500
    most: int = 4_000
    seconds: float = 0.5
    rows_at_hand: int = 100_000  # of which it is known without looking into a file what they told of


PACE = Pace()


class _Undo(Exception):
    """Ends a transaction that is only tried."""


class _Report:
    """What is told of single rows, as far as there is room."""

    def __init__(self) -> None:
        self.rejects: list[Json] = []
        self.changes: list[Json] = []

    def add(self, outcome: Outcome) -> None:
        if outcome.action in ("created", "changed") and len(self.changes) < MOST_TOLD:
            row = outcome.row
            path = outcome.path if outcome.action == "changed" else None
            told = {"line": row.line, "noun": row.noun, "action": outcome.action, "path": path}
            self.changes.append({**told, "fields": list(outcome.fields)})

    def reject(self, line: int, cells: Any, faults: Any) -> None:
        if len(self.rejects) < MOST_TOLD:
            self.rejects.append({"line": line, "faults": [asdict(fault) for fault in faults], "cells": dict(cells)})


def take_in(
    database: Database,
    writer: Writer,
    file: IO[bytes],
    asked: ImportAsked,
    watch: Watch | None = None,
    pace: Pace = PACE,
) -> Json:
    """Take in a file, and tell what became of its rows.

    Raises Unreadable where it is not what it should be, Problem `rejected` where a row is at fault and `on_error` is
    abort, and Problem `stale` where the same file is being imported by somebody else.
    """
    told = _look_at(file, asked)
    items = READERS[asked.format](cast(BinaryIO, file), asked.mapping, asked.encoding)
    if asked.on_error is OnError.ABORT and not asked.dry_run:
        tried = _try(database, writer, told, items, asked, pace)
        if tried["rejected"]:
            raise Problem(
                "rejected", f"{tried['rejected']:,} rows are at fault, so that nothing was taken in.", report=tried
            )
        file.seek(0)
        items = READERS[asked.format](cast(BinaryIO, file), asked.mapping, asked.encoding)
    if asked.dry_run:
        return _try(database, writer, told, items, asked, pace)
    first = deque(_some(items, pace))
    following = next(items, None)
    with closing(_Work(database, writer, told, asked, watch, file, pace)) as work:
        if following is None:
            return work.at_once(first)
        with _settled():
            return work.in_chunks(chain(_drained(first), [following], items))


@contextmanager
def _settled() -> Iterator[None]:
    """What there is before a long file is no garbage, nor is a chunk of it: to look through all of that took a quarter of the import."""
    gc.freeze()
    gc.set_threshold(200_000, *_THRESHOLD[1:])
    try:
        yield
    finally:
        # To what it was at the start, for another import may be under way, and have begun or ended in between.
        gc.set_threshold(*_THRESHOLD)
        gc.unfreeze()


def _look_at(file: IO[bytes], asked: ImportAsked) -> File:
    digest, size = hashlib.sha256(), 0
    while block := file.read(BLOCK):
        digest.update(block)
        size += len(block)
    file.seek(0)
    options = {
        name: value
        for name, value in asked.model_dump(mode="json").items()
        if name in ("on_error", "edited", "mapping", "encoding") and value is not None
    }
    return File(asked.format, asked.name, digest.hexdigest(), size, options)


def _some(items: Iterator[Item], pace: Pace) -> Iterator[Item]:
    room = pace.bytes_at_once
    for item in islice(items, pace.rows_at_once):
        yield item
        if not isinstance(item, Skipped):
            room -= sum(map(len, item.cells.values()))
        if room < 0:
            return


def _try(database: Database, writer: Writer, told: File, items: Iterator[Item], asked: ImportAsked, pace: Pace) -> Json:
    """Take in all of it in one transaction that is then undone."""
    first = deque(_some(items, pace))
    following = next(items, None)
    rest = items if following is None else chain([following], items)
    answer: Json = {}
    with _aside(database, following is not None) as place, suppress(_Undo), place.gathering(writer) as writing:
        with closing(_Work(place, writer, told, asked)) as work:
            batch = batches.begin(writing, told, is_dry=True)
            for chunk in _chunks(chain(_drained(first), rest), pace.usual):
                work.write(writing, batch, chunk, is_told=True)
            answer = work.answer(writing, batch)
        raise _Undo
    return answer


@contextmanager
def _aside(database: Database, is_large: bool) -> Iterator[Database]:
    """Where a file can be tried: a copy for a large one on SQLite, so that nobody waits for it.

    On PostgreSQL there is no copy to be had, and writers wait until it has been tried.
    """
    if not is_large or database.dialect != "sqlite":
        yield database
        return
    with tempfile.TemporaryDirectory(prefix="demarche-") as folder:
        path = Path(folder, "tried.sqlite3")
        with database.reading() as reading:
            sqlite_files.copy_pages(reading.connection, path, lambda _done, _of: None)
        with closing(Database(Settings(database_url=f"sqlite:///{path}"))) as copy:
            yield copy


def _drained(items: deque[Item]) -> Iterator[Item]:
    """Each when it is asked for, and then it is kept no longer: the first rows of a long file can be 32 MB."""
    while items:
        yield items.popleft()


def _chunks(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while chunk := list(islice(items, size)):
        yield chunk


class _Work:
    """One file under way."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        told: File,
        asked: ImportAsked,
        watch: Watch | None = None,
        file: IO[bytes] | None = None,
        pace: Pace = PACE,
    ) -> None:
        self._database = database
        self._writer = writer
        self._told = told
        self._asked = asked
        self._watch = watch
        self._file = file
        self._pace = pace
        self._repeats = Repeats(pace.rows_at_hand)
        self._report = _Report()
        self._size = min(pace.usual, pace.most)
        self._batch: Batch | None = None

    def close(self) -> None:
        """Nothing more will be taken in."""
        self._repeats.close()

    def at_once(self, items: Iterable[Item]) -> Json:
        """All of it or nothing."""
        ready = [self._prepared(item) for item in items]
        with self._database.gathering(self._writer) as writing:
            batch = batches.begin(writing, self._told)
            self._write(writing, batch, ready, is_told=False)
            batches.finish(writing, batch)
            return self.answer(writing, batch)

    def in_chunks(self, items: Iterator[Item]) -> Json:
        """In chunks, on from where the same file stopped. Raises Unreadable, which tells what was taken in before."""
        with self._database.reading() as reading:
            self._batch = batches.unfinished(reading, self._told)
        for item in islice(items, self._batch.tally.rows if self._batch else 0):
            self._prepared(item)  # so that it is known what was told of already
        try:
            while some := list(islice(items, self._size)):
                self._write_chunk([self._prepared(item) for item in some])
        except Unreadable as error:
            raise Unreadable(f"{error}{self._before()}") from error
        assert self._batch is not None
        with self._database.gathering(self._writer) as writing:
            batches.finish(writing, self._batch)
            return self.answer(writing, self._batch)

    def _before(self) -> str:
        if self._batch is None:
            return ""
        return f" What stands before was taken in: {self._batch.tally.rows:,} rows, {batches.PATH}/{self._batch.uid}."

    def _write_chunk(self, ready: list[Ready]) -> None:
        begun = time.monotonic()
        with self._database.gathering(self._writer) as writing:
            if self._batch is None:
                self._batch = batches.begin(writing, self._told)
            else:
                batches.hold(writing, self._batch)
            self._write(writing, self._batch, ready, is_told=False)
        taken = time.monotonic() - begun
        size = int(self._size * min(2.0, self._pace.seconds / max(taken, 0.01)))
        self._size = max(self._pace.least, min(self._pace.most, size))
        if self._watch and self._file:
            self._watch(self._file.tell())

    def write(self, writing: Gathering, batch: Batch, items: list[Item], is_told: bool) -> None:
        """Write some rows."""
        self._write(writing, batch, [self._prepared(item) for item in items], is_told)

    def _prepared(self, item: Item) -> Ready:
        if not isinstance(item, Row):
            return item
        one = imports.prepare(item)
        # A row that can't be taken leaves its place to a later one about the same thing.
        return one if one.faults else self._repeats.look(one) or one

    def _write(self, writing: Gathering, batch: Batch, ready: list[Ready], is_told: bool) -> None:
        first_seq = writing.last_seq + 1
        way = Way(batch.id, self._asked.edited, is_told)
        taken: Taken = imports.take(writing, way, [one for one in ready if isinstance(one, Prepared)])
        batch.tally.add(taken)
        rejects: list[tuple[int, Any, Any]] = []
        for one in ready:
            if isinstance(one, Reject):
                batch.tally.reject(one)
                rejects.append((one.line, one.cells, one.faults))
            elif isinstance(one, Skipped):
                batch.tally.skip(one)
        for outcome in taken.outcomes:
            self._report.add(outcome)
            if outcome.action == "rejected":
                rejects.append((outcome.row.line, outcome.row.cells, outcome.faults))
        rejects.sort(key=lambda row: row[0])
        for reject in rejects:
            self._report.reject(*reject)
        batches.note(writing, batch, first_seq, rejects)

    def answer(self, writing: Gathering, batch: Batch) -> Json:
        """What became of the file."""
        found = batches.shown_at(writing, batch.uid)
        changes = self._report.changes if self._asked.dry_run else []
        return {**found, "rejects": self._report.rejects, "changes": changes}


def take_back(database: Database, writer: Writer, uid: str) -> Json:
    """Take a batch back, in chunks; broken off, the same again goes on.

    Raises Problem `not-found`, or `stale` where it is under way, or was taken back already.
    """
    with database.reading() as reading:
        batch_id, state = batches.identify(reading, uid)
        if state == ImportState.UNDONE:
            raise Problem("stale", "This import was taken back already.", current=None)
        things = [thing for noun in undos.ORDER for thing in undos.touched(reading, batch_id, noun)]
    deleted = restored = 0
    kept: list[Json] = []
    for noun in undos.ORDER:
        ones = iter(thing for thing in things if thing.noun == noun)
        while some := list(islice(ones, PACE.least)):
            with database.gathering(writer) as writing:
                undone = undos.take_back(writing, batch_id, some)
            deleted, restored = deleted + undone.deleted, restored + undone.restored
            kept += undone.kept
    with database.gathering(writer) as writing:
        batches.mark_undone(writing, batch_id)
        found = batches.shown_at(writing, uid)
    return {**found, "deleted": deleted, "restored": restored, "kept": kept[:MOST_TOLD], "kept_count": len(kept)}
