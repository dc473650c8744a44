"""Independent origins: each rule by itself, explained, now and as of a moment; on both databases."""

from typing import Any

import pytest

from api.commands import migrate
from api.database import Database
from api.settings import Settings
from api.store import corroboration, fingerprints, keys, sources
from api.store.answered import revisions as compare_answers
from api.store.audits import extent
from tests.desk import done, holder, post, said
from tests.expect import Api, faults
from tests.factories import statement, world
from tests.test_moments import now, then

Json = dict[str, Any]
OWNED = {"kremlin-ru": "kremlin", "duma": "russia", "russian-tv": "russia", "number-ten": "united-kingdom", "wire": None,
         "paper": None, "some-blog": None}  # fmt: skip


def owned_world(api: Api) -> None:
    """The little world, with sources of owners and of none."""
    world(api)
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    with database.writing(keys.SYSTEM) as writing:
        sources.amend(writing, "kremlin-ru", {"owner": "kremlin"}, None)
        for slug in ("duma", "russian-tv", "number-ten", "wire", "paper"):
            sources.create(writing, {"slug": slug, "name": slug.title(), "owner": OWNED[slug]})


@pytest.fixture
def told(api: Api) -> Api:
    """A desk in it."""
    owned_world(api)
    return api


def cite(source: str, role: str = "original", url: str | None = None, **more: Any) -> Json:
    """A citation with an address of its own unless one is given."""
    return {"source": source, "role": role, "url": url or f"https://{source}.example/{role}", **more}


def worth(api: Api, *citations: Json, **changes: Any) -> tuple[int, bool]:
    """Corroboration and primary of a statement with these citations."""
    path = said(api, source=None, url=None, citations=list(citations), **changes)
    shown = api.get(path)
    return shown["corroboration"], shown["primary"]


def explained(api: Api, path: str, **params: Any) -> list[Json]:
    """How the citations of a record were counted."""
    groups: list[Json] = api.get(path, params={"explain": "corroboration", **params})["corroboration_groups"]
    return groups


def test_translations_and_repeats_never_add(told: Api) -> None:
    one = cite("wire")
    assert worth(told, one) == (1, False)
    assert worth(told, one, cite("paper", "translation"), cite("some-blog", "repeat")) == (1, False)
    assert worth(told, cite("paper", "translation"), cite("some-blog", "repeat")) == (0, False)
    # Nor do they join what they stand between.
    between = cite("paper", "repeat", url=cite("wire")["url"], origin="x")
    assert worth(told, one, between, cite("some-blog", origin="x")) == (2, False)


def test_originals_without_anything_in_common_are_independent(told: Api) -> None:
    assert worth(told, cite("wire"), cite("paper"), cite("some-blog")) == (3, False)


def test_one_source_counts_once(told: Api) -> None:
    assert worth(told, cite("wire", url="https://a.example/1"), cite("wire", url="https://a.example/2")) == (1, False)


def test_one_address_counts_once_however_it_was_copied(told: Api) -> None:
    same = ("https://www.a.example/x/?utm_source=b", "http://a.example/x#top")
    assert worth(told, cite("wire", url=same[0]), cite("paper", url=same[1])) == (1, False)
    assert worth(told, cite("wire", url=same[0]), cite("paper", url="http://a.example/y")) == (2, False)


def test_one_owner_counts_once(told: Api) -> None:
    assert worth(told, cite("duma"), cite("russian-tv")) == (1, False)
    assert worth(told, cite("duma"), cite("number-ten")) == (2, False)


def test_one_origin_counts_once_whatever_its_case(told: Api) -> None:
    assert worth(told, cite("wire", "report", origin="AFP  Dispatch"), cite("paper", origin="afp dispatch")) == (
        1,
        False,
    )
    assert worth(told, cite("wire", "report", origin="AFP"), cite("paper", "report", origin="AP")) == (2, False)


