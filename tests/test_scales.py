"""Confidence over HTTP: each scale and value is taken, shown as a number, and kept as it was given."""

from typing import Any

import pytest

from schemas.confidence import BANDS, ConfidenceScale
from tests import expect
from tests.desk import link, nouns, said
from tests.expect import Api
from tests.factories import statement

NUMBERED = (ConfidenceScale.ZERO_TO_TEN, ConfidenceScale.ADMIRALTY)
STEPS = {
    scale: [(int(word) if scale in NUMBERED else word, band.value) for band in bands for word in band.words]
    for scale, bands in BANDS.items()
}
STEPS[ConfidenceScale.STIX] = [(value, value) for value in (0, 1, 29, 30, 69, 70, 100)]
STEPS[ConfidenceScale.ADMIRALTY] += [("A1", 90), ("b2", 70), ("C3", 50), ("d4", 30), ("E5", 10)]


def graded(shown: dict[str, Any]) -> tuple[Any, ...]:
    """The confidence of an answer, and the letters on its first citation."""
    cited = shown["citations"][0]
    return shown["confidence"], shown["confidence_given"], cited["reliability"], cited["credibility"]


@pytest.mark.parametrize("scale", STEPS)
def test_every_value_of_a_scale_is_kept_as_given_through_other_edits(api: Api, scale: ConfidenceScale) -> None:
    nouns(api)
    path = said(api, confidence=1)
    tag = api.tag(path)
    for version, (value, number) in enumerate(STEPS[scale], 1):
        after = api.patch(path, {"confidence": {"value": value, "scale": scale}}, tag)
        assert after.status_code == 200, after.text
        shown = after.json()
        assert (shown["confidence"], shown["confidence_given"]) == (number, {"value": value, "scale": scale})
        kept = api.patch(path, {"title": f"After {value}", "confidence": number}, after.headers["etag"])
        assert graded(kept.json()) == graded(shown)
        assert kept.json()["version"] == 2 * version + 1
        tag = kept.headers["etag"]


def test_a_confidence_without_a_scale_gets_one(api: Api) -> None:
    nouns(api)
    for given, number, scale, label in (
        ("high", 85, "none-low-med-high", "high"),
        ("Medium", 50, "none-low-med-high", "medium"),
        ("likely", 70, "wep", "high"),
        ("roughly even chance", 50, "dni", "medium"),
        (0, 0, "stix", "none"),
    ):
        shown = api.get(said(api, confidence=given))
        assert (shown["confidence"], shown["confidence_label"]) == (number, label)
        assert shown["confidence_given"] == {"value": given, "scale": scale}


def test_null_means_that_it_can_not_be_judged(api: Api) -> None:
    nouns(api)
    made = api.send("POST", "/v1/statements", json={**statement(), "confidence": None}).json()
    assert (made["confidence"], made["confidence_label"]) == (None, None)
    path = said(api)
    after = api.patch(path, {"confidence": None}).json()
    assert (after["confidence"], after["version"]) == (None, 2)
    assert after["confidence_given"] == {"value": None, "scale": "stix"}
    assert api.patch(path, {"confidence": {"value": None, "scale": "stix"}}).json()["version"] == 2
    assert list(api.walk("/v1/statements", min_confidence=0)) == []


def test_an_admiralty_grade_puts_its_letters_on_the_one_citation(api: Api) -> None:
    nouns(api)
    path = said(api, confidence="B2")
    given = {"value": "B2", "scale": "admiralty"}
    assert graded(api.get(path)) == (70, given, "B", 2)
    after = api.patch(path, {"confidence": "C3"}).json()
    assert graded(after) == (50, {"value": "C3", "scale": "admiralty"}, "C", 3)
    after = api.patch(path, {**after, "confidence": {"value": 1, "scale": "admiralty"}}).json()
    assert graded(after) == (90, {"value": 1, "scale": "admiralty"}, "C", 1)
    after = api.patch(path, {"confidence": "F6"}).json()
    assert graded(after) == (None, {"value": "F6", "scale": "admiralty"}, "F", 6)
    assert api.patch(path, {"title": "New"}).json()["confidence_given"]["value"] == "F6"
    assert api.patch(path, {**api.get(path)}).json()["version"] == 5


def test_an_admiralty_grade_is_refused_where_it_has_no_one_citation(api: Api) -> None:
    nouns(api)
    two = [{"source": "tass", "locator": "1"}, {"source": "kremlin-ru", "locator": "2"}]
    body = statement(source=None, url=None, citations=two, confidence="B2", actor="nobody")
    assert set(expect.faults(api.send("POST", "/v1/statements", json=body))) == {"body.confidence", "body.actor"}
    path = said(api, source=None, url=None, citations=two)
    found = expect.faults(api.patch(path, {"confidence": "B2", "title": ""}))
    assert set(found) == {"body.confidence", "body.title"}
    one = said(api, confidence="B2")
    after = api.patch(one, {"citations": [*api.get(one)["citations"], *two]}).json()
    assert graded(after) == (70, {"value": "B2", "scale": "admiralty"}, "B", 2)


def test_a_grade_and_a_citation_that_differ_are_refused(api: Api) -> None:
    nouns(api)
    cited = [{"source": "tass", "locator": "1", "credibility": 3, "reliability": "B"}]
    body = statement(source=None, url=None, citations=cited, confidence="B2")
    found = expect.faults(api.send("POST", "/v1/statements", json=body))
    assert "credibility 2" in found["body.confidence"]["message"]
    path = said(api)
    found = expect.faults(api.patch(path, {"confidence": "B2", "citations": cited}))
    assert set(found) == {"body.confidence"}


def test_what_is_no_confidence_is_refused(api: Api) -> None:
    nouns(api)
    path = said(api, confidence={"value": "likely", "scale": "wep"})
    wrong: list[Any] = [
        101, -1, 70.0, True, "70", "B7", "hgih", [], {"value": 3}, {"value": 11, "scale": "0-10"}, {"scale": "wep"},
        {"value": "certain"},
    ]  # fmt: skip
    for given in wrong:
        body = {**statement(), "confidence": given}
        assert set(expect.faults(api.send("POST", "/v1/statements", json=body))) == {"body.confidence"}
        assert set(expect.faults(api.patch(path, {"confidence": given}))) == {"body.confidence"}


def test_a_reaction_keeps_its_confidence_as_given_too(api: Api) -> None:
    nouns(api)
    answered, answer = said(api), said(api)
    cited = [{"source": "tass", "locator": "1"}]
    made = link(api, answer, answered, "rejects", confidence="A1", citations=cited)
    assert graded(made) == (90, {"value": "A1", "scale": "admiralty"}, "A", 1)
    path = f"/v1/reactions/{made['id']}"
    assert graded(api.patch(path, {"note": "New", "confidence": 90}).json()) == graded(made)
    assert graded(api.patch(path, {"confidence": "B2"}).json())[1:] == ({"value": "B2", "scale": "admiralty"}, "B", 2)
    assert set(expect.faults(api.patch(path, {"confidence": "B2", "citations": None}))) == {"body.confidence"}
    assert api.patch(path, {"confidence": None}).json()["confidence"] is None
    body = {"from": answer[15:], "to": answered[15:], "type": "denies", "confidence": "B2"}
    assert set(expect.faults(api.send("POST", "/v1/reactions", json=body))) == {"body.confidence"}
