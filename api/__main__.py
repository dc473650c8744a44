"""The command line: `python -m api run`, and what else there is."""

import os
import signal
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from api.settings import Settings

SETTINGS = """\
environment:
  DATABASE_URL  where the data is: sqlite:///PATH (default sqlite:///var/demarche.sqlite3) or
                postgresql://USER:PASSWORD@HOST/NAME
  HOST, PORT    where to listen (default 127.0.0.1, 8000)

What can't be done is said in one sentence on standard error; the exit code is then 3.
"""


def parser() -> ArgumentParser:
    """Every verb and its arguments."""
    top = ArgumentParser(
        prog="python -m api",
        description="Demarche: what the parties to a conflict say and do.",
        epilog=SETTINGS,
        formatter_class=RawDescriptionHelpFormatter,
    )
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("run", help="start the service; the first start loads the demo set and shows an admin key")
    migrate = verbs.add_parser("migrate", help="bring the database to the schema of this version")
    migrate.add_argument("revision", nargs="?", default="head", help="another revision, or base for none")
    migrate.add_argument("--undo", action="store_true", help="go back, though it deletes what came after")
    verbs.add_parser("load-demo", help="add what is missing of the demo set")
    key = verbs.add_parser("key", help="make an API key and show it, this once")
    key.add_argument("name", metavar="NAME", help="what the history shows; never used twice")
    key.add_argument("role", metavar="ROLE", help="reader, contributor, editor or admin")
    verbs.add_parser("seal", help="put a seal over all that was entered since the last one, and show what to publish")
    verify = verbs.add_parser("verify", help="check that everything is as it was entered; the exit code is 1 if not")
    verify.add_argument(
        "--seal", action="append", default=[], metavar="NUMBER:DIGEST", help="a seal that was published"
    )
    verify.add_argument(
        "--root", action="append", default=[], metavar="HEX", help="the root of a seal that was published"
    )
    verify.add_argument(
        "--answers", action="store_true", help="also look whether all is answered and listed as it is stored"
    )
    proof = verbs.add_parser("check-proof", help="check a proof that GET /v1/proofs/… answered, without a database")
    proof.add_argument("file", nargs="?", default="-", metavar="FILE", help="where it is; standard input if not given")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; answers the exit code."""
    chosen = parser().parse_args(arguments)
    # Only here, so that --help is quick and an early Ctrl-C quiet.
    from api.commands import failures
    from api.store.dialects import Unusable

    try:
        settings = failures.read_settings()
        try:
            return _carry_out(chosen, settings)
        except failures.TROUBLES as error:
            said = failures.in_words(error, settings.database_url)
            if said is None:
                raise
            raise failures.Failure(said) from error
    except (failures.Failure, Unusable) as failure:
        sys.stderr.write(" ".join(str(failure).split()) + "\n")
        return 3


def _carry_out(chosen: Namespace, settings: "Settings") -> int:
    if chosen.verb == "run":
        from api.commands import run

        run.run(settings)
    elif chosen.verb == "migrate":
        from api.commands import migrate

        migrate.run(settings, chosen.revision, chosen.undo)
    elif chosen.verb == "load-demo":
        from api.commands import demo

        demo.run(settings)
    elif chosen.verb == "seal":
        from api.commands import seal

        seal.run(settings)
    elif chosen.verb == "check-proof":
        from api.commands import check_proof

        return check_proof.run(chosen.file)
    elif chosen.verb == "verify":
        from api.commands import verify

        return verify.run(settings, chosen.seal, chosen.root, chosen.answers)
    else:
        from api.commands import keys

        keys.run(settings, chosen.name, chosen.role)
    return 0


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """Told to end, a server has done its work (this comes after uvicorn's own orderly end); another verb was broken off.

    At once: what is under way is one transaction, of which the database leaves nothing, while an exception in the
    midst of a query leaves a driver that can't even roll back without complaint.
    """
    os._exit(0 if sys.argv[1:2] == ["run"] else 128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, _end)
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main())
