"""`migrate`: bring the database to the schema of this version."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from api.database import Database
from api.settings import Settings
from api.store import migrations
from api.store.dialects import Unusable

ROOT = Path(__file__).resolve().parents[2]


def configuration() -> Config:
    """Alembic's configuration with our scripts."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "alembic").replace("%", "%%"))
    return config


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to a revision, all of it or nothing; a database of a newer version is left alone.

    Raises Unusable with one sentence.
    """
    config = configuration()
    database = Database(Settings(database_url=url))
    try:
        with database.reading() as reading:
            found = migrations.revision(reading)
        known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
        if found is not None and found not in known:
            raise Unusable(
                f"The database stands at revision {found}, which this version does not know: use the newer version that made it."
            )
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            (command.upgrade if revision == "head" or revision > (found or "") else command.downgrade)(config, revision)
    finally:
        database.close()
