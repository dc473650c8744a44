"""POLECAT's tables: PLOVER types as they are, several actors in one cell, and headers that some files have wrong."""

import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers.machine_coded import polecat
from schemas.transfers import Reject, Row, Unreadable
from tests.published import DATA
from tests.readings import one, refused, taken

published = pytest.mark.skipif(not DATA.is_dir(), reason="the published data are not beside the checkout")

PLAIN = {
    "Event ID": "20230101-5721-abc_1", "Event Date": "2023-01-01", "Event Type": "THREATEN", "Event Mode": "violence",
    "Intensity": "-3.5", "Quad Code": "VERBAL CONFLICT", "Contexts": "military;territory", "Actor Name": "Vladimir Putin; Dmitry Medvedev",
    "Actor Country": "RUS; RUS", "Actor COW": "365; 365", "Primary Actor Sector": "GOV; GOV", "Actor Sectors": "GOV; GOV",
    "Actor Title": "None", "Actor Name Raw": "Putin; Medvedev", "Wikipedia Actor ID": "None", "Recipient Name": "Ukraine; NATO",
    "Recipient Country": "UKR; None", "Recipient COW": "369; None", "Primary Recipient Sector": "None; IGO", "Recipient Sectors": "None",
    "Recipient Title": "None", "Recipient Name Raw": "Kyiv; NATO", "Wikipedia Recipient ID": "None", "Placename": "Moscow",
    "City": "Moscow", "District": "None", "Province": "Moscow", "Country": "RUS", "Latitude": "55.75", "Longitude": "37.62",
    "GeoNames ID": "524901", "Raw Placename": "Moscow", "Feature Type": "PPLC", "Source": "Interfax", "Publication Date": "2023-01-02",
    "Story People": "None", "Story Organizations": "None", "Story Locations": "None", "Language": "ru", "Version": "NGEC_1.0",
}  # fmt: skip


def table(header: list[str] | None = None, end: str = "", /, **changed: str) -> bytes:
    cells = PLAIN | {name.replace("_", " "): value for name, value in changed.items()}
    names = chr(9).join(header or [*PLAIN])
    return f"{names}{end}\n{chr(9).join(cells[name] for name in PLAIN)}{end}\n".encode()


def row(**changed: str) -> Row:
    return one(polecat.read, table(**changed))


def test_a_row_becomes_a_record() -> None:
    got = row()
    assert got.noun == "statement"
    assert got.body == {
        "date": "2023-01-01",
        "date_basis": "machine",
        "title": "Vladimir Putin +1 → Ukraine +1: threatens (violence)",
        "actor": "vladimir-putin",
        "on_behalf_of": "russia",
        "participants": [
            {"actor": "dmitry-medvedev", "role": "co_actor"},
            {"actor": "ukraine", "role": "target"},
            {"actor": "nato", "role": "target"},
        ],
        "confidence": None,
        "attribution": "third_party",
        "citations": [
            {"source": "interfax", "locator": "event 20230101-5721-abc_1", "role": "report", "published_at": "2023-01-02",
             "origin": "polecat:20230101-5721-abc"}
        ],
        "event_type": "THREATEN",
        "event_mode": "violence",
        "place": {"name": "Moscow", "country": "RU", "latitude": 55.75, "longitude": 37.62},
        "tags": ["machine-coded", "military", "territory", "polecat"],
        "rationale": "Coded by a machine, and read by nobody since: POLECAT event 20230101-5721-abc_1, THREATEN violence, intensity "
        "-3.5. The stance follows from the intensity of the type alone, not from what was said.",
        "external_source": "polecat",
        "external_id": "20230101-5721-abc_1",
        "status": "under_review",
        "topics": [{"topic": "cooperation-rus-ukr", "stance": "opposes", "coding_certainty": "low"}],
    }  # fmt: skip


@published
def test_the_columns_are_those_that_polecat_has() -> None:
    header = (DATA / "cameo_plover" / "POLECAT_header.tsv").read_text(encoding="utf-8").strip().split("\t")
    assert header == [*PLAIN]


@pytest.mark.parametrize(
    ("changed", "noun", "stance"),
    [
        ({"Event_Type": "ACCUSE", "Event_Mode": "disapprove", "Intensity": "-2"}, "statement", "opposes"),
        ({"Event_Type": "ACCUSE", "Event_Mode": "investigate"}, "event", None),
        ({"Event_Type": "agree", "Event_Mode": "None", "Intensity": "2.5"}, "statement", "supports"),
        ({"Event_Type": "REQUEST", "Event_Mode": "change", "Intensity": "-2"}, "statement", "unclear"),
        ({"Event_Type": "CONSULT", "Event_Mode": "visit"}, "event", None),
        ({"Event_Type": "SANCTION", "Event_Mode": ""}, "event", None),
    ],
)
def test_words_and_deeds_are_told_by_the_type(changed: dict[str, str], noun: str, stance: str | None) -> None:
    got = row(**changed)
    assert got.noun == noun
    assert [one["stance"] for one in got.body.get("topics", [])] == ([stance] if stance else [])


