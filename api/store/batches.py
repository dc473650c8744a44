"""Batches of imports: which file was taken in by whom, how far it has come, and what became of its rows."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from api import cursors
from api.errors import Problem, not_found
from api.store import documents
from api.store.documents import Listed, Rendered
from api.store.ids import uuid7
from api.store.imports import Taken
from api.store.sessions import Gathering, Reading, Writing
from schemas import dates
from schemas.imports import ImportBatch, ImportChunk, ImportFilter, ImportReject, RejectFilter
from schemas.transfers import TOLD_COLUMNS, ImportState, Reject, RowFault, Skipped

Json = dict[str, Any]
PATH = "/v1/imports"
MOST_REASONS = 50
OTHER = "something else"
ERASED = "[purged]"
_KEPT = "FROM import_reject WHERE batch_id = :batch AND cells <> '{}' ORDER BY number"  # what was not erased
_JSON_BREAK = re.compile("[\r\n]+")  # which stand between members alone: in a text they are escaped
_ACTIONS = ("created", "changed", "unchanged", "rejected", "needed")
_COLUMNS = (
    "id", "uid", "state", "format", "file_name", "sha256", "size", "options", "started_at", "finished_at", "undone_at", "rows_done", "tally",
)  # fmt: skip
_SELECT = f"""SELECT {", ".join(f"b.{name}" for name in _COLUMNS)}, (SELECT max(r.recorded_at) FROM purge_version q JOIN revision r
    ON r.seq = q.seq WHERE q.thing = 'import' AND q.thing_id = b.id), k.name FROM import_batch b JOIN api_key k ON k.id = b.created_by"""


@dataclass(frozen=True, slots=True)
class File:
    """A file, and all that decides what it says."""

    format: str
    name: str | None
    sha256: str
    size: int
    options: Mapping[str, Any]

    @property
    def told(self) -> str:
        """The options as they are kept and compared."""
        return json.dumps(self.options, ensure_ascii=False, sort_keys=True)


@dataclass(slots=True)
class Tally:
    """What became of rows."""

    rows: int = 0
    rejects: int = 0
    nouns: dict[str, dict[str, int]] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    warned: dict[str, int] = field(default_factory=dict)

    def add(self, taken: Taken) -> None:
        """Count what became of rows that were looked at."""
        for outcome in taken.outcomes:
            self._count(outcome.row.noun, outcome.action)
            if outcome.action != "rejected":
                for warning in outcome.row.warnings:
                    _tell(self.warned, warning.message)
        for noun in taken.needed:
            self._count(noun, "needed")
        self.rows += len(taken.outcomes)

    def reject(self, _row: Reject) -> None:
        """Count a row that nothing could be made of."""
        self._count("row", "rejected")
        self.rows += 1

    def skip(self, row: Skipped) -> None:
        """Count a row that holds nothing."""
        _tell(self.skipped, row.why)
        self.rows += 1

    def _count(self, noun: str, action: str) -> None:
        counts = self.nouns.setdefault(noun, dict.fromkeys(_ACTIONS, 0))
        counts[action] += 1


def _tell(reasons: dict[str, int], why: str) -> None:
    key = why if why in reasons or len(reasons) < MOST_REASONS else OTHER
    reasons[key] = reasons.get(key, 0) + 1


@dataclass(slots=True)
class Batch:
    """A batch as it is filled."""

    id: int
    uid: str
    started_at: int
    tally: Tally


def unfinished(reading: Reading, file: File) -> Batch | None:
    """The batch of the same file, taken in the same way, that was broken off."""
    row = reading.row(
        "SELECT id, uid, started_at, tally FROM import_batch WHERE sha256 = :sha256 AND format = :format AND options = :options "
        f"AND state = '{ImportState.RUNNING}' ORDER BY id DESC LIMIT 1",
        {"sha256": file.sha256, "format": file.format, "options": file.told},
    )
    return Batch(row[0], row[1], row[2], Tally(**json.loads(row[3]))) if row else None


def begin(writing: Gathering, file: File, is_dry: bool = False) -> Batch:
    """Begin a batch."""
    now = writing.now()
    batch = Batch(writing.next_id("import_batch"), uuid7(now), now, Tally())
    writing.insert(
        ImportBatch,
        [{"id": batch.id, "uid": batch.uid, "state": ImportState.DRY_RUN if is_dry else ImportState.RUNNING, "format": file.format,
          "file_name": file.name, "sha256": file.sha256, "size": file.size, "options": file.told, "created_by": writing.writer.id,
          "started_at": now, "finished_at": None, "undone_at": None, "rows_done": 0, "tally": json.dumps(asdict(batch.tally))}],
    )  # fmt: skip
    return batch


def hold(writing: Gathering, batch: Batch) -> None:
    """Go on with a batch only from where it stands. Raises Problem `stale` when somebody else went on with it."""
    row = writing.row("SELECT state, rows_done FROM import_batch WHERE id = :id", {"id": batch.id})
    if row is None or tuple(row) != (ImportState.RUNNING, batch.tally.rows):
        raise Problem(
            "stale", "The same file is being imported by somebody else, or was just now: look at GET /v1/imports.", current=None
        )  # fmt: skip


def note(
    writing: Gathering,
    batch: Batch,
    first_seq: int,
    rejects: Iterable[tuple[int, Mapping[str, str], Sequence[RowFault]]],
) -> None:
    """Write down what a chunk came to: the revisions from `first_seq` on, and the rows that were not taken."""
    if writing.last_seq >= first_seq:
        row = {"first_seq": first_seq, "last_seq": writing.last_seq, "batch_id": batch.id, "is_undo": 0}
        writing.insert(ImportChunk, [row])
    rows = []
    for line, cells, faults in rejects:
        batch.tally.rejects += 1
        rows.append(
            {"batch_id": batch.id, "number": batch.tally.rejects, "line": line, "cells": json.dumps(dict(cells), ensure_ascii=False),
             "faults": json.dumps([asdict(fault) for fault in faults], ensure_ascii=False)}
        )  # fmt: skip
    writing.insert(ImportReject, rows)
    writing.run(
        "UPDATE import_batch SET rows_done = :rows, tally = :tally WHERE id = :id",
        {"id": batch.id, "rows": batch.tally.rows, "tally": json.dumps(asdict(batch.tally), ensure_ascii=False)},
    )


def finish(writing: Gathering, batch: Batch) -> None:
    """All rows were gone through."""
    writing.run(
        f"UPDATE import_batch SET state = '{ImportState.DONE}', finished_at = :now WHERE id = :id AND state = '{ImportState.RUNNING}'",
        {"id": batch.id, "now": writing.now()},
    )


def mark_undone(writing: Writing, batch_id: int) -> None:
    """It was taken back."""
    writing.run(
        f"UPDATE import_batch SET state = '{ImportState.UNDONE}', undone_at = :now WHERE id = :id",
        {"id": batch_id, "now": writing.now()},
    )


def erase(writing: Writing, uid: str) -> tuple[int, int]:
    """Erase what a batch keeps of its file: what stood in rejected rows, its name, and all that was said in words.

    What stays is its hash, the counts, and the lines where rows were rejected. Answers its number, and of how many rows
    something was erased. Raises Problem `not-found`, or `purged` where nothing is left to erase.
    """
    found = shown(row := _row(writing, uid))
    rejects = writing.run(
        "UPDATE import_reject SET cells = '{}', faults = '[]' WHERE batch_id = :id AND cells <> '{}'", {"id": row[0]}
    )
    if found["purged_at"] and not rejects:
        raise Problem("purged", f"What it kept of its file was erased on {found['purged_at']}.")
    tally = Tally(**json.loads(row[_COLUMNS.index("tally")]))
    for reasons in (tally.skipped, tally.warned):
        count = sum(reasons.values())
        reasons.clear()
        if count:
            reasons[ERASED] = count
    writing.run(
        "UPDATE import_batch SET file_name = NULL, options = '{}', tally = :tally WHERE id = :id",
        {"id": row[0], "tally": json.dumps(asdict(tally))},
    )
    return row[0], rejects


def find(reading: Reading, uid: str) -> Rendered:
    """One batch. Raises Problem `not-found`."""
    row = _row(reading, uid)
    return Rendered(f"{PATH}/{row[1]}", 1, documents.dumps(shown(row)))


def shown_at(reading: Reading, uid: str) -> Json:
    """A batch, as it is answered. Raises Problem `not-found`."""
    return shown(_row(reading, uid))


def identify(reading: Reading, uid: str) -> tuple[int, str]:
    """The number of a batch and its state. Raises Problem `not-found`."""
    row = _row(reading, uid)
    return row[0], row[2]


def _row(reading: Reading, uid: str) -> tuple[Any, ...]:
    row = reading.row(f"{_SELECT} WHERE b.uid = :uid", {"uid": uid.lower()})
    if row is None:
        raise not_found("import", uid)
    return row


def page(reading: Reading, filters: ImportFilter) -> Listed:
    """Batches, the newest first. Raises Problem `cursor-mismatch`."""
    question = cursors.question(filters, "import")
    after = cursors.decode(filters.cursor, question, (int,)) if filters.cursor else None
    conditions = [
        "TRUE",
        *["b.id < :after"] * (after is not None),
        *["b.sha256 = :sha256"] * (filters.sha256 is not None),
    ]
    rows = reading.rows(
        f"{_SELECT} WHERE {' AND '.join(conditions)} ORDER BY b.id DESC LIMIT :limit",
        {"limit": filters.limit + 1, **({"after": after[0]} if after else {}), **({"sha256": filters.sha256} if filters.sha256 else {})},
    )  # fmt: skip
    return _listed(question, rows, filters.limit, [shown(row) for row in rows[: filters.limit]])


def rejects(reading: Reading, uid: str, filters: RejectFilter) -> Listed:
    """The rows of a batch that were not taken, in the order of the file. Raises Problem `not-found` or `cursor-mismatch`."""
    batch_id, _ = identify(reading, uid)
    question = cursors.question(filters, "reject", uid)
    after = cursors.decode(filters.cursor, question, (int,)) if filters.cursor else (0,)
    rows = reading.rows(
        "SELECT number, line, cells, faults FROM import_reject WHERE batch_id = :batch AND number > :after ORDER BY number LIMIT :limit",
        {"batch": batch_id, "after": after[0], "limit": filters.limit + 1},
    )
    items = [
        {"line": line, "faults": json.loads(faults), "cells": json.loads(cells)}
        for _, line, cells, faults in rows[: filters.limit]
    ]
    return _listed(question, rows, filters.limit, items)


def rejects_as_csv(reading: Reading, uid: str) -> bytes:
    """The same as CSV: the columns of the file, and behind them what is wrong. Raises Problem `not-found`."""
    batch_id, _ = identify(reading, uid)
    rows = reading.rows(f"SELECT line, cells, faults {_KEPT}", {"batch": batch_id})
    cells = [json.loads(row[1]) for row in rows]
    columns = list(dict.fromkeys(name for one in cells for name in one if name not in TOLD_COLUMNS))
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow([*columns, *TOLD_COLUMNS])
    for (line, _, faults), row in zip(rows, cells, strict=True):
        found = json.loads(faults)
        told = (
            "; ".join(str(fault[name]) for fault in found if fault[name] is not None)
            for name in ("column", "value", "message", "hint")
        )
        sheet.writerow([*(row.get(column, "") for column in columns), line, *told])
    return written.getvalue().encode()


def rejects_as_lines(reading: Reading, uid: str) -> bytes:
    """The same as lines of JSON: each as it stood, or its columns. Raises Problem `not-found`."""
    batch_id, _ = identify(reading, uid)
    rows = reading.rows(f"SELECT cells {_KEPT}", {"batch": batch_id})
    found = (json.loads(row[0]) for row in rows)
    return "".join(
        f"{_JSON_BREAK.sub(' ', one['json']) if one.keys() == {'json'} else json.dumps(one, ensure_ascii=False)}\n"
        for one in found
    ).encode()


def _listed(question: str, rows: Sequence[Sequence[Any]], limit: int, items: Sequence[Json]) -> Listed:
    more = len(rows) > limit
    body = b",".join(map(documents.dumps, items))
    return Listed(body, cursors.encode(question, (rows[limit - 1][0],)) if more else None, documents.tag_of(body))


def shown(row: Sequence[Any]) -> Json:
    """A batch as it is answered."""
    told = dict(zip((*_COLUMNS, "purged_at", "by"), row, strict=True))
    tally = Tally(**json.loads(told["tally"]))
    instants = {
        name: None if told[name] is None else dates.format_instant(told[name])
        for name in ("started_at", "finished_at", "undone_at", "purged_at")
    }
    is_dry = told["state"] == ImportState.DRY_RUN
    return {
        "id": None if is_dry else told["uid"],
        "path": None if is_dry else f"{PATH}/{told['uid']}",
        "state": told["state"],
        "format": told["format"],
        "file_name": told["file_name"],
        "sha256": told["sha256"],
        "size": told["size"],
        "options": json.loads(told["options"]),
        "imported_by": told["by"],
        **instants,
        "rows": tally.rows,
        "rejected": sum(counts["rejected"] for counts in tally.nouns.values()),
        "skipped": sum(tally.skipped.values()),
        "warnings": sum(tally.warned.values()),
        "tallies": [{"noun": noun, **counts} for noun, counts in sorted(tally.nouns.items())],
        "skipped_because": tally.skipped,
        "warned_because": tally.warned,
    }
