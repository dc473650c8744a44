"""What hangs on a record that is merged, its links and codings: made once more for the other one, and taken from it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from api.errors import Problem
from api.store import codings, reactions, versioned
from api.store.checks import Checked, Json
from api.store.current import Current, locate
from api.store.documents import loads
from api.store.sessions import Writing
from api.store.versioned import Noun, Row


@dataclass(frozen=True, slots=True)
class Hanging:
    """The links and codings that stand at a record, and what each says, checked as the body of another one."""

    links: Sequence[tuple[Row, Checked[Any]]]
    codings: Sequence[tuple[Row, Checked[Any]]]


@dataclass(slots=True)
class Moved:
    """The addresses of what came to a record or went from it, and what stayed where it was, with the reason."""

    paths: list[str]
    left: list[Json]

    def leave(self, path: str, code: str, detail: str) -> None:
        """Tell what stays where it was."""
        self.left.append({"path": path, "code": code, "detail": detail})


def hanging(writing: Writing, record: Current, change_note: str | None) -> Hanging:
    """What stands at a record; to be asked before it is deleted."""
    of_links = versioned.select(
        reactions.NOUN, writing, "(i.from_id = :id OR i.to_id = :id) AND v.is_deleted = 0", {"id": record.id}, "ORDER BY i.id"
    )  # fmt: skip
    of_codings = versioned.select(
        codings.NOUN, writing, "i.record_id = :id AND v.is_deleted = 0", {"id": record.id}, "ORDER BY i.id"
    )

    def said(noun: Noun, rows: Sequence[Row]) -> list[tuple[Row, Checked[Any]]]:
        return [(row, versioned.taken_up(noun, writing, row, change_note)) for row in rows]

    return Hanging(said(reactions.NOUN, of_links), said(codings.NOUN, of_codings))


def move(writing: Writing, found: Hanging, gone: Current, kept: Current) -> Moved:
    """Make what stood at a record that is deleted now once more for another one, where that can be.

    What can't be stays with the tombstone: a link of the two to each other, one that stands already, would close a
    circle or would precede what it answers, and the coding of somebody who coded the other one too.
    """
    moved = Moved([], [])
    for row, checked in found.links:
        _move_link(writing, row, checked, gone, kept, moved)
    for row, checked in found.codings:
        _move_coding(writing, row, checked, gone, kept, moved)
    return moved


def _move_link(writing: Writing, row: Row, checked: Checked[Any], gone: Current, kept: Current, moved: Moved) -> None:
    path = f"{reactions.PATH}/{row.address}"
    sql = """SELECT i.type, i.topic_id, f.uid, t.uid FROM reaction i JOIN record f ON f.id = i.from_id
        JOIN record t ON t.id = i.to_id WHERE i.id = :id"""
    ((kind, topic, answer, answered),) = writing.rows(sql, {"id": row.id})
    ends = [kept.uid if end == gone.uid else end for end in (answer, answered)]
    if ends[0] == ends[1]:
        moved.leave(path, "circle", "It links the two records themselves.")
        return
    try:
        made = reactions.record(writing, locate(writing, ends[0]), locate(writing, ends[1]), kind, topic, checked)
    except Problem as problem:
        moved.leave(path, problem.code, problem.detail)
    else:
        moved.paths.append(made.path)


def _move_coding(writing: Writing, row: Row, checked: Checked[Any], gone: Current, kept: Current, moved: Moved) -> None:
    ((coder,),) = writing.rows("SELECT i.coder FROM coding i WHERE i.id = :id", {"id": row.id})
    try:
        made = codings.record(writing, kept, coder, checked)
    except Problem as problem:
        moved.leave(f"{codings.path(gone.uid)}/{coder}", problem.code, problem.detail)
    else:
        moved.paths.append(made.path)


def take_back(writing: Writing, kept: Current, first: int, last: int) -> Moved:
    """Delete the links and codings that the revisions from first to last made for a record, unless changed since."""
    moved = Moved([], [])
    for noun, ends in ((reactions.NOUN, "(i.from_id = :id OR i.to_id = :id)"), (codings.NOUN, "i.record_id = :id")):
        made = f"""{ends} AND v.is_deleted = 0 AND EXISTS (SELECT 1 FROM {noun.name}_version m
            WHERE m.{noun.key} = i.id AND m.seq BETWEEN :first AND :last AND m.is_deleted = 0)"""
        for row in versioned.select(
            noun, writing, made, {"id": kept.id, "first": first, "last": last}, "ORDER BY i.id"
        ):
            path = _path(writing, noun, row, kept)
            if row.seq > last:
                moved.leave(path, "stale", "It was changed since, so it stays; what it was made from is back too.")
                continue
            versioned.delete(noun, writing, row, "", None)
            moved.paths.append(path)
    return moved


def _path(writing: Writing, noun: Noun, row: Row, kept: Current) -> str:
    if noun is reactions.NOUN:
        return f"{reactions.PATH}/{row.address}"
    said = loads(versioned.rendered(noun, writing, row, "").body)
    return f"{codings.path(kept.uid)}/{said['coder']}"
