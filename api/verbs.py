"""Every verb of the program: what it takes, its help, and the command that carries it out, imported when it is called."""

from pathlib import Path
from typing import Annotated

import typer

from api.program import ABOUT, Json, end, group, verb, work

RUN, FILES, KEEP, PROVE = "Run", "Files", "Keep", "Prove"

app = group("Demarche: what the parties to a conflict say and do.", epilog=ABOUT, name="demarche")


@verb(app, "serve", RUN, "demarche serve", "PORT=8001 demarche serve",
      "DATABASE_URL=postgresql://demarche@localhost/demarche demarche serve")  # fmt: skip
def serve(as_json: Json = False) -> None:
    """Start the service.

    The first start makes the database, loads the demo set and shows an admin key. Ctrl-C ends it, after the answers under way. With --json, each line is one JSON document.
    """
    with work() as settings:
        from api.commands import serve

        serve.run(settings, as_json)


@verb(app, "migrate", RUN, "demarche migrate", "demarche migrate 0009 --undo")
def migrate(
    revision: Annotated[str, typer.Argument(help="Another revision, or base for none.")] = "head",
    undo: Annotated[bool, typer.Option("--undo", help="Go back, though it deletes what came after.")] = False,
    as_json: Json = False,
) -> None:
    """Bring the database to the schema of this version.

    All of it or nothing; `demarche serve` does so too.
    """
    with work() as settings:
        from api.commands import migrate

        migrate.run(settings, revision, undo, as_json)


@verb(app, "demo", RUN, "demarche demo")
def demo(as_json: Json = False) -> None:
    """Add what is missing of the demo set."""
    with work() as settings:
        from api.commands import demo

        demo.run(settings, as_json)


@verb(app, "doctor", RUN, "demarche doctor", "demarche doctor --json | jq '.checks[] | select(.state != \"ok\")'")
def doctor(as_json: Json = False) -> None:
    """Look at settings, disk, database, clock and port, and say what to do.

    Nothing is changed. The exit code is 1 where there is a fault; a warning alone leaves it at 0.
    """
    with work(reads_settings=False):
        from api.commands import doctor

        end(doctor.run(as_json))


keys = group("Make, list and revoke API keys, on the machine itself.", "demarche keys create newsroom editor")
app.add_typer(keys, name="keys", rich_help_panel=RUN)


@verb(keys, "create", None, "demarche keys create newsroom editor",
      "KEY=$(demarche keys create guest reader --expires 2030-01-01T00:00:00Z)")  # fmt: skip
def create_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the history shows; never used twice.")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help="reader, contributor, editor or admin.")],
    expires: Annotated[str | None, typer.Option(metavar="INSTANT", help="When it stops to work.")] = None,
    as_json: Json = False,
) -> None:
    """Make an API key and show it, this once."""
    with work() as settings:
        from api.commands import keys

        keys.create(settings, name, role, expires, as_json)


@verb(keys, "list", None, "demarche keys list", "demarche keys list --json")
def list_keys(as_json: Json = False) -> None:
    """Show every key by its name, without its secret."""
    with work() as settings:
        from api.commands import keys

        keys.show(settings, as_json)


@verb(keys, "revoke", None, "demarche keys revoke newsroom")
def revoke_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name that it was made with.")],
    as_json: Json = False,
) -> None:
    """Make a key stop to work, for good."""
    with work() as settings:
        from api.commands import keys

        keys.revoke(settings, name, as_json)


@verb(app, "openapi", RUN, "demarche openapi", "demarche openapi openapi.json")
def openapi(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="Where to; standard output if not given.")] = None,
    as_json: Json = False,
) -> None:
    """Write the OpenAPI document of the service.

    It is JSON, the same as the service answers at /openapi.json; no database is needed.
    """
    with work(reads_settings=False):
        from api.commands import openapi

        openapi.run(file, as_json)


