"""`rebuild`: make again what is made of what is stored, where it differs from what would be made of it today."""

from collections.abc import Callable

from api.commands import output
from api.commands.databases import standing
from api.commands.progress import Progress
from api.database import Database
from api.settings import Settings
from api.store import audits, dialects, keys, rebuilds
from api.store.rebuilds import CHUNK, KINDS, Found

MOST_TOLD = 10
_SAID = {
    "documents": "rendered documents",
    "words": "words for full text",
    "involvement": "rows that lists of actors walk",
    "topics": "rows that lists of topics walk",
    "groups": "groups of citations",
    "names": "folded names of actors",
}


class Sum:
    """What was found in all."""

    def __init__(self) -> None:
        self.versions = 0
        self.differed = dict.fromkeys((*KINDS, "index"), 0)
        self.unmade: list[str] = []

    def add(self, found: Found) -> None:
        """Add what was found in the next range."""
        self.versions += found.versions
        self.unmade += found.unmade
        for kind, seqs in found.differs.items():
            self.differed[kind] += len(seqs)


def rebuild(database: Database, mends: bool, tell: Callable[[int, int], object]) -> Sum:
    """Go through all revisions, some at a time. Others write meanwhile: only what differs is made again under their lock.

    Broken off, nothing is half done, and what was made again stays so: run again, it passes that over.
    """
    total = Sum()
    with database.reading() as reading:
        last = audits.extent(reading)
    for first in range(1, last + 1, CHUNK):
        until = min(first + CHUNK - 1, last)
        try:
            with database.reading() as reading:
                found = rebuilds.look(reading, first, until)
            if mends and any(found.differs.values()):
                with database.filling(keys.SYSTEM) as writing:
                    found = rebuilds.mend(writing, first, until)
        except dialects.FAILURES as error:
            if dialects.is_outage(error):
                raise
            found = Found(unmade=[f"Revisions {first:,} to {until:,} can't be read ({error})."])
        total.add(found)
        tell(until, last)
    with database.filling(keys.SYSTEM) as writing:
        if not rebuilds.index_is_sound(writing):
            total.differed["index"] = 1
            if mends:
                rebuilds.remake_index(writing)
    return total


def run(settings: Settings, checks: bool, as_json: bool) -> int:
    """The verb; answers 1 where something can't be made of what is stored, or differs and is only to be told."""
    with standing(settings) as database, Progress("Revisions", 1) as progress:
        total = rebuild(database, not checks, progress)
    output.note(*total.unmade[:MOST_TOLD])
    if len(total.unmade) > MOST_TOLD:
        output.note(f"… and {len(total.unmade) - MOST_TOLD:,} more. See what `demarche verify` finds.")
    differed = sum(total.differed.values())
    lines = [f"{total.differed[kind]:9,}  {said}" for kind, said in _SAID.items()]
    lines += [
        "The index of words was not that of the words." if total.differed["index"] else "The index of words is sound."
    ]
    end = (
        "nothing differed"
        if not differed
        else "what differed is as it was"
        if checks
        else "what differed was made again"
    )
    lines += [f"Versions of records looked through: {total.versions:,}; {end}."]
    document = {
        "versions": total.versions,
        "differed": total.differed,
        "made_again": bool(differed) and not checks,
        "faults": total.unmade,
    }
    output.tell(as_json, document, ["Differed from what would be made today:", *lines])
    return 1 if total.unmade or (checks and differed) else 0
