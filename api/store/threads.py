"""Threads: the chain of answers around a record, both ways, nearest first."""

from api.store import documents, nouns, reactions, sight, versioned, walks
from api.store.current import locate
from api.store.directory import Directory
from api.store.sessions import Reading
from schemas.reactions import ThreadFilter
from schemas.vocabularies import Kind


def thread(reading: Reading, directory: Directory, kind: Kind, address: str, asked: ThreadFilter) -> bytes:
    """The rendered thread. Records that may not be seen end the chain, as if they were not there.

    Raises Problem `not-found` or `deleted`.
    """
    root = locate(reading, address, kind)
    seen, values = sight.visible(reading, reactions.NOUN.hangs_on)
    depths = {root.id: 0}
    frontier, truncated, step = [root.id], False, 0
    while frontier and not truncated:
        sql = f"""SELECT i.from_id, i.to_id FROM reaction i
            JOIN reaction_version v ON v.reaction_id = i.id AND v.superseded_seq IS NULL AND v.is_deleted = 0
            WHERE ({reading.any_of("i.from_id", "frontier")} OR {reading.any_of("i.to_id", "frontier")}) AND {seen} ORDER BY i.id"""
        found = reading.rows(sql, {"frontier": reading.listed(frontier), **values})
        reached: dict[int, int] = {}
        for answer, answered in found:
            for near, far, sign in ((answered, answer, 1), (answer, answered, -1)):
                # One direction at a time: the answers to an answer, and what was answered by what is answered.
                if near in depths and far not in depths and depths[near] * sign >= 0 and near in frontier:
                    reached.setdefault(far, depths[near] + sign)
        if step == asked.depth and reached:
            truncated = True
            break
        room = asked.limit - len(depths)
        truncated = len(reached) > room
        kept = dict(list(reached.items())[: max(room, 0)])
        depths |= kept
        frontier, step = list(kept), step + 1
    return _rendered(reading, directory, depths, truncated)


def _rendered(reading: Reading, directory: Directory, depths: dict[int, int], truncated: bool) -> bytes:
    rows = reading.rows(
        f"SELECT v.seq, v.earliest, v.latest, v.record_id FROM record_version v WHERE v.superseded_seq IS NULL AND {reading.any_of('v.record_id', 'ids')}",
        {"ids": reading.listed(list(depths))},
    )
    rows.sort(key=lambda row: (depths[row[3]], *row[1:]))
    bodies = walks.fetch(reading, [row[0] for row in rows])
    items = [b'{"depth":%d,"record":' % depths[row[3]] + body + b"}" for row, body in zip(rows, bodies, strict=True)]
    records = documents.splice(items, directory.shown, reactions.answers(reading, list(depths)))
    found = versioned.select(
        reactions.NOUN,
        reading,
        f"v.is_deleted = 0 AND {reading.any_of('i.from_id', 'ids')} AND {reading.any_of('i.to_id', 'ids')}",
        {"ids": reading.listed(list(depths))},
        "ORDER BY i.id",
    )
    linked = documents.splice(versioned.rows_as_documents(reactions.NOUN, reading, found), nouns.Names(reading))
    return (
        b'{"items":['
        + records
        + b'],"reactions":['
        + linked
        + b'],"truncated":'
        + (b"true" if truncated else b"false")
        + b"}"
    )
