"""Events: things done. They share all members of a record with statements, and always have a PLOVER type."""

from typing import Literal

from pydantic import Field as Member

from schemas.statements import Explained, RecordCreate, RecordRead
from schemas.vocabularies import EventType, Kind


class EventCreate(RecordCreate):
    """A deed: a meeting, a call, a signed text, an order in force, an exchange, a strike, a sanction imposed."""

    event_type: EventType = Member(description="PLOVER type of the deed.", examples=["CONSULT"])


class EventRead(RecordRead):
    """A deed: a meeting, a call, a signed text, an order in force, an exchange, a strike, a sanction imposed."""

    kind: Literal[Kind.EVENT] = Member(description="Deeds.", examples=["event"])
    event_type: EventType = Member(description="PLOVER type.", examples=["CONSULT"])


class EventExplained(EventRead, Explained):
    """A deed, and what was to be explained of it."""
