"""What a record is made of when it is sent: participants, positions, a place, the links to what it answers."""

import re
from typing import Annotated, Any, Protocol, Self, TypeVar

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, WithJsonSchema, field_validator, model_validator
from pydantic import Field as Member

from schemas.base import Shape
from schemas.fields import Country, Ref, Text100, Text300, Text450, Text5000, fault
from schemas.vocabularies import CodingCertainty, ConditionType, ParticipantRole, ReactionType, Stance

# A JSON number that is neither NaN nor too large; a boolean is none, and no text is.
Degrees = Annotated[float, Member(strict=True, allow_inf_nan=False)]


class Participant(Shape):
    """Another actor with a part in it."""

    actor: Ref = Member(description="Who.", examples=["alexander-lukashenko"])
    role: ParticipantRole = Member(
        description="co_actor · addressee (spoken to) · target (blamed, threatened, acted on) · mediator · host.",
        examples=["addressee"],
    )


class Position(Shape):
    """The stance that the record takes on one topic's proposition as worded."""

    topic: Ref = Member(description="The topic.", examples=["truce-in-principle"])
    stance: Stance = Member(description="The actor's position on the proposition.", examples=["supports"])
    condition_type: ConditionType = Member(
        default=ConditionType.NONE,
        description="none · modalities · preconditions (another must first do something).",
        examples=["preconditions"],
    )
    conditions: Text5000 | None = Member(
        default=None,
        description="The conditions, in words.",
        examples=["Ukraine stops mobilisation for the length of the truce"],
    )
    coding_certainty: CodingCertainty | None = Member(
        default=None, description="How sure the coder is of this code.", examples=["high"]
    )

    @field_validator("conditions")
    @classmethod
    def conditions_have_a_type(cls, conditions: str | None, info: ValidationInfo) -> str | None:
        """Words of conditions go with a condition type."""
        if conditions is not None and info.data.get("condition_type") is ConditionType.NONE:
            raise fault(
                "conditions are given, but condition_type is none",
                'Give condition_type "modalities" or "preconditions".',
            )
        return conditions


class _OnTopic(Protocol):
    @property
    def topic(self) -> str: ...


OnTopic = TypeVar("OnTopic", bound=_OnTopic)


class Place(Shape):
    """Where it was said or done."""

    name: Text300 | None = Member(default=None, description="Its name.", examples=["Moscow"])
    country: Country | None = Member(default=None, description="ISO 3166-1 alpha-2 country.", examples=["RU"])
    latitude: Degrees | None = Member(
        default=None, ge=-90, le=90, description="Degrees north, WGS 84.", examples=[55.75]
    )
    longitude: Degrees | None = Member(
        default=None, ge=-180, le=180, validate_default=True, description="Degrees east, WGS 84.", examples=[37.62]
    )

    @field_validator("longitude")
    @classmethod
    def coordinates_come_in_pairs(cls, longitude: float | None, info: ValidationInfo) -> float | None:
        """Both coordinates or none."""
        if "latitude" in info.data and (info.data["latitude"] is None) != (longitude is None):
            raise fault("a place has both latitude and longitude, or neither", "Give the other one too.")
        return longitude

    @model_validator(mode="after")
    def says_something(self) -> Self:
        """At least one member."""
        if self.name is None and self.country is None and self.latitude is None:
            raise fault("a place needs a name, a country or coordinates", "Leave `place` out where it is not known.")
        return self


class ReactsTo(Shape):
    """Short form of a reaction: what the new record answers."""

    id: Text450 = Member(
        examples=["01958f3e-7c00-7000-8000-000000000001"],
        description="Id of the record answered, or `external_source:external_id`.",
    )
    type: ReactionType = Member(
        default=ReactionType.RESPONDS_TO, description="What the answer does to it.", examples=["responds_to"]
    )


def _link(given: Any) -> Any:
    return {"id": given} if isinstance(given, str) else given


def _system(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise fault(
            f"{name[:60]!r} is no name of a system",
            "Letters, digits, dots, hyphens and underscores, such as acled or ucdp-ged.",
        )
    return name


def topics_once(positions: list[OnTopic]) -> list[OnTopic]:
    """Refuse two positions on one topic."""
    slugs = [position.topic for position in positions]
    if len(slugs) != len(set(slugs)):
        raise fault(
            "a topic is given twice in topics", "One stance on each topic; split the topic where there are two."
        )
    return positions


def participants_once(participants: list[Participant]) -> list[Participant]:
    """Refuse the same actor twice in one role."""
    parts = [(participant.actor, participant.role) for participant in participants]
    if len(parts) != len(set(parts)):
        raise fault("a participant is given twice in the same role", "Name each actor once in each role.")
    return participants


def tags_once(tags: list[str]) -> list[str]:
    """Refuse the same tag twice."""
    if len(tags) != len(set(tags)):
        raise fault("a tag is given twice", "Each tag once.")
    return tags


Tag = Annotated[Text100, AfterValidator(str.strip)]
Link = Annotated[ReactsTo, BeforeValidator(_link, json_schema_input_type=Text450 | ReactsTo)]
System = Annotated[
    str,
    AfterValidator(_system),
    WithJsonSchema({"type": "string", "maxLength": 100, "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$"}),
]
