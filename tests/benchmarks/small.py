"""A few thousand generated records for the tests, on either database; made once in a run of the tests."""

import shutil
from pathlib import Path

import pytest

from tests import postgres
from tests.benchmarks import copying, generate
from tests.benchmarks.world import World

WORLD = World(seed=7, records=3_000, vague=0.2)


def generated(kind: str, request: pytest.FixtureRequest) -> str:
    """The address of the generated database; tests leave it as it is."""
    made: dict[str, str] = request.getfixturevalue("generated_databases")
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    if "sqlite" not in made:
        path = factory.mktemp("generated") / "records.sqlite3"
        generate.generate(WORLD, path)
        made["sqlite"] = f"sqlite:///{path}"
    if kind == "sqlite without statistics" and kind not in made:
        path = factory.mktemp("unanalyzed") / "records.sqlite3"
        shutil.copy(file_of(made["sqlite"]), path)
        generate.forget_statistics(path)
        made[kind] = f"sqlite:///{path}"
    if kind == "postgresql" and "postgresql" not in made:
        server: str = request.getfixturevalue("postgres_server")
        made["postgresql"] = postgres.create_database(server, postgres.of_this_process("demarche_generated"))
        copying.copy(file_of(made["sqlite"]), made["postgresql"])
    return made[kind]


def file_of(url: str) -> Path:
    """The file of an SQLite address."""
    return Path(url.removeprefix("sqlite:///"))
