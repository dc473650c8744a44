"""GDELT's tables of events: every row becomes a statement, an event or a reject, by rules that are written down."""

import io
from collections import Counter
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers.machine_coded import gdelt
from schemas.transfers import Reject, Row, Skipped, Unreadable
from tests.published import DATA
from tests.readings import checked, one, refused, taken

published = pytest.mark.skipif(not DATA.is_dir(), reason="the published data are not beside the checkout")

PLAIN = {
    "GLOBALEVENTID": "1278394201", "SQLDATE": "20251202", "Actor1Code": "RUS", "Actor1Name": "RUSSIA",
    "Actor1CountryCode": "RUS", "Actor2Code": "UKR", "Actor2Name": "UKRAINE", "Actor2CountryCode": "UKR", "IsRootEvent": "1",
    "EventCode": "111", "EventBaseCode": "111", "EventRootCode": "11", "QuadClass": "3", "GoldsteinScale": "-2.0",
    "NumMentions": "4", "NumSources": "1", "NumArticles": "4", "AvgTone": "-6.5", "ActionGeo_Type": "4",
    "ActionGeo_FullName": "Kharkiv, Kharkivs'ka Oblast', Ukraine", "ActionGeo_CountryCode": "UP", "ActionGeo_Lat": "50",
    "ActionGeo_Long": "36.25", "DATEADDED": "20251202074500", "SOURCEURL": "https://www.example.com/a?utm_source=x",
}  # fmt: skip


def line(width: int = 61, /, **changed: str) -> bytes:
    """A row of a file without names of columns."""
    cells = PLAIN | changed
    return "\t".join(cells.get(name, "") for name in gdelt.LAYOUTS[width]).encode() + b"\n"


def row(**changed: str) -> Row:
    return one(gdelt.read, line(**changed))


def body(**changed: str) -> dict[str, object]:
    return dict(row(**changed).body)


def reject(**changed: str) -> list[str | None]:
    return [fault.column for fault in refused(gdelt.read, line(**changed)).faults]


def test_words_become_a_statement_with_all_that_the_row_says() -> None:
    taken_row = row()
    assert taken_row.noun == "statement"
    assert taken_row.body == {
        "date": "2025-12-02",
        "date_basis": "machine",
        "title": "Russia → Ukraine: criticises or denounces",
        "actor": "russia",
        "participants": [{"actor": "ukraine", "role": "target"}],
        "confidence": 15,
        "attribution": "third_party",
        "citations": [
            {"source": "example-com", "url": "https://www.example.com/a?utm_source=x", "origin": "example.com/a",
             "role": "report", "published_at": "2025-12-02T07:45:00Z"}
        ],
        "event_type": "ACCUSE",
        "event_mode": "disapprove",
        "place": {"name": "Kharkiv, Kharkivs'ka Oblast', Ukraine", "country": "UA", "latitude": 50.0, "longitude": 36.25},
        "tags": ["machine-coded", "gdelt"],
        "rationale": "Coded by a machine, and read by nobody since: GDELT event 1278394201, CAMEO 111 (criticises or denounces); "
        "Goldstein -2.0; QuadClass 3; Actor1 RUS “RUSSIA”; Actor2 UKR “UKRAINE”. Counted at first sight: 4 mentions, 1 sources, "
        "4 articles. The stance follows from the Goldstein number of the code alone, not from what was said.",
        "external_source": "gdelt",
        "external_id": "1278394201",
        "status": "under_review",
        "topics": [{"topic": "cooperation-rus-ukr", "stance": "opposes", "coding_certainty": "low"}],
    }  # fmt: skip
    assert taken_row.columns["date"] == ("SQLDATE", "20251202")
    assert taken_row.cells["Actor1Code"] == "RUS"
    assert not taken_row.warnings


def test_a_deed_becomes_an_event_without_topics() -> None:
    met = row(EventCode="046", EventBaseCode="046", EventRootCode="04", QuadClass="1", GoldsteinScale="7.0")
    assert met.noun == "event"
    assert met.body["event_type"] == "CONSULT"
    assert "topics" not in met.body
    assert met.body["participants"] == [{"actor": "ukraine", "role": "addressee"}]


