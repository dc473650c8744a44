"""`import`: files taken in without a server, by the same code as POST /v1/imports, with a report of what became of their rows."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from api import imports
from api.commands import endings, output
from api.commands.failures import Failure
from api.commands.migrate import migrate
from api.commands.progress import Progress
from api.database import Database
from api.errors import Problem, faults
from api.settings import Settings
from api.store import keys
from api.store.sessions import Writer
from schemas.imports import ImportAsked
from schemas.transfers import ImportFormat, Unreadable

Json = dict[str, Any]
# By the end of their names, where that tells.
ENDINGS = {
    ".ndjson": ImportFormat.NDJSON,
    ".jsonl": ImportFormat.NDJSON,
    ".atom": ImportFormat.FEED,
    ".rss": ImportFormat.FEED,
}
PACKED = (".zip", ".gz", ".zst", ".xz", ".bz2", ".7z")
OURS = ("noun,", '"noun",')  # how the sheets of `demarche export` begin
SHOWN = 20  # rejected rows of a file, on a terminal


def run(
    settings: Settings, paths: Sequence[Path], given: Json, mapping: Path | str | None, by: str | None, as_json: bool
) -> int:
    """The verb; answers 1 where rows were rejected. Raises Failure."""
    for path in paths:
        if not path.is_file():
            raise Failure(f"{path} is no file: give the file to take in.")
        if path.suffix.lower() in PACKED:
            raise Failure(f"{path.name} is packed: unpack it, then give the files in it.")
    asked = [_asked(path, given, mapping) for path in paths]
    migrate(settings.database_url)
    rejected = False
    with closing(Database(settings)) as database:
        writer = _writer(database, by)
        for path, one in zip(paths, asked, strict=True):
            report = _take_in(database, writer, path, one)
            rejected = rejected or report["rejected"] > 0
            output.tell(as_json, {"file": str(path), **report}, _lines(path, report))
    return 1 if rejected else 0


def undo(settings: Settings, uid: str, by: str | None, as_json: bool) -> int:
    """Take an import back; answers 1 where something was left. Raises Failure."""
    with closing(Database(settings)) as database:
        try:
            told = imports.take_back(database, _writer(database, by), uid)
        except Problem as problem:
            raise Failure(problem.detail) from problem
    lines = [
        f"Taken back: {told['deleted']:,} deleted, {told['restored']:,} as before, {told['kept_count']:,} left.",
        *(f"  {kept['path']}: {kept['why']}" for kept in told["kept"][:SHOWN]),
    ]
    output.tell(as_json, told, lines)
    return 1 if told["kept_count"] else 0


def _asked(path: Path, given: Json, mapping: Path | str | None) -> ImportAsked:
    told = {name: value for name, value in given.items() if value is not None}
    told.setdefault("name", path.name)
    if mapping is not None:
        told["mapping"] = mapping.read_text(encoding="utf-8") if isinstance(mapping, Path) else mapping
    if "format" not in told:
        guessed = ImportFormat.MAPPED if mapping is not None else _told_by_file(path)
        if guessed is None:
            listed = ", ".join(ImportFormat)
            raise Failure(f"{path.name} does not tell by itself what it is: give --format, one of {listed}.")
        told["format"] = guessed
    try:
        return ImportAsked.model_validate(told)
    except ValidationError as error:
        found = faults(error, "option", list(ImportAsked.model_fields))
        raise Failure("; ".join(f"{one.message}. {one.hint or ''}" for one in found)) from None


def _told_by_file(path: Path) -> ImportFormat | None:
    """The format that the end of a file's name tells, or of CSV its first column; None where they leave it open."""
    ending = path.suffix.lower()
    if ending == ".csv":
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return ImportFormat.CSV if file.read(8).startswith(OURS) else None
    return ENDINGS.get(ending)


def _writer(database: Database, by: str | None) -> Writer:
    if by is None:
        with database.writing(keys.SYSTEM) as writing:
            keys.create_system(writing)
        return keys.SYSTEM
    with database.reading() as reading:
        found = keys.editor(reading, by)
    if found is None:
        raise Failure(
            f"There is no key {by!r} of an editor or an admin that works: `demarche keys list` shows them all."
        )
    return found


def _take_in(database: Database, writer: Writer, path: Path, asked: ImportAsked) -> Json:
    with (
        path.open("rb") as file,
        endings.cleared(lambda: os.write(2, _broken_off(path, asked).encode())),
        Progress(path.name, path.stat().st_size) as progress,
    ):
        try:
            return imports.take_in(database, writer, file, asked, progress)
        except Unreadable as error:
            raise Failure(f"{path.name}: {error}") from error
        except Problem as problem:
            if problem.code != "rejected":
                raise Failure(f"{path.name}: {problem.detail}") from problem
            report: Json = problem.members["report"]
            return report


def _broken_off(path: Path, asked: ImportAsked) -> str:
    if asked.dry_run:
        return f"{path.name}: broken off; nothing was written.\n"
    return f"{path.name}: broken off. The same command goes on where it stopped, and takes no row in twice.\n"


def _lines(path: Path, report: Json) -> Iterator[str]:
    tried = " (nothing was written)" if report["state"] == "dry_run" else ""
    yield f"{path.name}: {report['rows']:,} rows, {report['rejected']:,} rejected, {report['skipped']:,} skipped{tried}"
    for tally in report["tallies"]:
        counts = ", ".join(f"{count:,} {what}" for what, count in tally.items() if what != "noun" and count)
        yield f"  {tally['noun']}: {counts}"
    for why, count in report["skipped_because"].items():
        yield f"  {count:,} skipped: {why}"
    for why, count in report["warned_because"].items():
        yield f"  {count:,} doubtful: {why}"
    for reject in report["rejects"][:SHOWN]:
        for fault in reject["faults"]:
            where = f"line {reject['line']}" + (f", {fault['column']}" if fault["column"] else "")
            value = f" ({fault['value'][:60]})" if fault["value"] else ""
            yield f"  {where}{value}: {fault['message'].rstrip('.')}. {fault['hint'] or ''}".rstrip()
    if report["rejected"] > SHOWN:
        more = f" in {report['path']}/rejects.csv" if report["path"] else ""
        yield f"  … and {report['rejected'] - SHOWN:,} more{more}"
    if report["path"]:
        yield f"  To take it back: demarche import --undo {report['id']}"
