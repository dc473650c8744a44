"""The Merkle tree against the known vectors of certificate transparency, and every path of every size against its root."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from api.store import merkle

# The entries and the roots of the trees of their first 0 to 8, as the reference implementations of RFC 6962 and 9162 have them.
ENTRIES = [bytes.fromhex(entry) for entry in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Of the leaves 0 and 5 of the tree of 8, 2 of 3 and 1 of 5 (counted from 0).
PATHS = {
    (0, 8): ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    (5, 8): ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
             "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
             "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): ["6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
             "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
             "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"],
}  # fmt: skip


def test_roots_are_those_of_the_known_vectors() -> None:
    for size, known in enumerate(ROOTS):
        assert merkle.root(ENTRIES[:size]).hex() == known, size


def test_paths_are_those_of_the_known_vectors() -> None:
    for (index, size), known in PATHS.items():
        assert [one.hex() for one in merkle.path(index, ENTRIES[:size])] == known, (index, size)


def by_definition(entries: list[bytes]) -> bytes:
    """MTH(D[n]) as section 2.1.1 words it."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    split = 1 << (len(entries) - 1).bit_length() - 1
    return sha256(b"\x01" + by_definition(entries[:split]) + by_definition(entries[split:])).digest()


def test_every_path_leads_to_the_root_and_to_no_other_place() -> None:
    for size in range(1, 34):
        entries = [sha256(b"%d" % number).digest() for number in range(size)]
        root = merkle.root(entries)
        assert root == by_definition(entries)
        for index in range(size):
            audit = merkle.path(index, entries)
            assert merkle.climb(entries[index], index, size, audit) == root
            for other in range(-1, size + 1):
                if other != index:
                    assert merkle.climb(entries[index], other, size, audit) != root
                    assert 0 <= other < size or merkle.climb(entries[index], other, size, audit) is None
            assert merkle.climb(entries[index - 1], index, size, audit) != root or size == 1
            assert merkle.climb(entries[index], index, size, [*audit, root]) is None
            assert not audit or merkle.climb(entries[index], index, size, audit[:-1]) != root


@given(size=st.integers(1, 3_000), data=st.data())
def test_a_path_of_any_size_leads_to_the_root_and_fails_when_anything_is_changed(
    size: int, data: st.DataObject
) -> None:
    entries = [b"%d" % number for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    audit, root = merkle.path(index, entries), merkle.root(entries)
    assert merkle.climb(entries[index], index, size, audit) == root
    assert len(audit) <= (size - 1).bit_length()
    if audit:
        at = data.draw(st.integers(0, len(audit) - 1))
        bent = [bytes([one[0] ^ 1]) + one[1:] if place == at else one for place, one in enumerate(audit)]
        assert merkle.climb(entries[index], index, size, bent) != root