def test_both_sides_of_a_pair_have_one_topic_with_a_proposition() -> None:
    there = row()
    back = row(Actor1Code="UKR", Actor1Name="UKRAINIAN", Actor1CountryCode="UKR", Actor2Code="RUSGOV", Actor2Name="RUSSIA", Actor2CountryCode="RUS")  # fmt: skip
    (one_topic, other_topic) = ([need for need in got.needs if need.noun == "topic"] for got in (there, back))
    assert one_topic == other_topic
    assert [need.body["proposition"] for need in one_topic] == [
        "The parties should cooperate with each other.",
        "Russia should cooperate with Ukraine.",
    ]


def test_a_proposition_holds_no_and_though_a_country_has_one() -> None:
    bosnia = row(Actor2Code="BIH", Actor2Name="BOSNIA", Actor2CountryCode="BIH")
    assert bosnia.needs[-1].body["proposition"] == "Bosnia-Herzegovina should cooperate with Russia."


@pytest.mark.parametrize(
    ("changed", "stance"),
    [
        ({"EventCode": "051", "EventRootCode": "05", "GoldsteinScale": "3.4"}, "supports"),
        ({"EventCode": "1312", "EventRootCode": "13", "GoldsteinScale": "-5.8"}, "opposes"),
        ({"EventCode": "013", "EventRootCode": "01", "GoldsteinScale": "0.4"}, "unclear"),
        ({"EventCode": "011", "EventRootCode": "01", "GoldsteinScale": "-0.1"}, "no_position"),
        ({"EventCode": "1056", "EventRootCode": "10", "GoldsteinScale": "-5.0"}, "unclear"),
        ({"EventCode": "016", "EventRootCode": "01", "GoldsteinScale": "-2.0"}, "unclear"),
        ({"GoldsteinScale": ""}, "unclear"),
        ({"GoldsteinScale": "much"}, "unclear"),
    ],
)
def test_the_default_stance_follows_from_goldstein(changed: dict[str, str], stance: str) -> None:
    assert body(**changed)["topics"] == [{"topic": "cooperation-rus-ukr", "stance": stance, "coding_certainty": "low"}]


@pytest.mark.parametrize(
    "changed",
    [
        {"Actor2Code": "", "Actor2Name": "", "Actor2CountryCode": ""},
        {"Actor2Code": "RUSGOV", "Actor2Name": "RUSSIA", "Actor2CountryCode": "RUS"},
        {"Actor2Code": "AFR", "Actor2Name": "AFRICA", "Actor2CountryCode": "AFR"},
    ],
)
def test_words_without_a_pair_have_the_general_topic_and_no_stance(changed: dict[str, str]) -> None:
    assert body(**changed)["topics"] == [
        {"topic": "cooperation-of-parties", "stance": "unclear", "coding_certainty": "low"}
    ]


def test_an_event_of_nobody_on_somebody_is_kept_and_one_of_nobody_at_all_is_refused() -> None:
    nobody = {"Actor1Code": "", "Actor1Name": "", "Actor1CountryCode": ""}
    assert body(**nobody)["actor"] == "unnamed-actor"
    assert reject(**nobody, Actor2Code="", Actor2Name="", Actor2CountryCode="") == ["Actor1Code"]


def test_one_who_does_it_to_itself_is_no_participant() -> None:
    own = row(Actor2Code="RUS", Actor2Name="RUSSIAN", Actor2CountryCode="RUS")
    assert own.body["participants"] == []
    assert own.body["title"] == "Russia: criticises or denounces"
    assert "Actor2 RUS “RUSSIAN”" in own.body["rationale"]


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"GLOBALEVENTID": ""}, "GLOBALEVENTID"), ({"GLOBALEVENTID": "12a"}, "GLOBALEVENTID"),
        ({"EventCode": "---", "EventRootCode": "", "EventBaseCode": ""}, "EventCode"),
    ],
)  # fmt: skip
def test_what_can_not_be_made_a_record_is_refused_with_its_column(changed: dict[str, str], column: str) -> None:
    assert reject(**changed) == [column]


