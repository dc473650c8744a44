"""Fixtures: every test of the API runs on SQLite and on PostgreSQL, each on a fresh copy of a migrated database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.commands.migrate import migrate
from api.database import Database
from api.main import create
from api.settings import Settings
from api.store import keys
from api.store.documents import loads
from tests import postgres
from tests.expect import Api


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running PostgreSQL."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated, empty database."""
    file = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_shelf(postgres_server: str) -> postgres.Shelf:
    """Where a migrated, empty database is lent and given back."""
    template = postgres.create_database(postgres_server, "demarche_template")
    migrate(template)
    return postgres.Shelf(postgres_server, "demarche_template")


@pytest.fixture(scope="session")
def generated_databases() -> dict[str, str]:
    """The addresses of generated databases by kind, each made when first asked for; tests leave them as they are."""
    return {}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database."""
    if request.param == "sqlite":
        path = tmp_path / "test.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    shelf: postgres.Shelf = request.getfixturevalue("postgres_shelf")
    url = shelf.lend()
    yield url
    shelf.take_back(url)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings for a service on the fresh database."""
    return Settings(database_url=database_url)


def make_key(url: str, name: str, role: str) -> str:
    """A key with a role, made as the first start makes one."""
    database = Database(Settings(database_url=url))
    try:
        with database.writing(keys.SYSTEM) as writing:
            keys.create_system(writing)
            return str(loads(keys.create(writing, {"name": name, "role": role}).body)["secret"])
    finally:
        database.close()


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A client without a key; a 500 is answered, not raised, as a server would."""
    with TestClient(create(settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def api(client: TestClient, settings: Settings) -> Api:
    """A client with an editor's key."""
    return Api(client, make_key(settings.database_url, "desk", "editor"))
