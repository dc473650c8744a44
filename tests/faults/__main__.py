"""The faults at full length, on SQLite and on PostgreSQL: `python -m tests.faults editors|kills|streams|imports`."""

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
from tests.faults import editors, imports, kills, streams
from tests.faults.servers import servers


@contextmanager
def _databases() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, postgres.server() as server:
        yield {
            "sqlite": f"sqlite:///{Path(folder) / 'faults.sqlite3'}",
            "postgresql": postgres.create_database(server, "faults"),
        }


def _imports(url: str, kills: int) -> str:
    rows = 20 * kills * 4
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.ndjson"
        imports.write_file(path, rows)
        before = imports.run(url, path, kills, 0.2)
        imports.take_in(url, path)
        found = imports.state(url)
        again = imports.take_in(url, path)
    assert len(found["records"]) == rows - rows // imports.REJECTED_EACH == found["written"], len(found["records"])
    assert imports.state(url)["records"] == found["records"]
    return f"{kills} kills, {before} before the end, {rows} rows, {len(found['records'])} records, again: {again['tallies']}"


def main() -> None:
    """Run one of them and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["editors", "kills", "streams", "imports"])
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
            elif given.what == "imports":
                print(f"{name}: {_imports(url, given.kills)}")
            else:
                ledger = kills.run(url, key, given.kills)
                kills.assert_whole(url, ledger)
                print(
                    f"{name}: {given.kills} kills, {len(ledger.acknowledged)} records and "
                    f"{sum(ledger.acknowledged.values())} edits acknowledged, all there, none by half; answers {dict(ledger.statuses)}"
                )


if __name__ == "__main__":
    main()