def test_reports_that_state_no_origin_count_as_one(told: Api) -> None:
    reports = [cite(source, "report") for source in ("wire", "paper", "some-blog")]
    assert worth(told, *reports) == (1, False)
    assert worth(told, *reports, cite("number-ten")) == (2, False)
    assert worth(told, *reports[:2], {**reports[2], "origin": "a dispatch"}) == (2, False)


def test_what_is_joined_is_joined_on(told: Api) -> None:
    # wire and paper by address, paper and blog by origin
    chain = [
        cite("wire", url="https://a.example/1"), cite("paper", url="https://a.example/1", origin="x"), cite("some-blog", origin="x"),
    ]  # fmt: skip
    assert worth(told, *chain) == (1, False)
    assert worth(told, chain[0], chain[2]) == (2, False)


def test_each_party_to_a_call_gives_its_own_account(told: Api) -> None:
    other_side = [{"actor": "united-kingdom", "role": "addressee"}]
    readouts = [cite("kremlin-ru", "report"), cite("number-ten", "report")]
    of_call = {"channel": "readout", "on_behalf_of": "kremlin", "participants": other_side}
    assert worth(told, *readouts, **of_call) == (2, False)
    assert worth(told, *readouts, cite("wire", "report"), cite("paper", "report"), **of_call) == (3, False)
    shared = [{**one, "origin": "the call of 13 March"} for one in (*readouts, cite("wire", "report"))]
    assert worth(told, *shared, **of_call) == (2, False)
    # One address is one account, whoever cites it.
    assert worth(told, *[{**one, "url": "https://a.example/joint"} for one in readouts], **of_call) == (1, False)
    # Of anything but a call or a meeting, reports of unknown origin stay that.
    assert worth(told, *readouts, on_behalf_of="kremlin", participants=other_side) == (1, False)
    assert worth(told, *shared, on_behalf_of="kremlin", participants=other_side) == (1, False)


def test_a_meeting_is_told_by_its_event_type(told: Api) -> None:
    readouts = [cite("kremlin-ru", "report"), cite("number-ten", "report"), cite("wire", "report")]
    body: Json = {"source": None, "url": None, "citations": readouts, "actor": "kremlin",
            "participants": [{"actor": "united-kingdom", "role": "mediator"}]}  # fmt: skip
    assert told.get(done(told, **body))["corroboration"] == 3
    assert told.get(done(told, **{**body, "event_type": "AGREE", "event_mode": None}))["corroboration"] == 1
    body["participants"] = [{"actor": "united-kingdom", "role": "target"}]
    assert told.get(done(told, **body))["corroboration"] == 2  # the Kremlin's own account, and reports
    for least, found in ((2, 2), (3, 1), (4, 0)):
        assert len(list(told.walk("/v1/events", min_corroboration=least))) == found


def test_primary_is_the_own_publication_of_who_speaks(told: Api) -> None:
    assert worth(told, cite("kremlin-ru")) == (1, False)
    assert worth(told, cite("kremlin-ru"), on_behalf_of="kremlin") == (1, True)
    assert worth(told, cite("kremlin-ru"), actor="kremlin") == (1, True)
    assert worth(told, cite("wire"), cite("kremlin-ru"), participants=[{"actor": "kremlin", "role": "co_actor"}]) == (
        2,
        True,
    )
    assert worth(told, cite("kremlin-ru"), participants=[{"actor": "kremlin", "role": "addressee"}]) == (1, False)
    for role in ("report", "repeat"):
        assert worth(told, cite("kremlin-ru", role), actor="kremlin")[1] is False
    assert worth(told, cite("kremlin-ru", "translation"), actor="kremlin") == (0, True)
    assert worth(told, cite("kremlin-ru", "translation"), cite("wire", "report"), actor="kremlin") == (1, True)
    assert worth(told, cite("wire", "translation"), actor="kremlin") == (0, False)


