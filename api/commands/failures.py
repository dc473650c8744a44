"""Why a command can't do its work, in one sentence that says what to do."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from pydantic import ValidationError
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import exc
from sqlalchemy.engine import URL, make_url

from api.settings import Settings
from api.store import dialects

SCHEMES = {"sqlite", "postgres", "postgresql", "postgresql+psycopg"}
ADDRESSES = "sqlite:///var/demarche.sqlite3 or postgresql://user:password@localhost/demarche"

# What SQLAlchemy, the drivers and the file system raise when the trouble is the database.
TROUBLES = (exc.DBAPIError, exc.TimeoutError, psycopg.Error, sqlite.Error, sqlite3.Error)


class Failure(Exception):
    """Why a command can't do its work, in one sentence."""


def read_settings() -> Settings:
    """The settings of the environment. Raises Failure with every variable that can't be used."""
    try:
        found = Settings()
    except ValidationError as error:
        faults = [_said(str(one["loc"][0]), one["input"], one["msg"]) for one in error.errors()]
        raise Failure(f"{'; '.join(faults)}: correct the environment, or leave it out for the default.") from None
    if not found.host.strip():
        raise Failure("HOST is empty: give an address to listen on, or leave it out for 127.0.0.1.")
    check_address(found.database_url)
    return found


def _said(name: str, value: object, message: str) -> str:
    return f"{name.upper()} is {str(value)[:60]!r}, but {message.partition(',')[0].removeprefix('Input ')}"


def check_address(given: str, named: str = "DATABASE_URL") -> None:
    """Refuse what is no address of a database; it is not shown, as there may be a password in it. Raises Failure."""
    try:
        url = make_url(given)
    except (exc.ArgumentError, ValueError):
        raise Failure(f"{named} is not an address of a database: write it as {ADDRESSES}.") from None
    if url.drivername not in SCHEMES:
        raise Failure(f"{named} begins with {url.drivername}://, which is not supported: write it as {ADDRESSES}.")
    if url.drivername == "sqlite" and (url.query or url.host):
        raise Failure(f"{named} of an SQLite file is sqlite:/// and the path, without options: correct it.")


def make_folder(given: str) -> None:
    """Make the folder that an SQLite file is to lie in. Raises Failure."""
    file = dialects.file_of(given)
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(
            f"The folder {file.parent} can't be made ({error.strerror}): make it writable, or name another file in DATABASE_URL."
        ) from None


@contextmanager
def told(given: str, named: str = "DATABASE_URL") -> Iterator[None]:
    """Trouble with the database at this address is raised as Failure, in which it is called by its name; a fault of ours is not."""
    try:
        yield
    except TROUBLES as error:
        said = in_words(error, given)
        if said is None:
            raise
        raise Failure(said.replace("DATABASE_URL", named)) from error


def in_words(error: Exception, given: str) -> str | None:
    """What is wrong with the database at this address, and what to do; None where the fault is ours."""
    original = getattr(error, "orig", None) or error
    said = " ".join(str(original).split()).partition(" LINE ")[0]
    url = make_url(given)
    if re.search(r"(table|relation) \S+ already exists", said):
        return f"The database holds other tables already ({said}): name an empty one in DATABASE_URL."
    if url.drivername == "sqlite":
        return _of_sqlite(said, str(url.database)) if dialects.is_outage(error) else None
    return _of_postgresql(original, said, url)


def _of_sqlite(said: str, file: str) -> str:
    if "malformed" in said or "not a database" in said:
        return f"{file} is not an SQLite database, or is damaged: restore it from a backup, move it away, or name another file in DATABASE_URL."
    if "locked" in said or "busy" in said:
        return f"Another program holds {file} locked: end it, then try again."
    if "full" in said:
        return f"There is no room left for {file}: make room on the disk, then try again."
    return f"{file} can't be opened for writing ({said}): make it and its folder writable, or name another file in DATABASE_URL."


def _of_postgresql(error: Exception, said: str, url: URL) -> str | None:
    place = f"PostgreSQL at {url.host or url.query.get('host', 'the local socket')}" + (f":{url.port}" * bool(url.port))
    if re.search(r"database .* does not exist", said):
        return (
            f"{place} has no database {url.database!r}: create it (createdb {url.database}), or correct DATABASE_URL."
        )
    if re.search(r"role .* does not exist|password|authentication|pg_hba|no PostgreSQL user name", said):
        return f"{place} does not let the user {url.username!r} in: correct the user and the password in DATABASE_URL."
    if isinstance(error, psycopg.errors.InsufficientPrivilege | psycopg.errors.InvalidSchemaName):
        return f"The user {url.username!r} may not change the database {url.database!r} ({said}): grant it, as in GRANT ALL ON SCHEMA public."
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return f"Another program holds the database {url.database!r} locked: end it, then try again."
    if isinstance(error, psycopg.ProgrammingError) and re.search(r"connection option|URI", said):
        return f"DATABASE_URL has an option that PostgreSQL does not know ({said}): correct it."
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError | exc.TimeoutError):
        short = said.rpartition("failed: ")[2].partition(" Is the server")[0]
        return f"{place} can't be used ({short}): start it, or correct DATABASE_URL."
    return None
