"""Records that may be one, or repeat another: each reason by itself, what is left out, what is offered; on both databases."""

from typing import Any

import pytest

from api.settings import Settings
from tests.desk import anyone, done, holder, link, post, said, uid
from tests.expect import Api, faults, problem
from tests.factories import world
from tests.test_moments import now

Json = dict[str, Any]
URL = "http://en.kremlin.ru/events/president/news/76450"
TITLE = "Agrees with the idea of a truce, raises questions first"
OTHER_TITLE = "Names five conditions under which fighting might end"


@pytest.fixture
def told(api: Api) -> Api:
    """The little world."""
    world(api)
    return api


def duplicates(api: Api, **params: Any) -> list[Json]:
    """Every pair, page by page, two at a time."""
    return list(api.walk("/v1/duplicates", 2, **params))


def ids(item: Json) -> list[str]:
    """The two records of a pair."""
    return [one["id"] for one in item["records"]]


def apart(**changes: Any) -> Json:
    """What makes two statements unlike, but for what is changed."""
    return {"title": OTHER_TITLE, "url": f"{URL}?other", "topic": "sanctions", **changes}


def test_one_page_on_one_day_is_offered_to_be_merged(told: Api) -> None:
    first = said(told)
    second = said(told, **apart(url=URL.replace("http:", "https:") + "/?utm_source=x"))
    (found,) = duplicates(told)
    assert (found["offer"], found["score"]) == ("merge", 0.68)
    assert (found["reasons"], found["doubts"]) == (["same_actor", "same_day", "same_url"], [])
    assert found["why"] == (
        "Both are of Vladimir Putin, on 2025-03-13; both cite en.kremlin.ru/events/president/news/76450."
    )
    assert [one["slug"] for one in found["actors"]] == ["vladimir-putin"]
    assert ids(found) == [uid(second), uid(first)]
    whole = told.get(second)
    assert found["records"][0] == {
        **{name: whole[name] for name in ("id", "kind", "status", "title", "date", "date_earliest", "date_latest", "actor")},
        **{name: whole[name] for name in ("stance", "version", "source", "recorded_at")},
        "topic": whole["topics"][0]["topic"], "path": second, "etag": told.tag(second), "url": whole["citations"][0]["url"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"title": "Agrees with the idea of a ceasefire, raises questions first"}, ["same_day", "near_title"]),
        (
            {"quote": "Мы с предложениями согласны, но надо договориться о всех нюансах дела"},
            ["same_day", "near_quote"],
        ),
        ({"title": TITLE, "date": "2025-03-14"}, ["near_date", "near_title"]),
        ({"title": TITLE, "topic": "truce-in-principle"}, ["same_day", "near_title", "same_topic_and_stance"]),
        ({"title": TITLE, "event_type": "SUPPORT"}, ["same_day", "near_title", "same_event_type"]),
        ({"title": TITLE, "actor": "dmitry-peskov", "on_behalf_of": "vladimir-putin"}, ["same_day", "near_title"]),
    ],
)
def test_each_reason_is_told(told: Api, changes: Json, reasons: list[str]) -> None:
    said(told, event_type="SUPPORT", quote="Мы с предложениями согласны, но надо договориться о всех этих нюансах")
    said(told, **apart(**changes))
    (found,) = duplicates(told, offer="merge", min_score=0)
    assert found["reasons"] == ["same_actor", *reasons]


def test_one_page_of_other_actors_is_no_duplicate(told: Api) -> None:
    for actor in ("vladimir-putin", "boris-johnson", "finland"):
        said(told, actor=actor)
    assert duplicates(told, min_score=0) == []


def test_a_statement_and_an_event_are_never_one(told: Api) -> None:
    said(told)
    done(told, date="2025-03-13", url=URL, title=TITLE)
    assert duplicates(told, min_score=0) == []


