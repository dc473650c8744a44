"""`backup`: everything in one SQLite file, at one moment, while others write; it is checked before it bears its name."""

import shutil
from contextlib import closing
from pathlib import Path

from api.commands import copy, failures, output
from api.commands.copy import Place
from api.commands.failures import Failure
from api.commands.files import whole
from api.commands.progress import Progress
from api.settings import Settings
from api.store import copies, sqlite_files
from api.store.sessions import Reading


def run(settings: Settings, file: Path, as_json: bool) -> None:
    """The verb. Raises Failure where the file is there already, and where what was copied is damaged."""
    source = Place(settings.database_url, "DATABASE_URL")
    # Pages are copied as they are, so an SQLite file of an earlier version can be backed up before it is migrated.
    with copy.opened(source, settings, of_any_version=source.file is not None) as reading, whole(file) as part:
        if source.file:
            _copy_pages(reading, source, part)
            shutil.copymode(source.file, part)
        else:
            copy.fill_file(reading, source, part, settings)
        revisions = _check(reading, source, part)
    told = {"file": str(file), "bytes": file.stat().st_size, "revisions": revisions}
    output.tell(
        as_json, told, [f"Backed up: {revisions:,} revisions in {file}, {told['bytes']:,} bytes, looked through."]
    )


def _copy_pages(reading: Reading, source: Place, part: Path) -> None:
    with failures.told(source.url, source.named), Progress("Pages", 1) as progress:
        sqlite_files.copy_pages(reading.connection, part, progress)
        sqlite_files.settle(part)


def _check(reading: Reading, source: Place, part: Path) -> int:
    """That the file is sound, and holds what there was to be copied; answers how many revisions. Raises Failure."""
    with closing(sqlite_files.open_unchanged(part)) as connection:
        with Progress("Looking through the backup"):
            faults = sqlite_files.faults(connection)
        if faults:
            raise Failure(
                f"{source.shown} is damaged ({'; '.join(faults)}), and so its backup would be: restore an earlier one."
            )
        found = copies.revisions(Reading(connection, "sqlite"))
    if found != copies.revisions(reading):
        raise Failure("The backup lacks revisions: nothing was kept; please report that.")
    return found
