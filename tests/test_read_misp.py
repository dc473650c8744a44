"""MISP events in: a statement of the organisation, graded by its Admiralty tags."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.formats.readers import misp
from schemas import confidence
from schemas.transfers import Reject, Row
from tests.published import DATA
from tests.read import Json, Read, of, only, read, refusal, told

TAXONOMIES = DATA / "misp_taxonomies"
UUID = "5e8a1c0e-0000-4000-8000-000000000001"


def made(*tags: str, **more: Any) -> Json:
    event = {
        "uuid": UUID, "info": "Troops are moved to the border", "date": "2025-03-11", "timestamp": "1741701600", "published": True,
        "distribution": "3", "Orgc": {"name": "Example Desk"}, "Tag": [{"name": tag} for tag in tags], "Attribute": [],
    }  # fmt: skip
    return event | more


def attribute(kind: str, value: Any, *tags: str, **more: Any) -> Json:
    return {"type": kind, "value": value, "Tag": [{"name": tag} for tag in tags], **more}


def rows(event: Any, mapping: dict[str, str] | None = None) -> list[Read]:
    return read(misp.read, json.dumps(event).encode(), mapping)


def row(event: Json, mapping: dict[str, str] | None = None) -> Row:
    return only(rows({"Event": event}, mapping), Row)


def test_an_event_is_a_statement_of_its_organisation() -> None:
    found = row(
        made(
            "border",
            Attribute=[
                attribute("text", "First."),
                attribute("comment", "Second."),
                attribute("link", "https://example.org/a", comment="A page"),
            ],
        )
    )
    assert {name: found.body[name] for name in ("date", "title", "summary", "actor", "channel", "tags", "external_source", "external_id", "confidence")} == {
        "date": "2025-03-11", "title": "Troops are moved to the border", "summary": "First.\n\nSecond.", "actor": "example-desk",
        "channel": "document", "tags": ["border"], "external_source": "misp", "external_id": UUID, "confidence": None,
    }  # fmt: skip
    assert found.body["citations"] == [
        {"source": "example-desk", "locator": f"MISP event {UUID}", "published_at": "2025-03-11T14:00:00Z"},
        {"source": "example-org", "url": "https://example.org/a", "role": "report", "excerpt": "A page"},
    ]
    assert "status" not in found.body


@pytest.mark.parametrize("wrap", [
    lambda event: {"Event": event}, lambda event: {"response": [{"Event": event}]}, lambda event: [{"Event": event}], lambda event: [event],
    lambda event: event, lambda event: {"response": {"Event": event}}, lambda event: {"response": [event]},
])  # fmt: skip
def test_every_wrapping_gives_the_same_row(wrap: Any) -> None:
    assert only(rows(wrap(made())), Row).body == row(made()).body


def test_several_events_are_several_rows() -> None:
    found = rows({"response": [{"Event": made()}, {"Event": made(info="")}, {"Event": 5}, 7]})
    assert [type(one) for one in found] == [Row, Reject, Reject, Reject]


def grade(letter: str | None, number: int | None) -> list[str]:
    tags = [f'admiralty-scale:source-reliability="{letter}"'] if letter else []
    return tags + ([f'admiralty-scale:information-credibility="{number}"'] if number else [])


@pytest.mark.parametrize(("number", "value"), [(1, 90), (2, 70), (3, 50), (4, 30), (5, 10), (6, None)])
def test_an_admiralty_grade_is_that_of_the_citations_and_its_credibility_the_confidence(
    number: int, value: int | None
) -> None:
    for letter in "abcdef":
        found = row(made(*grade(letter, number)))
        (cited,) = found.body["citations"]
        assert (cited["reliability"], cited["credibility"]) == (letter.upper(), number)
        # What can't be judged is null, and never MISP's 50.
        assert confidence.parse(found.body["confidence"]).value == value
        several = row(made(*grade(letter, number), Attribute=[attribute("link", "https://example.org/a")]))
        assert {(one["reliability"], one["credibility"]) for one in several.body["citations"]} == {
            (letter.upper(), number)
        }
        assert several.body["confidence"] == value
    assert confidence.parse(row(made(*grade(None, number))).body["confidence"]).value == value
    assert row(made(*grade("b", None))).body["confidence"] is None


def test_deliberately_deceptive_is_unreliable_and_told() -> None:
    found = row(made(*grade("g", 3)))
    assert found.body["citations"][0]["reliability"] == "E"
    assert "MISP's own grade" in told(found)


def test_an_attribute_may_have_a_grade_of_its_own() -> None:
    links = [attribute("link", "https://example.org/a", *grade("c", 4)), attribute("link", "https://example.net/b")]
    cited = row(made(*grade("a", 1), Attribute=links)).body["citations"]
    assert [(one["reliability"], one["credibility"]) for one in cited] == [("A", 1), ("C", 4), ("A", 1)]


def test_of_grades_that_exclude_each_other_the_worse_is_taken_and_told() -> None:
    found = row(made(*grade("a", 1), *grade("d", 5), 'admiralty-scale:source-reliability="x"'))
    assert (found.body["citations"][0]["reliability"], found.body["citations"][0]["credibility"]) == ("D", 5)
    assert told(found).count("exclude each other") == 2
    assert "has a value that its scale has not" in told(found)


def test_a_likelihood_is_the_hedge_of_who_wrote_it_or_how_sure_they_are_of_another() -> None:
    likely = 'estimative-language:likelihood-probability="very-likely"'
    own = row(made(likely))
    assert (own.body["hedge"], own.body["confidence"]) == ("very_likely", None)
    of_another = row(made(likely), {"actor": "kremlin"})
    assert (of_another.body["actor"], of_another.body["attribution"]) == ("kremlin", "third_party")
    assert "hedge" not in of_another.body
    assert confidence.parse(of_another.body["confidence"]).value == 85


def test_confidence_in_a_judgment_goes_before_the_grade() -> None:
    found = row(made(*grade("b", 5), 'estimative-language:confidence-in-analytic-judgment="moderate"'))
    assert (found.body["confidence"], found.body["citations"][0]["credibility"]) == ("medium", 5)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"published": False}, "not published"),
        ({"distribution": "0"}, "own organisation"),
        ({"distribution": 1}, "own community"),
        ({"distribution": "4"}, "sharing group"),
        ({"Tag": [{"name": "tlp:red"}]}, "TLP:RED"),
        ({"Tag": [{"name": "TLP:AMBER+STRICT"}]}, "TLP:AMBER+STRICT"),
        ({"Attribute": [attribute("text", "Words.", "tlp:green")]}, "attribute"),
        ({"Attribute": [attribute("link", "https://example.org/a", distribution="0")]}, "attribute"),
    ],
)
def test_what_is_not_for_everybody_becomes_a_draft(changed: Json, why: str) -> None:
    found = row(made(**changed))
    assert found.body["status"] == "draft"
    assert why in told(found)


def test_what_is_for_everybody_is_published() -> None:
    held = attribute("ip-dst", "10.0.0.1", "tlp:red")
    assert "status" not in row(made("tlp:clear", Attribute=[held, attribute("text", "x", distribution="5")])).body


def test_indicators_are_counted_and_left_out() -> None:
    attributes = [
        attribute("ip-dst", "10.0.0.1"),
        attribute("ip-dst", "10.0.0.2"),
        attribute("url", "https://evil.example.com", to_ids=True),
    ]
    objects = [
        {
            "name": "report",
            "Attribute": [attribute("link", "https://example.org/r"), attribute("text", "Deleted.", deleted=True)],
        }
    ]
    found = row(made(Attribute=attributes, Object=objects, EventReport=[{"content": "A report."}]))
    assert "3 attributes" in told(found)
    assert [one.get("url") for one in found.body["citations"]] == [None, "https://example.org/r"]
    assert found.body["summary"] == "A report."


def test_a_link_that_is_no_web_address_is_told() -> None:
    found = row(made(Attribute=[attribute("link", "javascript:alert(1)"), attribute("link", 5)]))
    assert len(found.body["citations"]) == 1
    assert "is no web address" in told(found)


def test_without_a_uuid_the_content_makes_the_id() -> None:
    one, again, other = (row(made(uuid=None, info=info)) for info in ("A", "A", "B"))
    assert one.body["external_id"] == again.body["external_id"] != other.body["external_id"]
    assert "has no uuid" in told(one)


def test_an_event_without_a_date_has_that_of_its_writing_or_is_refused() -> None:
    found = row(made(date=None))
    assert (found.body["date"], found.body["date_basis"]) == ("2025-03-11", "published")
    for wrong in ({"date": None, "timestamp": None}, {"date": "11.03.2025"}, {"date": "2025-02-30"}):
        assert only(rows(made(**wrong)), Reject).faults[0].column == "date"


def test_the_mapping_can_make_it_a_deed() -> None:
    found = row(made(), {"actor": "kremlin", "source": "tass", "event_type": "MOBILIZE"})
    assert (found.noun, found.body["event_type"], found.body["citations"][0]["source"]) == ("event", "MOBILIZE", "tass")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"response": []}', b'{"a": {"date": "2025"}}', b'"x"', b'[{"Event": {']
)
def test_a_file_without_events_is_refused(content: bytes) -> None:
    if content == b'"x"':
        assert isinstance(read(misp.read, content)[0], Reject)
    else:
        assert refusal(misp.read, content)


def values(file: Path) -> list[tuple[str, str]]:
    told_by = json.loads(file.read_text(encoding="utf-8"))
    return [(group["predicate"], entry["value"]) for group in told_by["values"] for entry in group["entry"]]


@pytest.mark.skipif(not TAXONOMIES.is_dir(), reason="the published data is not beside the checkout")
def test_every_value_of_the_published_taxonomies_is_known() -> None:
    for name in ("admiralty-scale", "estimative-language"):
        found = values(TAXONOMIES / f"{name}.machinetag.json")
        assert len(found) > 9
        for predicate, value in found:
            one = row(made(f'{name}:{predicate}="{value}"'))
            assert "has not" not in told(one)
            assert "tags" not in one.body
            assert of([one], Row)
