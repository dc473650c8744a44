"""`seal`: put a seal over everything that was entered since the last one."""

from typing import Any

from api.commands import output
from api.commands.migrate import migrate
from api.database import Database
from api.settings import Settings
from api.store import keys, seals
from api.store.seals import Sealed
from schemas import dates


def seal(database: Database) -> list[Sealed]:
    """Append seals until nothing is left; writers wait only while one is entered, not while it is computed.

    Where another one does the same at the same time, each version gets into one seal, of one of them.
    """
    made: list[Sealed] = []
    while True:
        with database.reading() as reading:
            grown = seals.tree(reading)
        if grown is None:
            return made
        with database.writing(keys.SYSTEM) as writing:
            sealed = seals.append(writing, grown)
        if sealed:
            made.append(sealed)


def run(settings: Settings, as_json: bool) -> None:
    """The verb: what to publish goes to standard output, one line for each seal."""
    migrate(settings.database_url)
    database = Database(settings)
    try:
        made = seal(database)
        with database.reading() as reading:
            last = seals.newest(reading)
    finally:
        database.close()
    lines = [f"Seal {one.number}, {_at(one)}: {one.versions:,} versions, root {one.root.hex()}" for one in made]
    if made:
        lines.append("Keep this line where whoever runs this database can't change it (print, mail, post, commit it):")
        lines.append(f"demarche seal {made[-1].published}")
    else:
        told = f"since seal {last.number}" if last else "yet"
        lines.append(f"Nothing was entered {told}: there is nothing to seal.")
    output.tell(as_json, {"seals": [_shown(one) for one in made], "newest": _shown(last) if last else None}, lines)


def _at(one: Sealed) -> str:
    return dates.format_instant(one.sealed_at)


def _shown(one: Sealed) -> dict[str, Any]:
    told = {"number": one.number, "sealed_at": _at(one), "versions": one.versions, "root": one.root.hex()}
    return {**told, "digest": one.digest.hex(), "published": one.published}
