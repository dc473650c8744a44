"""How a text becomes words, and how a query is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.fields import fold
from schemas.searches import Searched, Term, line, placed, search, words
from tests import matcher


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("L'accord, l’été: Œuvre", "l accord l ete oeuvre"),
        ("cease-fire cease\u00adfire cease\u2011fire", "cease fire ceasefire cease fire"),
        ("п'ять п’ять п\u02bcять", "п ять п ять п ять"),
        ("Ёлка ЕЛКА мой Київ ґанок", "елка елка мои киів ґанок"),
        ("Straße STRASSE İstanbul ışık IŞIK", "strasse strasse istanbul isik isik"),
        ("1,000 1 000 2025-03 ½ ²", "1 000 1 000 2025 03 1 2 2"),
        ("停火协议 ひらがな ไทย", "停 火 协 议 ひ ら か な ไ ท ย"),
        ("हिन्दी العَرَبِيَّة", "हिनदी العربية"),
        ("👍 ❤️ a_b c.d", "a b c d"),
        ("\U0001d504\ufb03 ＡＢ", "affi ab"),
    ],
)
def test_words_are_folded_and_parted_by_all_that_is_no_letter_and_no_digit(text: str, found: str) -> None:
    assert words(text) == found.split()


@given(st.text())
def test_words_stand_where_they_are_found(text: str) -> None:
    there = list(placed(text))
    assert [one.word for one in there] == words(text)
    assert all(words(text[one.start : one.end]).count(one.word) for one in there)
    assert line(text).split() == words(text)
    # What a word is looks the same from either side: a query for what is stored finds it.
    assert words(" ".join(words(text))) == words(text)
    assert not any(character in word for word in words(text) for character in "'\"\\ \n¤*-")


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text("abcxyzàéößłøİı œŒabcАБВабвёЁйЙїґ'’-.,;!? 0123"))
def test_another_way_to_fold_gives_the_same_words(text: str) -> None:
    assert words(text) == matcher.plain(text)


def terms(query: str) -> list[str]:
    """A query as it was understood."""
    asked = search(query).terms
    return [f"{'-' * one.is_excluded}{' '.join(one.words)}{'*' * one.is_prefix}" for one in asked]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("truce talks", ["truce", "talks"]),
        ('"cease fire" -war peace*', ["cease fire", "-war", "peace*"]),
        ("cease-fire l'acc* -п'ять", ["cease fire", "l acc*", "-п ять"]),
        ('-"a b" -"c*', ["-a b", "-c*"]),
        ('"cease fi*" "cease fi"* "cease* fi" "a b" *', ["cease fi*", "cease fi", "a b"]),
        ('«прекращение огня» “a b„', ["прекращение огня", "a b"]),
        ('a"b c"d', ["a", "b c", "d"]),
        ("- a - -b --c", ["a", "-b", "-c"]),
        ('"" a "', ["a"]),
        ('- "a b"', ["a b"]),
        ('a -""b', ["a", "b"]),
        ("* a** *b b*c", ["a*", "b", "b c"]),
        ("a A à \"a\"", ["a"]),
        ("AND (OR) NOT NEAR/2 title:x", ["and", "or", "not", "near 2", "title x"]),
    ],
)  # fmt: skip
def test_whatever_is_typed_has_a_meaning(query: str, found: list[str]) -> None:
    assert terms(query) == found


@given(
    st.lists(st.tuples(st.text("abcdeё", min_size=1, max_size=4), st.booleans(), st.booleans()), min_size=1, max_size=8)
)
def test_what_is_understood_can_be_typed_again(given_terms: list[tuple[str, bool, bool]]) -> None:
    asked = Searched(
        tuple(dict.fromkeys(Term((fold(word),), prefix, excluded) for word, prefix, excluded in given_terms))
    )
    typed = " ".join(f"{'-' * one.is_excluded}{one.words[0]}{'*' * one.is_prefix}" for one in asked.terms)
    assert search(typed) == asked
    assert asked.wanted == [one for one in asked.terms if not one.is_excluded]
