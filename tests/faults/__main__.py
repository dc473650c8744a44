"""The faults at full length, on SQLite and on PostgreSQL: `python -m tests.faults editors|kills|streams`."""

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.testclient import TestClient

from api.commands.migrate import migrate
from api.main import create
from api.settings import Settings
from tests import postgres
from tests.conftest import make_key
from tests.expect import Api
from tests.factories import world
from tests.faults import editors, kills, streams
from tests.faults.servers import servers


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, postgres.server() as server:
        yield {
            "sqlite": f"sqlite:///{Path(folder) / 'faults.sqlite3'}",
            "postgresql": postgres.create_database(server, "faults"),
        }


def main() -> None:
    """Run one of them and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["editors", "kills", "streams"])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--readers", type=int, default=1000)
    given = parser.parse_args()
    with _databases() as databases:
        for name, url in databases.items():
            migrate(url)
            key = make_key(url, "desk", "editor")
            with TestClient(create(Settings(database_url=url))) as client:
                world(Api(client, key))
            if given.what == "editors":
                with servers(url, 2) as running:
                    outcome = asyncio.run(editors.run(running, key, 64, 16, given.seconds))
                outcome.assert_nothing_was_lost()
                edits, versions = sum(outcome.accepted.values()), sum(outcome.versions.values())
                print(
                    f"{name}: {edits} edits accepted, {versions} versions of 16 records, answers {dict(outcome.statuses)}"
                )
            elif given.what == "streams":
                print(f"{name}: {streams.run(url, key, given.readers, given.seconds)}")
            else:
                ledger = kills.run(url, key, given.kills)
                kills.assert_whole(url, ledger)
                print(
                    f"{name}: {given.kills} kills, {len(ledger.acknowledged)} records and "
                    f"{sum(ledger.acknowledged.values())} edits acknowledged, all there, none by half; answers {dict(ledger.statuses)}"
                )


if __name__ == "__main__":
    main()
