"""Statements, and what statements and events share: the members of a record, as they are sent and as they are shown."""

import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    StrictBool,
    ValidationInfo,
    field_validator,
)  # fmt: skip
from pydantic import Field as Member

from schemas.base import Shown, Written
from schemas.citations import Citation, CitationRead, CorroborationGroup
from schemas.dates import Precision
from schemas.fields import (
    Confidence,
    Edtf,
    Language,
    Ref,
    Text100,
    Text300,
    Text5000,
    Text20000,
    Url,
    fault,
)
from schemas.nouns import Noun, Versioned
from schemas.parts import (
    Link,
    Participant,
    Place,
    Position,
    System,
    Tag,
    participants_once,
    tags_once,
    topics_once,
)
from schemas.vocabularies import (
    EVENT_MODES,
    Attribution,
    Channel,
    CodingCertainty,
    ConditionType,
    ConfidenceLabel,
    DateBasis,
    EventMode,
    EventType,
    Kind,
    ParticipantRole,
    Stance,
    Status,
    TranslationBy,
)  # fmt: skip

# What an address of a record may end in to ask for something of it, so that no external id may.
ASKED_BELOW = ("/thread", "/history", "/restore", "/merge", "/unmerge")
# The same for a segment anywhere in it: something with an address of its own follows.
ASKED_WITHIN = r"/codings(?:/|$)"


class RecordCreate(Written):
    """What a statement and an event have in common."""

    date: Edtf = Member(description="When it was said or done (never when it takes force), EDTF.")
    date_basis: DateBasis = Member(default=DateBasis.STATED, description="How the date is known.", examples=["stated"])
    effective: Edtf | None = Member(
        default=None,
        description="EDTF interval in which it holds, or a deadline `../2025-05-01`.",
        examples=["2025-03-18/2025-04-17"],
    )
    title: Text300 = Member(
        examples=["Agrees with the idea of a truce, raises questions first"], description="What it was, in a line."
    )
    summary: Text20000 | None = Member(
        default=None,
        description="The same in a paragraph.",
        examples=["Says that a truce should lead to lasting peace."],
    )
    actor: Ref = Member(description="The most specific named speaker or doer.", examples=["vladimir-putin"])
    on_behalf_of: Ref | None = Member(
        default=None, description="The body spoken for: the spokesman's Kremlin.", examples=["kremlin"]
    )
    participants: Annotated[list[Participant], AfterValidator(participants_once)] = Member(
        default=[],
        max_length=200,
        description="Others with a part in it.",
        examples=[[{"actor": "alexander-lukashenko", "role": "addressee"}]],
    )
    topics: Annotated[list[Position], AfterValidator(topics_once)] = Member(
        default=[], max_length=100, description="The topics touched, each with a stance. `topic` + `stance` is the short form for one.",
        examples=[[{"topic": "truce-in-principle", "stance": "supports"}]],
    )  # fmt: skip
    topic: Ref | None = Member(default=None, description="Short form: the one topic.", examples=["truce-in-principle"])
    stance: Stance | None = Member(
        default=None, description="Short form: the stance on the one topic.", examples=["supports"]
    )
    condition_type: ConditionType | None = Member(
        default=None, description="Short form: see `topics`.", examples=["preconditions"]
    )
    conditions: Text5000 | None = Member(
        default=None, description="Short form: see `topics`.", examples=["Mobilisation stops first"]
    )
    coding_certainty: CodingCertainty | None = Member(
        default=None, description="Short form: see `topics`.", examples=["high"]
    )
    confidence: Confidence = Member(
        description="That this actor said or did this on this date, as recorded, and nothing else: an integer 0–100 (STIX 2.1), a word, "
        "an Admiralty grade, or `{value, scale}`; null where it can't be judged.",
        examples=["high"],
    )
    attribution: Attribution = Member(
        default=Attribution.OWN_WORDS, description="Whose account it is.", examples=["own_words"]
    )
    hedge: Text100 | None = Member(
        default=None,
        description="How likely the speaker put it: a word of estimative probability, or the hedging words themselves.",
        examples=["likely"],
    )
    citations: list[Citation] = Member(
        default=[], max_length=100, description="Where it was published; at least one. `source` + `url` is the short form for one.",
        examples=[[{"source": "kremlin-ru", "url": "http://en.kremlin.ru/events/president/news/76450"}]],
    )  # fmt: skip
    source: Ref | None = Member(default=None, description="Short form: who published it.", examples=["kremlin-ru"])
    url: Url | None = Member(default=None, description="Short form: where it was published.")
    event_type: EventType | None = Member(
        default=None, description="PLOVER type of the deed or speech act.", examples=["AGREE"]
    )
    event_mode: EventMode | None = Member(default=None, description="PLOVER mode of that type.", examples=["ceasefire"])
    place: Place | None = Member(
        default=None, description="Where it was said or done.", examples=[{"name": "Moscow", "country": "RU"}]
    )
    tags: Annotated[list[Tag], AfterValidator(tags_once)] = Member(
        default=[], max_length=100, description="Free tags.", examples=[["istanbul-talks"]]
    )
    rationale: Text20000 | None = Member(
        default=None, description="Why it is coded so.", examples=["Says yes to the idea, no to the plan"]
    )
    external_source: System | None = Member(
        default=None,
        max_length=100,
        description="The system it came from; unique with `external_id`, never changed.",
        examples=["acled"],
    )
    external_id: Text300 | None = Member(
        default=None, validate_default=True, description="Its id in that system.", examples=["UKR12345"]
    )
    status: Status = Member(
        default=Status.PUBLISHED,
        description="Editorial only: draft · published · under_review · withdrawn.",
        examples=["published"],
    )

    reacts_to: list[Link] = Member(
        default=[], max_length=50, description="Ids that it answers, or `{id, type}`: short form for `/v1/reactions`.",
        examples=[["01958f3e-7c00-7000-8000-000000000001"]],
    )  # fmt: skip

    @field_validator("event_mode")
    @classmethod
    def mode_belongs_to_type(cls, mode: EventMode | None, info: ValidationInfo) -> EventMode | None:
        """A PLOVER mode goes with one of its own types."""
        if mode is None or "event_type" not in info.data:
            return mode
        kind = info.data["event_type"]
        if kind is None:
            raise fault("event_mode needs an event_type", "Give the type that the mode belongs to.")
        if mode not in EVENT_MODES[kind]:
            modes = ", ".join(EVENT_MODES[kind]) or "no modes"
            raise fault(f"event_mode {mode} does not belong to {kind}", f"{kind} has {modes}.")
        return mode

    @field_validator("external_id")
    @classmethod
    def external_id_has_a_source(cls, external: str | None, info: ValidationInfo) -> str | None:
        """The two halves of an outside id go together."""
        if "external_source" in info.data and (info.data["external_source"] is None) != (external is None):
            raise fault("external_source and external_id go together", "Give both or neither.")
        asked = next((word for word in ASKED_BELOW if external is not None and external.endswith(word)), None)
        if asked:
            raise fault(
                f"an external id can't end in {asked}", f"That address is the record's {asked[1:]}; write it otherwise."
            )
        within = re.search(ASKED_WITHIN, external or "")
        if within:
            told = within[0].rstrip("/")
            raise fault(
                f"an external id can't have {told} in it",
                f"That address is the record's {told[1:]}; write it otherwise.",
            )
        return external


