"""Codes of countries: FIPS and ISO say different things with the same letters, and event data use both."""

import csv
import json

import pytest

from api.formats.readers.machine_coded import nations
from schemas.countries import COUNTRIES
from tests.published import DATA

published = pytest.mark.skipif(not DATA.is_dir(), reason="the published data are not beside the checkout")
# What GDELT's list of FIPS codes has for states that are no more: ISO has no code that would be right.
GONE = {"NT", "YI"}


@pytest.mark.parametrize(
    ("fips", "iso"),
    [
        ("UP", "UA"), ("RS", "RU"), ("AU", "AT"), ("AS", "AU"), ("CH", "CN"), ("SZ", "CH"), ("GM", "DE"), ("GA", "GM"),
        ("GB", "GA"), ("UK", "GB"), ("IS", "IL"), ("IC", "IS"), ("IZ", "IQ"), ("TU", "TR"), ("TX", "TM"), ("KV", "XK"),
        ("GZ", "PS"), ("WE", "PS"), ("RB", "RS"), ("RI", "RS"), ("KS", "KR"), ("KN", "KP"), ("BO", "BY"), ("BY", "BI"),
        ("LO", "SK"), ("OD", "SS"), ("AX", "GB"),
    ],
)  # fmt: skip
def test_fips_is_not_iso(fips: str, iso: str) -> None:
    assert nations.FIPS[fips] == iso


def test_every_iso_country_is_in_the_table_once() -> None:
    assert {nation.iso2 for nation in nations.ISO3.values()} == COUNTRIES
    assert set(nations.FIPS.values()) <= COUNTRIES
    assert {nations.ISO3[code].iso2 for code in ("ROU", "ROM")} == {"RO"}


def test_a_country_is_found_by_name_and_by_code() -> None:
    for name in ("Russia", "russian federation", "RUS", "RU"):
        found = nations.named(name)
        assert found
        assert found.iso2 == "RU"
    assert nations.named("Ruritania") is None


@published
def test_the_table_agrees_with_gdelts_own() -> None:
    listed = json.loads((DATA / "gdelt_codebooks" / "countries.json").read_text(encoding="utf-8"))
    assert {fips: nations.FIPS.get(fips) for fips in listed} == {
        fips: None if fips in GONE else entry["iso2"] for fips, entry in listed.items()
    }


@published
def test_the_names_agree_with_plovers() -> None:
    with (DATA / "cameo_plover" / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["CCA2"] not in ("", "NA") or row["Name"] == "Namibia"]
    assert len(rows) > 190
    assert [row["Name"] for row in rows if nations.ISO3[row["CCA3"]].iso2 != row["CCA2"]] == []
