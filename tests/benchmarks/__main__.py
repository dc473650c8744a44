"""`make bench`: the plans of every page on a full database, what counting costs, and requests per CPU-second against the peers.

`ARGS='--records 100000 --seconds 2 --only plans'` makes it shorter. A report is left in var/bench/.
"""

import argparse
import contextlib
import os
import platform
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import make_url

from api.database import Database
from api.settings import Settings
from tests import postgres
from tests.benchmarks import copying, counts, generate, peers, plans
from tests.benchmarks.generate import PLACE, step
from tests.benchmarks.peers import MINIMUM_RATIO, Result
from tests.benchmarks.plans import Page
from tests.benchmarks.shapes import NOW, PAST_PAGES, SHAPES
from tests.benchmarks.world import World

LIMIT, TIMES, TURNS = 50, 15, 61
MOST_OF_THE_PAST = 1.5
# What the tests' server has is for small databases.
ROOM = {"shared_buffers": "512MB", "max_wal_size": "8GB"}


@contextlib.contextmanager
def filled(world: World, store: Path) -> Iterator[str]:
    """The generated records on PostgreSQL: kept on the server of TEST_DATABASE_URL, else on one thrown away afterwards."""
    name = f"demarche_bench_{world.records}_{world.seed}_{generate.fingerprint()}"
    postgres.SETTINGS.update(ROOM)
    with postgres.server() as server:
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        with psycopg.connect(server.replace("+psycopg", "", 1), autocommit=True) as connection:
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if not exists:
            postgres.drop_database(server, f"{name}_unfinished")
            unfinished = postgres.create_database(server, f"{name}_unfinished")
            with step("copying to PostgreSQL"):
                copying.copy(store, unfinished)
            with psycopg.connect(server.replace("+psycopg", "", 1), autocommit=True) as connection:
                connection.execute(f'ALTER DATABASE "{name}_unfinished" RENAME TO "{name}"'.encode())
            url = unfinished.replace(f"{name}_unfinished", name)
        yield url


def explained(name: str, url: str) -> list[Page]:
    """Every page of the shapes, measured on one database."""
    database = Database(Settings(database_url=url))
    try:
        pages = []
        for shape in SHAPES:
            with step(f"{name}: {shape.name}"):
                pages.append(plans.measure(database, shape, LIMIT, TIMES))
        return pages
    finally:
        database.close()


def beside_today(name: str, url: str) -> dict[str, tuple[float, float]]:
    """What a page of the past takes and what the same page of today does, by its name, in milliseconds."""
    database = Database(Settings(database_url=url))
    try:
        found = {}
        for past in PAST_PAGES:
            with step(f"{name}: {past.name}, beside today"):
                pair = (past, next(shape for shape in NOW if past.name == f"{shape.name}, as of"))
                then, now = plans.timed(database, pair, LIMIT, TURNS)
                found[past.name] = (then, now)
        return found
    finally:
        database.close()


def past_as_text(found: dict[str, dict[str, tuple[float, float]]]) -> tuple[list[str], list[str]]:
    """What a page of the past costs beside the same page of today, and where that is more than is promised."""
    lines = [
        "## As of a moment, to the same page of today", "",
        f"At most {MOST_OF_THE_PAST} is promised. Milliseconds, medians in process, of {TURNS} by turns.", "",
        f"| page | {' | '.join(found)} |", "|---" * (1 + len(found)) + "|",
    ]  # fmt: skip
    misses = []
    for page in (shape.name for shape in PAST_PAGES):
        pairs = {name: pages[page] for name, pages in found.items()}
        cells = [f"{then:.2f} / {now:.2f} = {then / now:.2f}" for then, now in pairs.values()]
        lines.append(f"| {page} | {' | '.join(cells)} |")
        misses += [
            f"* {name}, {page}: {then / now:.2f} times today's"
            for name, (then, now) in pairs.items() if then > MOST_OF_THE_PAST * now
        ]  # fmt: skip
    return [*lines, "", *misses, ""], misses


def plans_as_text(found: dict[str, list[Page]]) -> list[str]:
    """What each page read, as a table."""
    databases = list(found)
    head = " | ".join(f"{name}: ms | {'steps' if name == 'SQLite' else 'rows, either plan'}" for name in databases)
    lines = ["## What a page of 50 reads", "", f"| page | answered | {head} |", "|---" * (2 + 2 * len(databases)) + "|"]
    for pages in zip(*found.values(), strict=True):
        cells = " | ".join(f"{page.milliseconds:.2f} | {page.read:,}" for page in pages)
        lines.append(f"| {pages[0].shape.name} | {pages[0].answered} | {cells} |")
    faults = [
        f"* {name}, {page.shape.name}: {fault}" for name in databases for page in found[name] for fault in page.faults
    ]
    return [*lines, "", *(faults or ["Every page reads only its own rows, by the index it should."]), ""]


