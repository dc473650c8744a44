"""Every closed list of the API, and `VOCABULARIES`, which explains each of its words to a reader."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from schemas import cameo, confidence, plover
from schemas.actions import ChangeAction, ChangeNoun
from schemas.confidence import Band, ConfidenceLabel, ConfidenceScale, Credibility, Hedge, Reliability
from schemas.counting import ConditionsChange, Consistency, CountOf, Facet, Inexact, Interval, Weight
from schemas.findings import ConflictReason, DuplicateDoubt, DuplicateOffer, DuplicateReason, OriginRule
from schemas.plover import EVENT_MODES, EventMode, EventType
from schemas.transfers import EditedRows, ImportFormat, ImportState, OnError
from schemas.words import Word, readable

__all__ = [
    "EVENT_MODES", "VOCABULARIES", "ActorKind", "Attribution", "ChangeAction", "ChangeNoun", "Channel", "CitationRole",
    "CodingCertainty", "ConditionType", "ConfidenceLabel", "ConfidenceScale", "ConflictReason", "Credibility", "DateBasis", "DateMatch", "DuplicateDoubt", "DuplicateOffer", "DuplicateReason",
    "EventMode", "EventType", "Hedge", "KeyRole", "Kind", "Order", "OriginRule", "ParticipantRole", "ReactionType", "Reliability",
    "Role", "Stance", "Status", "Term", "TranslationBy", "Vocabulary", "Word",
]  # fmt: skip


class Kind(Word):
    """Whether a record holds words or deeds."""

    STATEMENT = "statement", "Words: what an actor said, wrote, voted or published on one occasion."
    EVENT = "event", "A deed: a meeting, a call, a signed text, an order in force, a strike, an exchange."


class ActorKind(Word):
    """What sort of actor speaks or acts."""

    PERSON = "person", "One human being with a name."
    OFFICE = "office", "A post or press service that speaks whoever holds it, such as the Kremlin."
    GOVERNMENT = "government", "A state, or a ministry or authority that acts for it."
    ORGANIZATION = "organization", "A body with members or staff that is neither state nor alliance, such as the UN."
    ALLIANCE = "alliance", "States bound by treaty to defend each other, such as NATO."
    BLOC = "bloc", "States that act together without being one body, or that an analyst groups, such as the West."
    MEDIA = "media", "A newspaper, agency, broadcaster or channel that speaks for itself."
    ARMED_GROUP = "armed_group", "An armed force that is no state's regular army."
    UNNAMED = "unnamed", "Somebody described but not named: experts, a US official, sources close to the talks."


class Stance(Word):
    """The actor's position on a topic's proposition as worded; never our opinion of the actor."""

    STRONGLY_SUPPORTS = "strongly_supports", "Only an unconditional demand, order or binding commitment for it."
    SUPPORTS = "supports", "Takes the side of the proposition."
    NEUTRAL = "neutral", "Declares to take no side, or abstains in a vote."
    OPPOSES = "opposes", "Takes the side against the proposition."
    STRONGLY_OPPOSES = "strongly_opposes", "Only an unconditional demand, veto, order or commitment against it."
    NO_POSITION = "no_position", "Was asked or expected to take a position, and declined, evaded or stayed away."
    UNCLEAR = "unclear", "Took a position that can't be read from what was said."

    @property
    def score(self) -> int | None:
        """+2 to −2; None where there is no position to measure."""
        return _STANCE_SCORES.get(self)


_STANCE_SCORES: Final = {"strongly_supports": 2, "supports": 1, "neutral": 0, "opposes": -1, "strongly_opposes": -2}


class ConditionType(Word):
    """What a position is made to depend on."""

    NONE = "none", "Nothing: the position holds as it stands."
    MODALITIES = "modalities", "The manner: how, when, where, or who monitors it."
    PRECONDITIONS = "preconditions", "Another must first do or give up something, so that it is no support as worded."


class CodingCertainty(Word):
    """How sure the coder is of having read the stance rightly."""

    HIGH = "high", "Any careful coder would choose this stance."
    MEDIUM = "medium", "The likeliest reading, though another can be argued."
    LOW = "low", "A guess between readings that are about equally good."


class Attribution(Word):
    """Whose account of the words or the deed it is."""

    OWN_WORDS = "own_words", "The actor speaks: on record, on video, or in a text the actor signed."
    OWN_OFFICE = "own_office", "The actor's own office, spokesman or press service gives the account."
    COUNTERPART = "counterpart", "The other side gives the account, as in its readout of a call."
    THIRD_PARTY = "third_party", "Somebody who was not a party gives the account."
    ANONYMOUS = "anonymous", "Unnamed people give the account."
    INFERRED = "inferred", "Nobody gives the account: it is concluded from other facts."


class DateBasis(Word):
    """What a record's date rests on."""

    STATED = "stated", "The source says when it was said or done."
    DATELINE = "dateline", "The dateline of a report stands for it."
    PUBLISHED = "published", "The day of publication stands for it, for want of better."
    INFERRED = "inferred", "A coder worked it out from other facts."
    MACHINE = "machine", "A program derived it and nobody checked it."