@pytest.mark.parametrize("written", ["", "2025", "20251301", "02/12/2025"])
def test_a_day_that_is_none_is_refused(written: str) -> None:
    rows = taken(gdelt.read, line() + line(SQLDATE=written))
    assert isinstance(rows[1], Reject)
    assert [fault.column for fault in rows[1].faults] == ["SQLDATE"]
    assert rows[1].faults[0].value == written


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    (_, wrong) = taken(gdelt.read, line() + line(SQLDATE="", EventCode="", EventBaseCode="", EventRootCode="", GLOBALEVENTID=""))  # fmt: skip
    assert isinstance(wrong, Reject)
    assert [fault.column for fault in wrong.faults] == ["GLOBALEVENTID", "SQLDATE", "EventCode"]
    assert wrong.line == 2


@pytest.mark.parametrize(
    ("day", "added", "doubt"),
    [
        ("20251202", "20260101000000", False),
        ("20251202", "20260102000000", True),
        ("20251202", "20261202000000", True),
        ("20151202", "20251202000000", True),
        ("20260301", "20251202000000", True),
        ("20251202", "", False),
    ],
)
def test_a_day_far_from_that_on_which_it_was_added_is_doubtful(day: str, added: str, doubt: bool) -> None:
    got = row(SQLDATE=day, DATEADDED=added)
    assert ("date-doubtful" in got.body["tags"]) is doubt
    assert [warning.column for warning in got.warnings] == ["SQLDATE"] * doubt
    assert got.body["confidence"] == (5 if doubt else 15)


def test_a_date_misread_by_a_year_is_told_as_such() -> None:
    assert "about 1 year to the day" in row(SQLDATE="20241202").warnings[0].message
    assert "about 10 years to the day" in row(SQLDATE="20151202").warnings[0].message
    assert "year" not in row(SQLDATE="20250720").warnings[0].message


@pytest.mark.parametrize(
    ("sources", "articles", "mentions", "root", "confidence"),
    [
        ("1", "1", "1", "1", 15), ("2", "2", "2", "1", 25), ("3", "3", "3", "1", 30), ("5", "5", "5", "1", 40),
        ("10", "10", "10", "1", 50), ("5000", "9999", "9999", "1", 50), ("1", "10", "10", "1", 20), ("1", "1", "1", "0", 5),
        ("2", "2", "2", "0", 15), ("", "", "", "1", None), ("", "", "7", "1", 15),
    ],
)  # fmt: skip
def test_confidence_grows_with_sources_and_never_beyond_fifty(
    sources: str, articles: str, mentions: str, root: str, confidence: int | None
) -> None:
    got = body(NumSources=sources, NumArticles=articles, NumMentions=mentions, IsRootEvent=root)
    assert got["confidence"] == confidence


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_more_sources_are_never_worth_less(fewer: int, more: int) -> None:
    fewer, more = sorted((fewer, more))
    values = [body(NumSources=str(count), NumArticles="1", NumMentions="1")["confidence"] for count in (fewer, more)]
    assert all(isinstance(value, int) and 5 <= value <= 50 for value in values)
    assert all(one <= other for one, other in pairwise(values))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"ActionGeo_Type": "1", "ActionGeo_FullName": "Ukraine"}, {"name": "Ukraine", "country": "UA"}),
        ({"ActionGeo_Lat": "0", "ActionGeo_Long": "0"}, {"name": "Kharkiv, Kharkivs'ka Oblast', Ukraine", "country": "UA"}),
        ({"ActionGeo_Lat": ""}, {"name": "Kharkiv, Kharkivs'ka Oblast', Ukraine", "country": "UA"}),
        ({"ActionGeo_Lat": "91"}, {"name": "Kharkiv, Kharkivs'ka Oblast', Ukraine", "country": "UA"}),
        ({"ActionGeo_CountryCode": "OS", "ActionGeo_FullName": "Oceans", "ActionGeo_Lat": "", "ActionGeo_Long": ""}, {"name": "Oceans"}),
        ({"ActionGeo_CountryCode": "", "ActionGeo_FullName": "", "ActionGeo_Lat": "", "ActionGeo_Long": ""}, None),
    ],
)  # fmt: skip
def test_a_place_has_coordinates_only_where_they_are_a_place(changed: dict[str, str], place: object) -> None:
    assert body(**changed).get("place") == place


