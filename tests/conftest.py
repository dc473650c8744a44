"""Fixtures: every test of the API runs on SQLite and on PostgreSQL, each on a fresh copy of a migrated database."""

import itertools
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

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running PostgreSQL."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, str]:
    """An address of a migrated, empty database for each kind, made when first asked for."""
    return {}


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(
    request: pytest.FixtureRequest, templates: dict[str, str], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> Iterator[str]:
    """A fresh, migrated database."""
    kind: str = request.param
    if kind == "sqlite":
        if kind not in templates:
            templates[kind] = str(tmp_path_factory.mktemp("template") / "empty.sqlite3")
            migrate(f"sqlite:///{templates[kind]}")
        path = tmp_path / "test.sqlite3"
        shutil.copy(templates[kind], path)
        yield f"sqlite:///{path}"
        return
    server: str = request.getfixturevalue("postgres_server")
    if kind not in templates:
        templates[kind] = postgres.create_database(server, "demarche_template")
        migrate(templates[kind])
    name = f"demarche_{next(_numbers)}"
    yield postgres.create_database(server, name, template="demarche_template")
    postgres.drop_database(server, name)


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