class ParticipantRole(Word):
    """What another actor has to do with the record."""

    CO_ACTOR = "co_actor", "Says or does it together with the actor, as a co-signatory."
    ADDRESSEE = "addressee", "Is spoken to, or is the other side of a call or a meeting."
    TARGET = "target", "Is blamed, threatened or acted on."
    MEDIATOR = "mediator", "Stands between the parties to bring them together."
    HOST = "host", "Gives the place where it happens, and need not take part."


class Role(Word):
    """In which role the filter `actor` looks for an actor."""

    AGENT = "agent", "The actor, the body spoken for, or a co-actor; the default."
    ADDRESSEE = "addressee", "The one spoken to, or the other side of a call."
    TARGET = "target", "The one blamed, threatened or acted on."
    MEDIATOR = "mediator", "The one who mediates."
    HOST = "host", "The one who hosts."
    ANY = "any", "Any of these roles."


class CitationRole(Word):
    """What a citation is to the words or the deed."""

    ORIGINAL = "original", "The first publication, by whoever said or did it or was there."
    TRANSLATION = "translation", "The same text in another language; it corroborates nothing."
    REPORT = "report", "Somebody's own report of it."
    REPEAT = "repeat", "A copy or a retelling of another publication; it corroborates nothing."


class TranslationBy(Word):
    """Who made the translation of a quote."""

    OFFICIAL = "official", "The speaker's own office published it."
    MACHINE = "machine", "A program made it."
    EDITOR = "editor", "A person working on this record made it."


class Channel(Word):
    """By what means a statement was made."""

    SPEECH = "speech", "An address to an audience, without questions."
    INTERVIEW = "interview", "Answers to one interviewer or outlet."
    PRESS_CONFERENCE = "press_conference", "Answers to several journalists, before or after remarks."
    BRIEFING = "briefing", "A spokesman's regular session with the press."
    READOUT = "readout", "A party's account of a call or meeting that it took part in."
    JOINT_STATEMENT = "joint_statement", "One text issued by several actors."
    POST = "post", "A message on a social network or a messenger channel."
    DOCUMENT = "document", "A written text: a letter, plan, communiqué or paper."
    ORDER = "order", "A decree, law or command that binds those under it."
    VOTE = "vote", "A vote on a text; the resolution is the topic, to abstain is neutral, to be absent no_position."
    LEAK = "leak", "Words made public without the speaker's consent."
    OTHER = "other", "Any other means."


class Status(Word):
    """Where a record stands in the editing; it says nothing of the world."""

    DRAFT = "draft", "Not public yet: its author and the editors see it."
    PUBLISHED = "published", "Public."
    UNDER_REVIEW = "under_review", "Public, and flagged because something in it is being checked."
    WITHDRAWN = "withdrawn", "Taken back by the editors: public as such, and out of lists unless asked for."