def test_a_fips_code_without_a_country_is_told() -> None:
    assert [warning.column for warning in row(ActionGeo_CountryCode="YI").warnings] == ["ActionGeo_CountryCode"]


def test_all_records_of_an_article_share_one_origin() -> None:
    copies = ("https://www.example.com/a?utm_source=x", "http://example.com/a/", "https://EXAMPLE.com/a#top")
    assert {row(SOURCEURL=url).body["citations"][0]["origin"] for url in copies} == {"example.com/a"}
    assert {row(SOURCEURL=url).body["citations"][0]["source"] for url in copies} == {"example-com"}
    long = [row(SOURCEURL=f"https://example.com/{'a' * 400}{end}").body["citations"][0]["origin"] for end in "xyx"]
    assert long[0] == long[2] != long[1]


def test_what_is_no_address_is_an_outlet_and_nothing_is_gdelt() -> None:
    outlet = row(SOURCEURL="Sharq TV, Jalalabad/BBC Monitoring/(c) BBC")
    assert outlet.body["citations"][0]["source"] == "sharq-tv-jalalabad"
    assert outlet.body["citations"][0]["locator"] == "Sharq TV, Jalalabad/BBC Monitoring/(c) BBC"
    assert row(SOURCEURL="").body["citations"] == [
        {"source": "gdelt", "locator": "event 1278394201", "role": "report", "published_at": "2025-12-02T07:45:00Z"}
    ]


def test_a_file_may_mix_the_layouts_of_gdelt_1() -> None:
    content = (
        line(58, DATEADDED="20130401") + line(57, DATEADDED="20130401", GLOBALEVENTID="2") + line(61, GLOBALEVENTID="3")
    )
    rows = taken(gdelt.read, content)
    assert [type(got) for got in rows] == [Row, Row, Row]
    (new, old, two) = (got.body["citations"][0] for got in rows if isinstance(got, Row))
    assert new["published_at"] == "2013-04-01"
    assert old["source"] == "gdelt"
    assert two["published_at"] == "2025-12-02T07:45:00Z"


def test_a_row_of_another_width_is_refused_and_the_rest_is_read() -> None:
    rows = taken(gdelt.read, line() + b"1\t2\t3\n\n" + line(GLOBALEVENTID="2"))
    assert [type(got) for got in rows] == [Row, Reject, Skipped, Row]
    assert isinstance(rows[1], Reject)
    assert list(rows[1].cells.values()) == ["1", "2", "3", "58 cells are missing"]
    assert list(rows[1].cells)[:2] == ["GLOBALEVENTID", "SQLDATE"]


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
@pytest.mark.parametrize("style", [str, str.lower, str.upper, lambda name: name.replace("Geo_", "Geo")])
def test_the_names_of_the_columns_are_known_however_they_are_written(delimiter: str, style: object) -> None:
    names = [style(name) for name in PLAIN]  # type: ignore[operator]
    cells = [f'"{value}"' if delimiter in value and delimiter != "\t" else value for value in PLAIN.values()]
    got = one(gdelt.read, "\n".join(delimiter.join(cells) for cells in (names, cells)).encode())
    assert got.line == 2
    assert got.body == row().body
    assert got.columns["date"] == (style("SQLDATE"), "20251202")  # type: ignore[operator]


