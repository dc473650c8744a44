"""How a command comes to the database that it works on, when there has to be one already."""

from collections.abc import Iterator
from contextlib import contextmanager

from api.commands.failures import Failure
from api.commands.migrate import path
from api.database import Database
from api.settings import Settings
from api.store import migrations
from api.store.dialects import file_of


@contextmanager
def standing(settings: Settings) -> Iterator[Database]:
    """The database, which is left as it is. Raises Failure where there is none, or it is not of this version."""
    database, file = Database(settings), file_of(settings.database_url)
    try:
        if file and not file.exists():
            raise Failure(f"There is no file {file}: correct DATABASE_URL.")
        with database.reading() as reading:
            if migrations.revision(reading) != path()[-1]:
                raise Failure("The database is not at the schema of this version: run `demarche migrate` first.")
        yield database
    finally:
        database.close()
