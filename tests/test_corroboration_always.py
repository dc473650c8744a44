"""Any citations against a plain computation of independent origins, now and as of any owners; on both databases."""

from itertools import product
from typing import Any

from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from api.database import Database
from api.store import keys, records
from api.store.answered import revisions as compare_answers
from api.store.audits import extent
from api.store.documents import loads
from schemas.vocabularies import Kind
from tests.expect import Api
from tests.factories import event, statement
from tests.test_corroboration import OWNED, explained, owned_world
from tests.test_moments import now

Json = dict[str, Any]
URLS = ["https://a.example/1", "http://www.a.example/1/", "https://a.example/2", "https://b.example/1"]
CITATIONS = st.lists(
    st.builds(
        lambda source, role, url, origin: {"source": source, "role": role, "url": url, "locator": "p. 1", "origin": origin},
        st.sampled_from(list(OWNED)), st.sampled_from(["original", "original", "report", "report", "report", "translation", "repeat"]),
        st.sampled_from([None, None, None, *URLS]), st.sampled_from([None, None, None, "Afp", "AFP ", "ap"]),
    ),
    min_size=1, max_size=7,
)  # fmt: skip
PEOPLE = ["kremlin", "russia", "united-kingdom"]
BODIES = st.fixed_dictionaries(
    {
        "citations": CITATIONS,
        "actor": st.sampled_from(["vladimir-putin", *PEOPLE]),
        "on_behalf_of": st.sampled_from([None, *PEOPLE]),
        "participants": st.lists(
            st.builds(
                lambda actor, role: {"actor": actor, "role": role},
                st.sampled_from(PEOPLE),
                st.sampled_from(["co_actor", "addressee", "mediator", "target", "host"]),
            ),
            max_size=3,
            unique_by=str,
        ),
        "event_type": st.sampled_from([None, "CONSULT", "CONSULT", "AGREE"]),
        "channel": st.sampled_from([None, "readout", "readout", "post"]),
    }
)


def expected(record: Json, owners: dict[str, str | None]) -> tuple[int, bool]:
    """Corroboration and primary of a record as it is answered, by the definition alone."""
    part: dict[str, set[str]] = {role: {one["actor"]["slug"] for one in record["participants"] if one["role"] == role} for role in
            ("co_actor", "addressee", "mediator")}  # fmt: skip
    speakers = {record["actor"]["slug"], (record["on_behalf_of"] or {"slug": None})["slug"], *part["co_actor"]} - {None}
    is_call = record["event_type"] == "CONSULT" or record.get("channel") == "readout"
    parties = speakers | part["addressee"] | part["mediator"] if is_call else set()
    counted = [one for one in record["citations"] if one["role"] in ("original", "report")]
    pages = [(one["url"] or "").split("//")[-1].removeprefix("www.").rstrip("/") or None for one in counted]
    owned = [owners[one["source"]["slug"]] for one in counted]
    party = [owner if owner in parties else None for owner in owned]
    first = [page is None or pages.index(page) == place for place, page in enumerate(pages)]
    account = [owner if is_first else None for owner, is_first in zip(party, first, strict=True)]
    size = range(len(counted))

    def is_joined(one: int, other: int) -> bool:
        left, right = counted[one], counted[other]
        same = (
            pages[one] is not None and pages[one] == pages[other],
            left["source"] == right["source"],
            owned[one] is not None and owned[one] == owned[other],
            bool(left["origin"]) and (left["origin"] or "").strip().lower() == (right["origin"] or "").strip().lower(),
            not (left["origin"] or right["origin"] or party[one] or party[other])
            and left["role"] == right["role"] == "report",
        )
        return one == other or any(same)

    reach = [[is_joined(one, other) for other in size] for one in size]
    for middle, one, other in product(size, size, size):
        reach[one][other] |= reach[one][middle] and reach[middle][other]
    components = {tuple(row) for row in reach}
    apart = [row for row in components if not any(account[place] for place in size if row[place])]
    primary = any(
        one["role"] in ("original", "translation") and owners[one["source"]["slug"]] in speakers
        for one in record["citations"]
    )
    return len({owner for owner in account if owner}) + len(apart), primary


def test_any_citations_count_as_the_definition_has_it_under_any_owners(api: Api) -> None:
    owned_world(api)
    database: Database = api.client.app.state.database  # type: ignore[attr-defined]

    @profile(
        max_examples=250,
        phases=[Phase.generate],
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(BODIES)
    def make(body: Json) -> None:
        sent: Json = {**body, "source": None, "url": None}
        kind = Kind.EVENT if body["event_type"] and body["channel"] is None else Kind.STATEMENT
        shape = event(**{**sent, "event_mode": None, "channel": None}) if kind is Kind.EVENT else statement(**sent)
        shape.pop("channel", None) if kind is Kind.EVENT else None
        with database.writing(keys.SYSTEM) as writing:
            made = loads(records.create(writing, kind, shape).body)
        assert (made["corroboration"], made["primary"]) == expected(made, OWNED), made

    make()
    moments = [(OWNED, now(api))]
    for change in ({"wire": "kremlin", "duma": None}, {"paper": "united-kingdom", "kremlin-ru": "russia"}):
        for source, owner in change.items():
            assert api.patch(f"/v1/sources/{source}", {"owner": owner}).status_code == 200
        moments.append(({**moments[-1][0], **change}, now(api)))
    seen = set()
    for owners, instant in moments:
        asked = {"as_of": instant} if instant != moments[-1][1] else {}
        items = list(api.walk("/v1/timeline", 500, **asked))
        weights = {one["id"]: expected(one, owners) for one in items}
        assert {one["id"]: (one["corroboration"], one["primary"]) for one in items} == weights
        seen.add(tuple(sorted(weights.items())))
        for least in range(1, 6):
            kept = {one["id"] for one in api.walk("/v1/timeline", 500, min_corroboration=least, **asked)}
            assert kept == {one for one, (count, primary) in weights.items() if count >= least or primary}
        for one in items[:20]:
            groups = explained(api, f"/v1/{one['kind']}s/{one['id']}", **asked)
            assert sum(group["counts"] for group in groups) == one["corroboration"]
            assert any(group["primary"] for group in groups) == one["primary"]
            places = [place for group in groups for place in group["citations"]]
            assert sorted(places) == list(range(len(one["citations"])))
            for group in groups:
                assert {joined["citation"] for joined in group["joined"]} == set(group["citations"]) - {
                    min(set(group["citations"]) - {joined["citation"] for joined in group["joined"]})
                }
    assert len(seen) == 3
    assert {count for count, _ in weights.values()} >= {0, 1, 2, 3}
    with database.reading() as reading:
        assert compare_answers(reading, 1, extent(reading)).faults == []
