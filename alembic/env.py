"""How migrations run: on one connection, in one transaction of ours, on SQLite with foreign keys off and checked after."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

import schemas.tables  # noqa: F401  (every table, so that drift is seen)
from api.database import Database
from api.settings import settings


def include_object(item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Some indexes serve one database only; that of words is of no kind that is known here, on SQLite it consists of tables."""
    if name == "ix_record_text_words" or (kind == "table" and str(name).startswith("record_word")):
        return False
    only = item.info.get("only") if kind == "index" else None
    return only in (None, context.get_context().dialect.name)


def render_item(kind: str, item: Any, _autogen_context: Any) -> str | bool:
    """Migrations hold plain types, so that they still run when the models have moved on."""
    if kind == "type" and type(item).__name__ == "AutoString":
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def run(connection: Connection) -> None:
    """Run on an open connection; all of it or nothing."""
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_object=include_object,
        render_item=render_item,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        # Alembic takes it for granted that SQLite commits at each CREATE TABLE, and would commit after each migration;
        # with our own BEGIN, all that are run stand or fall together.
        transactional_ddl=True,
    )
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        # A batch copies a table and drops the old one; with foreign keys on that would delete the rows that point to it.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
    with connection.begin():
        # The driver is in autocommit: without our own BEGIN each statement would stand by itself.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        context.run_migrations()
        broken = connection.execute(text("PRAGMA foreign_key_check")).all() if is_sqlite else []
        if broken:
            raise RuntimeError(f"the migration leaves {len(broken)} rows that point nowhere: {broken[:3]}")
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = Database(settings())
    with database.engine.connect() as opened:
        run(opened)
