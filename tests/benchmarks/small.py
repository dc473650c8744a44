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
    templates: dict[str, str] = request.getfixturevalue("templates")
    factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    if "generated sqlite" not in templates:
        path = factory.mktemp("generated") / "records.sqlite3"
        generate.generate(WORLD, path)
        templates["generated sqlite"] = f"sqlite:///{path}"
    if kind == "sqlite without statistics" and f"generated {kind}" not in templates:
        path = factory.mktemp("unanalyzed") / "records.sqlite3"
        shutil.copy(file_of(templates["generated sqlite"]), path)
        generate.forget_statistics(path)
        templates[f"generated {kind}"] = f"sqlite:///{path}"
    if kind == "postgresql" and "generated postgresql" not in templates:
        server: str = request.getfixturevalue("postgres_server")
        templates["generated postgresql"] = postgres.create_database(server, "demarche_generated")
        copying.copy(file_of(templates["generated sqlite"]), templates["generated postgresql"])
    return templates[f"generated {kind}"]


def file_of(url: str) -> Path:
    """The file of an SQLite address."""
    return Path(url.removeprefix("sqlite:///"))
