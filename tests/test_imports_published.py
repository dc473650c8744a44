"""Published files, each taken in for real and twice: every row is a record, is told why not, or is skipped with its reason."""

from typing import Any

import pytest

from tests.expect import Api
from tests.published import DATA
from tests.test_imports import send

# The file, its format and mapping; then how many rows come in, are rejected and are skipped.
FILES = [
    ("gdelt/20170101073000.export.CSV", "gdelt", None, 720, 0, 0),
    ("gdelt/events.csv", "gdelt", None, 100, 0, 0),
    ("gdelt/eventsT.csv", "gdelt", None, 100, 0, 0),
    ("gdelt/events_20251201_20260326.csv", "gdelt", None, 192, 0, 0),
    ("kremlin_2021_22/putin.csv", "mapped", "kremlin-news-en", 816, 0, 0),
    ("kremlin_2025/kremlin_articles_ru.csv", "mapped", "kremlin-news-ru", 192, 6, 0),
    ("kremlin_2025/kremlin_articles_ru_enhanced.csv", "mapped", "kremlin-news-ru", 191, 9, 0),
    ("statements_demo/statements.csv", "mapped", "statements-demo", 341, 9, 0),
    ("statements_demo/statements.jsonl", "mapped", "statements-demo", 341, 9, 0),
    ("ua_officials_2022/messages_en.json", "mapped", "ua-officials", 361, 2, 1),
    ("us_government_2022_23/government_data.csv", "mapped", "us-government", 197, 67, 27),
    ("us_leaders/us_ukraine_biden_docs.csv", "mapped", "us-leaders", 168, 0, 0),
    ("us_leaders/us_ukraine_blinken.csv", "mapped", "us-leaders", 0, 8, 0),
    ("us_leaders/us_ukraine_rubio.csv", "mapped", "us-leaders", 0, 3, 0),
    ("us_leaders/russia_ukraine_putin.csv", "mapped", "us-leaders", 0, 11, 0),
    ("ucdp_ged/conflict_data_ukr_hdx_2014-2019_52col.csv", "mapped", "ucdp-ged", 1167, 0, 1),
    ("stix/opencti_bundle.json", "stix", None, 7, 0, 54),
    ("stix/threat-reports__apt1.json", "stix", None, 1, 0, 75),
    ("timelinejs/houston_timeline3.json", "timelinejs", None, 18, 0, 1),
    ("timelinejs/template_eras.json", "timelinejs", None, 20, 0, 4),
    ("timelinejs/welcome_welcome.json", "timelinejs", None, 17, 0, 0),
    ("timelinejs/women_in_computing.csv", "timelinejs", None, 10, 0, 1),
]


# The largest of each format on PostgreSQL too; that both databases take rows alike is for other tests.
ON_BOTH = (
    "gdelt/20170101073000.export.CSV",
    "statements_demo/statements.csv",
    "stix/opencti_bundle.json",
    "timelinejs/template_eras.json",
)
CASES = [
    pytest.param(database, *one, id=f"{database}-{one[0]}")
    for database in ("sqlite", "postgresql")
    for one in FILES
    if database == "sqlite" or one[0] in ON_BOTH
]


@pytest.mark.parametrize(
    ("database_url", "name", "kind", "mapping", "taken", "rejected", "skipped"), CASES, indirect=["database_url"]
)
def test_a_published_file_comes_in_whole_and_the_second_time_changes_nothing(
    api: Api, name: str, kind: str, mapping: str | None, taken: int, rejected: int, skipped: int
) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the checkout")
    given: dict[str, Any] = {"format": kind, **({"mapping": mapping} if mapping else {})}
    first = send(api, path.read_bytes(), **given)
    assert (first["rejected"], first["skipped"]) == (rejected, skipped), first["rejects"][:3]
    assert first["rows"] == taken + rejected + skipped
    assert all(fault["message"] for reject in first["rejects"] for fault in reject["faults"])
    newest = api.get("/v1/changes", params={"limit": 1})["items"]
    second = send(api, path.read_bytes(), **given)
    assert sum(one["created"] + one["changed"] + one["needed"] for one in second["tallies"]) == 0
    assert sum(one["unchanged"] for one in second["tallies"]) == taken
    assert api.get("/v1/changes", params={"limit": 1})["items"] == newest
    assert all(record["citations"] for record in api.get("/v1/timeline", params={"limit": 500})["items"])
