"""`migrate`: bring the database to the schema of this version."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from api.commands import output
from api.commands.failures import Failure, make_folder
from api.commands.progress import Progress
from api.database import Database
from api.settings import Settings
from api.store import corroboration, fingerprints, keys, migrations, texts
from api.store.dialects import WRITERS_LOCK, Unusable

ROOT = Path(__file__).resolve().parents[2]


def configuration() -> Config:
    """Alembic's configuration with our scripts."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "alembic").replace("%", "%%"))
    return config


def path() -> list[str]:
    """The revisions in the order in which they are run."""
    scripts = ScriptDirectory.from_config(configuration()).walk_revisions()
    return [script.revision for script in scripts][::-1]


def steps(found: str | None, revision: str) -> int:
    """How many migrations lie between: below zero, they are undone.

    Raises Unusable for a database of a newer version, and Failure for a revision that there isn't.
    """
    places = {"base": 0, **{name: number for number, name in enumerate(path(), 1)}}
    places["head"] = max(places.values())
    if found is not None and found not in places:
        raise Unusable(
            f"The database stands at revision {found}, which this version does not know: use the newer version that made it."
        )
    if revision not in places:
        raise Failure(f"There is no revision {revision!r}: give one of {', '.join(places)}.")
    return places[revision] - places[found or "base"]


def migrate(url: str, revision: str = "head") -> int:
    """Bring a database to a revision, all of it or nothing; answers how many steps that took, below zero for back.

    A file and its folder are made. A database of a newer version is left alone. Raises Unusable with one sentence.
    """
    make_folder(url)
    settings = Settings(database_url=url)
    database = Database(settings)
    try:
        with database.reading() as reading:
            if migrations.is_foreign(reading):
                raise Unusable(
                    "This SQLite file holds the tables of another program: name a file of our own in DATABASE_URL."
                )
            needed = steps(migrations.revision(reading), revision)
        if needed:
            config = configuration()
            with database.engine.connect() as connection:
                config.attributes["connection"] = connection
                if database.dialect == "postgresql":
                    _wait_for_writers(connection.connection.driver_connection, settings.busy_seconds)
                (command.upgrade if needed > 0 else command.downgrade)(config, revision)
        if revision in ("head", path()[-1]):
            _fingerprint(database)
            _read(database)
            _weigh(database)
        return needed
    finally:
        database.close()


def _fingerprint(database: Database) -> None:
    """Give versions that an earlier release wrote their fingerprints, in batches: broken off, it goes on the next time."""
    with database.reading() as reading:
        total = left = fingerprints.missing(reading)
    with Progress("Fingerprints", total) as progress:
        while left:
            left = database.fingerprint(keys.SYSTEM, fingerprints.CHUNK)
            progress(total - left)


def _read(database: Database) -> None:
    """Read the words of records that an earlier release wrote, in batches likewise, so that they can be searched."""
    with database.reading() as reading:
        total = left = texts.missing(reading)
    with Progress("Words", total) as progress:
        while left:
            with database.writing(keys.SYSTEM) as writing:
                left = texts.fill(writing, texts.CHUNK)
            progress(total - left)


def _weigh(database: Database) -> None:
    """Give versions that an earlier release wrote what their corroboration depends on, in batches too."""
    with database.reading() as reading:
        total = left = corroboration.missing(reading)
    with Progress("Corroboration", total) as progress:
        while left:
            with database.writing(keys.SYSTEM) as writing:
                corroboration.fill(writing, fingerprints.CHUNK)
                left = corroboration.missing(writing)
            progress(total - left)


def _wait_for_writers(connection: Any, seconds: float) -> None:
    """Nobody writes, and nobody else migrates, until this connection ends; on SQLite, BEGIN IMMEDIATE does that."""
    connection.execute(f"SET lock_timeout = {int(seconds * 1000)}")
    connection.execute(f"SELECT pg_advisory_lock({WRITERS_LOCK})")


def run(settings: Settings, revision: str, may_undo: bool, as_json: bool) -> None:
    """The verb: going back undoes migrations, and the data in what they made is lost, so it has to be asked for."""
    make_folder(settings.database_url)
    database = Database(settings)
    try:
        with database.reading() as reading:
            found = migrations.revision(reading)
    finally:
        database.close()
    if steps(found, revision) < 0 and not may_undo:
        raise Failure(f"Going back from {found} to {revision} deletes what came after: take a backup, then add --undo.")
    taken = migrate(settings.database_url, revision)
    stands = path()[-1] if revision == "head" else revision
    told = {"revision": stands, "migrations_run": abs(taken), "undone": taken < 0}
    output.tell(as_json, told, [f"The database stands at {stands}; migrations run: {abs(taken)}."])
