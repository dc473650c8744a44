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