class ReactionType(Word):
    """How one record answers another."""

    RESPONDS_TO = "responds_to", "Answers it in any other way than those below."
    ACCEPTS = "accepts", "Agrees to what it asks or offers."
    REJECTS = "rejects", "Refuses what it asks or offers."
    CONDITIONS = "conditions", "Agrees to it only if something else is done first."
    REPEATS = "repeats", "Says the same again, or makes another's words its own."
    CONTRADICTS = "contradicts", "Says or does what can't be squared with it."
    CLARIFIES = "clarifies", "Explains or narrows what it meant."
    RETRACTS = "retracts", "Takes it back."
    DENIES = "denies", "Says that it was never said or done, or is untrue."
    IMPLEMENTS = "implements", "Carries out what it announced, ordered or agreed."
    REPORTS_ON = "reports_on", "Gives a party's account of it, as the readout of a call."
    ALLEGES_VIOLATION = "alleges_violation", "Claims that it, a truce or an agreement, was broken."
    VIOLATES = "violates", "Breaks it in deed; only an event can."


class DateMatch(Word):
    """Whether a vague date has to touch the asked range or to lie inside it."""

    OVERLAPS = "overlaps", "Keeps every record that may fall in the range; the default."
    WITHIN = "within", "Keeps only records that certainly fall in the range."


class Order(Word):
    """In which order a timeline is given."""

    DESC = "desc", "By the date it happened, the latest first; the default.", "Newest first"
    ASC = "asc", "By the date it happened, the earliest first: the exact reverse of desc.", "Oldest first"
    ENTERED = "entered", "By entry here, the earliest first; a draft counts as begun.", "First entered first"
    ENTERED_DESC = "-entered", "By entry here, the latest first; a draft counts as begun.", "Last entered first"
    RELEVANCE = (
        "relevance",
        "By how well `q` is met, then the latest first; of very many, the latest 2,000.",
        "Best matches first",
    )


class KeyRole(Word):
    """What an API key may do."""

    READER = "reader", "Reads what is public."
    CONTRIBUTOR = "contributor", "Also writes drafts, and edits its own."
    EDITOR = "editor", "Also writes and publishes all records, actors, sources and topics."
    ADMIN = "admin", "Also manages keys, merges and purges."


class Term(BaseModel):
    """One word of a vocabulary: what it means, what it counts for, and whose it is."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)

    value: str = Field(description="The word as the API takes and gives it.", examples=["supports"])
    label: str = Field(description="The word for a reader.", examples=["Supports"])
    definition: str = Field(description="When it applies, in a sentence.", examples=["Takes the proposition's side."])
    score: float | None = Field(
        default=None,
        description="What the word counts for on its own scale; null where it counts for nothing.",
        examples=[1],
    )
    origin: str = Field(description="The standard that the word comes from.", examples=["PLOVER 0.8"])
    is_ours: bool = Field(
        description="True where the word or its number is this project's own choice and not the standard's.",
        examples=[False],
    )
    crosswalk: dict[str, str | int | float | None] | None = Field(
        default=None,
        description="The same thing in other standards or for other types; null in it: no counterpart.",
        examples=[{"stix_opinion": "agree"}],
    )


class Vocabulary(BaseModel):
    """A closed list: no other word is accepted where it applies."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="The list's name.", examples=["stances"])
    description: str = Field(description="What the list is about.", examples=["The position on a topic's proposition."])
    terms: list[Term] = Field(
        description="Its words, in their natural order.",
        examples=[[{"value": "supports", "label": "Supports", "definition": "Takes the side of the proposition.",
                    "score": 1, "origin": "Demarche", "is_ours": True, "crosswalk": {"stix_opinion": "agree"}}]],
    )  # fmt: skip


_STIX = "STIX 2.1"
_NATO = "FM 2-22.3 / NATO Admiralty"
_PLOVER = "PLOVER 0.8"
_OURS = "Demarche"

_STIX_OPINIONS: Final = {
    "strongly_supports": "strongly-agree", "supports": "agree", "neutral": "neutral", "opposes": "disagree",
    "strongly_opposes": "strongly-disagree",
}  # fmt: skip
# Percentages of ICD 203, which differ from the ranges that STIX gives the same words; the lower is also MISP's number.
_ICD_203: Final = ((1, 5), (5, 20), (20, 45), (45, 55), (55, 80), (80, 95), (95, 99))