@verb(app, "backup", KEEP, "demarche backup demarche-$(date +%F).sqlite3",
      "DATABASE_URL=postgresql://demarche@localhost/demarche \\", "  demarche backup /backups/today.sqlite3")  # fmt: skip
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make; there must be none of that name.")],
    as_json: Json = False,
) -> None:
    """Back up everything into one SQLite file, while others write.

    It is one moment of the database, looked through before it bears its name, and `demarche serve` could serve it as it is.
    """
    with work() as settings:
        from api.commands import backup

        backup.run(settings, file, as_json)


Verifies = Annotated[
    bool,
    typer.Option("--verify/--no-verify", help="Whether to verify every fingerprint in the copy.", show_default=True),
]


@verb(app, "restore", KEEP, "demarche restore demarche-2026-11-29.sqlite3",
      "DATABASE_URL=sqlite:///var/new.sqlite3 demarche restore today.sqlite3")  # fmt: skip
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `demarche backup` made.")],
    verifies: Verifies = True,
    as_json: Json = False,
) -> None:
    """Put a backup into the database of DATABASE_URL.

    That database must be empty, and may be of either kind. All of it or nothing; the exit code is 1 where it is not as it was entered.
    """
    with work() as settings:
        from api.commands import copy

        end(copy.restore(settings, file, verifies, as_json))


@verb(app, "copy", KEEP, "demarche copy sqlite:///var/demarche.sqlite3 postgresql://localhost/demarche",
      "demarche copy postgresql://localhost/demarche sqlite:///var/copy.sqlite3")  # fmt: skip
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The database to copy, as DATABASE_URL is written.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="An empty one, of either kind; an SQLite file is made.")],
    verifies: Verifies = True,
    as_json: Json = False,
) -> None:
    """Copy one database into another, empty one.

    Every row of every table, at one moment, while others write; all of it or nothing. A password is safer in PGPASSWORD than here, where other users can see it.
    """
    with work() as settings:
        from api.commands import copy

        end(copy.run(settings, copy.Place(source, "FROM"), copy.Place(target, "TO"), verifies, as_json))


@verb(app, "import", FILES, "demarche import export.ndjson --dry-run", "demarche import export.ndjson",
      "demarche import --format gdelt 20250318.export.CSV",
      "demarche import --mapping speeches.toml --on-error abort speeches.csv",
      "demarche import --mapping ucdp-ged ged.csv --json | jq .tallies",
      "demarche import --undo 01958f3e-7c00-7000-8000-000000000001")  # fmt: skip
def import_files(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE…", help="The files to take in, in this order.")
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            help="ndjson, csv, mapped, gdelt, icews, polecat, stix, misp, timelinejs or feed; by the end of the name, or of our own sheets by the first column, if not given."
        ),
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(metavar="PRESET|FILE", help="The name of a preset, or a file in TOML; see docs/imports.md."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would be done, and do nothing.")] = False,
    on_error: Annotated[
        str | None, typer.Option(metavar="reject_row|abort", help="Whether one row at fault keeps all out.")
    ] = None,
    edited: Annotated[
        str | None, typer.Option(metavar="reject|overwrite", help="What of a changed row whose record was edited here.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Where it is not to be found out, such as windows-1251.")] = None,
    by: Annotated[
        str | None, typer.Option("--as", metavar="KEY", help="The name of the key that the history shows.")
    ] = None,
    undo: Annotated[str | None, typer.Option(metavar="ID", help="Take an import back.")] = None,
    as_json: Json = False,
) -> None:
    """Take in files: statements, events and nouns.

    What is new is made, what changed gets a new version; the same file twice changes nothing. Broken off, the same again goes on where it stopped. The exit code is 1 where rows were rejected.
    """
    with work() as settings:
        from api.commands import imports

        if bool(files) == bool(undo):
            raise typer.BadParameter("give files to take in, or --undo and the id of an import.")
        if undo:
            end(imports.undo(settings, undo, by, as_json))
        given = {"format": format, "dry_run": dry_run, "on_error": on_error, "edited": edited, "encoding": encoding}
        told = Path(mapping) if mapping and Path(mapping).is_file() else mapping
        end(imports.run(settings, files or [], given, told, by, as_json))


