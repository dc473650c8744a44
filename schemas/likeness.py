"""How like two records are: words that their texts share, and one number out of all that speaks for it and against it.

Texts are sets of words, folded as a search folds them (`schemas.searches`). The share of two texts is that of the words
in both among the words in either (Jaccard's index); from `LEAST` on they are near.

The score is 1 less the product of what each reason leaves open, which is 1 less its weight, halved for each doubt: two
reasons are never worse than one, and none is certain. A text's weight is `WEIGHTS` times its share, times n / ENOUGH as
long as no more than n words are shared: "Speaks by telephone" may be said of many calls.
"""

import math
from collections.abc import Collection, Iterable, Mapping

from schemas.findings import DuplicateDoubt, DuplicateOffer, DuplicateReason

LEAST = 0.6
# So many words in common are enough for the full weight of a text.
ENOUGH = {DuplicateReason.NEAR_TITLE: 4, DuplicateReason.NEAR_QUOTE: 8}
# A repeat is on another day, and mostly on another page: what is said again makes it one.
WEIGHTS: Mapping[DuplicateOffer, Mapping[DuplicateReason, float]] = {
    DuplicateOffer.MERGE: {
        DuplicateReason.SAME_URL: 0.6, DuplicateReason.NEAR_TITLE: 0.6, DuplicateReason.NEAR_QUOTE: 0.8, DuplicateReason.SAME_DAY: 0.2,
        DuplicateReason.SAME_TOPIC_AND_STANCE: 0.2, DuplicateReason.SAME_EVENT_TYPE: 0.1,
    },
    DuplicateOffer.REPEAT: {
        DuplicateReason.NEAR_TITLE: 0.6, DuplicateReason.NEAR_QUOTE: 0.8, DuplicateReason.SAME_TOPIC_AND_STANCE: 0.5,
        DuplicateReason.SAME_EVENT_TYPE: 0.1,
    },
}  # fmt: skip

Words = frozenset[str]


def share(one: Words, other: Words) -> float:
    """The share of words that both have among those that either has; 0 where one has none."""
    if not one or not other:
        return 0.0
    both = len(one & other)
    return both / (len(one) + len(other) - both)


def is_near(one: Words, other: Words) -> bool:
    """Whether two texts share so many words that they may be the same."""
    return bool(near(one, [other]))


def near(one: Words, others: Iterable[Words]) -> list[Words]:
    """Those of some texts that are near one."""
    size = len(one)
    # The smaller one can have no more words in common than it has; that spares most comparisons.
    least, most = max(1.0, LEAST * size), size / LEAST
    return [
        other
        for other in others
        if least <= len(other) <= most and (both := len(one & other)) >= LEAST * (size + len(other) - both)
    ]


def marks(words: Words) -> list[str]:
    """Words of a text of which every text near it has one among its own: the longest, which are the rarest.

    Two sets with a share of `LEAST` have at least ⌈LEAST · n⌉ words in common, n being the larger one's. So whichever
    n − ⌈LEAST · n⌉ + 1 words of each come first, in one order for all, have one in common.
    """
    kept = len(words) - math.ceil(LEAST * len(words) - 1e-9) + 1
    return sorted(words, key=lambda word: (-len(word), word))[:kept]


def score(
    offer: DuplicateOffer,
    reasons: Collection[DuplicateReason],
    doubts: Collection[DuplicateDoubt],
    texts: Mapping[DuplicateReason, tuple[Words, Words]],
) -> float:
    """The score of a pair, from 0 to 1 in hundredths; `texts` has the two texts of each text that is near."""
    open_ = 1.0
    for reason in DuplicateReason:
        if reason in reasons:
            weight = WEIGHTS[offer].get(reason, 0.0)
            if reason in texts:
                one, other = texts[reason]
                weight *= share(one, other) * min(1.0, len(one & other) / ENOUGH[reason])
            open_ *= 1 - weight
    return round((1 - open_) * 0.5 ** len(doubts), 2)
