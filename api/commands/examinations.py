"""What `doctor` looks at: each examination says what it found, whether that is well, and if not what to do."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from api.commands import failures
from api.commands.failures import Failure
from api.commands.migrate import path
from api.commands.serve import address, listen
from api.database import Database, reading_file
from api.settings import Settings
from api.store import corroboration, dialects, fingerprints, migrations, seals, texts, vitals
from api.store.sessions import Reading
from schemas import dates

MB = 1_000_000
LEAST_ROOM = 100 * MB
OLDEST_POSTGRESQL = 14  # those before are no longer maintained
CLOCKS_APART = 2.0  # seconds
SEAL_DAYS = 7


class State(StrEnum):
    """How it stands with what was looked at."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


class Check(NamedTuple):
    """What was looked at, and what to do about it."""

    name: str
    state: State
    found: str
    advice: str | None = None


def all_of(settings: Settings) -> Iterator[Check]:
    """Every examination; what rests on something that is not there is left out."""
    yield Check("settings", State.OK, ", ".join(_shown(settings)))
    yield from _of_disk(settings)
    yield from _of_database(settings)
    yield _of_port(settings)


def _shown(settings: Settings) -> Iterator[str]:
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        told = dialects.masked(value) if name == "database_url" else value
        yield f"{name.upper()}={told}"


def _of_disk(settings: Settings) -> Iterator[Check]:
    file = dialects.file_of(settings.database_url)
    if file is None:
        return
    folder = next(one for one in file.absolute().parents if one.exists())
    free, size = shutil.disk_usage(folder).free, file.stat().st_size if file.exists() else 0
    told = f"{free / MB:,.0f} MB are free on the disk of {folder}, the database takes {size / MB:,.0f} MB"
    if free < LEAST_ROOM:
        yield Check("disk", State.FAULT, told, "Make room: what can't be written is refused.")
    elif free < 2 * size:
        yield Check("disk", State.WARNING, told, "Make room: for a backup or a migration it may not be enough.")
    else:
        yield Check("disk", State.OK, told)
    closed = [one for one in (file, folder) if one.exists() and not os.access(one, os.W_OK)]
    open_to_all = [one for one in (file, folder) if _is_open_to_all(one)]
    if closed:
        yield Check(
            "permissions", State.FAULT, f"{closed[0]} can't be written by this user", "Give it to the user who serves."
        )
    elif open_to_all:
        told = f"any user of this machine can write {open_to_all[0]}"
        yield Check("permissions", State.WARNING, told, f"Close it: chmod o-w {open_to_all[0]}")
    else:
        yield Check("permissions", State.OK, "this user can write the database and its folder, and not everybody can")


def _is_open_to_all(one: Path) -> bool:
    # In a folder such as /tmp, whose sticky bit is set, nobody can take away what is somebody else's.
    mode = one.stat().st_mode if one.exists() else 0
    return bool(mode & 0o002) and not mode & 0o1000


def _of_database(settings: Settings) -> Iterator[Check]:
    file = dialects.file_of(settings.database_url)
    if file and not file.exists():
        yield Check(
            "database", State.WARNING, f"there is no file {file} yet", "`demarche serve` makes it, with the demo set."
        )
        return
    try:
        with failures.told(settings.database_url):
            if file:
                with reading_file(file) as reading:
                    if migrations.is_foreign(reading):
                        raise Failure(f"{file} holds the tables of another program: name another file in DATABASE_URL.")
            with closing(Database(settings)) as database:
                before = time.time()
                with database.reading() as reading:
                    yield _of_engine(reading)
                    yield from _of_contents(reading, before)
    except (Failure, dialects.Unusable) as failure:
        yield _failed("database", failure)


def _of_engine(reading: Reading) -> Check:
    found = vitals.settings(reading)
    told = ", ".join(f"{name} {value}" for name, value in found.items()).replace("server_version", reading.dialect)
    if reading.dialect == "sqlite":  # which is not opened at all where it would not keep a record
        return Check("database", State.OK, told)
    if found["server_encoding"] != "UTF8":
        return Check(
            "database",
            State.FAULT,
            told,
            "Not every letter can be kept: copy it to a database made with ENCODING 'UTF8'.",
        )
    loose = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if found[name] == "off"]
    if loose:
        return Check(
            "database",
            State.FAULT,
            told,
            f"A power cut can lose what was acknowledged: set {' and '.join(loose)} to on.",
        )
    if int(found["server_version"].partition(".")[0]) < OLDEST_POSTGRESQL:
        return Check(
            "database",
            State.WARNING,
            told,
            f"It is no longer maintained: take PostgreSQL {OLDEST_POSTGRESQL} or later.",
        )
    return Check("database", State.OK, told)


