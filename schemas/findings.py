"""What is found by comparing: why citations count as one origin, and why records are told to be in conflict."""

from schemas.words import Word


class OriginRule(Word):
    """By what two citations go back to one origin, the strictest first."""

    URL = "url", "They have the same address, however it was copied."
    SOURCE = "source", "They have the same source."
    OWNER = "owner", "Their sources have the same owner."
    ORIGIN = "origin", "They state the same origin."
    UNSTATED = "unstated", "Both are reports that state no origin, which may be the same one."


class ConflictReason(Word):
    """Why records are told to be in conflict."""

    OPPOSITE_STANCES = "opposite_stances", "One actor supports and opposes the same topic on the same date."
    DIFFERENT_CONDITIONS = (
        "different_conditions",
        "One actor takes positions on the same topic on the same date that depend on different kinds of conditions.",
    )
    CONTRADICTS = "contradicts", "One record is linked to the other as contradicting it."
    DENIES = "denies", "One record is linked to the other as denying it."


class DuplicateOffer(Word):
    """What is offered for two records that are alike."""

    MERGE = "merge", "They may be one thing that was recorded twice: to be merged into one."
    REPEAT = "repeat", "The later one may repeat the earlier one: both stand, linked `repeats`."


class DuplicateReason(Word):
    """Why two records are told to be alike."""

    SAME_ACTOR = "same_actor", "An actor speaks or acts in both, or both speak for it; true of every pair."
    SAME_DAY = "same_day", "Both have the same first and the same last possible day."
    NEAR_DATE = "near_date", "Their first and last possible days are no more than `within` apart."
    SAME_URL = "same_url", "Both cite the same page, however its address was copied."
    NEAR_TITLE = "near_title", "Of all words of the two titles six in ten or more are in both."
    NEAR_QUOTE = "near_quote", "Of all words of the two quotes six in ten or more are in both."
    SAME_TOPIC_AND_STANCE = "same_topic_and_stance", "Both take the same stance on the same topic."
    SAME_EVENT_TYPE = "same_event_type", "Both have the same PLOVER type."


class DuplicateDoubt(Word):
    """What speaks against it that two records are one, or that one repeats the other."""

    OTHER_SPEAKER = "other_speaker", "Who speaks or acts in either has no such part in the other."
    OTHER_COUNTERPART = (
        "other_counterpart",
        "Both name addressees or targets, and none is named in both, as where one article tells of several calls.",
    )
    OTHER_EVENT_TYPE = "other_event_type", "They have different PLOVER types."