class StatementCreate(RecordCreate):
    """Words: one actor on one occasion."""

    quote: Text20000 | None = Member(
        default=None, description="Verbatim words.", examples=["мы с предложениями согласны"]
    )
    language: Language | None = Member(default=None, description="BCP 47 tag of the words.")
    translation: Text20000 | None = Member(
        default=None, description="The words in English.", examples=["we agree with the proposals"]
    )
    translation_by: TranslationBy | None = Member(
        default=None, description="Who translated: official · machine · editor.", examples=["official"]
    )
    channel: Channel | None = Member(default=None, description="How it was said.", examples=["press_conference"])
    prompted: StrictBool | None = Member(default=None, description="Whether it was asked for.", examples=[True])


class ParticipantRead(Shown):
    """Another actor with a part in it."""

    actor: Noun = Member(
        description="Who.", examples=[{"slug": "alexander-lukashenko", "name": "Alexander Lukashenko"}]
    )
    role: ParticipantRole = Member(description="In which role.", examples=["addressee"])


class PositionRead(Shown):
    """The stance taken on one topic."""

    topic: Noun = Member(
        description="The topic.", examples=[{"slug": "truce-in-principle", "name": "A truce in principle"}]
    )
    stance: Stance = Member(description="The position on its proposition.", examples=["supports"])
    stance_score: int | None = Member(description="The same as −2 … +2; null where it has no score.", examples=[1])
    condition_type: ConditionType = Member(description="What kind of conditions.", examples=["preconditions"])
    conditions: str | None = Member(description="The conditions, in words.", examples=["Mobilisation stops first"])
    coding_certainty: CodingCertainty | None = Member(description="How sure the coder is.", examples=["high"])


class PlaceRead(Shown):
    """Where it was said or done."""

    name: str | None = Member(description="Its name.", examples=["Moscow"])
    country: str | None = Member(description="ISO 3166-1 alpha-2 country.", examples=["RU"])
    latitude: float | None = Member(description="Degrees north, WGS 84.", examples=[55.75])
    longitude: float | None = Member(description="Degrees east, WGS 84.", examples=[37.62])


