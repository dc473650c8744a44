"""Actors of event data: a code is an actor of its own, and a name that says more than the code is one too."""

import pytest

from api.formats.readers.machine_coded.coded_actors import NOBODY, decode, spelled
from api.formats.readers.machine_coded.named_actors import party
from api.formats.readers.machine_coded.nations import named
from schemas.transfers import Need


def made(code: str, name: str = "", country: str = "", *, is_place: bool = False) -> Need:
    return decode(code, name, country, is_place).needs[-1]


@pytest.mark.parametrize(
    ("code", "name", "country", "slug", "kind", "called"),
    [
        ("RUS", "MOSCOW", "RUS", "russia", "government", "Russia"),
        ("RUSGOV", "RUSSIAN", "RUS", "rus-gov", "government", "Government of Russia"),
        ("USAGOV", "US OFFICIAL", "USA", "usa-gov", "government", "Government of the United States"),
        ("UKRMIL", "UKRAINE", "UKR", "ukr-mil", "government", "Military of Ukraine"),
        ("RUSGOV", "VLADIMIR PUTIN", "RUS", "vladimir-putin", "government", "Vladimir Putin"),
        ("USAGOV", "THE WHITE HOUSE", "USA", "white-house", "government", "White House"),
        ("USAMED", "THE ASSOCIATED PRESS", "USA", "associated-press", "media", "Associated Press"),
        ("SYRREB", "SYRIAN", "SYR", "syr-reb", "armed_group", "Rebels of Syria"),
        ("MNCUSAMED", "GOOGLE", "USA", "google", "organization", "Google"),
        ("IGOUNO", "THE UN", "", "united-nations", "organization", "United Nations"),
        ("IGOUNOREFHCR", "UNHCR", "", "unhcr", "organization", "UNHCR"),
        ("IGOWSTNATGOV", "NATO", "WST", "nato", "alliance", "NATO"),
        ("IGOEUREEC", "THE EUROPEAN UNION", "EUR", "european-union", "organization", "European Union"),
        ("IMGMOSALQ", "AL QAEDA", "", "al-qaeda", "armed_group", "Al Qaeda"),
        ("IGOMOSOIC", "EKMELEDDIN IHSANOGLU", "", "ekmeleddin-ihsanoglu", "organization", "Ekmeleddin Ihsanoglu"),
        ("EUR", "EUROPEAN", "EUR", "europe", "bloc", "Europe"),
        ("COP", "POLICEMAN", "", "unnamed-cop", "unnamed", "Unnamed (police)"),
        ("JUDJUD", "DISTRICT COURT", "", "unnamed-jud", "unnamed", "Unnamed (courts)"),
        ("scoGOV", "SCOTTISH", "", "ethnic-sco-gov", "unnamed", "Scottish: government"),
        ("SCGSRB", "SERBIA", "SRB", "serbia", "government", "Serbia"),
        ("ROM", "ROMANIA", "ROM", "romania", "government", "Romania"),
        ("", "VLADIMIR PUTIN", "", "vladimir-putin", "unnamed", "Vladimir Putin"),
    ],
)
def test_a_code_and_a_name_become_an_actor(
    code: str, name: str, country: str, slug: str, kind: str, called: str
) -> None:
    need = made(code, name, country)
    assert (need.body["slug"], need.body["kind"], need.body["name"]) == (slug, kind, called)


def test_a_part_of_a_state_belongs_to_it_and_is_made_after_it() -> None:
    state, part = decode("UKRMIL", "UKRAINIAN", "UKR").needs
    assert state.body["slug"] == "ukraine"
    assert state.body["country"] == part.body["country"] == "UA"
    assert [group["group"] for group in part.groups] == ["ukraine"]
    assert part.body["aliases"] == ["CAMEO UKRMIL"]
    assert part.names == ("CAMEO UKRMIL",)
    assert "Ukraine" in state.names


def test_a_named_official_speaks_for_the_body_of_the_code() -> None:
    putin = decode("RUSGOV", "VLADIMIR PUTIN", "RUS")
    assert (putin.slug, putin.body, putin.side) == ("vladimir-putin", "rus-gov", ("rus", "Russia"))
    assert [need.body["slug"] for need in putin.needs] == ["russia", "rus-gov", "vladimir-putin"]
    assert decode("USAMED", "REUTERS", "USA").body is None


def test_a_place_of_the_row_is_no_name_of_an_actor() -> None:
    assert made("USAGOV", "NEW YORK", "USA", is_place=True).body["slug"] == "usa-gov"
    assert made("USAGOV", "NEW YORK", "USA").body["slug"] == "new-york"


def test_what_is_not_known_of_a_code_is_told() -> None:
    puzzle = decode("QQQGOV", "SOMEBODY", "")
    assert puzzle.doubt
    assert "QQQ" in puzzle.doubt
    assert puzzle.slug == "cameo-qqq-gov"
    assert decode("", "", "") is NOBODY


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("VLADIMIR PUTIN", "Vladimir Putin"), ("THE UN", "The UN"), ("UNHCR", "UNHCR"), ("MOHAMMED VI", "Mohammed VI"),
        ("SECRETARY OF STATE", "Secretary of State"), ("O'BRIEN", "O'Brien"), ("FOREIGN MINIST", "Foreign Minister"),
        ("Emmanuel Macron", "Emmanuel Macron"), ("GEORGE W. BUSH", "George W. Bush"), ("ABU-BAKR", "Abu-Bakr"), ("PKK", "PKK"),
    ],
)  # fmt: skip
def test_names_in_capitals_are_spelled_as_names(written: str, name: str) -> None:
    assert spelled(written) == name


def test_names_with_sectors_and_countries_become_the_same_actors() -> None:
    russia = named("Russian Federation")
    assert party("Russia", "government", russia).slug == "russia"
    assert party("UN", "organization", None).slug == "united-nations"
    citizen = party("Citizen (Russia)", "unnamed", russia)
    assert citizen.needs[-1].body == {
        "slug": "citizen-russia",
        "kind": "unnamed",
        "name": "Citizen (Russia)",
        "country": "RU",
    }
    assert [group["group"] for group in citizen.needs[-1].groups] == ["russia"]
    putin = party("Vladimir Putin", "government", russia, official=True)
    assert (putin.slug, putin.body, putin.side) == ("vladimir-putin", "russia", ("rus", "Russia"))
