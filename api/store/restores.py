"""Restoring: the content of an earlier version becomes a new one, through the checks of any edit; never a rewind."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from api.errors import Problem, invalid
from api.store import checks, history, versioned
from api.store.checks import Json
from api.store.documents import Rendered
from api.store.history import Past, Told
from api.store.sessions import Writing
from api.store.versioned import Noun, Row
from schemas.history import Restore
from schemas.problems import Fault


def restore(noun: Noun, writing: Writing, row: Row, path: str, sent: Json, expected: Sequence[int]) -> Rendered:
    """Take up an earlier version of a noun. Raises Problem `deleted`, `stale`, `invalid`, or what `inspect` raises."""
    gone = versioned.gone(writing, noun.name, row.version, row.seq) if row.is_deleted else None
    expect(versioned.rendered(noun, writing, row, path), gone, expected)
    body, _ = wanted(writing, history.of_noun(noun, writing, row), sent)
    with blamed(body.version):
        return versioned.restore(noun, writing, row, path, body.version, body.change_note)


def expect(current: Rendered, gone: Problem | None, expected: Sequence[int]) -> None:
    """Go on only from the version that was read, or from the tombstone, which `gone` tells of.

    Raises Problem `stale`, `deleted` with the tombstone's tag, or `purged` where nothing is left to take up.
    """
    if gone is None:
        versioned.expect(current, expected)
    elif gone.code == "purged" or current.version not in expected:
        raise gone


def wanted(writing: Writing, told: Told, sent: Json) -> tuple[Restore, Past]:
    """What a body asks for, and the version it names. Raises Problem `invalid`."""
    body = checks.check(writing, Restore, sent, {}).body
    try:
        return body, history.at(writing, told, body.version)
    except Problem as problem:
        hint = "Give the number of a version that the history shows, other than a tombstone."
        raise invalid([Fault(where="body.version", message=problem.detail, hint=hint)]) from None


@contextmanager
def blamed(version: int) -> Iterator[None]:
    """Faults of what comes back are told of the version that was asked for: its members are in no body that was sent."""
    try:
        yield
    except Problem as problem:
        if problem.code != "invalid":
            raise
        hint = "Restore or create first what is missing, or take another version."
        told = [(fault.where.removeprefix("body."), fault.message) for fault in problem.errors]
        raise invalid(
            [
                Fault(where="body.version", message=f"version {version} can't come back: {where}: {message}", hint=hint)
                for where, message in told
            ]
        ) from None