class RecordRead(Versioned):
    """A statement or an event."""

    id: str = Member(description="Its id, a UUIDv7.", examples=["01958f3e-7c00-7000-8000-000000000001"])
    status: Status = Member(description="Editorial status.", examples=["published"])
    date: str = Member(description="When it was said or done, EDTF, as given.", examples=["2025-03-13"])
    date_basis: DateBasis = Member(description="How the date is known.", examples=["stated"])
    date_earliest: str | None = Member(description="Its first possible day; null when open.", examples=["2025-03-13"])
    date_latest: str | None = Member(description="Its last possible day; null when open.", examples=["2025-03-13"])
    date_precision: Precision = Member(description="How exact the date is.", examples=["day"])
    effective: str | None = Member(description="EDTF interval in which it holds.", examples=["2025-03-18/2025-04-17"])
    title: str = Member(
        description="What it was, in a line.", examples=["Agrees with the idea of a truce, raises questions first"]
    )
    summary: str | None = Member(description="The same in a paragraph.", examples=[None])
    actor: Noun = Member(
        description="Who said or did it.", examples=[{"slug": "vladimir-putin", "name": "Vladimir Putin"}]
    )
    on_behalf_of: Noun | None = Member(
        description="The body spoken for.", examples=[{"slug": "kremlin", "name": "The Kremlin"}]
    )
    participants: list[ParticipantRead] = Member(description="Others with a part in it.", examples=[[]])
    stance: Stance | None = Member(
        description="The stance on the first topic; null without topics.", examples=["supports"]
    )
    stance_score: int | None = Member(description="The same as −2 … +2; null where it has no score.", examples=[1])
    topics: list[PositionRead] = Member(description="The topics touched, each with a stance.")
    confidence: int | None = Member(
        description="That it was said or done so, 0–100 (STIX 2.1); null: can't be judged.", examples=[85]
    )
    confidence_label: ConfidenceLabel | None = Member(description="The same in words.", examples=["high"])
    confidence_given: dict[str, str | int | None] = Member(
        description="What was given, with its scale.", examples=[{"value": "high", "scale": "none-low-med-high"}]
    )
    attribution: Attribution = Member(description="Whose account it is.", examples=["own_words"])
    hedge: str | None = Member(description="How likely the speaker put it.", examples=[None])
    source: Noun = Member(
        description="The first citation's source.", examples=[{"slug": "kremlin-ru", "name": "kremlin.ru"}]
    )
    citations: list[CitationRead] = Member(description="Where it was published.")
    corroboration: int = Member(
        description="How many independent origins the citations go back to; translations and repeats add nothing.",
        examples=[1],
    )
    primary: bool = Member(description="Whether the speaker's own publication is among them.", examples=[True])
    event_type: EventType | None = Member(description="PLOVER type.", examples=["AGREE"])
    event_mode: EventMode | None = Member(description="PLOVER mode.", examples=[None])
    place: PlaceRead | None = Member(
        description="Where.", examples=[{"name": "Moscow", "country": "RU", "latitude": 55.75, "longitude": 37.62}]
    )
    tags: list[str] = Member(description="Free tags.", examples=[["istanbul-talks"]])
    rationale: str | None = Member(description="Why it is coded so.", examples=[None])
    external_source: str | None = Member(description="The system it came from.", examples=[None])
    external_id: str | None = Member(description="Its id in that system.", examples=[None])
    retracted_by: list[str] = Member(description="Ids of records that take it back.", examples=[[]])
    denied_by: list[str] = Member(description="Ids of records that deny it.", examples=[[]])
    clarified_by: list[str] = Member(description="Ids of records that clarify it.", examples=[[]])
    recorded_by: str = Member(description="The name of the key that wrote this version.", examples=["newsroom-desk"])
    snippet: str | None = Member(
        default=None, description="Only in a list asked with `q`: the passage found, as HTML with what was searched for in `<mark>`; null where "
        "a name alone was met.",
        examples=["… agrees with the idea of a <mark>truce</mark>, raises questions first …"],
    )  # fmt: skip


class StatementRead(RecordRead):
    """Words: one actor on one occasion."""

    kind: Literal[Kind.STATEMENT] = Member(description="Words.", examples=["statement"])
    quote: str | None = Member(description="Verbatim words.", examples=["мы с предложениями согласны"])
    language: str | None = Member(description="BCP 47 tag of the words.", examples=["ru"])
    translation: str | None = Member(description="The words in English.", examples=["we agree with the proposals"])
    translation_by: TranslationBy | None = Member(description="Who translated.", examples=["official"])
    channel: Channel | None = Member(description="How it was said.", examples=["press_conference"])
    prompted: bool | None = Member(description="Whether it was asked for.", examples=[True])


class Explained(Shown):
    """What a record is answered with when it is to be explained."""

    corroboration_groups: list[CorroborationGroup] | None = Member(
        default=None, description="Present with `explain=corroboration` only: how the citations were counted."
    )


class StatementExplained(StatementRead, Explained):
    """Words, and what was to be explained of them."""
