"""Purges of what was merged: nothing of it is told any more, and what stands still does; on both databases."""

import pytest

from api.settings import Settings
from tests import desk as at
from tests import expect
from tests.expect import Api
from tests.test_merges import OTHER, cites, content, merged, parted, unmerge
from tests.test_purges import MARK, everything_stored, everything_verifies, purge


@pytest.fixture
def admin(api: Api, settings: Settings) -> Api:
    """The holder of an admin's key, at a desk with its nouns."""
    at.nouns(api)
    return at.holder(api, settings, "admin")


def test_what_was_merged_can_be_purged_and_the_other_stands(admin: Api, settings: Settings) -> None:
    kept, other = at.said(admin), at.said(admin, title=MARK, source="tass", url=OTHER)
    merged(admin, kept, other)
    stands = admin.get(kept)
    tag = admin.send("GET", other, follow_redirects=False).headers["etag"]
    assert purge(admin, other, tag).json()["versions"] == [1, 2]
    assert MARK not in everything_stored(settings)
    expect.problem(admin.send("GET", other), "purged")
    assert admin.get(kept) == stands
    assert "not merged" in expect.faults(unmerge(admin, kept, other))["body.with"]["message"]
    assert everything_verifies(settings) == 2


def test_what_it_was_merged_into_can_be_purged(admin: Api, settings: Settings) -> None:
    kept, other = at.said(admin, title=MARK), at.said(admin)
    merged(admin, kept, other, change_note=MARK)
    tag = admin.tag(kept)
    assert admin.drop(kept).status_code == 204
    assert purge(admin, kept).status_code == 200
    expect.problem(admin.send("GET", other), "purged")
    expect.problem(unmerge(admin, kept, other, tag), "purged")
    assert admin.send("GET", other, params={"version": 1}).status_code == 200
    # The reason that was given for the merge stands with each of the two.
    assert purge(admin, other, admin.send("GET", other, follow_redirects=False).headers["etag"]).status_code == 200
    assert MARK not in everything_stored(settings)
    everything_verifies(settings)


def test_versions_around_a_merge_can_go_alone(admin: Api, settings: Settings) -> None:
    kept, other = at.said(admin, summary=MARK), at.said(admin, source="tass", url=OTHER)
    before = admin.get(other)
    merged(admin, kept, other)
    assert (
        admin.patch(
            kept,
            {"summary": None, "citations": [*admin.get(kept)["citations"], *cites(("tass", "https://tass.ru/new"))]},
        ).status_code
        == 200
    )
    assert purge(admin, kept, versions=[1, 2]).status_code == 200
    assert MARK not in everything_stored(settings)
    made = parted(admin, kept, other)
    assert [(one["path"], one["code"]) for one in made["left"]] == [(kept, "purged")]
    assert (made["citations"], len(admin.get(kept)["citations"])) == (0, 3)
    assert content(admin.get(other)) == content(before)
    everything_verifies(settings)
