"""The Merkle tree of RFC 9162, section 2.1: its root, the audit path of a leaf, and the check of a path. Pure."""

from collections.abc import Iterable, Sequence
from hashlib import sha256

HASH_BYTES = 32


def leaf(entry: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def root(entries: Iterable[bytes]) -> bytes:
    """MTH(D[n]), in one pass: what is kept are the roots of the full subtrees so far, from large to small."""
    peaks: list[tuple[int, bytes]] = []
    for entry in entries:
        height, found = 0, leaf(entry)
        while peaks and peaks[-1][0] == height:
            found = node(peaks.pop()[1], found)
            height += 1
        peaks.append((height, found))
    if not peaks:
        return sha256(b"").digest()
    found = peaks.pop()[1]
    while peaks:
        found = node(peaks.pop()[1], found)
    return found


def path(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D[n]): what has to be hashed onto leaf `index` to come to the root, from the leaf upwards."""
    level = [leaf(entry) for entry in entries]
    found = []
    while len(level) > 1:
        # The last of an odd number moves up as it is, and has nobody beside it.
        if index ^ 1 < len(level):
            found.append(level[index ^ 1])
        above = [node(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = above + level[len(above) * 2 :]
        index >>= 1
    return found


def climb(entry: bytes, index: int, size: int, audit: Sequence[bytes]) -> bytes | None:
    """The root that an entry and its audit path lead to in a tree of this size (section 2.1.3.2); None where the path doesn't fit."""
    found, last = leaf(entry), size - 1
    if not 0 <= index < size:
        return None
    for beside in audit:
        if last == 0:
            return None
        if index % 2 or index == last:
            found = node(beside, found)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            found = node(found, beside)
        index, last = index // 2, last // 2
    return found if last == 0 else None
