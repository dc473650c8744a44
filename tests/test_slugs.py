"""Names in any script become slugs that a reader recognises."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.formats.readers.country_names import TABLE, find
from api.formats.readers.slugs import slugify
from schemas.countries import COUNTRIES
from schemas.fields import SLUG


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Vladimir Putin", "vladimir-putin"), ("Дмитрий Песков", "dmitry-peskov"), ("Сергей Шойгу", "sergey-shoygu"),
        ("Володимир Зеленський", "volodymyr-zelenskyi"), ("Юрій Єнакієв", "yurii-yenakiiev"), ("Łukasz Ørsted", "lukasz-orsted"),
        ("Agence France-Presse (AFP)", "agence-france-presse-afp"), ("Д'Артаньян", "dartanyan"),
    ],
)  # fmt: skip
def test_a_name_is_recognised_in_its_slug(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_who_says_that_names_are_ukrainian_gets_them_so() -> None:
    assert slugify("Кирило Тимошенко") == "kirilo-timoshenko"
    assert slugify("Кирило Тимошенко", ukrainian=True) == "kyrylo-tymoshenko"


def test_a_name_without_a_table_gets_a_slug_of_its_own() -> None:
    assert re.fullmatch("name-[0-9a-f]{10}", slugify("习近平"))
    assert slugify("习近平") != slugify("毛泽东")


@given(st.text(max_size=200), st.booleans())
def test_every_text_has_a_slug(name: str, ukrainian: bool) -> None:
    slug = slugify(name, ukrainian)
    assert re.fullmatch(SLUG, slug)
    assert len(slug) <= 100


def test_every_country_has_its_codes_and_names() -> None:
    assert {country.alpha2 for country in TABLE} == COUNTRIES
    for country in TABLE:
        for text in (
            country.alpha2,
            country.alpha3.lower(),
            *country.names,
            *([str(country.gw)] if country.gw else []),
        ):
            assert find(text) is country, text
    assert len({country.gw for country in TABLE if country.gw}) == sum(1 for country in TABLE if country.gw)


def test_countries_are_found_as_files_write_them() -> None:
    written = {
        "Russia (Soviet Union)": "RU",
        "The Netherlands": "NL",
        "Bosnia & Herzegovina": "BA",
        "turkiye": "TR",
        "365": "RU",
    }
    for text, code in written.items():
        country = find(text)
        assert country is not None
        assert country.alpha2 == code
    assert find("Ruritania") is None
