"""Whatever is done to a record, its history holds together: for those who see drafts, and for those who do not."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as tuned
from hypothesis import strategies as some

from api.database import Database
from api.store import keys, records
from api.store.documents import loads
from schemas.vocabularies import Kind
from tests.desk import anyone, nobody, nouns
from tests.expect import Api
from tests.factories import statement
from tests.test_history import applied, content, told

# Edits whose lists grow, shrink and are turned round; status says who may see the version.
TAGS = some.lists(some.sampled_from("abcdefg"), unique=True, max_size=5)
EDITS = some.fixed_dictionaries(
    {},
    optional={
        "status": some.sampled_from(["draft", "published", "under_review", "withdrawn"]),
        "title": some.sampled_from(["One", "Two", "a", "b/c~d"]),
        "summary": some.sampled_from([None, "One", "A\n\"quoted\" 'text'", "Ѐ\u2028"]),
        "tags": TAGS,
        "place": some.sampled_from([None, {"name": "One"}, {"country": "RU"}, {"name": "x", "latitude": 1, "longitude": -1.5}]),
        "actor": some.sampled_from(["kremlin", "vladimir-putin"]),
        "on_behalf_of": some.sampled_from([None, "kremlin"]),
        "confidence": some.sampled_from([None, 1, 40, "high", "likely"]),
        "prompted": some.sampled_from([None, True, False]),
        "date": some.sampled_from(["2025-03-13", "2025-03", "2022-02-24/.."]),
        "topics": some.lists(
            some.sampled_from(["truce-in-principle", "sanctions"]), unique=True, min_size=1
        ).map(lambda slugs: [{"topic": slug, "stance": "supports"} for slug in slugs]),
        "citations": some.lists(
            some.builds(lambda source, page: {"source": source, "locator": page}, some.sampled_from(["tass", "kremlin-ru"]), some.sampled_from("123")),
            min_size=1, max_size=3,
        ),
    },
)  # fmt: skip
STEPS = some.lists(EDITS | some.just("delete") | some.integers(1, 12), min_size=1, max_size=10)


@pytest.fixture
def staffed(api: Api) -> Api:
    """A desk with its nouns."""
    nouns(api)
    return api


@tuned(max_examples=25)
@given(steps=STEPS)
@example(steps=[{"status": "draft"}, "delete", 1, {"title": "Two"}, "delete", 2, 1])
def test_patches_applied_to_the_first_version_give_the_present_one_to_everyone(staffed: Api, steps: list[Any]) -> None:
    api = staffed
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]
    versions: list[dict[str, Any] | None] = []  # None: a tombstone
    with database.writing(keys.SYSTEM) as writing:
        made = loads(records.create(writing, Kind.STATEMENT, statement()).body)
        address = made["id"]
        versions.append(made)
        for step in steps:
            now = versions[-1]
            if step == "delete":
                if now is not None:
                    records.delete(writing, Kind.STATEMENT, address, None)
                    versions.append(None)
            elif isinstance(step, int):
                if step <= len(versions) and versions[step - 1] is not None:
                    body = loads(
                        records.restore(writing, Kind.STATEMENT, address, {"version": step}, [len(versions)]).body
                    )
                    assert content(body) == content(versions[step - 1] or {})
                    versions += [body] if body["version"] > len(versions) else []
            elif now is not None:
                body = loads(records.amend(writing, Kind.STATEMENT, address, step, None).body)
                versions += [body] if body["version"] > len(versions) else []
    path = f"/v1/statements/{address}"
    every = {number: body for number, body in enumerate(versions, 1) if body}
    public = {number: body for number, body in every.items() if body["status"] != "draft"}
    for limit in (500, 2):
        hold_together(list(api.walk(f"{path}/history", limit)), every)
        hold_together(list(anyone(api).walk(f"{path}/history", limit)), public)
    assert told(api, path, "version") == list(range(1, len(versions) + 1))
    for number, version in enumerate(versions, 1):
        response = nobody(api, "GET", f"{path}?version={number}")
        if number in public:
            assert content(response.json()) == content(every[number])
        else:
            assert response.status_code in ((404,) if version else (404, 410))


def hold_together(items: list[dict[str, Any]], seen: dict[int, dict[str, Any]]) -> None:
    """That a history of these versions, the newest first, tells what each differs in from the one before."""
    told_of = [item for item in items[::-1] if item["version"] in seen]
    assert [item["version"] for item in told_of] == list(seen)
    bodies = list(seen.values())
    standing = content(bodies[0])
    assert (told_of[0]["action"], told_of[0]["changed"], told_of[0]["patch"]) == ("created", [], [])
    for item, body, before in zip(told_of[1:], bodies[1:], bodies, strict=False):
        standing = applied(standing, [item["patch"]])
        assert standing == content(body)
        assert set(item["changed"]) == {name for name in standing if content(body)[name] != content(before)[name]}
    assert items[-1]["action"] == "created"
    for item in items:
        if item["version"] not in seen:
            assert item["action"] in ("deleted", "withdrawn")
            assert (item["changed"], item["patch"]) == ([], [])