@pytest.mark.parametrize(
    ("one", "other", "doubt"),
    [
        ({"participants": [{"actor": "finland", "role": "addressee"}]}, {"participants": [{"actor": "nato", "role": "target"}]}, "other_counterpart"),
        ({"event_type": "SUPPORT"}, {"event_type": "REJECT"}, "other_event_type"),
        ({"actor": "dmitry-peskov", "on_behalf_of": "kremlin"}, {"on_behalf_of": "kremlin"}, "other_speaker"),
    ],
)  # fmt: skip
def test_what_speaks_against_it_halves_the_score(told: Api, one: Json, other: Json, doubt: str) -> None:
    said(told, **one)
    said(told, **apart(url=URL, **other))
    (found,) = duplicates(told, min_score=0.3)
    assert (found["doubts"], found["score"]) == ([doubt], 0.34)
    assert " But " in found["why"]
    assert duplicates(told) == []


def test_dates_are_near_by_both_their_bounds_in_calendar_days(told: Api) -> None:
    dates = [
        "2025-03",
        "2025-03-13T23:59:59Z",
        "2025-03-14",
        "2025-03-16/2025-03-18",
        "2025-03-17/2025-03-19",
        "2025-03-16/..",
    ]
    paths = {uid(said(told, **apart(title=TITLE, date=date))): date for date in dates}
    assert len(paths) == len(dates)

    def near(**params: Any) -> set[tuple[str, ...]]:
        return {
            tuple(paths[one] for one in ids(item)) for item in duplicates(told, offer="merge", min_score=0, **params)
        }

    assert near() == {(dates[2], dates[1]), (dates[4], dates[3])}
    assert near(within="PT1H") == set()
    assert near(within="P3D") == near()
    assert near(within="P4D") == near() | {(dates[3], dates[2])}
    assert near(within="P31D") >= near(within="P4D") | {(dates[3], dates[0])}


def test_a_position_said_again_days_later_is_offered_as_a_repeat_of_the_last_one(told: Api) -> None:
    paths = [
        said(told, date=f"2025-03-{day:02}", title=f"Number {day} of many things", url=f"{URL}?{day}")
        for day in (1, 5, 9)
    ]
    said(told, date="2025-03-20", title="Something else", stance="opposes")
    found = duplicates(told)
    assert [(one["offer"], ids(one)) for one in found] == [
        ("repeat", [uid(paths[2]), uid(paths[1])]), ("repeat", [uid(paths[1]), uid(paths[0])]),
    ]  # fmt: skip
    assert found[0]["reasons"] == ["same_actor", "near_title", "same_topic_and_stance"]
    assert "on 2025-03-05 and again on 2025-03-09; " in found[0]["why"]
    assert duplicates(told, offer="merge", min_score=0, within="P5D") != []
    assert duplicates(told, repeats_within="P3D") == []


def test_no_position_is_repeated_where_none_is_taken(told: Api) -> None:
    for day, stance in ((1, "unclear"), (5, "unclear"), (9, "no_position"), (12, "no_position")):
        said(
            told, **apart(date=f"2025-03-{day:02}", stance=stance, url=f"{URL}?{day}", title=f"{'x' * day} {'y' * day}")
        )
    assert duplicates(told, min_score=0) == []


def test_what_is_offered_can_be_done_as_it_is(told: Api) -> None:
    first = said(told, date="2025-03-13")
    said(told, date="2025-03-13", url=f"{URL}#again")
    said(told, date="2025-03-20", url=f"{URL}?later")
    repeat, merge = duplicates(told)
    asked = merge["request"]
    assert asked["path"] == f"{first}/merge"
    done_ = told.send(asked["method"], asked["path"], headers=asked["headers"], json=asked["body"])
    assert done_.status_code == 200, done_.text
    (found,) = duplicates(told)
    assert ids(found)[0] == ids(repeat)[0]
    assert ids(found)[1] == uid(first)
    asked = found["request"]
    linked = told.send(asked["method"], asked["path"], headers=asked["headers"], json=asked["body"])
    assert (linked.status_code, linked.json()["type"]) == (201, "repeats")
    assert linked.json()["topic"]["slug"] == "truce-in-principle"
    assert duplicates(told) == []