def test_the_explanation_names_groups_rules_and_what_adds_nothing(told: Api) -> None:
    citations = [
        cite("kremlin-ru"), cite("wire", "translation"), cite("duma", "report", origin="Interfax"), cite("russian-tv"),
        cite("paper", "report"), cite("some-blog", "report"), cite("paper", "repeat"),
    ]  # fmt: skip
    path = said(told, actor="kremlin", source=None, url=None, citations=citations)
    groups = explained(told, path)
    assert [(one["citations"], one["counts"], one["primary"]) for one in groups] == [
        ([0], True, True), ([2, 3], True, False), ([4, 5], True, False), ([1], False, False), ([6], False, False),
    ]  # fmt: skip
    assert groups[1]["joined"] == [
        {"citation": 3, "with": 2, "rule": "owner", "why": "Both sources belong to Russia."},
    ]
    assert [one["rule"] for one in groups[2]["joined"]] == ["unstated"]
    assert "corroborates nothing" in groups[3]["why"]
    shown = told.get(path)
    assert "corroboration_groups" not in shown
    assert shown["corroboration"] == sum(one["counts"] for one in groups)


def test_the_explanation_is_of_the_version_and_the_moment_asked_for(told: Api) -> None:
    path = said(told, source=None, url=None, citations=[cite("wire", "report"), cite("paper", "report")])
    instant = now(told)
    assert told.patch(path, {"citations": [cite("wire"), cite("paper")]}).status_code == 200
    assert told.patch("/v1/sources/paper", {"owner": "finland"}).status_code == 200
    assert told.patch("/v1/sources/wire", {"owner": "finland"}).status_code == 200
    assert [one["rule"] for one in explained(told, path)[0]["joined"]] == ["owner"]
    assert [one["rule"] for one in explained(told, path, version=1)[0]["joined"]] == ["owner"]
    assert [one["rule"] for one in explained(told, path, as_of=instant)[0]["joined"]] == ["unstated"]


def test_an_explanation_can_be_sent_back_as_it_was_read(told: Api) -> None:
    path = said(told)
    tag = told.tag(path)
    shown = told.get(path, params={"explain": "corroboration"})
    assert told.patch(path, {**shown, "title": "Another"}, tag).status_code == 200
    shown["corroboration_groups"][0]["counts"] = False
    refused = faults(told.patch(path, {"corroboration_groups": shown["corroboration_groups"], "corroboration": 7}))
    assert set(refused) == {"body.corroboration_groups", "body.corroboration"}


def test_what_can_be_explained_is_named(told: Api) -> None:
    refused = faults(told.send("GET", said(told), params={"explain": "stance"}))
    assert set(refused) == {"query.explain"}


def test_min_corroboration_leaves_out_what_is_known_from_repeats_alone(told: Api) -> None:
    said(told, title="repeat", source=None, url=None, citations=[cite("wire", "repeat")])
    said(told, title="one", source=None, url=None, citations=[cite("wire")])
    said(told, title="two", source=None, url=None, citations=[cite("wire"), cite("paper")])
    said(told, title="own", actor="kremlin", source=None, url=None, citations=[cite("kremlin-ru")])

    def titles(least: int) -> set[str]:
        return {one["title"] for one in told.walk("/v1/timeline", 2, min_corroboration=least)}

    assert [titles(least) for least in (1, 2, 3)] == [{"one", "two", "own"}, {"two", "own"}, {"own"}]
    for odd in ("0", "-1", "51", "two"):
        assert set(faults(told.send("GET", "/v1/timeline", params={"min_corroboration": odd}))) == {
            "query.min_corroboration"
        }


