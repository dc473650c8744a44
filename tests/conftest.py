"""Fixtures: every test of the API runs on SQLite and on PostgreSQL, each on a fresh copy of a migrated database."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck
from starlette.testclient import TestClient

from api.commands import demo
from api.commands.migrate import migrate
from api.database import Database
from api.main import create
from api.settings import Settings
from api.store import keys
from api.store.documents import loads
from tests import postgres
from tests.clients import Client
from tests.expect import Api

# A slow machine is no fault, and a property that asks the service leaves its records to the next example.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]}
hypothesis.settings.register_profile("patient", parent=hypothesis.settings.default, **PATIENT)
hypothesis.settings.load_profile("patient")


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
def postgres_template(postgres_server: str) -> str:
    """The name of a migrated, empty database, to which nobody connects."""
    name = postgres.of_this_process("demarche_template")
    migrate(postgres.create_database(postgres_server, name))
    return name


@pytest.fixture(scope="session")
def postgres_shelf(postgres_server: str, postgres_template: str) -> Iterator[postgres.Shelf]:
    """Where a migrated, empty database is lent and given back."""
    with closing(postgres.Shelf(postgres_server, postgres_template)) as shelf:
        yield shelf


@pytest.fixture(scope="session")
def generated_databases() -> dict[str, str]:
    """The addresses of generated databases by kind, each made when first asked for; tests leave them as they are."""
    return {}


@pytest.fixture(scope="session")
def sqlite_demo(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with the demo set."""
    file = tmp_path_factory.mktemp("template") / "demo.sqlite3"
    shutil.copy(sqlite_template, file)
    load_demo(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_demo(postgres_server: str, postgres_template: str) -> str:
    """The name of a database with the demo set, to which nobody connects."""
    name = postgres.of_this_process("demarche_demo")
    load_demo(postgres.create_database(postgres_server, name, template=postgres_template))
    return name


def load_demo(url: str) -> None:
    """Fill a migrated database with the demo set."""
    with closing(Database(Settings(database_url=url))) as database:
        demo.load(database)


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


@pytest.fixture(params=["sqlite", "postgresql"])
def demo_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A copy of a database with the demo set, which is loaded once."""
    if request.param == "sqlite":
        path = tmp_path / "demo.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_demo"), path)
        yield f"sqlite:///{path}"
        return
    server: str = request.getfixturevalue("postgres_server")
    template: str = request.getfixturevalue("postgres_demo")
    name = f"{template}_copy"
    yield postgres.create_database(server, name, template=template)
    postgres.drop_database(server, name)


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings for a service on the fresh database."""
    return Settings(database_url=database_url)


def make_key(url: str, name: str, role: str) -> str:
    """A key with a role, made as the first start makes one."""
    with closing(Database(Settings(database_url=url))) as database:
        return add_key(database, name, role)


def add_key(database: Database, name: str, role: str) -> str:
    """The same through connections that there are already: to open one costs more than to write."""
    with database.writing(keys.SYSTEM) as writing:
        keys.create_system(writing)
        return str(loads(keys.create(writing, {"name": name, "role": role}).body)["secret"])


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """A client without a key; a 500 is answered, not raised, as a server would."""
    with Client(create(settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def served_document(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The OpenAPI document as it is served, which no database has a part in; each service takes half a second to make it."""
    file = tmp_path_factory.mktemp("document") / "none.sqlite3"
    with Client(create(Settings(database_url=f"sqlite:///{file}"))) as opened:
        answer = opened.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert not file.exists()
    return answer.content


@pytest.fixture
def document(served_document: bytes) -> dict[str, Any]:
    """The OpenAPI document, for one test."""
    found: dict[str, Any] = json.loads(served_document)
    return found


@pytest.fixture
def api(client: TestClient) -> Api:
    """A client with an editor's key."""
    app: Any = client.app
    return Api(client, add_key(app.state.database, "desk", "editor"))
