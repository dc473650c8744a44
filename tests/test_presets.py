"""The mappings that are shipped, on the tables that they are for: no row is lost, and what a row becomes can be taken."""

import io
from collections import Counter
from pathlib import Path

import pytest

from api.formats.readers.mapped import mappings, reader
from api.store.shorts import expand
from schemas.events import EventCreate
from schemas.statements import StatementCreate
from schemas.transfers import Reject, Row, Skipped
from tests import desk
from tests.expect import Api
from tests.published import DATA

# File, preset, rows taken, rejected and skipped; and how many rows have no date in any column.
FILES = [
    ("kremlin_2021_22/putin.csv", "kremlin-news-en", 816, {}, 0),
    ("kremlin_2025/kremlin_articles_ru.csv", "kremlin-news-ru", 192, {"nothing here gives the date": 6}, 0),
    ("kremlin_2025/kremlin_articles_ru_enhanced.csv", "kremlin-news-ru", 191, {"nothing here gives the date": 9}, 0),
    ("statements_demo/statements.csv", "statements-demo", 341, {"nothing here gives the date": 7, "there is no such day or time": 2}, 0),
    ("statements_demo/statements.jsonl", "statements-demo", 341, {"nothing here gives the date": 7, "there is no such day or time": 2}, 0),
    ("ua_officials_2022/messages_en.json", "ua-officials", 362, {"there is no such day or time": 2}, 0),
    ("us_government_2022_23/government_data.csv", "us-government", 224, {"nothing here gives the date": 67}, 0),
    ("us_leaders/russia_ukraine_putin.csv", "us-leaders", 0, {"nothing here gives the date": 11}, 0),
    ("us_leaders/us_ukraine_biden_docs.csv", "us-leaders", 168, {}, 0),
    ("us_leaders/us_ukraine_blinken.csv", "us-leaders", 0, {"nothing here gives the date": 8}, 0),
    ("us_leaders/us_ukraine_rubio.csv", "us-leaders", 0, {"nothing here gives the date": 3}, 0),
    ("ucdp_ged/conflict_data_ukr_hdx_2014-2019_52col.csv", "ucdp-ged", 1_167, {}, 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "preset", "taken", "rejected", "skipped"), FILES)
def test_every_row_of_a_published_table_is_taken_or_told(
    name: str, preset: str, taken: int, rejected: dict[str, int], skipped: int
) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    counted: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    with path.open("rb") as file:
        for row in reader.read(file, mappings.load(preset)):
            counted[type(row).__name__] += 1
            if isinstance(row, Reject):
                reasons.update(fault.message.partition(":")[0] for fault in row.faults)
            elif isinstance(row, Row):
                body, _, faults = expand(row.body)
                assert not faults
                (EventCreate if row.noun == "event" else StatementCreate).model_validate(body)
    assert (counted["Row"], counted["Reject"], counted["Skipped"]) == (taken, sum(rejected.values()), skipped)
    assert dict(reasons) == rejected


# The columns of UCDP's own edition 23.1, which has no iso3, and those of HDX in another order with HXL tags.
UCDP = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,dyad_dset_id,dyad_new_id,dyad_name,"
    "side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,source_article,source_office,source_date,"
    "source_headline,source_original,where_prec,where_coordinates,where_description,adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,"
    "country,country_id,region,event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,best,high,low,gwnoa,gwnob"
).split(",")
EVENT = {
    "id": "9", "relid": "XXX-2022-1-9-1", "type_of_violence": "1", "conflict_new_id": "77", "conflict_name": "Ruritania: Government",
    "side_a": "Government of Ukraine", "side_b": "Some Front", "source_article": '"Some Agency, Ltd,2022-03-02,Eight, or more, killed";"Other News,2022-03-03,Shelling"',
    "source_original": "police", "where_prec": "4", "where_coordinates": "Example oblast", "latitude": "48.5", "longitude": "37.25",
    "country": "Ukraine", "country_id": "369", "event_clarity": "2", "date_prec": "2", "date_start": "2022-03-01", "date_end": "2022-03-02",
    "deaths_a": "0", "deaths_b": "1", "deaths_civilians": "2", "deaths_unknown": "0", "best": "3", "high": "4", "low": "3",
}  # fmt: skip