_Crosswalk = dict[str, str | int | float | None]


def _term(
    value: str, definition: str, *, label: str = "", score: float | None = None, origin: str = _OURS,
    is_ours: bool = False, crosswalk: _Crosswalk | None = None,
) -> Term:  # fmt: skip
    return Term(
        value=value, label=label or readable(value), definition=definition, score=score, origin=origin,
        is_ours=is_ours or origin == _OURS, crosswalk=crosswalk,
    )  # fmt: skip


def _own(words: type[Word]) -> list[Term]:
    return [_term(word.value, word.definition, label=word.label) for word in words]


def _stance(stance: Stance) -> Term:
    crosswalk: _Crosswalk = {"stix_opinion": _STIX_OPINIONS.get(stance.value)}
    return _term(stance.value, stance.definition, score=stance.score, crosswalk=crosswalk)


def _event_type(word: EventType) -> Term:
    quad, score, definition = plover.EVENT_TYPE_FACTS[word]
    return _term(
        word.value, definition, score=score, origin=_PLOVER, is_ours=word in plover.OUR_TYPES, crosswalk={"quad": quad}
    )


def _event_mode(word: EventMode) -> Term:
    scores = {kind.value: modes[word] for kind, modes in plover.EVENT_MODE_SCORES.items() if word in modes}
    score = next(iter(scores.values())) if len(scores) == 1 else None
    is_ours = any(mode is word for _, mode in plover.OUR_MODES)
    definition = plover.EVENT_MODE_DEFINITIONS[word]
    return _term(word.value, definition, score=score, origin=_PLOVER, is_ours=is_ours, crosswalk={**scores})


def _range(band: Band) -> _Crosswalk:
    return {"stix": band.value, "stix_from": band.low, "stix_to": band.high}


def _words(scale: ConfidenceScale) -> list[Term]:
    terms = []
    for band, (low, high) in zip(confidence.BANDS[scale], _ICD_203, strict=True):
        percent: _Crosswalk = {"icd_203_from": low, "icd_203_to": high} if scale is ConfidenceScale.DNI else {}
        reads = f"{band.low} to {band.high} read" if band.low < band.high else f"{band.low} alone reads"
        definition = f"Stands for {band.value} of 100; {reads} as this."
        crosswalk = _range(band) | percent
        terms += [_term(word, definition, score=band.value, origin=_STIX, crosswalk=crosswalk) for word in band.words]
    return terms


_WEP = {term.value: term for term in _words(ConfidenceScale.WEP)}
_DNI = {term.value: term for term in _words(ConfidenceScale.DNI)}


def _hedge(word: Hedge) -> Term:
    wep, dni = (scale[word.value].score if word.value in scale else None for scale in (_WEP, _DNI))
    score = wep if wep is not None else dni
    definition = f"The speaker put it at about {score:g} of 100, as STIX counts the word."
    return _term(word.value, definition, score=score, origin=_STIX, crosswalk={"wep": wep, "dni": dni})


def _label(word: ConfidenceLabel) -> Term:
    band = next(band for band in confidence.BANDS[ConfidenceScale.NONE_LOW_MED_HIGH] if band.words[0] == word.value)
    return _term(word.value, confidence.LABEL_TERMS[word.value], score=band.value, origin=_STIX, crosswalk=_range(band))


def _reliability(word: Reliability) -> Term:
    label, definition, misp = confidence.RELIABILITY_TERMS[word.value]
    return _term(word.value, definition, label=label, origin=_NATO, crosswalk={"misp": misp, "stix": None})


def _credibility(word: Credibility) -> Term:
    label, definition, misp = confidence.CREDIBILITY_TERMS[str(word.value)]
    stix = {band.words[0]: band.value for band in confidence.BANDS[ConfidenceScale.ADMIRALTY]}.get(str(word.value))
    crosswalk: _Crosswalk = {"misp": misp, "stix": stix}
    return _term(str(word.value), definition, label=label, score=stix, origin=_NATO, crosswalk=crosswalk)


