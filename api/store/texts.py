"""The words of records: written with each version, and made once more for what an earlier release wrote."""

from collections.abc import Iterable, Sequence
from typing import Any

from api.store.sessions import Reading, Writing
from schemas import searches
from schemas.records import EVERYONE
from schemas.texts import RecordText

FIELDS = ("title", "summary", "quote", "translation")
# An index of PostgreSQL takes no word of more than 2,046 bytes. What is found by the beginning is looked at in full.
MOST_LETTERS = 60
ACTOR = "¤"  # no word has it in it
CHUNK = 2_000


def row(seq: int, texts: Sequence[str | None], actors: Iterable[int]) -> dict[str, Any]:
    """The words of one version, as they are stored."""
    given = zip(FIELDS, texts, strict=True)
    lines = {name: "" if text is None else searches.line(text) for name, text in given}
    found = dict.fromkeys(" ".join(lines.values()).split())
    if max(map(len, found), default=0) > MOST_LETTERS:
        found = dict.fromkeys(word[:MOST_LETTERS] for word in found)
    involved = (f"{ACTOR}{actor}" for actor in sorted(set(actors) - {EVERYONE}))
    return {"seq": seq, **lines, "words": " ".join((*found, *involved))}


def of_body(body: Any) -> Sequence[str | None]:
    """The texts of a body that is in order; an event has fewer than a statement."""
    return [getattr(body, name, None) for name in FIELDS]


def missing(reading: Reading) -> int:
    """How many revisions there are before the first one with words, back to the first record that is not erased."""
    found = reading.row(
        "SELECT (SELECT min(seq) FROM record_version WHERE is_deleted = 0), (SELECT min(seq) FROM record_text), "
        "(SELECT max(seq) + 1 FROM record_version)"
    )
    first, *ends = found or (None, None, None)
    return 0 if first is None else int(next(end for end in ends if end is not None) - first)


def fill(writing: Writing, most: int) -> int:
    """Make the words of the latest versions that have none; answers how many revisions are left.

    Backwards, for what is written meanwhile has its words: so all that has none lies before the first that has.
    """
    fields = ", ".join(f"v.{name}" for name in FIELDS)
    found = writing.rows(
        f"SELECT v.seq, {fields} FROM record_version v WHERE v.is_deleted = 0 "
        "AND v.seq < coalesce((SELECT min(seq) FROM record_text), v.seq + 1) ORDER BY v.seq DESC LIMIT :most",
        {"most": most},
    )
    actors: dict[int, list[int]] = {seq: [] for seq, *_ in found}
    sql = f"SELECT n.seq, n.actor FROM involvement n WHERE {writing.any_of('n.seq', 'seqs')}"
    for seq, actor in writing.rows(sql, {"seqs": writing.listed(list(actors))}):
        actors[seq].append(actor)
    writing.insert(RecordText, [row(seq, texts, actors[seq]) for seq, *texts in reversed(found)])
    return missing(writing)
