"""What is found by comparing: why citations count as one origin, and why records are told to be in conflict."""

from schemas.words import Word


class OriginRule(Word):
    """By what two citations go back to one origin, the strictest first."""

    URL = "url", "They have the same address, however it was copied."
    SOURCE = "source", "They have the same source."
    OWNER = "owner", "Their sources have the same owner."
    ORIGIN = "origin", "They state the same origin."
    UNSTATED = "unstated", "Both are reports that state no origin, which may be the same one."
