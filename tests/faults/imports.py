"""An import killed at random moments and begun again: the same end as without, nothing twice, nothing missing."""

import json
import multiprocessing
import random
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from api import imports
from api.database import Database
from api.imports import Pace
from api.settings import Settings
from api.store import documents, keys
from schemas.imports import ImportAsked
from schemas.transfers import ImportFormat
from tests.factories import statement

PACE = Pace(rows_at_once=20, least=20, most=20)  # many small chunks
REJECTED_EACH = 50  # every so many rows, one is at fault


def write_file(path: Path, rows: int) -> None:
    """Rows of which the first names nouns that are there, and some are at fault."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            actor = "nobody" if number % REJECTED_EACH == REJECTED_EACH - 1 else "kremlin"
            line = statement(actor=actor, title=f"Row {number}", external_source="kills", external_id=str(number))
            file.write(json.dumps({"noun": "statement", **line}) + "\n")


def take_in(url: str, path: Path) -> dict[str, Any]:
    """The import as the command does it."""
    with closing(Database(Settings(database_url=url))) as database, path.open("rb") as file:
        return imports.take_in(database, keys.SYSTEM, file, ImportAsked(format=ImportFormat.NDJSON), pace=PACE)


def run(url: str, path: Path, kills: int, longest: float) -> int:
    """Kill it so many times, each at a random moment after it began; answers how many kills came before its end."""
    spawn = multiprocessing.get_context("spawn")
    before = 0
    for _ in range(kills):
        child = spawn.Process(target=take_in, args=(url, path))
        child.start()
        begun = _rows_done(url)
        deadline = time.monotonic() + 60
        while _rows_done(url) == begun and child.is_alive() and time.monotonic() < deadline:
            time.sleep(0.005)
        child.join(random.uniform(0, longest))
        before += child.is_alive()
        child.kill()
        child.join()
    return before


def _rows_done(url: str) -> int:
    with closing(Database(Settings(database_url=url))) as database, database.reading() as reading:
        row = reading.row("SELECT coalesce(sum(rows_done), 0) FROM import_batch")
        return int(row[0]) if row else 0


def state(url: str) -> dict[str, Any]:
    """What there is in the end: each record with its versions and what it says, and what the batches tell."""
    with closing(Database(Settings(database_url=url))) as database, database.reading() as reading:
        records = reading.rows(
            "SELECT r.external_id, v.version, v.document FROM record r JOIN record_version v ON v.record_id = r.id "
            "WHERE r.external_source = 'kills' ORDER BY r.external_id, v.version"
        )
        batches = reading.rows("SELECT state, rows_done, tally FROM import_batch ORDER BY id")
        rejects = reading.rows("SELECT line, faults FROM import_reject ORDER BY line")
        chunks = reading.rows("SELECT first_seq, last_seq FROM import_chunk ORDER BY first_seq")
    said = [(one, version, _said(bytes(document))) for one, version, document in records]
    written = sum(last - first + 1 for first, last in chunks)
    return {"records": said, "batches": batches, "rejects": rejects, "written": written}


def _said(document: bytes) -> str:
    said = documents.content(document)
    del said["id"]
    return json.dumps(said, sort_keys=True)
