"""Full text: both databases find what a plain matcher finds, now and at any moment of the past."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.store import matches, walks
from tests import corpus, desk, matcher
from tests.corpus import VOCABULARY, Moment
from tests.expect import Api, faults, problem
from tests.matcher import Asked


def term(words: tuple[str, ...], cut: int, is_prefix: bool, number: int) -> Asked:
    """A term; of a prefix only the first letters, and every fifth one is left out."""
    begun = words[0][:cut] if words[0][:cut].isalnum() else words[0]
    return Asked((begun,) if is_prefix else words, is_prefix, number == 0)


# Words that stand side by side in a record, or of many; some of them in one query.
TEXTS = [
    text.split()
    for one in corpus.RECORDS
    for name in ("title", "summary", "quote", "translation")
    if (text := one.get(name, "").replace('"', ""))
]
SIDE_BY_SIDE = st.builds(
    lambda words, at, size: tuple(words[at % len(words) :][:size]),
    st.sampled_from(TEXTS),
    st.integers(0, 20),
    st.integers(1, 3),
)
ANY = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=2).map(tuple)
TERMS = st.builds(term, SIDE_BY_SIDE | ANY, st.integers(1, 5), st.booleans(), st.integers(0, 4))
QUERIES = st.lists(TERMS.filter(lambda one: any(map(matcher.plain, one.words))), min_size=1, max_size=3)
QUIET = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None)


def ids(api: Api, **params: Any) -> list[str]:
    """The ids of a whole list, in order."""
    return [item["id"] for item in api.walk("/v1/timeline", limit=3, **params)]


@pytest.fixture
def moments(api: Api) -> list[Moment]:
    """The corpus, and what stood when."""
    return corpus.write(api)


def test_a_search_finds_what_a_plain_matcher_finds(
    api: Api, moments: list[Moment], monkeypatch: pytest.MonkeyPatch
) -> None:
    anyone, found_some = desk.anyone(api), set()

    @QUIET
    @given(QUERIES, st.sampled_from(moments), st.booleans())
    def check(terms: list[Asked], moment: Moment, is_walked: bool) -> None:
        monkeypatch.setattr(matches, "MANY", 0 if is_walked else 2_000)
        monkeypatch.setattr(matches, "MANY_RANKED", 0 if is_walked else 20_000)
        monkeypatch.setattr(walks, "MOST_LOOKED_UP", 1 if len(terms) > 1 else 1_000_000)
        asked = {"q": " ".join(term.text for term in terms), **({"as_of": moment.as_of} if moment.as_of else {})}
        ranks = {uid: matcher.rank(record, moment.names, terms) for uid, record in moment.records.items()}
        expected = {uid: rank for uid, rank in ranks.items() if rank is not None}
        newest = ids(anyone, **asked)
        assert set(newest) == set(expected), asked
        assert ids(anyone, **asked, order="asc") == newest[::-1]
        assert set(ids(anyone, **asked, order="entered")) == set(newest)
        best = sorted(newest, key=lambda uid: (-expected[uid], newest.index(uid)))
        assert ids(anyone, **asked, order="relevance") == best, (asked, expected)
        counted = anyone.get("/v1/timeline", params={**asked, "count": "capped"})["count"]
        assert counted == {"n": len(expected), "at_least": False}
        found_some.add(min(len(expected), 3))

    check()
    assert {0, 1, 3} <= found_some


def test_a_rename_is_found_at_once_and_the_past_keeps_its_names(api: Api, moments: list[Moment]) -> None:
    before, now = moments[1].as_of, moments[-1]
    by_name = {uid for uid, record in now.records.items() if record["actor"] == "turkiye"}
    assert set(ids(api, q="republic straits")) == by_name
    assert set(ids(api, q="Turkey")) == set()
    assert by_name < set(ids(api, q="turkey", as_of=before))
    assert ids(api, q="straits", as_of=before) == []


def test_drafts_are_found_only_by_those_who_see_them_and_ask(api: Api, moments: list[Moment]) -> None:
    for asking, status, count in ((desk.anyone(api), "draft", 0), (api, "draft", 1), (api, "published", 0)):
        answer = asking.get("/v1/timeline", params={"q": "nobody knows", "status": status, "count": "capped"})
        assert (len(answer["items"]), answer["count"]["n"]) == (count, count)
    assert ids(api, q="nobody knows") == []


def test_it_goes_together_with_every_other_filter_and_list(api: Api, moments: list[Moment]) -> None:
    corridor = {uid for uid, record in moments[0].records.items() if "grain corridor" in record["title"].lower()}
    asked = {"q": '"grain corridor"', "as_of": moments[0].as_of}
    assert set(ids(api, **asked)) == corridor
    assert len(corridor) == 2
    paths = ("/v1/statements", "/v1/events", "/v1/actors/turkiye/timeline", "/v1/actors/united-nations/timeline")
    found = [[item["id"] for item in api.get(path, params=asked)["items"]] for path in paths]
    assert [len(one) for one in found] == [1, 1, 1, 1]
    assert found[0] == found[3]
    assert found[1] == found[2]
    assert ids(api, **asked, role="any", actor="united-nations") == ids(api, **asked)
    assert ids(api, **asked, kind="event", **{"from": "2025-03-18"}) == found[1]
    assert ids(api, **asked, kind="event", **{"from": "2025-03-19"}) == []
    assert ids(api, **asked, topic="truce-in-principle", order="relevance") == found[0]
    assert ids(api, **asked, id=found[1][0], order="asc") == found[1]
    first = api.send("GET", "/v1/timeline", params=asked)
    again = api.send("GET", "/v1/timeline", params=asked, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    other = {**asked, "q": '"grain corridor" tonnes OR'}
    assert api.send("GET", "/v1/timeline", params=other).headers["etag"] != first.headers["etag"]


def test_a_cursor_belongs_to_what_was_searched_for(api: Api, moments: list[Moment]) -> None:
    for order in ("desc", "relevance"):
        cursor = api.get("/v1/timeline", params={"q": "the", "limit": 1, "order": order})["next"]
        assert api.get("/v1/timeline", params={"q": "the", "limit": 1, "order": order, "cursor": cursor})["items"]
        for other in ({"q": "a", "order": order}, {"order": "desc"}, {"q": "the", "order": "asc"}):
            problem(api.send("GET", "/v1/timeline", params={**other, "cursor": cursor}), "cursor-mismatch")


@pytest.mark.parametrize(
    ("query", "snippet"),
    [
        ("L'ACCORD", "<mark>L&#x27;accord</mark> doit être respecté ; l’été, la trêve. Œuvre commune."),
        ("ete treve", "L&#x27;accord doit être respecté ; l’<mark>été</mark>, la <mark>trêve</mark>. Œuvre commune."),
        ("strasse grosse*", "Die <mark>Straße</mark> ist groß, die <mark>Größe</mark> der Maßnahme unklar."),
        ("ПЯТЬ | п'ять", None),
        ('"п’ять пізніше"', "П’ять коридорів для зерна, ще <mark>п\u02bcять пізніше</mark>. Її об’єм великий."),
        ("елки еще", "Все <mark>ёлки</mark> зелёные, и <mark>еще</mark> раз: мир, мой мир."),
        ("today", "Meeting; no talks on a truce &lt;b&gt;<mark>today</mark>&lt;/b&gt; &amp; later."),
        ("tonnes 1,000 re-counted", "<mark>1 000</mark> <mark>tonnes</mark>, not 1,001. <mark>Re-counted</mark>."),
        ("istanbul", "<mark>İstanbul</mark>&#x27;da görüşmeler yapılabilir. IŞIK ve ışık."),
    ],
)
def test_the_snippet_shows_what_was_found(api: Api, moments: list[Moment], query: str, snippet: str | None) -> None:
    items = api.get("/v1/timeline", params={"q": query, "as_of": moments[0].as_of})["items"]
    assert [item["snippet"] for item in items] == ([snippet] if snippet else [])


def test_a_snippet_of_a_long_text_is_short_and_cut_between_words(api: Api) -> None:
    desk.nouns(api)
    words = " ".join(f"word{number}" for number in range(1_000))
    path = desk.said(api, summary=f"{words} needle <i> {words}", title="x" * 300)
    (item,) = api.get("/v1/timeline", params={"q": "needle"})["items"]
    assert item["snippet"].startswith("… word993 word994")
    assert "word999 <mark>needle</mark> &lt;i&gt; word0 word1" in item["snippet"]
    assert 150 < len(item["snippet"]) < 240
    assert api.get("/v1/timeline", params={"q": "putin"})["items"][0]["snippet"] is None
    assert "snippet" not in api.get("/v1/timeline")["items"][0]
    assert "snippet" not in api.get(path)
    # An item of a list can be sent back as it was read.
    assert api.patch(path, {**item, "summary": "Short"}).json()["summary"] == "Short"


def test_words_may_be_long_and_phrases_stand_in_one_text(api: Api) -> None:
    desk.nouns(api)
    long = "ab" * 2_500
    desk.said(api, title="Ends in one", summary="two begins", quote=f"{long}a {long}b", language="en")
    desk.said(api, title="停火协议", summary="各方同意停火 and more", actor="kremlin")
    for query, count in (('"one two"', 0), ('"in one"', 1), ('"in on*"', 1), ('"ends in o"*', 1), ('"i* one"', 0), (f"{long[:900]}*", 1), (long[:900], 0), ("停火", 1), ("火停", 0), ("同意停火", 1),
                         ("意*", 1), ("Владимир", 0), ('"vladimir putin"', 1), ('"putin kremlin"', 0), ("kremlin ends", 0)):  # fmt: skip
        assert len(ids(api, q=query)) == count, query
    assert ids(api, q="one -vladimir") == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"q": "-- \" ' * ()"}, {"query.q": "q holds no word"}),
        ({"q": "«»"}, {"query.q": "q holds no word"}),
        ({"q": "a" * 1_001}, {"query.q": "q is longer than 1,000 characters"}),
        ({"q": " ".join(f"w{number}" for number in range(33))}, {"query.q": "q holds 33 terms"}),
        ({"order": "relevance"}, {"query.order": "relevance means nothing without q"}),
        ({"q": "?", "order": "relevance", "actor": "nobody"}, {"query.q": "q holds no word", "query.actor": "there is no actor 'nobody'"}),
    ],
)  # fmt: skip
def test_what_can_not_be_searched_for_is_refused_in_words(
    api: Api, given: dict[str, str], told: dict[str, str]
) -> None:
    found = faults(api.send("GET", "/v1/timeline", params=given))
    assert {where: fault["message"] for where, fault in found.items()} == told
    assert all(fault["hint"] for where, fault in found.items() if where != "query.actor")


HOSTILE = ['"', '""', '"a', 'a"b"c', "-", "- a", "--a", '-"a b', "*", "a*b*", "**a**", "a OR b", "a AND NOT b", "NEAR(a b, 2)", "title:a", "^a",
           "a + b", "(a", "a)", "{a b}", "a:*", "!a", "a & b | c", "a <-> b", "'a'", "\\a\\", "a\\'b", "%", "a%", "_a_", ":q0 a", ":at", "{until}",
           "{{0}}", "{sign}", "%(x)s a", "a;DROP TABLE record_text", "¤1", "¤1 a", "a ¤", "\u200b", "\u202ea", "👍", "👍a", "ﷺ", "ﷺ" * 900, "a " * 400,
           "é" * 900, "\ufb03", "\U0001d504", "\u0301", "a\u0301\u0301", "\u0e01\u0e34", "한국어", "x" * 1_000, '"' * 999, "-" * 999, "<script>", "&lt;"]  # fmt: skip


def test_a_hostile_query_never_fails(api: Api, moments: list[Moment]) -> None:
    for query in HOSTILE:
        for order in ("desc", "relevance"):
            answer = api.send("GET", "/v1/timeline", params={"q": query, "order": order})
            assert answer.status_code in (200, 422), (query, answer.text)
            assert answer.status_code == 200 or "query.q" in faults(answer), (query, answer.text)

    @QUIET
    @given(st.text(max_size=60) | st.text("\"-* abмёИ'’¤(){}:&|!<>\\%", max_size=40))
    def check(query: str) -> None:
        answer = api.send("GET", "/v1/timeline", params={"q": query, "limit": 2})
        assert answer.status_code in (200, 422), (query, answer.text)

    check()


def test_what_is_purged_is_in_no_index_of_words(api: Api, settings: Any, database_url: str) -> None:
    desk.nouns(api)
    admin, mark = desk.holder(api, settings, "admin"), "zyxmarkerxyz"
    path = desk.said(api, title=f"{mark} {mark}b stays", quote=f"a{mark} мой", language="ru")
    api.patch(path, {"summary": f"{mark}c"})
    assert len(ids(api, q=f"{mark}c")) == 1
    api.drop(path)
    sent = {"path": path, "reason": "Request of a private person, 2026/17"}
    assert admin.send("POST", "/v1/purges", json=sent, headers={"If-Match": api.tag(path)}).status_code == 200
    with desk.store(settings) as store:
        assert store.rows("SELECT * FROM record_text") == []
        files = []
        if store.dialect == "sqlite":
            files = [database_url.removeprefix("sqlite:///") + end for end in ("", "-wal")]
        else:
            named = "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('ix_record_text_words')"
            store.connection.execute("CHECKPOINT")
            files = [row[0] for row in store.rows(named)]
    for file in files:
        assert mark[3:].encode() not in Path(file).read_bytes(), file
