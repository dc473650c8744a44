"""`verify`: check that everything is as it was entered, and say where the first broken link is."""

import gc
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import connection, get_context, parent_process
from typing import Any, NamedTuple

from api.commands import output
from api.commands.databases import standing
from api.commands.failures import Failure
from api.commands.progress import Progress
from api.database import Database
from api.settings import Settings
from api.store import answered, audits, seals, snapshots
from api.store.audits import Audit
from api.store.seals import Sealed

CHUNK = 2_000
AHEAD = 4  # jobs for each other process, so that none waits for this one
ALONE = 20_000  # so few are checked in this process: starting others takes longer


class Job(NamedTuple):
    """What one process checks at a time: a range of revisions, or a seal with the one before it."""

    first: int
    last: int
    sealed: Sealed | None = None
    before: Sealed | None = None
    answers: bool = False  # whether the range is compared with how it is answered


def check(database: Database, job: Job) -> Audit:
    """Check a range or a seal, as it stands at one moment."""
    with database.reading() as reading:
        if job.sealed:
            return audits.seal(reading, job.sealed, job.before)
        if job.answers:
            return answered.revisions(reading, job.first, job.last)
        return audits.revisions(reading, job.first, job.last)


_here: Database | None = None


def _open(settings: Settings) -> None:
    """Prepare a process of the pool, which ends with the one that started it."""
    global _here
    parent = parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
    gc.disable()
    _here = Database(settings)


def _check_here(job: Job) -> Audit:
    assert _here is not None
    return check(_here, job)


def verify(database: Database, settings: Settings, jobs: Sequence[Job]) -> Iterator[Audit]:
    """Check jobs in their order, on all processors if they are many; this process takes its share while others still start."""
    others = (os.cpu_count() or 1) - 1
    if not others or sum(job.last - job.first for job in jobs if not job.sealed) <= ALONE:
        yield from (check(database, job) for job in jobs)
        return
    # Python's own helper process would complain of a Ctrl-C, after everything has ended.
    sys.warnoptions.append("ignore:resource_tracker")
    found: deque[Future[Audit]] = deque()
    gc.disable()  # there are no circles to find, and looking for them takes a third of the time
    try:
        with ProcessPoolExecutor(others, get_context("spawn"), _open, (settings,)) as pool:
            # The processes started here pass over a Ctrl-C: they end with this one, and without a word.
            handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
            found.extend(pool.submit(_check_here, job) for job in jobs[: AHEAD * others])
            signal.signal(signal.SIGINT, handler)
            for job in jobs[AHEAD * others :]:
                if sum(not one.done() for one in found) < AHEAD * others:
                    found.append(pool.submit(_check_here, job))
                else:
                    found.append(Future())
                    found[-1].set_result(check(database, job))
                while found and found[0].done():
                    yield found.popleft().result()
            while found:
                yield found.popleft().result()
    finally:
        gc.enable()


def given(published: Sequence[str], roots: Sequence[str]) -> tuple[list[tuple[int, bytes]], list[bytes]]:
    """Published seals as they were typed. Raises Failure."""
    try:
        pairs = [one.removeprefix("demarche seal ").strip().partition(":") for one in published]
        found = (
            [(int(number), bytes.fromhex(digest)) for number, _, digest in pairs],
            [bytes.fromhex(one) for one in roots],
        )
    except ValueError:
        found = [(0, b"")], []
    if not all(len(one) == 32 for one in (*(digest for _, digest in found[0]), *found[1])):
        raise Failure(
            "A published seal is typed as its number, a colon and 64 hexadecimal digits; a root as the digits alone."
        )
    return found


class Verdict(NamedTuple):
    """What a whole database comes to."""

    audit: Audit
    faults: list[
        str
    ]  # the first of them, in the order of the revisions; before them what is wrong with published seals
    more: int
    seals: int
    unsealed: int

    @property
    def document(self) -> dict[str, Any]:
        """The same for scripts."""
        counts = {"versions": self.audit.versions, "erased": self.audit.erased, "seals": self.seals}
        return {"ok": not self.faults, **counts, "unsealed": self.unsealed, "faults": self.faults, "more": self.more}


def look(
    database: Database,
    settings: Settings,
    wanted: tuple[list[tuple[int, bytes]], list[bytes]] = ([], []),
    answers: bool = False,
) -> Verdict:
    """Check everything in a database, and that the published seals are in it."""
    with database.reading() as reading:
        last = audits.extent(reading)
        known = seals.select(reading, "TRUE ORDER BY number", {})
    jobs = [Job(first, min(first + CHUNK - 1, last)) for first in range(1, last + 1, CHUNK)]
    jobs += [Job(one.first, one.last, one, before) for before, one in zip([None, *known], known, strict=False)]
    if answers:
        jobs += [job._replace(answers=True) for job in jobs if not job.sealed]
    told = list(audits.published(known, *wanted))
    whole = Audit()
    with Progress("Versions", last) as progress:
        for audit in verify(database, settings, jobs):
            whole.add(audit)
            progress(min(whole.versions, last))
    told += [fault for _, fault in whole.faults]
    if answers:
        with database.reading() as reading:
            told += snapshots.altered(reading)
    return Verdict(whole, told, whole.more, len(known), last - (known[-1].last if known else 0))


def run(settings: Settings, published: Sequence[str], roots: Sequence[str], answers: bool, as_json: bool) -> int:
    """The verb; answers 0 where all is as it was entered, and 1 where it is not."""
    wanted = given(published, roots)
    with standing(settings) as database:
        found = look(database, settings, wanted, answers)
    complain(found)
    output.tell(as_json, found.document, [in_a_line(found)])
    return 1 if found.faults else 0


def complain(found: Verdict) -> None:
    """Name the first broken link on standard error, and some of those that follow."""
    if not found.faults:
        return
    output.note(found.faults[0])
    others = len(found.faults) + found.more - 1
    if others:
        output.note(f"That is the first broken link; {others:,} more follow:")
        output.note(*(f"  {one}" for one in found.faults[1:10]), *(["  …"] if others > 9 else []))


def in_a_line(found: Verdict) -> str:
    """How many were checked, and whether all is well."""
    tail = f"Not sealed yet: {found.unsealed:,}." if found.unsealed else "All of them are sealed."
    erased = f" ({found.audit.erased:,} of them erased)" if found.audit.erased else ""
    checked = f"Versions: {found.audit.versions:,}{erased}, seals: {found.seals:,}"
    return f"{checked}. {'Something was altered' if found.faults else 'All is as it was entered'}. {tail}"
