"""`key`: make an API key; and the first one, with the demo set, when nobody has any yet."""

from api.commands import demo
from api.commands.failures import Failure
from api.commands.migrate import migrate
from api.database import Database
from api.errors import Problem
from api.settings import Settings
from api.store import keys
from api.store.documents import loads
from api.store.sessions import Reading, Writing

FIRST = "first-admin"


def make(writing: Writing, name: str, role: str) -> str:
    """A new key's secret, which is kept nowhere. Raises Failure."""
    keys.create_system(writing)
    try:
        return str(loads(keys.create(writing, {"name": name, "role": role}).body)["secret"])
    except Problem as problem:
        faults = [f"{fault.message} ({fault.hint or 'correct it'})" for fault in problem.errors]
        raise Failure("; ".join(faults) or problem.detail) from problem


def _has_keys(reading: Reading) -> bool:
    return reading.row("SELECT 1 FROM api_key WHERE secret_hash IS NOT NULL LIMIT 1") is not None


def first_start(database: Database) -> str | None:
    """Where no key was ever made, make the first, in one transaction with the demo set if there is nothing at all.

    Answers the secret, or None on every later start. Of several that start at once, one does it.
    """
    with database.reading() as reading:
        if _has_keys(reading):
            return None
    with database.writing(keys.SYSTEM) as writing:
        if _has_keys(writing):
            return None
        keys.create_system(writing)
        if writing.row("SELECT 1 FROM revision LIMIT 1") is None:
            demo.fill(writing)
        return make(writing, FIRST, "admin")


def run(settings: Settings, name: str, role: str) -> None:
    """The verb: the secret alone goes to standard output, so that a script can take it."""
    migrate(settings.database_url)
    database = Database(settings)
    try:
        with database.writing(keys.SYSTEM) as writing:
            secret = make(writing, name, role)
    finally:
        database.close()
    print(secret, flush=True)
