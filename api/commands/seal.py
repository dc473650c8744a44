"""`seal`: put a seal over everything that was entered since the last one."""

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


def run(settings: Settings) -> None:
    """The verb: what to publish goes to standard output, one line for each seal."""
    migrate(settings.database_url)
    database = Database(settings)
    try:
        made = seal(database)
        with database.reading() as reading:
            last = seals.newest(reading)
    finally:
        database.close()
    for one in made:
        at = dates.format_instant(one.sealed_at)
        print(f"Seal {one.number}, {at}: {one.versions:,} versions, root {one.root.hex()}")
    if made:
        print("Keep this line where whoever runs this database can't change it (print, mail, post, commit it):")
        print(f"demarche seal {made[-1].published}", flush=True)
    else:
        told = f"since seal {last.number}" if last else "yet"
        print(f"Nothing was entered {told}: there is nothing to seal.", flush=True)