def test_a_mode_of_another_type_is_left_out_and_told() -> None:
    got = row(Event_Mode="massacre")
    assert "event_mode" not in got.body
    assert [warning.column for warning in got.warnings] == ["Event Mode"]


def test_an_unknown_type_is_refused_with_the_nearest() -> None:
    (fault,) = refused(polecat.read, table(Event_Type="THREATEND")).faults
    assert (fault.column, fault.hint) == ("Event Type", "Did you mean THREATEN?")


def test_an_actor_without_a_name_is_its_country_and_none_at_all_is_refused() -> None:
    assert row(Actor_Name="None", Actor_Name_Raw="None", Actor_Country="RUS").body["actor"] == "russia"
    assert row(Actor_Name="RUS", Actor_Country="RUS").body["actor"] == "russia"
    assert row(Actor_Name="IS", Actor_Country="None").body["actor"] == "is"
    assert row(Actor_Name="None", Actor_Name_Raw="None", Actor_Country="None").body["actor"] == "unnamed-actor"
    nobody = {f"{side}_{name}": "None" for side in ("Actor", "Recipient") for name in ("Name", "Name_Raw", "Country")}
    assert [fault.column for fault in refused(polecat.read, table(**nobody)).faults] == ["Actor Name"]


def test_lists_of_other_lengths_give_no_actor_a_country_that_may_not_be_its_own() -> None:
    got = row(Actor_Country="RUS; UKR; BLR")
    assert [need.body.get("country") for need in got.needs if need.body["slug"] == "vladimir-putin"] == [None]
    shared = row(Actor_Country="RUS")
    assert [need.body.get("country") for need in shared.needs if need.body["slug"] == "dmitry-medvedev"] == ["RU"]


def test_without_a_day_the_day_of_publication_stands_for_it() -> None:
    got = row(Event_Date="None")
    assert (got.body["date"], got.body["date_basis"]) == ("2023-01-02", "published")
    assert [warning.column for warning in got.warnings] == ["Event Date"]
    assert [fault.column for fault in refused(polecat.read, table(Event_Date="soon")).faults] == ["Event Date"]
    assert [fault.column for fault in refused(polecat.read, table(Event_Date="", Publication_Date="")).faults] == [
        "Event Date"
    ]


def test_a_whole_country_has_no_coordinates() -> None:
    assert row(Feature_Type="PCLI", Placename="Russia").body["place"] == {"name": "Russia", "country": "RU"}


def test_the_other_name_of_the_intensity_and_tabs_too_many_are_read() -> None:
    header = [name.replace("Intensity", "Event Intensity") for name in PLAIN]
    assert one(polecat.read, table(header)).body == row().body
    assert one(polecat.read, table(None, "\t\t\t")).body == row().body


@pytest.mark.parametrize("place", [0, 5, 40])
def test_names_of_columns_that_no_row_fills_are_passed_over(place: int) -> None:
    header = [*PLAIN]
    header.insert(place, "Headline")
    assert one(polecat.read, table(header)).body == row().body


def test_a_headline_that_the_rows_do_fill_is_an_excerpt() -> None:
    content = table().decode().split("\n")
    got = one(polecat.read, f"{content[0]}\tHeadline\n{content[1]}\tPutin threatens\n".encode())
    assert got.body["citations"][0]["excerpt"] == "Putin threatens"
    assert {**got.body, "citations": []} == {**row().body, "citations": []}


def test_latin_letters_of_old_files_are_read_where_the_caller_says_so() -> None:
    content = table(Actor_Name="Emmanuel Macron; Józef").decode().encode("latin-1")
    (got,) = polecat.read(io.BytesIO(content), None, "iso-8859-1")
    assert isinstance(got, Row)
    assert got.body["participants"][0]["actor"] == "jozef"


CELLS = st.text(st.characters(exclude_characters="\t\n\r\0", exclude_categories=["Cs"]), max_size=30)
LISTS = st.lists(CELLS | st.sampled_from(["RUS", "None", "GOV", "Russia", "NATO"]), max_size=4).map("; ".join)


@given(st.fixed_dictionaries({name.replace(" ", "_"): LISTS for name in PLAIN if name not in ("Event ID", "Event Date", "Event Type")}))  # fmt: skip
def test_whatever_stands_in_the_cells_a_row_that_is_taken_can_be_written(changed: dict[str, str]) -> None:
    (got,) = taken(polecat.read, table(**changed))
    assert isinstance(got, Row | Reject)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_rows_or_no_table(content: bytes) -> None:
    for beginning in (b"", table()):
        with suppress(Unreadable):
            taken(polecat.read, beginning + content)