def ucdp(columns: list[str], **changes: str) -> Row:
    cells = ['"' + {**EVENT, **changes}.get(name, "").replace('"', '""') + '"' for name in columns]
    tags = ["#date+start" if name == "date_start" else "" for name in columns]
    content = "\n".join([",".join(columns), ",".join(tags), ",".join(cells)]).encode()
    skipped, row = reader.read(io.BytesIO(content), mappings.load("ucdp-ged"))
    assert isinstance(skipped, Skipped)
    assert isinstance(row, Row), row
    EventCreate.model_validate(row.body)
    return row


@pytest.mark.parametrize(
    "columns", [UCDP, [*reversed(UCDP)], [name for name in UCDP if name in EVENT], ["iso3", *UCDP]]
)
def test_events_of_ucdp_are_read_from_every_edition(columns: list[str]) -> None:
    body = ucdp(columns, iso3="UKR").body
    assert body["date"] == "2022-03-01/2022-03-02"
    assert (body["actor"], body["participants"]) == ("ukraine", [{"actor": "some-front", "role": "target"}])
    assert (body["event_type"], body["confidence"], body["attribution"]) == ("ASSAULT", 50, "third_party")
    assert "event_mode" not in body
    assert body["place"] == {"name": "Example oblast", "country": "UA", "latitude": 48.5, "longitude": 37.25}
    assert body["tags"] == ["state-based violence", "ucdp conflict 77", "where_prec 4", "date_prec 2"]
    assert (body["external_source"], body["external_id"]) == ("ucdp-ged", "9")
    assert body["citations"] == [
        {
            "source": "some-agency-ltd",
            "locator": "Eight, or more, killed",
            "published_at": "2022-03-02",
            "role": "report",
            "origin": "police",
        },
        {
            "source": "other-news",
            "locator": "Shelling",
            "published_at": "2022-03-03",
            "role": "report",
            "origin": "police",
        },
    ]
    assert "best estimate 3" in body["summary"]
    assert "where_prec 4" in body["rationale"]


def test_who_is_who_in_an_event_of_ucdp() -> None:
    row = ucdp(UCDP, type_of_violence="3", side_b="Civilians", event_clarity="1", date_end="2022-03-01")
    assert row.body["title"] == "Lethal violence of Government of Ukraine against Civilians, Example oblast"
    assert (row.body["confidence"], row.body["date"]) == (70, "2022-03-01")
    kinds = {need.body["slug"]: need.body["kind"] for need in row.needs if need.noun == "actor"}
    assert kinds == {"ukraine": "government", "civilians": "unnamed"}


def test_a_report_that_can_not_be_read_rejects_its_event() -> None:
    content = "\n".join(
        [",".join(UCDP), ",".join('"' + {**EVENT, "source_article": "hearsay"}.get(name, "") + '"' for name in UCDP)]
    )
    (row,) = reader.read(io.BytesIO(content.encode()), mappings.load("ucdp-ged"))
    assert isinstance(row, Reject)
    assert row.faults[0].column == "source_article"


def test_the_presets_ship_with_the_code() -> None:
    folder = Path(mappings.__file__).parent / "presets"
    assert {path.stem for path in folder.glob("*.toml")} == set(mappings.presets())


def posted(api: Api, rows: list[Row]) -> None:
    """Send what rows need, once, and then the rows."""
    made: set[tuple[str, str]] = set()
    for row in rows:
        for need in row.needs:
            if (need.noun, need.body["slug"]) not in made:
                desk.post(api, f"/v1/{need.noun}s", need.body)
                made.add((need.noun, need.body["slug"]))
        desk.post(api, f"/v1/{row.noun}s", row.body)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_event_of_ucdp_can_be_posted_with_what_it_needs(api: Api) -> None:
    posted(api, [ucdp(UCDP)])
    assert api.get("/v1/actors/ukraine/timeline")["items"][0]["title"].startswith("Lethal violence between")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("name", "preset"), [(name, preset) for name, preset, taken, *_ in FILES if taken])
def test_rows_of_published_tables_can_be_posted_with_what_they_need(api: Api, name: str, preset: str) -> None:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    with path.open("rb") as file:
        rows = [row for row in reader.read(file, mappings.load(preset)) if isinstance(row, Row)]
    posted(api, rows[:: len(rows) // 20])
