"""Names: from slugs to identities and back, for checks before a write and for filling documents."""

from collections.abc import Iterable

from api.store import corroboration, documents
from api.store.sessions import Reading
from schemas.fields import closest

# How many names that do not exist are compared with all that do: one comparison takes 13 ms among 5,000.
MOST_HINTS = 5
NOUNS = ("actor", "source", "topic")
_NOUN_OF = {letter: noun for noun, letter in documents.LETTERS.items()}


def identities(reading: Reading, noun: str, slugs: Iterable[str]) -> dict[str, int]:
    """The ids of those of the slugs that exist and are not deleted."""
    wanted = sorted(set(slugs))
    if not wanted:
        return {}
    sql = (
        f"SELECT n.slug, n.id FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND v.superseded_seq IS NULL "
        f"WHERE v.is_deleted = 0 AND {reading.any_of('n.slug', 'slugs')}"
    )
    return dict(reading.rows(sql, {"slugs": reading.listed(wanted)}))


def nearest(reading: Reading, noun: str, slug: str) -> str | None:
    """The existing slug closest to one that does not exist."""
    sql = f"SELECT n.slug FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND v.superseded_seq IS NULL WHERE v.is_deleted = 0"
    return closest(slug, [row[0] for row in reading.rows(sql)])


class Names(dict[bytes, bytes]):
    """What fills the gaps of a document, looked up as needed; a gap of other records' answers is empty unless set."""

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self._reading = reading

    def __missing__(self, key: bytes) -> bytes:
        letter = key[:1].decode()
        if letter == "r":
            return documents.NO_ANSWERS
        if letter == "c":
            return corroboration.worth(self._reading, key)
        noun, identity = _NOUN_OF[letter], int(key[1:])
        sql = f"SELECT n.slug, v.name FROM {noun} n JOIN {noun}_version v ON v.{noun}_id = n.id AND v.superseded_seq IS NULL WHERE n.id = :id"
        row = self._reading.row(sql, {"id": identity})
        assert row is not None, f"{noun} {identity} is referred to but does not exist"
        self[key] = documents.noun(*row)
        return self[key]
