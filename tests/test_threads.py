"""Threads: the chain of answers around a record, both ways, nearest first."""

from typing import Any

from tests import expect
from tests.desk import done, link, nouns, said, uid
from tests.expect import Api


def shape(api: Api, path: str, **params: Any) -> tuple[list[tuple[int, str]], bool]:
    """The depths and ids of a thread, and whether it was cut."""
    found = api.get(f"{path}/thread", params=params)
    return [(one["depth"], one["record"]["id"]) for one in found["items"]], found["truncated"]


def chain(api: Api, length: int) -> list[str]:
    """Statements, each of which answers the one before; a day apart."""
    paths: list[str] = []
    for day in range(length):
        answered = [uid(paths[-1])] if paths else []
        paths.append(said(api, date=f"2025-03-{day + 1:02}", reacts_to=answered))
    return paths


def test_a_thread_runs_both_ways_to_any_depth(api: Api) -> None:
    nouns(api)
    paths = chain(api, 12)
    for place in (0, 5, 11):
        wanted = [(index - place, uid(path)) for index, path in enumerate(paths)]
        assert shape(api, paths[place]) == (wanted, False)
    found = api.get(f"{paths[5]}/thread")
    assert [one["from"] for one in found["reactions"]] == [uid(path) for path in paths[1:]]
    assert found["items"][0]["record"] == api.get(paths[0])


def test_depth_and_limit_cut_a_thread_and_say_so(api: Api) -> None:
    nouns(api)
    paths = chain(api, 7)
    found, cut = shape(api, paths[3], depth=2)
    assert ([depth for depth, _ in found], cut) == ([-2, -1, 0, 1, 2], True)
    assert shape(api, paths[3], depth=3)[1] is False
    found, cut = shape(api, paths[3], limit=3)
    assert ([depth for depth, _ in found], cut) == ([-1, 0, 1], True)
    assert shape(api, paths[3], limit=1) == ([(0, uid(paths[3]))], True)
    assert shape(api, paths[3], limit=7)[1] is False
    assert len(api.get(f"{paths[3]}/thread", params={"limit": 3})["reactions"]) == 2


def test_a_thread_does_not_turn_back_to_the_other_answers_of_what_it_answers(api: Api) -> None:
    nouns(api)
    first = said(api)
    mine, other = (said(api, reacts_to=[uid(first)]) for _ in range(2))
    assert shape(api, mine) == ([(-1, uid(first)), (0, uid(mine))], False)
    assert {one for _, one in shape(api, first)[0]} == {uid(first), uid(mine), uid(other)}


def test_a_thread_has_each_record_once_at_its_least_depth_with_every_link(api: Api) -> None:
    nouns(api)
    first = said(api)
    second = said(api, reacts_to=[uid(first)])
    third = done(api, reacts_to=[uid(first), uid(second)])
    link(api, third, first, "violates")
    wanted = [(0, uid(first)), (1, uid(second)), (1, uid(third))]
    assert shape(api, first) == (wanted, False)
    for params in ({}, {"limit": 3}, {"depth": 1}):
        assert len(api.get(f"{first}/thread", params=params)["reactions"]) == 4
    last = said(api, date="2025-03-20", reacts_to=[uid(third)])
    cut = api.get(f"{first}/thread", params={"limit": 3})
    assert (len(cut["reactions"]), cut["truncated"]) == (4, True)
    assert shape(api, last)[0] == [(-2, uid(first)), (-2, uid(second)), (-1, uid(third)), (0, uid(last))]


def test_what_is_deleted_ends_a_thread(api: Api) -> None:
    nouns(api)
    paths = chain(api, 4)
    assert api.drop(paths[1]).status_code == 204
    assert shape(api, paths[3]) == ([(-1, uid(paths[2])), (0, uid(paths[3]))], False)
    assert shape(api, paths[0]) == ([(0, uid(paths[0]))], False)


def test_a_withdrawn_record_stands_in_its_thread_as_such(api: Api) -> None:
    nouns(api)
    paths = chain(api, 3)
    assert api.patch(paths[1], {"status": "withdrawn"}).status_code == 200
    found = api.get(f"{paths[0]}/thread")["items"]
    assert [one["record"]["status"] for one in found] == ["published", "withdrawn", "published"]


def test_faults_in_the_question_are_told(api: Api) -> None:
    nouns(api)
    path = said(api)
    response = api.send("GET", f"{path}/thread", params={"depth": "0", "limit": "501", "deep": "1"})
    assert set(expect.faults(response)) == {"query.depth", "query.limit", "query.deep"}
    expect.problem(api.send("GET", "/v1/statements/nothing/thread"), "not-found")
    expect.problem(api.send("GET", f"{path.replace('statements', 'events')}/thread"), "not-found")
