"""`keys`: make, list and revoke API keys; and the first one, with the demo set, when nobody has any yet."""

from typing import Any

from api.commands import demo, output
from api.commands.databases import standing
from api.commands.failures import Failure
from api.commands.migrate import migrate
from api.database import Database
from api.errors import Problem
from api.settings import Settings
from api.store import keys
from api.store.documents import loads
from api.store.sessions import Reading, Writing

FIRST = "first-admin"


def make(writing: Writing, name: str, role: str, expires: str | None = None) -> dict[str, Any]:
    """A new key with its secret, which is kept nowhere. Raises Failure."""
    keys.create_system(writing)
    try:
        return loads(keys.create(writing, {"name": name, "role": role, "expires_at": expires}).body)
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
        return str(make(writing, FIRST, "admin")["secret"])


def create(settings: Settings, name: str, role: str, expires: str | None, as_json: bool) -> None:
    """The verb: the secret alone goes to standard output, so that a script can take it."""
    migrate(settings.database_url)
    database = Database(settings)
    try:
        with database.writing(keys.SYSTEM) as writing:
            made = make(writing, name, role, expires)
    finally:
        database.close()
    output.tell(as_json, made, [str(made["secret"])])


def show(settings: Settings, as_json: bool) -> None:
    """The verb: every key, without its secret."""
    with standing(settings) as database, database.reading() as reading:
        found = loads(keys.page(reading))
    rows = [
        [one["name"], one["role"], one["created_at"], one["expires_at"] or "never", one["revoked_at"] or "no"]
        for one in found["items"]
    ]
    table = [["NAME", "ROLE", "CREATED", "EXPIRES", "REVOKED"], *rows]
    widths = [max(len(row[column]) for row in table) for column in range(5)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table)
    output.tell(as_json, {"items": found["items"]}, lines)


def revoke(settings: Settings, name: str, as_json: bool) -> None:
    """The verb: from now on the key opens nothing; what it wrote keeps its name. Raises Failure."""
    with standing(settings) as database, database.writing(keys.SYSTEM) as writing:
        try:
            keys.revoke(writing, name)
        except Problem as problem:
            raise Failure(f"{problem.detail} `demarche keys list` has those there are.") from problem
        found = loads(keys.find_named(writing, name))
    output.tell(as_json, found, [f"Revoked: {name}, since {found['revoked_at']}."])
