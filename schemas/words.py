"""The ground of every closed list that is ours: words that carry their own meaning."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A closed list whose words carry their definition, so that no word can stand without one."""

    definition: str
    label: str

    def __new__(cls, value: str, definition: str = "", label: str = "") -> Self:
        word = str.__new__(cls, value)
        word._value_ = value
        word.definition = definition
        word.label = label or readable(value)
        return word


def readable(value: str) -> str:
    """A word of a list as a label."""
    return value.replace("_", " ").capitalize()