@verb(app, "export", FILES, "demarche export -o everything.ndjson", "demarche export -o sheets.zip",
      "demarche export '/v1/timeline?actor=kremlin' -o kremlin.csv",
      "demarche export '/v1/timeline.stix.json?actor=kremlin' >kremlin.json")  # fmt: skip
def export(
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="QUERY", help="The address of a list or a count, from /v1/ on; everything if not given."
        ),
    ] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; standard output if not given.")
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            help="Such as ndjson, csv, atom, ics, geojson, stix.json; by the address or the end of the name if not given."
        ),
    ] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="content", help="What can be taken in again, without clocks and versions.")
    ] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="Drafts too, where everything is exported.")] = False,
    as_json: Json = False,
) -> None:
    """Write the answer to any query to a file, or everything.

    Without a server, as of one moment, all of it or nothing. Without QUERY it is what `demarche import` takes in elsewhere.
    """
    with work() as settings:
        from api.commands import export
        from api.commands import output as outputs

        written = export.run(settings, query, format, output, profile, drafts)
        if output not in (None, "-"):
            told = {"items": written.items, "bytes": written.bytes, "as_of": written.as_of}
            outputs.tell(
                as_json, told, [f"{output}: {written.items:,} items, {written.bytes:,} bytes, as of {written.as_of}"]
            )


@verb(app, "rebuild", KEEP, "demarche rebuild --check", "demarche rebuild")
def rebuild(
    checks: Annotated[
        bool, typer.Option("--check", help="Only tell what differs; the exit code is 1 if something does.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make again what is made of what is stored.

    That is rendered documents, words for full text with their index, rows that lists walk, groups of citations and folded names, where they differ from what would be made today; of a sound database none does. Others write meanwhile. Broken off, run it again.
    """
    with work() as settings:
        from api.commands import rebuild

        end(rebuild.run(settings, checks, as_json))


@verb(app, "seal", PROVE, "demarche seal", "demarche seal --json | jq -r '.seals[-1].published'")
def seal(as_json: Json = False) -> None:
    """Put a seal over all that is new, and show what to publish.

    SEALS.md says what that proves.
    """
    with work() as settings:
        from api.commands import seal

        seal.run(settings, as_json)


@verb(app, "verify", PROVE, "demarche verify", "demarche verify --answers",
      "demarche verify --seal \"$PUBLISHED\"")  # fmt: skip
def verify(
    seals: Annotated[
        list[str] | None, typer.Option("--seal", metavar="NUMBER:DIGEST", help="A seal that was published.")
    ] = None,
    roots: Annotated[
        list[str] | None, typer.Option("--root", metavar="HEX", help="The root of a seal that was published.")
    ] = None,
    answers: Annotated[
        bool, typer.Option("--answers", help="Also look whether all is answered and listed as it is stored.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Check that everything is as it was entered.

    The exit code is 1 if not. It may run while others write.
    """
    with work() as settings:
        from api.commands import verify

        end(verify.run(settings, seals or [], roots or [], answers, as_json))


@verb(app, "check-proof", PROVE, "demarche check-proof proof.json",
      "curl -s http://127.0.0.1:8000/v1/proofs/actor/kremlin | demarche check-proof")  # fmt: skip
def check_proof(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where it is; - for standard input.")] = "-",
    as_json: Json = False,
) -> None:
    """Check a proof that GET /v1/proofs/… answered.

    No database is needed. The exit code is 1 if it does not hold.
    """
    with work(reads_settings=False):
        from api.commands import check_proof

        end(check_proof.run(file, as_json))