def test_what_is_public_is_kept(told: Api) -> None:
    said(told, status="draft")
    public = said(told)
    (found,) = duplicates(told, status=["draft", "published"])
    assert found["request"]["path"] == f"{public}/merge"


def test_pairs_that_are_linked_or_dismissed_are_not_offered(told: Api) -> None:
    one, other = said(told), said(told)
    assert len(duplicates(told)) == 1
    instant = now(told)
    linked = link(told, other, one, "clarifies")
    assert duplicates(told) == []
    told.drop(f"/v1/reactions/{linked['id']}")
    made = told.make("/v1/duplicates/dismissals", {"records": [uid(other), uid(one)], "note": "Two speeches"})
    assert made["records"] == [uid(one), uid(other)]
    assert duplicates(told) == []
    (then,) = duplicates(told, as_of=instant)
    assert (ids(then), then["request"]) == ([uid(other), uid(one)], None)
    assert told.drop(f"/v1/duplicates/dismissals/{made['id']}").status_code == 204
    assert len(duplicates(told)) == 1


def test_what_repeats_something_already_is_not_offered_as_a_repeat_of_another(told: Api) -> None:
    first, second, third = (said(told, date=f"2025-03-{day}", url=f"{URL}?{day}") for day in (10, 14, 18))
    link(told, third, first, "repeats")
    assert [ids(one) for one in duplicates(told)] == [[uid(second), uid(first)]]


def test_one_of_a_pair_is_enough_for_the_filters_and_of_a_repeat_the_later_one(told: Api) -> None:
    first = said(told, tags=["import"], date="2025-03-13")
    second = said(told, date="2025-03-13", url=f"{URL}#2")
    third = said(told, date="2025-03-20", url=f"{URL}?3")
    (pair,) = duplicates(told, tag="import")
    assert (pair["offer"], ids(pair)) == ("merge", [uid(second), uid(first)])
    (repeat,) = duplicates(told, **{"from": "2025-03-20"})
    assert (repeat["offer"], ids(repeat)) == ("repeat", [uid(third), uid(second)])
    assert duplicates(told, actor="finland") == []
    assert len(duplicates(told, actor="kremlin", affiliates="true")) == 2
    assert [ids(one) for one in duplicates(told, order="asc")] == [ids(one) for one in duplicates(told)][::-1]


def test_drafts_are_seen_by_those_who_see_them(told: Api, settings: Settings) -> None:
    author = holder(told, settings, "contributor")
    said(author, status="draft")
    said(told)
    for asking, number in (
        (told, 1),
        (author, 1),
        (anyone(told), 0),
        (holder(told, settings, "contributor", "another"), 0),
    ):
        assert len(duplicates(asking)) == 0
        assert len(duplicates(asking, status=["draft", "published"])) == number


def test_what_is_wrong_is_told(told: Api) -> None:
    for query, message in (
        ("within=P32D", "within is longer than 31 days"),
        ("repeats_within=P367D", "repeats_within is longer than 366 days"),
        ("min_score=2", "'2' is no number from 0 to 1"),
        ("min_score=nan", "'nan' is no number from 0 to 1"),
        ("offer=link", "'link' is no value of offer"),
        ("count=capped", "there is no parameter 'count'"),
        ("actor=kremln", "there is no actor 'kremln'"),
    ):
        found = faults(told.send("GET", f"/v1/duplicates?{query}"))
        assert message in next(iter(found.values()))["message"], query
    cursor = "WyJ4IiwxXQ"
    problem(told.send("GET", f"/v1/duplicates?cursor={cursor}"), "cursor-mismatch")


def test_a_snapshot_keeps_the_pairs(told: Api) -> None:
    said(told), said(told)
    (item,) = duplicates(told)
    taken = post(told, "/v1/snapshots", {"query": "/v1/duplicates"})
    kept = told.get(taken["path"])["answer"]["items"]
    assert kept == [{**item, "request": None}]