def test_numbers_that_pandas_made_decimals_and_zeros_that_excel_ate_are_read() -> None:
    changed = PLAIN | {
        "GLOBALEVENTID": "1278394201.0", "SQLDATE": "2025-12-02", "EventCode": "43.0", "EventBaseCode": "43", "EventRootCode": "4",
        "ActionGeo_Type": "4.0", "Actor2Code": "NaN", "Actor2Name": "nan", "Actor2CountryCode": "", "ActionGeo_FullName": "Kharkiv",
    }  # fmt: skip
    got = one(gdelt.read, f"{','.join(changed)}\n{','.join(changed.values())}\n".encode())
    assert (got.body["external_id"], got.body["date"]) == ("1278394201", "2025-12-02")
    assert (got.body["event_type"], got.body["event_mode"]) == ("CONSULT", "visit")
    assert got.body["participants"] == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a,b\n1,2\n", "no GDELT table"),
        (b"", "empty"),
        (b"\n\n", "no rows"),
        (b"\t".join([b"1"] * 16), "mentions"),
        (b"\t".join([b"1"] * 61), "eight-digit date"),
        (b"GLOBALEVENTID,SQLDATE,Actor1Code\n1,20250101,USA\n", "EventCode"),
    ],
)
def test_another_kind_of_file_is_refused_as_a_whole(content: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        gdelt.read(io.BytesIO(content))


def test_a_mapping_is_refused() -> None:
    with pytest.raises(Unreadable, match="take no mapping"):
        gdelt.read(io.BytesIO(line()), mapping={"date": "SQLDATE"})


CELLS = st.text(st.characters(exclude_characters="\t\n\r\0", exclude_categories=["Cs"]), max_size=40)
CODES = st.sampled_from(["", "RUS", "USAGOV", "UKRMIL", "IGOUNO", "COP", "xyz", "QQQ", "RUSGOVMILXX", "MNCUSAMED", "EUR", "EURGOV", "IMGMOSALQ"])  # fmt: skip
URLS = st.one_of(CELLS, CELLS.map(lambda text: f"http://{text}"), CELLS.map(lambda text: f"https://example.com/{text}"))


@given(st.fixed_dictionaries({
    "Actor1Code": CODES | CELLS, "Actor1Name": CELLS, "Actor1CountryCode": CODES | CELLS, "Actor2Code": CODES | CELLS,
    "Actor2Name": CELLS, "Actor2CountryCode": CODES | CELLS, "EventCode": st.sampled_from(["010", "0871", "129", "9", "190"]) | CELLS,
    "GoldsteinScale": st.floats().map(str) | CELLS, "NumSources": st.floats().map(str) | CELLS, "NumMentions": CELLS,
    "ActionGeo_FullName": CELLS, "ActionGeo_CountryCode": CELLS, "ActionGeo_Lat": st.floats().map(str) | CELLS,
    "ActionGeo_Long": st.floats().map(str) | CELLS, "DATEADDED": st.integers(0, 10**14).map(str) | CELLS, "SOURCEURL": URLS,
    "IsRootEvent": CELLS, "QuadClass": CELLS,
}))  # fmt: skip
def test_whatever_stands_in_the_cells_a_row_that_is_taken_can_be_written(changed: dict[str, str]) -> None:
    (_, got) = taken(gdelt.read, line() + line(**changed))
    assert isinstance(got, Row | Reject)


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_rows_or_no_table(content: bytes) -> None:
    for beginning in (b"", line()):
        with suppress(Unreadable):
            taken(gdelt.read, beginning + content)


@published
@pytest.mark.parametrize(
    ("name", "statements", "events", "doubtful"),
    [
        ("20170101073000.export.CSV", 330, 390, 3),
        ("events.csv", 41, 59, 29),
        ("eventsT.csv", 45, 55, 6),
        ("events_20251201_20260326.csv", 86, 106, 0),
    ],
)
def test_published_files_are_read_without_a_row_lost(name: str, statements: int, events: int, doubtful: int) -> None:
    path = DATA / "gdelt" / name
    with path.open("rb") as file:
        rows = [*checked(gdelt.read(file))]
    assert Counter(got.noun if isinstance(got, Row) else type(got).__name__ for got in rows) == {
        "statement": statements,
        "event": events,
    }
    told = [got for got in rows if isinstance(got, Row)]
    assert sum("date-doubtful" in got.body["tags"] for got in told) == doubtful
    assert len({got.body["external_id"] for got in told}) == len(told)
    assert all(got.body["confidence"] <= 50 for got in told)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [got.line for got in rows] == [*range(len(lines) - len(rows) + 1, len(lines) + 1)]
