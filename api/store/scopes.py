"""Whose records a question is about: the actors, each with the time in which its records count, and their roles."""

from dataclasses import dataclass

from api.errors import Problem, invalid, not_found, not_yet
from api.store import documents
from api.store.conditions import Conditions
from api.store.directory import Directory, Interval
from api.store.sessions import Reading
from schemas.dates import CALENDAR_END, CALENDAR_START
from schemas.fields import closest
from schemas.problems import Fault
from schemas.records import EVERYONE, ROLE_CODES
from schemas.timeline import ChoiceFilter
from schemas.vocabularies import Role


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose records: the actors with the time each counts, and the role classes."""

    stays: list[Interval]
    roles: list[int]

    @property
    def is_of_everyone(self) -> bool:
        """Whether no actor was named."""
        return self.stays[:1] == [EVERYBODY]


EVERYBODY: Interval = (EVERYONE, CALENDAR_START, CALENDAR_END)


def scope(
    reading: Reading, directory: Directory, filters: ChoiceFilter, subject: str | None, found: Conditions
) -> Scope:
    """Whose records a filter means; `subject` is the actor in the path.

    Raises Problem `invalid` with all faults of the filter, `group-too-large`, or `not-found` or `deleted` for the
    actor in the path.
    """
    faults = list(found.faults)
    actors = _actors(reading, directory, filters, subject, faults)
    if not actors:
        faults += [
            Fault(
                where=f"query.{name}",
                message=f"{name} means nothing without an actor",
                hint="Give actor too, or leave it out.",
            )
            for name in ("role", "affiliates")
            if getattr(filters, name, None) is not None and not (name == "affiliates" and getattr(filters, "by", []))
        ]
    if faults:
        raise invalid(faults)
    if not actors:
        return Scope([EVERYBODY], [ROLE_CODES["agent"]])
    roles = roles_of(getattr(filters, "role", None) or Role.AGENT)
    if not filters.affiliates:
        return Scope([(actor, CALENDAR_START, CALENDAR_END) for actor in actors], roles)
    return Scope(directory.affiliates(actors, found.since, found.until), roles)


def roles_of(role: Role) -> list[int]:
    """The role classes that a role asked for stands for."""
    return sorted(ROLE_CODES.values()) if role is Role.ANY else [ROLE_CODES[role]]


def _actors(
    reading: Reading, directory: Directory, filters: ChoiceFilter, subject: str | None, faults: list[Fault]
) -> list[int]:
    known = directory.identities["actor"]
    if subject is not None:
        if subject not in known:
            row = reading.row(
                "SELECT v.version FROM actor a JOIN actor_version v ON v.actor_id = a.id AND v.superseded_seq IS NULL WHERE a.slug = :slug",
                {"slug": subject},
            )
            if row:
                raise Problem("deleted", "This actor was deleted.", headers={"ETag": documents.etag(row[0], b"")})
            if ("actor", subject) in directory.later:
                raise not_yet("actor", subject)
            raise not_found("actor", subject, closest(subject, list(known)))
        return [known[subject]]
    return sorted(set(directory.named("actor", getattr(filters, "actor", []), "actor", faults)))
