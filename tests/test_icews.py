"""ICEWS' tables: the same rules as for GDELT, with names for codes, and ids that are unique only together with the day."""

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers.machine_coded import icews
from schemas.transfers import Reject, Row, Skipped, Unreadable
from tests.readings import one, refused, taken

HEADER = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\t"
    "Target Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude"
)
PLAIN = {
    "Event ID": "34219512", "Event Date": "2018-06-01", "Source Name": "Vladimir Putin",
    "Source Sectors": "Elite,Executive,Executive Office,Government", "Source Country": "Russian Federation",
    "Event Text": "Make a visit", "CAMEO Code": "042", "Intensity": "1.9", "Target Name": "China", "Target Sectors": "NULL",
    "Target Country": "China", "Story ID": "48812345", "Sentence Number": "3", "Publisher": "Agence France-Presse",
    "City": "Beijing", "District": "", "Province": "Beijing", "Country": "China", "Latitude": "39.9075", "Longitude": "116.397",
}  # fmt: skip


def table(**changed: str) -> bytes:
    cells = PLAIN | {name.replace("_", " "): value for name, value in changed.items()}
    return f"{HEADER}\n{chr(9).join(cells[name] for name in HEADER.split(chr(9)))}\n".encode()


def row(**changed: str) -> Row:
    return one(icews.read, table(**changed))


def test_a_row_becomes_a_record() -> None:
    got = row()
    assert got.noun == "event"
    assert got.line == 2
    assert got.body == {
        "date": "2018-06-01",
        "date_basis": "machine",
        "title": "Vladimir Putin → China: makes a visit",
        "actor": "vladimir-putin",
        "on_behalf_of": "russia",
        "participants": [{"actor": "china", "role": "addressee"}],
        "confidence": None,
        "attribution": "third_party",
        "citations": [
            {"source": "agence-france-presse", "locator": "story 48812345, sentence 3", "role": "report", "origin": "icews-story:48812345"}
        ],
        "event_type": "CONSULT",
        "event_mode": "visit",
        "place": {"name": "Beijing, China", "country": "CN", "latitude": 39.9075, "longitude": 116.397},
        "tags": ["machine-coded", "icews"],
        "rationale": "Coded by a machine, and read by nobody since: ICEWS event 34219512-20180601, CAMEO 042 (makes a visit), "
        "intensity 1.9.",
        "external_source": "icews",
        "external_id": "34219512-20180601",
        "status": "under_review",
    }  # fmt: skip


def test_words_have_the_topic_of_the_pair_and_a_stance_from_the_intensity() -> None:
    got = row(CAMEO_Code="111", Intensity="-2.0", Target_Name="Foreign Affairs (Ukraine)", Target_Country="Ukraine")
    assert got.noun == "statement"
    assert got.body["topics"] == [{"topic": "cooperation-rus-ukr", "stance": "opposes", "coding_certainty": "low"}]
    assert got.body["participants"] == [{"actor": "foreign-affairs-ukraine", "role": "target"}]


@pytest.mark.parametrize(("written", "event_type"), [("10", None), ("010", None), ("1056", "REQUEST"), ("874", "RETREAT"), ("13y", "THREATEN")])  # fmt: skip
def test_codes_without_their_zeros_are_read_as_icews_meant_them(written: str, event_type: str | None) -> None:
    assert row(CAMEO_Code=written).body.get("event_type") == event_type


def test_one_id_on_two_days_is_two_records() -> None:
    assert row().body["external_id"] != row(Event_Date="2018-06-02").body["external_id"]


def test_a_country_alone_has_no_coordinates_and_an_unknown_one_is_told() -> None:
    assert row(City="", Province="").body["place"] == {"name": "China", "country": "CN"}
    nowhere = row(City="", Province="", Country="Ruritania")
    assert nowhere.body["place"] == {"name": "Ruritania"}
    assert [warning.column for warning in nowhere.warnings] == ["Country"]


def test_an_actors_country_that_is_not_known_is_told() -> None:
    got = row(Source_Country="Ruritania")
    assert [warning.value for warning in got.warnings] == ["Vladimir Putin"]
    assert "on_behalf_of" not in got.body


def test_without_a_publisher_icews_itself_is_cited() -> None:
    assert row(Publisher="", Story_ID="", Sentence_Number="").body["citations"] == [
        {"source": "icews", "locator": "event 34219512-20180601", "role": "report"}
    ]


@pytest.mark.parametrize(("column", "value"), [("Event_ID", ""), ("Event_Date", "06/01/2018"), ("CAMEO_Code", "visit")])
def test_what_can_not_be_made_a_record_is_refused_with_its_column(column: str, value: str) -> None:
    assert [fault.column for fault in refused(icews.read, table(**{column: value})).faults] == [
        column.replace("_", " ")
    ]


def test_a_row_without_any_actor_is_refused() -> None:
    assert [fault.column for fault in refused(icews.read, table(Source_Name="", Target_Name="NULL")).faults] == [
        "Source Name"
    ]


def test_names_of_columns_are_known_in_small_letters_and_with_commas() -> None:
    names = [name.lower().replace(" ", "_") for name in PLAIN]
    cells = [f'"{value}"' if "," in value else value for value in PLAIN.values()]
    assert one(icews.read, f"{','.join(names)}\n{','.join(cells)}\n".encode()).body == row().body


def test_quotation_marks_are_letters_where_tabs_part_the_cells() -> None:
    content = (
        table(Publisher='"Daily Planet', City='"')
        + b"\n"
        + table(Event_ID="2").split(b"\n")[1]
        + b"\n"
        + HEADER.encode()
    )
    assert [type(got) for got in taken(icews.read, content)] == [Row, Skipped, Row, Skipped]


def test_a_short_row_is_refused_and_another_table_too() -> None:
    rows = taken(icews.read, table() + b"1\t2\n")
    assert isinstance(rows[1], Reject)
    with pytest.raises(Unreadable, match="CAMEO Code"):
        icews.read(io.BytesIO(b"Event ID,Event Date,Source Name\n1,2018-06-01,Russia\n"))


CELLS = st.text(st.characters(exclude_characters="\t\n\r\0", exclude_categories=["Cs"]), max_size=30)


@given(st.fixed_dictionaries({name.replace(" ", "_"): CELLS for name in PLAIN if name not in ("Event ID", "Event Date", "CAMEO Code")}))  # fmt: skip
def test_whatever_stands_in_the_cells_a_row_that_is_taken_can_be_written(changed: dict[str, str]) -> None:
    assert len(taken(icews.read, table(**changed))) == 1


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_rows_or_no_table(content: bytes) -> None:
    for beginning in (b"", table()):
        with suppress(Unreadable):
            taken(icews.read, beginning + content)
