"""Migrations: up, down and up again with data in the tables; what they make is what the models say; all or nothing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

import schemas.tables  # noqa: F401  (every table)
from api.commands import demo, migrate
from api.commands.failures import Failure
from api.database import Database
from api.settings import Settings
from api.store import migrations
from api.store.dialects import Unusable
from schemas import texts
from tests import test_commands_program as programs

FAILING = '''"""A migration that is broken off."""

import sqlalchemy as sa
from alembic import op

revision = "0000later"
down_revision = "{after}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE api_key SET name = 'half'")
    raise KeyboardInterrupt


def downgrade() -> None:
    op.drop_table("half")
'''

MADE = {
    "sqlite": "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'",
    "postgresql": "SELECT 'column', table_name, column_name, concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default) "
    "FROM information_schema.columns WHERE table_schema = 'public' "
    "UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'public'::regnamespace AND contype <> 'n' "
    "UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
    "UNION ALL SELECT 'sequence', '', sequence_name, '' FROM information_schema.sequences WHERE sequence_schema = 'public'",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    with programs.empty_database(request, tmp_path) as url:
        yield url


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer version, whose last migration is broken off."""
    after = migrate.path()[-1]
    shutil.copytree(migrate.ROOT / "alembic", tmp_path / "alembic")
    (tmp_path / "alembic" / "versions" / "later.py").write_text(FAILING.format(after=after))
    monkeypatch.setattr(migrate, "ROOT", tmp_path)


def made(url: str) -> set[tuple[str, ...]]:
    """Everything that is in a database, but for alembic's own note."""
    database = Database(Settings(database_url=url))
    try:
        with database.reading() as reading:
            rows = reading.rows(MADE[database.dialect])
    finally:
        database.close()
    found = {tuple(" ".join(str(part).split()) for part in row) for row in rows}
    return {row for row in found if not any("alembic_version" in part for part in row)}


def test_up_down_and_up_again_with_data(new_url: str) -> None:
    assert migrate.migrate(new_url) == len(migrate.path())
    schema = made(new_url)
    assert len(schema) > 30
    load(new_url)
    counts = programs.table_counts(new_url)
    assert migrate.migrate(new_url, "base") == -len(migrate.path())
    assert made(new_url) == set()
    assert migrate.migrate(new_url) == len(migrate.path())
    assert made(new_url) == schema
    assert programs.table_counts(new_url) == dict.fromkeys(counts, 0)
    load(new_url)
    assert programs.table_counts(new_url) == counts


def load(url: str) -> None:
    """The demo set."""
    database = Database(Settings(database_url=url))
    demo.load(database)
    database.close()


def test_each_migration_can_be_undone_and_done_again_by_itself(new_url: str) -> None:
    path = migrate.path()
    for before, revision in zip(["base", *path], path, strict=False):
        migrate.migrate(new_url, before)
        schema = made(new_url)
        migrate.migrate(new_url, revision)
        migrate.migrate(new_url, before)
        assert made(new_url) == schema, revision
        migrate.migrate(new_url, revision)


def test_alembic_sees_no_difference_between_migrations_and_models(database_url: str) -> None:
    database = Database(Settings(database_url=database_url))
    config = migrate.configuration()
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        command.check(config)
    database.close()


def test_what_alembic_does_not_look_at_is_the_same_too(new_url: str) -> None:
    # Checks, keys and their names: a word that a vocabulary gains is a word that a check must learn.
    migrate.migrate(new_url)
    migrated = made(new_url)
    migrate.migrate(new_url, "base")
    database = Database(Settings(database_url=new_url))
    with database.engine.connect() as connection:
        for table in SQLModel.metadata.sorted_tables:
            connection.execute(CreateTable(table))
            for index in table.indexes:
                if index.info.get("only") in (None, database.dialect):
                    connection.execute(CreateIndex(index))
        for statement in texts.INDEX[database.dialect]:
            connection.execute(text(statement))
    database.close()
    modelled = made(new_url)
    assert pieces(migrated) - pieces(modelled) == set()
    assert pieces(modelled) - pieces(migrated) == set()


def pieces(found: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """SQLite keeps a table as it was written: here its columns and constraints, whose order means nothing."""
    split: set[tuple[str, ...]] = set()
    for kind, name, table, sql in found:
        if kind == "table":
            body, _, end = sql[sql.index("(") + 1 :].rpartition(")")
            split |= {(kind, name, part.strip()) for part in top_level(body)} | {(kind, name, f") {end}")}
        else:
            split.add((kind, name, table, sql))
    return split


def top_level(body: str) -> Iterator[str]:
    """The parts of a list between the commas that stand in no brackets."""
    depth, part = 0, ""
    for letter in body:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            yield part
            part = ""
        else:
            part += letter
    yield part


def test_a_migration_that_is_broken_off_leaves_an_empty_database_empty(new_url: str, broken: None) -> None:
    with pytest.raises(KeyboardInterrupt):
        migrate.migrate(new_url)
    assert made(new_url) == set()
    database = Database(Settings(database_url=new_url))
    with database.reading() as reading:
        assert migrations.revision(reading) is None
    database.close()


def test_a_migration_that_is_broken_off_leaves_all_as_it_was(demo_url: str, broken: None) -> None:
    schema, counts = made(demo_url), programs.table_counts(demo_url)
    with pytest.raises(KeyboardInterrupt):
        migrate.migrate(demo_url)
    assert made(demo_url) == schema
    assert programs.table_counts(demo_url) == counts
    database = Database(Settings(database_url=demo_url))
    with database.reading() as reading:
        assert migrations.revision(reading) == migrate.path()[-2]
        assert reading.rows("SELECT name FROM api_key") == [("demarche",)]
    database.close()


def test_which_way_is_up_does_not_hang_on_the_names(broken: None) -> None:
    *_, last, later = migrate.path()
    assert later < last  # as text
    assert migrate.steps(last, later) == migrate.steps(last, "head") == 1
    assert migrate.steps(later, last) == -1
    assert migrate.steps(None, "base") == migrate.steps(later, "head") == 0
    assert migrate.steps(None, later) == -migrate.steps(later, "base") == len(migrate.path())


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(Failure, match="There is no revision '0815': give one of base, 0001"):
        migrate.steps(None, "0815")
    with pytest.raises(Unusable, match="stands at revision 9999, which this version does not know"):
        migrate.steps("9999", "head")


def test_the_path_is_one_line() -> None:
    scripts = ScriptDirectory.from_config(migrate.configuration())
    assert len(scripts.get_heads()) == len(scripts.get_bases()) == 1
    assert migrate.path()[-1] == scripts.get_current_head()
