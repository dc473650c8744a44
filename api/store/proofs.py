"""Proofs that one version is under a seal: made from the store, and checked without it."""

import json
from hashlib import sha256
from typing import Any

from api.errors import Problem, not_found
from api.store import (
    actors,
    affiliations,
    codings,
    contents,
    dismissals,
    documents,
    fingerprints,
    history,
    merkle,
    reactions,
    records,
    seals,
    sources,
    topics,
    versioned,
)
from api.store.history import Told
from api.store.sessions import Reading
from schemas import dates
from schemas.fields import closest
from schemas.vocabularies import ChangeNoun, Kind

_NOUNS = {
    ChangeNoun.ACTOR: actors.NOUN, ChangeNoun.SOURCE: sources.NOUN, ChangeNoun.TOPIC: topics.NOUN,
    ChangeNoun.AFFILIATION: affiliations.NOUN,
}  # fmt: skip


def find(reading: Reading, noun: str, address: str, version: int | None) -> bytes:
    """The proof of one version that may be seen, its author and note too; of the newest one unless a number is given.

    Raises Problem `not-found`, `deleted` for a tombstone, or `not-sealed` for what was entered after the last seal.
    """
    if noun not in list(ChangeNoun):
        near = closest(noun, [str(one) for one in ChangeNoun])
        raise not_found("noun", noun, near)
    told = _told(reading, ChangeNoun(noun), address)
    past = history.at(reading, told, version or _newest(reading, told))
    if past.recorded_by is None:
        why = (
            "it was written while a record of it was a draft, and a proof would tell by whom; who sees drafts gets it."
        )
        raise Problem("not-found", f"Of version {past.version} of this {told.name} there is no proof to be had: {why}")
    row = reading.row("SELECT salt, digest FROM fingerprint WHERE seq = :seq", {"seq": past.seq})
    sealed = seals.over(reading, past.seq)
    if row is None or sealed is None:
        last = seals.newest(reading)
        since = (
            f"after seal {last.number} of {dates.format_instant(last.sealed_at)}"
            if last
            else "and nothing is sealed yet"
        )
        entered = dates.format_instant(past.recorded_at)
        raise Problem(
            "not-sealed", f"Version {past.version} was entered at {entered}, {since}; the next seal takes it in."
        )
    salt, digest = row
    if salt is None:  # not by a purge: of what was purged no version is given above
        raise not_found(f"proof, since it was erased, of version {past.version} of the {told.name}", address)
    thing = next(thing for thing in contents.THINGS if thing.name == told.table)
    content = contents.read(reading, [thing], past.seq, past.seq)[0]
    leaves = seals.digests(reading, sealed)
    index = [seq for seq, _ in leaves].index(past.seq)
    return documents.dumps(
        {
            "noun": noun,
            "id": told.address if told.table != "record" else json.loads(content.said)["identity"]["uid"],
            "version": past.version,
            "content": content.said.decode(),
            "salt": bytes(salt).hex(),
            "previous": bytes(content.digest_before or fingerprints.NONE_BEFORE).hex(),
            "digest": bytes(digest).hex(),
            "leaf_index": index,
            "path": [one.hex() for one in merkle.path(index, [leaf for _, leaf in leaves])],
            "seal": seals.shape(reading, sealed),
        }
    )


def _told(reading: Reading, noun: ChangeNoun, address: str) -> Told:
    if noun in (ChangeNoun.STATEMENT, ChangeNoun.EVENT):
        return records.told(reading, Kind(noun), address)
    if noun is ChangeNoun.REACTION:
        return reactions.told(reading, address)
    if noun is ChangeNoun.CODING:
        return codings.told(reading, address.lower())
    if noun is ChangeNoun.DISMISSAL:
        return dismissals.told(reading, address)
    kept = _NOUNS[noun]
    return history.of_noun(
        kept, reading, versioned.newest(kept, reading, address if kept.address == "slug" else address.lower())
    )


def _newest(reading: Reading, told: Told) -> int:
    """The number of the newest version; of something deleted, that of its tombstone."""
    sql = f"SELECT max(v.version) FROM {told.table}_version v WHERE v.{told.table}_id = :id AND {told.seen('v')}"
    row = reading.row(sql, {"id": told.id, **told.values})
    return int(row[0] or 1) if row else 1


def faults(proof: dict[str, Any]) -> list[str]:
    """What is wrong with a proof, by itself: nothing, when its version is under its seal word for word. No database is asked."""
    try:
        salt, before, digest = (bytes.fromhex(proof[name]) for name in ("salt", "previous", "digest"))
        seal, path = proof["seal"], [bytes.fromhex(one) for one in proof["path"]]
        root, seal_before, seal_digest = (bytes.fromhex(seal[name]) for name in ("root", "previous", "digest"))
        content, header = proof["content"].encode(), seal["header"].encode()
        said, head, index = json.loads(content), json.loads(header), proof["leaf_index"]
        found = []
        if sha256(salt + before + content).digest() != digest:
            found.append("The digest is not that of the content with its salt and the digest before.")
        if merkle.climb(digest, index, head["versions"], path) != root:
            found.append("The path does not lead from the digest to the root of the seal.")
        if seals.digest(seal_before, root, header) != seal_digest:
            found.append("The digest of the seal is not that of its root, its header and the digest before.")
        sealed_at = dates.format_instant(head["sealed_at"])
        if (said["version"], head["seal"], sealed_at) != (proof["version"], seal["number"], seal["sealed_at"]):
            found.append("The numbers of version and seal, or the time of the seal, are not those that were hashed.")
        if any(head[name] != seal[name] for name in ("first_seq", "last_seq", "versions")):
            found.append("The revisions under the seal are not those that were hashed.")
        identity = said["identity"]
        if proof["id"] not in (identity.get("uid"), identity.get("slug")):
            found.append("The id is not the one that was hashed.")
        if proof["noun"] != (identity["kind"] if said["noun"] == "record" else said["noun"]):
            found.append("The noun is not the one that was hashed.")
    except (KeyError, TypeError, ValueError, AttributeError):
        return ["This is not a proof as GET /v1/proofs/… answers it."]
    return found