def _scale(word: ConfidenceScale) -> Term:
    label, definition = confidence.SCALE_TERMS[word.value]
    return _term(word.value, definition, label=label, origin=_STIX)


def _rule(name: str, definition: str, kind: str | None, event_type: str | None, event_mode: str | None) -> Term:
    return _term(name, definition, crosswalk={"kind": kind, "event_type": event_type, "event_mode": event_mode})


def _cameo(code: str) -> Term:
    coded = cameo.CODES[code]
    kind = Kind.STATEMENT if cameo.is_spoken(code) else Kind.EVENT
    label = coded.words[:1].upper() + coded.words[1:]
    crosswalk: _Crosswalk = {"kind": kind, "event_type": coded.event_type, "event_mode": coded.event_mode}
    return _term(code, f"{label}.", label=label, origin="CAMEO 1.1b3", is_ours=code in cameo.OURS, crosswalk=crosswalk)


def _vocabularies() -> dict[str, Vocabulary]:
    own: dict[str, type[Word]] = {
        "kinds": Kind, "actor_kinds": ActorKind, "condition_types": ConditionType,
        "coding_certainties": CodingCertainty, "attributions": Attribution, "date_bases": DateBasis,
        "participant_roles": ParticipantRole, "roles": Role, "citation_roles": CitationRole,
        "translation_by": TranslationBy, "channels": Channel, "statuses": Status, "reaction_types": ReactionType,
        "date_matches": DateMatch, "orders": Order, "change_actions": ChangeAction,
        "change_nouns": ChangeNoun, "key_roles": KeyRole, "intervals": Interval, "count_of": CountOf, "weights": Weight,
        "inexact": Inexact, "consistencies": Consistency, "conditions_changes": ConditionsChange, "facets": Facet,
        "origin_rules": OriginRule, "conflict_reasons": ConflictReason, "import_formats": ImportFormat,
        "import_states": ImportState, "on_error": OnError, "edited_rows": EditedRows,
        "duplicate_offers": DuplicateOffer, "duplicate_reasons": DuplicateReason, "duplicate_doubts": DuplicateDoubt,
    }  # fmt: skip
    lists: dict[str, tuple[str, list[Term]]] = {name: (words.__doc__ or "", _own(words)) for name, words in own.items()}
    lists |= {
        "stances": (Stance.__doc__ or "", [_stance(word) for word in Stance]),
        "event_types": (EventType.__doc__ or "", [_event_type(word) for word in EventType]),
        "event_modes": ("How the act was done; the crosswalk has the score under each type.",
                        [_event_mode(word) for word in EventMode]),
        "cameo": ("CAMEO's event codes, and what each becomes when machine-coded data are imported.",
                  [_cameo(code) for code in cameo.CODES]),
        "coding_rules": ("How cases are coded that PLOVER leaves open.", [_rule(*rule) for rule in plover.OUR_RULES]),
        "reliabilities": (Reliability.__doc__ or "", [_reliability(word) for word in Reliability]),
        "credibilities": (Credibility.__doc__ or "", [_credibility(word) for word in Credibility]),
        "confidence_scales": (ConfidenceScale.__doc__ or "", [_scale(word) for word in ConfidenceScale]),
        "confidence_labels": (ConfidenceLabel.__doc__ or "", [_label(word) for word in ConfidenceLabel]),
        "wep": ("Words of estimative probability, as STIX 2.1 lists them.", list(_WEP.values())),
        "dni": ("Words of ICD 203, with STIX's numbers and ICD 203's own percentages.", list(_DNI.values())),
        "hedges": (Hedge.__doc__ or "", [_hedge(word) for word in Hedge]),
    }  # fmt: skip
    return {name: Vocabulary(name=name, description=text, terms=terms) for name, (text, terms) in lists.items()}


VOCABULARIES: Final[dict[str, Vocabulary]] = _vocabularies()
