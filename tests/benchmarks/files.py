"""`make bench-files`: whole files by the command line: whether export, import, export gives the same bytes, and what a large file takes.

Generated records are taken in, exported as NDJSON and as sheets of CSV, taken in elsewhere and exported again. Then a file of
some gigabytes is taken in. Each command is a process of its own, of which the seconds and the most memory are told: memory of
its own, without what it has mapped of the database file, which the system takes back when it is short of it.
"""

import argparse
import filecmp
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests import postgres
from tests.benchmarks.imports import lines
from tests.benchmarks.world import World

MOST_MEMORY = 300  # MB, of the process that takes in a large file
QUOTE = 18_000  # letters; a quote may have 20,000
GB = 1_000_000_000


def own_memory(pid: int) -> int:
    """What a process has of its own, in MB; 0 once it has ended, and where the system has no /proc."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("RssAnon:")), 0)


def run(url: str, *arguments: str) -> int:
    """Run `demarche` on a database; answers the most memory that it took, in MB, looked at 20 times a second."""
    begun, memory = time.monotonic(), 0
    environment = {**os.environ, "DATABASE_URL": url}
    process = subprocess.Popen([sys.executable, "-m", "api", *arguments], env=environment, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        memory = max(memory, own_memory(process.pid))
        time.sleep(0.05)
    shown = " ".join(Path(one).name for one in arguments)
    print(f"  demarche {shown}: {time.monotonic() - begun:.1f} s, {memory} MB at most", flush=True)
    if process.returncode:
        raise SystemExit(f"demarche {shown} ended with {process.returncode}")
    return memory


def unpacked(file: Path) -> list[Path]:
    """The files to be taken in, in their order: the sheets of a zip, else the file itself."""
    if file.suffix != ".zip":
        return [file]
    with zipfile.ZipFile(file) as archive:
        return [Path(archive.extract(name, file.with_suffix(""))) for name in archive.namelist()]


def lines_of(path: Path) -> int:
    """How many lines a file has."""
    with path.open("rb") as file:
        return sum(1 for _ in file)


def round_trip(folder: Path, urls: Iterator[str], world: World) -> bool:
    """Whether what is exported, taken in elsewhere and exported again is the same, byte for byte."""
    source, kept = next(urls), []
    file = folder / "generated.ndjson"
    with file.open("wb") as out:
        for is_nouns in (True, False):
            out.writelines(lines(world, is_nouns))
    run(source, "migrate")
    run(source, "import", str(file))
    for suffix in ("ndjson", "zip"):
        first, second, target = folder / f"first.{suffix}", folder / f"second.{suffix}", next(urls)
        run(source, "export", "-o", str(first))
        files = unpacked(first)
        run(target, "migrate")
        run(target, "import", *map(str, files))
        run(target, "export", "-o", str(second))
        kept.append(filecmp.cmp(first, second, shallow=False))
        size, count = first.stat().st_size / 1e6, sum(map(lines_of, files))
        print(f"{suffix}: {size:,.1f} MB, {count:,} lines: {'identical' if kept[-1] else 'DIFFERENT'}", flush=True)
    return all(kept)


def large(folder: Path, url: str, gigabytes: float) -> bool:
    """Whether a file of so many gigabytes is taken in without much memory: statements with long quotes."""
    world, file, written = World(1, 1_000), folder / "large.ndjson", 0
    nouns = folder / "nouns.ndjson"
    with nouns.open("wb") as out:
        out.writelines(lines(world, True))
    records = [json.loads(line) for line in lines(world, False)]
    statements = [record for record in records if record["noun"] == "statement"]
    with file.open("w", encoding="utf-8") as out:
        number = 0
        while written < gigabytes * GB:
            number += 1
            record = statements[number % len(statements)]
            text = f"{number} {record['title']} "
            quote = (text * (QUOTE // len(text) + 1))[:QUOTE].strip()
            line = {**record, "external_id": f"large-{number}", "quote": quote, "language": "en"}
            written += out.write(json.dumps(line, ensure_ascii=False) + "\n")
    print(f"large: {file.stat().st_size / GB:.2f} GB, {number:,} statements", flush=True)
    run(url, "migrate")
    run(url, "import", str(nouns))
    memory = run(url, "import", str(file))
    print(f"large: {memory} MB at most ({MOST_MEMORY} is promised)", flush=True)
    file.unlink()
    return memory <= MOST_MEMORY


def main() -> int:
    """Do both; 1 where bytes differ or memory is more than was promised."""
    parser = argparse.ArgumentParser(prog="make bench-files", description=__doc__)
    parser.add_argument("--records", type=int, default=100_000, help="how many records go round (100,000)")
    parser.add_argument("--gigabytes", type=float, default=2, help="how large the large file is (2)")
    parser.add_argument("--only", choices=["round-trip", "large"], help="one of the two")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL, not SQLite")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not given.postgres:
            return measured(given, folder, (f"sqlite:///{folder}/{number}.sqlite3" for number in range(9)))
        postgres.SETTINGS.update({"shared_buffers": "512MB", "max_wal_size": "8GB"})
        with postgres.server() as server:
            urls = (postgres.create_database(server, f"bench_files_{number}") for number in range(9))
            return measured(given, folder, urls)


def measured(given: argparse.Namespace, folder: Path, urls: Iterator[str]) -> int:
    """Both, on one kind of database."""
    kept = [given.only == "large" or round_trip(folder, urls, World(1, given.records))]
    kept.append(given.only == "round-trip" or large(folder, next(urls), given.gigabytes))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
