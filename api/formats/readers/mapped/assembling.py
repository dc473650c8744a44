"""A body in the making: members put at their places, with the column that each came from and the nouns that it needs."""

from collections.abc import Sequence
from typing import Any

from api.formats.readers.mapped.readings import Reading
from api.formats.readers.mapped.targets import Target
from schemas.transfers import Json, Need, RowFault

_FINDS = ("url", "locator", "excerpt")


class Body:
    """The body of one row, and all that is told of it."""

    def __init__(self) -> None:
        self.faults: list[RowFault] = []
        self.warnings: list[RowFault] = []
        self.columns: dict[str, tuple[str, str]] = {}
        self._needs: dict[tuple[str, str], Need] = {}
        self._members: Json = {}
        self._place: Json = {}
        self._topic: Json = {}
        self._parts: dict[tuple[str, str], None] = {}  # role, actor
        self._citations: dict[int, Json] = {}

    @property
    def needs(self) -> Sequence[Need]:
        """The nouns that it names, each once."""
        return tuple(self._needs.values())

    def put(self, target: Target, reading: Reading, slug: str | None = None, needs: Sequence[Need] = ()) -> None:
        """Put a value at its place; a name as the slug that it stands for."""
        groups: dict[Any, Json] = {"place": self._place, "topics": self._topic}
        name = str(target.path[-1])
        if target.path[0] == "citations":
            group = self._citations.setdefault(int(target.path[1]), {})
        else:
            group = groups.get(target.path[0], self._members)
        group[name] = reading.value if slug is None else slug
        self._tell(target.where, reading, needs)

    def take_part(self, role: str, reading: Reading, slug: str, needs: Sequence[Need]) -> None:
        """Add a participant, in one role once."""
        self._parts.setdefault((role, slug))
        self._tell(f"participants.{[*self._parts].index((role, slug))}.actor", reading, needs)

    def cite(self, number: int, citation: Json, reading: Reading, needs: Sequence[Need]) -> None:
        """Add a citation that is whole."""
        self._citations[number] = citation
        self._tell(f"citations.{number}", reading, needs)
        for name in citation:
            self._tell(f"citations.{number}.{name}", reading, ())

    def identify(self, system: str, identity: str, column: str, shown: str) -> None:
        """Put the id that the row has where it comes from."""
        self._members |= {"external_source": system, "external_id": identity}
        self.columns["external_id"] = (column, shown[:200])

    def whole(self) -> Json:
        """The body as a POST takes it. A citation behind the first that leads nowhere is left out, and a stance without topic."""
        made = dict(self._members)
        if self._place:
            made["place"] = self._place
        if "topic" in self._topic:
            made["topics"] = [self._topic]
        if self._parts:
            made["participants"] = [{"actor": actor, "role": role} for role, actor in self._parts]
        kept = [number for number, one in sorted(self._citations.items()) if number == 0 or any(map(one.get, _FINDS))]
        made["citations"] = [self._citations[number] for number in kept]
        for place, number in enumerate(kept):
            if place != number:
                self._renumber(number, place)
        return made

    def _renumber(self, old: int, new: int) -> None:
        before, after = f"citations.{old}.", f"citations.{new}."
        for where in [where for where in self.columns if where.startswith(before)]:
            self.columns[after + where.removeprefix(before)] = self.columns.pop(where)

    def _tell(self, where: str, reading: Reading, needs: Sequence[Need]) -> None:
        if reading.column is not None:
            self.columns[where] = (reading.column, reading.shown)
        if reading.warning is not None and reading.warning not in self.warnings:
            self.warnings.append(reading.warning)
        for need in needs:
            self._needs.setdefault((need.noun, str(need.body["slug"])), need)
