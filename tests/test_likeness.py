"""How like two texts are, and the score of a pair: against the definition, word for word."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from schemas import likeness
from schemas.findings import DuplicateDoubt, DuplicateOffer, DuplicateReason

WORDS = some.frozensets(some.text("abc", min_size=1, max_size=3), max_size=14)


@given(one=WORDS, other=WORDS)
@example(one=frozenset("abcde"), other=frozenset("abc"))  # six in ten exactly
@example(one=frozenset("abcdefghij"), other=frozenset("abcdef"))
def test_no_near_text_is_without_a_mark_in_common(one: frozenset[str], other: frozenset[str]) -> None:
    near = bool(one and other) and Fraction(len(one & other), len(one | other)) >= Fraction(6, 10)
    assert likeness.is_near(one, other) == likeness.is_near(other, one) == near
    if near:
        assert set(likeness.marks(one)) & set(likeness.marks(other))
    assert set(likeness.marks(one)) <= one


def test_the_marks_of_a_text_are_its_longest_words_and_few() -> None:
    words = frozenset("agrees with the idea of a truce raises questions first".split())
    assert likeness.marks(words) == ["questions", "agrees", "raises", "first", "truce"]


ALL = list(DuplicateReason)
TITLES = {DuplicateReason.NEAR_TITLE: (frozenset("abcdefgh"), frozenset("abcdefghij"))}


@pytest.mark.parametrize(
    ("offer", "reasons", "doubts", "texts", "right"),
    [
        ("merge", ["same_actor", "same_day", "same_url"], 0, {}, 1 - 0.8 * 0.4),
        ("merge", ["same_actor", "near_date", "same_url"], 0, {}, 0.6),
        ("merge", ["same_actor", "near_date", "near_title"], 0, TITLES, 0.6 * 0.8),
        ("merge", ["same_day", "same_url", "near_title", "same_topic_and_stance", "same_event_type"], 0, TITLES, 1 - 0.8 * 0.4 * 0.52 * 0.8 * 0.9),
        ("merge", ["same_day", "same_url"], 1, {}, 0.34),
        ("merge", ["same_day", "same_url"], 2, {}, 0.17),
        ("repeat", ["same_actor", "same_topic_and_stance"], 0, {}, 0.5),
        ("repeat", ["same_url", "near_title"], 0, TITLES, 0.48),
    ],
)  # fmt: skip
def test_the_score_is_what_the_formula_says(
    offer: str, reasons: list[str], doubts: int, texts: dict[DuplicateReason, tuple[frozenset[str], frozenset[str]]], right: float
) -> None:  # fmt: skip
    found = likeness.score(
        DuplicateOffer(offer), [DuplicateReason(one) for one in reasons], list(DuplicateDoubt)[:doubts], texts
    )
    assert found == pytest.approx(right, abs=0.0051)
    assert found == round(found, 2)


def test_few_words_in_common_weigh_less() -> None:
    short = {DuplicateReason.NEAR_TITLE: (frozenset("ab"), frozenset("ab"))}
    assert likeness.score(DuplicateOffer.MERGE, [DuplicateReason.NEAR_TITLE], [], short) == 0.3


@given(
    reasons=some.sets(some.sampled_from(ALL)),
    more=some.sampled_from(ALL),
    offer=some.sampled_from(list(DuplicateOffer)),
)
def test_a_further_reason_never_lowers_a_score(
    reasons: set[DuplicateReason], more: DuplicateReason, offer: DuplicateOffer
) -> None:
    texts = TITLES | {DuplicateReason.NEAR_QUOTE: (frozenset("abcdefgh"), frozenset("abcdefgh"))}
    before, after = (likeness.score(offer, found, [], texts) for found in (reasons, reasons | {more}))
    assert 0 <= before <= after < 1
