"""At which migration the database stands."""

from api.store.sessions import Reading


def revision(reading: Reading) -> str | None:
    """The migration that was run last; None in an empty database."""
    if not reading.row(_HAS_TABLE[reading.dialect]):
        return None
    row = reading.row("SELECT version_num FROM alembic_version")
    return str(row[0]) if row else None


def is_foreign(reading: Reading) -> bool:
    """Whether an SQLite file holds tables that no migration of ours made: somebody else's data."""
    if reading.dialect != "sqlite" or revision(reading) is not None:
        return False
    named = "name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name <> 'alembic_version'"
    return reading.row(f"SELECT 1 FROM sqlite_master WHERE type = 'table' AND {named}") is not None


_HAS_TABLE = {
    "sqlite": "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'",
    "postgresql": "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL",
}