def _of_contents(reading: Reading, before: float) -> Iterator[Check]:
    revision, head = migrations.revision(reading), path()[-1]
    yield _of_clock(reading, before)
    if revision is None:
        yield Check(
            "schema", State.WARNING, "there are no tables yet", "`demarche serve` makes them, with the demo set."
        )
    elif revision not in path():
        told = f"it stands at revision {revision}, which this version does not know"
        yield Check("schema", State.FAULT, told, "Use the newer version that made it.")
    elif revision != head:
        told = f"it stands at revision {revision}, this version at {head}"
        yield Check("schema", State.FAULT, told, "Take a backup, then run `demarche migrate`.")
    else:
        yield _of_filling(reading, revision)
        yield _of_last_revision(reading)
        yield _of_keys(reading)
        yield _of_seals(reading)


def _of_clock(reading: Reading, before: float) -> Check:
    theirs, ours = reading.clock() / 1_000_000, (before + time.time()) / 2
    told = f"the database has {dates.format_instant(int(theirs) * 1_000_000)}, this machine the same"
    if abs(theirs - ours) < CLOCKS_APART + time.time() - before:
        return Check("clock", State.OK, told)
    told = f"the clock of the database is {theirs - ours:+,.0f} seconds from that of this machine"
    return Check("clock", State.WARNING, told, "Versions are stamped by that of the database: set both by NTP.")


def _of_filling(reading: Reading, revision: str) -> Check:
    missing = {
        "fingerprints": fingerprints.missing(reading),
        "words": texts.missing(reading),
        "groups of citations": corroboration.missing(reading),
    }
    lacking = [f"{count:,} revisions lack {what}" for what, count in missing.items() if count]
    if lacking:
        return Check(
            "schema", State.WARNING, ", ".join(lacking), "Run `demarche migrate`: it goes on where it was broken off."
        )
    return Check("schema", State.OK, f"it stands at revision {revision}, that of this version")


def _of_last_revision(reading: Reading) -> Check:
    seq, at = vitals.newest(reading)
    if not seq:
        return Check("revisions", State.OK, "nothing was entered yet")
    told = f"{seq:,} in {vitals.size(reading) / MB:,.0f} MB, the last at {dates.format_instant(at)}"
    if at > reading.clock():
        return Check(
            "revisions", State.FAULT, f"{told}, which is in the future",
            "A clock was or is wrong: set it. Until that instant, each write is stamped right after the one before.",
        )  # fmt: skip
    return Check("revisions", State.OK, told)


def _of_keys(reading: Reading) -> Check:
    found = vitals.keys_in_use(reading)
    told = ", ".join(f"{count} {role}" for role, count in found.items()) or "none"
    if "admin" in found:
        return Check("keys", State.OK, told)
    return Check("keys", State.WARNING, told, "Nobody can make keys or purge: `demarche keys create NAME admin`.")


def _of_seals(reading: Reading) -> Check:
    seq, _ = vitals.newest(reading)
    last = seals.newest(reading)
    advice = "Run `demarche seal` every night, and publish what it shows: SEALS.md says why."
    if last is None:
        return Check("seals", State.WARNING if seq else State.OK, "none", advice if seq else None)
    unsealed, days = seq - last.last, (reading.clock() - last.sealed_at) / 86_400_000_000
    told = f"the newest is number {last.number} of {dates.format_instant(last.sealed_at)}; not sealed yet: {unsealed:,}"
    if unsealed and days > SEAL_DAYS:
        return Check("seals", State.WARNING, told, advice)
    return Check("seals", State.OK, told)


def _of_port(settings: Settings) -> Check:
    try:
        for one in listen(settings.host, settings.port):
            one.close()
    except Failure as failure:
        at = address(settings.host, settings.port)
        if _answers(at):
            return Check("port", State.OK, f"the service answers at {at}")
        return _failed("port", failure)
    return Check("port", State.OK, f"{settings.port} of {settings.host} is free")


def _failed(name: str, failure: Exception) -> Check:
    """A sentence that says what is wrong, and behind its last colon what to do."""
    found, _, advice = str(failure).rpartition(": ")
    return Check(name, State.FAULT, found, f"{advice[:1].upper()}{advice[1:]}")


def _answers(at: str) -> bool:
    try:
        with urlopen(f"{at}/health/live", timeout=2) as answer:  # noqa: S310 (http, as `address` writes it)
            return bool(json.load(answer)["status"] == "ok")
    except (OSError, ValueError, KeyError, TypeError):
        return False