def results_as_text(results: list[Result]) -> list[str]:
    """What the servers did, as a table with the ratios."""
    lines = [
        "## Requests per CPU-second", "",
        f"{peers.CONNECTIONS} keep-alive connections, one process each, {peers.ROUNDS} interleaved rounds: median (least to most). Every "
        f"request answers {peers.PAGE} records.", "",
        "| asked by | server | per CPU-second | to the tutorial | to the constant | per second | p50 ms | p99 ms | kB | CPU in PostgreSQL, ms |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for result in results:
        same = {other.name: other.middle("per_cpu") for other in results if other.workload == result.workload}
        per_cpu = result.middle("per_cpu")
        spread = f"{min(result.per_cpu):,.0f} to {max(result.per_cpu):,.0f}"
        elsewhere = f"{result.middle('elsewhere') * 1000:.2f}" if any(result.elsewhere) else ""
        lines.append(
            f"| {result.workload} | {result.name} | {per_cpu:,.0f} ({spread}) | {per_cpu / same['tutorial']:.1f} | "
            f"{per_cpu / same['constant']:.2f} | {result.middle('rate'):,.0f} | {result.middle('p50'):.1f} | "
            f"{result.middle('p99'):.1f} | {result.bytes / 1000:.0f} | {elsewhere} |"
        )
    return [*lines, ""]


def misses(results: list[Result]) -> list[str]:
    """Where the service is not as many times the tutorial's way as it promises."""
    return [
        f"* {workload}: {ratio:.1f} times the tutorial's way, {MINIMUM_RATIO} are promised"
        for workload in dict.fromkeys(result.workload for result in results)
        for rates in [{one.name: one.middle("per_cpu") for one in results if one.workload == workload}]
        if (ratio := rates["demarche"] / rates["tutorial"]) < MINIMUM_RATIO
    ]


def main() -> int:
    """Generate, explain, compare; 1 when a promise is broken."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000, help="how many records to generate (1,000,000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed, another world (1)")
    parser.add_argument("--seconds", type=float, default=4, help="of load on each server in each round (4)")
    parser.add_argument("--only", choices=("plans", "counts", "http"), help="one part alone")
    parser.add_argument("--without-postgres", action="store_true", help="SQLite alone: no copying")
    given = parser.parse_args()
    begun = time.monotonic()
    world = World(given.seed, given.records)
    store = generate.kept(world)
    lines = [
        "# Benchmark", "",
        f"{given.records:,} records, seed {given.seed}; {store.stat().st_size / 1e9:.1f} GB. {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} processors, Python {platform.python_version()}, SQLite {sqlite.sqlite_version}. "
        "Compare within one run: machines change their speed.", "",
    ]  # fmt: skip
    broken: list[str] = []
    print("\n".join(lines))

    def tell(told: list[str], missed: list[str]) -> None:
        """At once: what comes after may fail."""
        print("\n".join(told), flush=True)
        lines.extend(told)
        broken.extend(missed)

    with contextlib.ExitStack() as stack:
        url = None if given.without_postgres else stack.enter_context(filled(world, store))
        if given.only in (None, "counts"):
            addresses = {"SQLite": f"sqlite:///{store}", **({"PostgreSQL": url} if url else {})}
            counted = {}
            for name, at in addresses.items():
                with step(f"{name}: counts"):
                    counted[name] = counts.measure(at)
            tell(*counts.as_text(counted))
        if given.only in (None, "plans"):
            found = {"SQLite": explained("SQLite", f"sqlite:///{store}")}
            if url:
                found["PostgreSQL"] = explained("PostgreSQL", url)
            past = {
                name: beside_today(name, str(at))
                for name, at in (("SQLite", f"sqlite:///{store}"), ("PostgreSQL", url))
                if at
            }
            tell(plans_as_text(found), [fault for pages in found.values() for page in pages for fault in page.faults])
            tell(*past_as_text(past))
        if given.only in (None, "http"):
            results = peers.compare(store, world, given.seconds, url)
            tell([*results_as_text(results), *misses(results)], misses(results))
    tell([f"Took {(time.monotonic() - begun) / 60:.1f} minutes."], [])
    report = PLACE / f"report-{given.records}.md"
    report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"The report is in {report.relative_to(PLACE.parent.parent)}.", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