def test_a_change_of_owner_shows_in_every_answer_and_in_its_tag(told: Api) -> None:
    path = said(told, source=None, url=None, citations=[cite("wire"), cite("paper")], title="cited twice")
    lists = ("/v1/timeline", "/v1/statements", "/v1/actors/vladimir-putin/timeline")
    thread, instant = f"{path}/thread", now(told)
    before = {one: told.send("GET", one).headers["etag"] for one in (path, thread, *lists)}
    for source in ("wire", "paper"):
        assert told.patch(f"/v1/sources/{source}", {"owner": "vladimir-putin"}).status_code == 200
    for one, tag in before.items():
        answer = told.send("GET", one, headers={"If-None-Match": tag})
        assert (answer.status_code, answer.headers["etag"] != tag) == (200, True)
        assert '"corroboration":1,"primary":true' in answer.text
        past = told.send("GET", one, params={"as_of": instant})
        assert '"corroboration":2,"primary":false' in past.text
    assert told.get(path)["version"] == 1
    feed = told.get("/v1/changes", params={"kind": "statement"})["items"]
    assert feed[-1]["representation"]["corroboration"] == 1
    assert told.patch(path, {"citations": [cite("number-ten")]}).json()["corroboration"] == 1
    assert told.get(f"{path}/history")["items"][0]["changed"] == ["source", "citations"]


def test_a_purge_takes_the_groups_with_it(told: Api, settings: Settings) -> None:
    path = said(told, source=None, url=None, citations=[cite("wire"), cite("paper")])
    assert told.drop(path).status_code == 204
    admin = holder(told, settings, "admin")
    tag = told.send("GET", path).headers["etag"]
    erase = {"path": path, "reason": "Request"}
    assert admin.send("POST", "/v1/purges", json=erase, headers={"If-Match": tag}).status_code == 200
    database: Database = told.client.app.state.database  # type: ignore[attr-defined]
    with database.reading() as reading:
        assert reading.rows("SELECT count(*) FROM record_citation") == [(0,)]
        assert {row[0] for row in reading.rows("SELECT document FROM record_version")} == {b""}
        assert corroboration.missing(reading) == 0
        assert compare_answers(reading, 1, extent(reading)).faults == []


def test_versions_of_an_earlier_release_are_given_theirs(
    told: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = said(told, source=None, url=None, citations=[cite("wire"), cite("paper"), cite("paper", "repeat")])
    assert told.patch(first, {"title": "Another"}).status_code == 200
    assert told.drop(said(told)).status_code == 204
    documents = "SELECT seq, document FROM record_version WHERE is_deleted = 0 ORDER BY seq"
    groups = "SELECT seq, position, url_group, origin_group FROM record_citation ORDER BY seq, position"
    database: Database = told.client.app.state.database  # type: ignore[attr-defined]
    with database.reading() as reading:
        stood, grouped = reading.rows(documents), reading.rows(groups)
    assert all(b"\x1fc" in document for _, document in stood)
    migrate.migrate(settings.database_url, migrate.path()[migrate.path().index("0008") - 1])
    with database.reading() as reading:
        assert not [seq for seq, document in reading.rows(documents) if b"\x1fc" in document]
    monkeypatch.setattr(fingerprints, "CHUNK", 2)  # several batches
    migrate.migrate(settings.database_url)
    with database.reading() as reading:
        assert (reading.rows(documents), reading.rows(groups)) == (stood, grouped)
        assert corroboration.missing(reading) == 0
    assert told.get(first)["corroboration"] == 2


def test_a_past_page_is_weighed_by_the_owners_of_then(told: Api) -> None:
    post(told, "/v1/statements", statement(source=None, url=None, citations=[cite("wire"), cite("paper")]))
    instant = now(told)
    assert told.patch("/v1/sources/wire", {"owner": "finland"}).status_code == 200
    assert told.patch("/v1/sources/paper", {"owner": "finland"}).status_code == 200
    assert [one["corroboration"] for one in told.walk("/v1/timeline")] == [1]
    assert [one["corroboration"] for one in then(told, "/v1/timeline", instant)["items"]] == [2]
    assert list(told.walk("/v1/timeline", min_corroboration=2)) == []
    assert len(then(told, "/v1/timeline", instant, min_corroboration=2)["items"]) == 1
