"""Two addresses are the same page when they differ only in how they were copied."""

import pytest
from hypothesis import given, strategies

from schemas.addresses import canonical

PAGE = "http://kremlin.ru/events/president/news/76450"


@pytest.mark.parametrize(
    "copied",
    [
        "https://kremlin.ru/events/president/news/76450", "HTTP://WWW.Kremlin.RU/events/president/news/76450",
        "http://kremlin.ru:80/events/president/news/76450", "https://kremlin.ru:443/events/president/news/76450/",
        "http://kremlin.ru./events/president/news/76450#sel=3:1,4:2", "http://me@kremlin.ru/events/president/news/76450//",
        "http://kremlin.ru/events/president/news/76450?utm_source=tg&utm_medium=post&fbclid=1&GCLID=2",
        "http://kremlin.ru/events/president/news/7645%30?", "http://kremlin.ru/events/president/news/76450?ref_src=twsrc",
    ],
)  # fmt: skip
def test_however_an_address_is_copied_it_is_the_same_page(copied: str) -> None:
    assert canonical(copied) == canonical(PAGE)


@pytest.mark.parametrize(
    "other",
    [
        "http://en.kremlin.ru/events/president/news/76450", "http://kremlin.ru/events/president/news/76451",
        "http://kremlin.ru/Events/president/news/76450", "http://kremlin.ru:8080/events/president/news/76450",
        "http://kremlin.ru/events/president/news/76450?page=2", "http://kremlin.ru/events/president/news/76450?mutm_=2",
    ],
)  # fmt: skip
def test_what_may_be_another_page_is_another_one(other: str) -> None:
    assert canonical(other) != canonical(PAGE)


def test_order_of_parameters_and_the_way_of_encoding_do_not_count() -> None:
    assert canonical("https://x.org/a?b=2&a=1&utm_id=7") == canonical("http://x.org/a?a=1&b=2")
    assert canonical("https://x.org/a?a=1&a=2") != canonical("https://x.org/a?a=1")
    assert canonical("https://президент.рф/новости/1") == canonical(
        "http://xn--d1abbgf6aiiy.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/1"
    )


@pytest.mark.parametrize(
    "odd", ["http://[::1/a", "http://x.org:port/", "http://x.org:99999/", "http://%/%zz?%", "http://me@"]
)
def test_what_cannot_be_taken_apart_has_a_form_of_its_own(odd: str) -> None:
    assert canonical(odd)
    assert canonical(odd) != canonical(PAGE)


@given(strategies.from_regex(r"https?://[^\s/?#<>\"\\\[\]@]{1,20}([/?#][^\s<>\"\\]{0,30})?", fullmatch=True))
def test_any_address_has_a_form(url: str) -> None:
    assert canonical(url)
    if canonical(url) != url:  # it could be taken apart
        assert canonical(url + "#here") == canonical(url.partition("#")[0])
