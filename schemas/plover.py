"""Event types and modes of PLOVER 0.8 (September 2021), with the extensions that this project needs.

The numbers are the manual's own event scale, from −10 (conflict) to +10 (cooperation). Where the manual is silent or
contradicts itself, the choice made here is listed in `OUR_TYPES` and `OUR_MODES` and published as ours.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class EventType(StrEnum):
    """What kind of act it was: the 16 PLOVER types. Statements may use those that are acts of speech."""

    AGREE = "AGREE"
    CONSULT = "CONSULT"
    SUPPORT = "SUPPORT"
    CONCEDE = "CONCEDE"
    COOPERATE = "COOPERATE"
    AID = "AID"
    RETREAT = "RETREAT"
    REQUEST = "REQUEST"
    ACCUSE = "ACCUSE"
    REJECT = "REJECT"
    THREATEN = "THREATEN"
    PROTEST = "PROTEST"
    SANCTION = "SANCTION"
    MOBILIZE = "MOBILIZE"
    COERCE = "COERCE"
    ASSAULT = "ASSAULT"


class EventMode(StrEnum):
    """How the act was done; which modes a type has is in `EVENT_MODES`."""

    VISIT = "visit"
    THIRD_PARTY = "third-party"
    MULTILATERAL = "multilateral"
    PHONE = "phone"
    WITHDRAW = "withdraw"
    RELEASE = "release"
    DISARM = "disarm"
    CEASEFIRE = "ceasefire"
    ACCESS = "access"
    RESIGN = "resign"
    EASE = "ease"
    ASSIST = "assist"
    CHANGE = "change"
    YIELD = "yield"
    MEET = "meet"
    DISAPPROVE = "disapprove"
    INVESTIGATE = "investigate"
    ALLEGE = "allege"
    RESTRICT = "restrict"
    ARREST = "arrest"
    RELATIONS = "relations"
    EXPEL = "expel"
    TERRITORY = "territory"
    VIOLENCE = "violence"
    DEMO = "demo"
    RIOT = "riot"
    STRIKE = "strike"
    HUNGER = "hunger"
    BOYCOTT = "boycott"
    OBSTRUCT = "obstruct"
    VANDALIZE = "vandalize"
    CONVICT = "convict"
    DISCONTINUE = "discontinue"
    TROOPS = "troops"
    WEAPONS = "weapons"
    POLICE = "police"
    MILITIA = "militia"
    SEIZE = "seize"
    CENSOR = "censor"
    CURFEW = "curfew"
    MARTIAL_LAW = "martial-law"
    DEPORT = "deport"
    WITHHOLD = "withhold"
    MISINFORMATION = "misinformation"
    CYBER = "cyber"
    ABDUCT = "abduct"
    BEAT = "beat"
    TORTURE = "torture"
    SEXUAL = "sexual"
    TARGETED = "targeted"
    DESTROY = "destroy"
    PRIMITIVE = "primitive"
    FIREARMS = "firearms"
    EXPLOSIVES = "explosives"
    SUICIDE_ATTACK = "suicide-attack"
    AERIAL = "aerial"
    DRONE = "drone"
    HEAVY_WEAPONS = "heavy-weapons"
    CROWD_CONTROL = "crowd-control"
    UNCONVENTIONAL = "unconventional"


class TypeFacts(NamedTuple):
    """Quad class (verbal and material cooperation: 1, 2; verbal and material conflict: 3, 4), score and meaning."""

    quad: int
    score: float
    definition: str


_T = TypeFacts
EVENT_TYPE_FACTS: Final[dict[EventType, TypeFacts]] = {
    EventType.AGREE: _T(1, 2.5, "Agrees, offers or promises to do something together or to give something in future."),
    EventType.CONSULT: _T(1, 2.5, "Meets, calls or negotiates with another party, whatever comes of it."),
    EventType.SUPPORT: _T(1, 5, "Backs another party in words or a diplomatic act: endorsement, recognition, apology."),
    EventType.CONCEDE: _T(1, 4.5, "Gives way in words: accepts a demand, softens a position or admits a failing."),
    EventType.COOPERATE: _T(2, 9.5, "Works with another party in deed: trade, joint exercises, intelligence shared."),
    EventType.AID: _T(2, 10, "Gives another party money, goods, arms, shelter or protection."),
    EventType.RETREAT: _T(2, 6.5, "Gives up ground, force, prisoners or pressure in deed, a truce in force included."),
    EventType.REQUEST: _T(3, 0, "Asks, appeals or demands that another party do something."),
    EventType.ACCUSE: _T(3, -3, "Blames, criticises or formally investigates another party."),
    EventType.REJECT: _T(3, -2, "Refuses a request, proposal, plan or meeting."),
    EventType.THREATEN: _T(3, -3.5, "Announces harm or a penalty to come, with or without a condition."),
    EventType.PROTEST: _T(4, -5, "Civilians show dissent in public, peacefully or not."),
    EventType.SANCTION: _T(4, -6, "Punishes by cutting ties, rights or benefits, without physical force."),
    EventType.MOBILIZE: _T(4, -5.5, "Moves, raises or alerts forces or weapons without using them."),
    EventType.COERCE: _T(4, -7, "Uses state power short of armed attack: arrests, seizures, curfews, hacking."),
    EventType.ASSAULT: _T(4, -9, "Attacks people or property with physical force."),
}

_E = EventType
# A mode with None has no printed score. An extension of ours has the score of its type.
EVENT_MODE_SCORES: Final[dict[EventType, dict[EventMode, float | None]]] = {
    _E.AGREE: {},
    _E.CONSULT: {EventMode.VISIT: 4, EventMode.THIRD_PARTY: 1, EventMode.MULTILATERAL: 4, EventMode.PHONE: 1.5},
    _E.SUPPORT: {},
    _E.CONCEDE: {},
    _E.COOPERATE: {},
    _E.AID: {},
    _E.RETREAT: {
        EventMode.WITHDRAW: 8,
        EventMode.RELEASE: 6.5,
        EventMode.DISARM: 10,
        EventMode.CEASEFIRE: 7.5,
        EventMode.ACCESS: 6.5,
        EventMode.RESIGN: 4.5,
        EventMode.EASE: 6.5,
    },
    _E.REQUEST: {EventMode.ASSIST: 0.5, EventMode.CHANGE: -1, EventMode.YIELD: -1, EventMode.MEET: 0},
    _E.ACCUSE: {EventMode.DISAPPROVE: -2, EventMode.INVESTIGATE: -3.5, EventMode.ALLEGE: -3.5},
    _E.REJECT: {EventMode.ASSIST: -1.5, EventMode.CHANGE: -2, EventMode.YIELD: -2, EventMode.MEET: -2},
    _E.THREATEN: {
        EventMode.RESTRICT: -3,
        EventMode.ARREST: -3.5,
        EventMode.RELATIONS: -3.5,
        EventMode.EXPEL: -3.5,
        EventMode.TERRITORY: -4,
        EventMode.VIOLENCE: -3.5,
    },
    _E.PROTEST: {
        EventMode.DEMO: -5,
        EventMode.RIOT: -7,
        EventMode.STRIKE: -5,
        EventMode.HUNGER: -4.5,
        EventMode.BOYCOTT: -4.5,
        EventMode.OBSTRUCT: -4.5,
        EventMode.VANDALIZE: None,
    },
    _E.SANCTION: {
        EventMode.CONVICT: -6,
        EventMode.EXPEL: -5.5,
        EventMode.WITHDRAW: -6,
        EventMode.DISCONTINUE: -6,
        EventMode.RESTRICT: -6,
    },
    _E.MOBILIZE: {EventMode.TROOPS: -6.5, EventMode.WEAPONS: -6.5, EventMode.POLICE: -5.5, EventMode.MILITIA: -6},
    _E.COERCE: {
        EventMode.SEIZE: -7,
        EventMode.RESTRICT: -7,
        EventMode.CENSOR: -6.5,
        EventMode.CURFEW: -6.5,
        EventMode.MARTIAL_LAW: -7.5,
        EventMode.ARREST: -7,
        EventMode.DEPORT: -7,
        EventMode.WITHHOLD: -7,
        EventMode.MISINFORMATION: -6.5,
        EventMode.CYBER: -7,
    },
    _E.ASSAULT: {
        EventMode.ABDUCT: -8.5,
        EventMode.BEAT: -7.5,
        EventMode.TORTURE: -8.5,
        EventMode.SEXUAL: -8.5,
        EventMode.TARGETED: -9.5,
        EventMode.DESTROY: -8.5,
        EventMode.PRIMITIVE: -8,
        EventMode.FIREARMS: -9,
        EventMode.EXPLOSIVES: -9,
        EventMode.SUICIDE_ATTACK: -9.5,
        EventMode.AERIAL: -9.5,
        EventMode.DRONE: -9.5,
        EventMode.HEAVY_WEAPONS: -9.5,
        EventMode.CROWD_CONTROL: -7.5,
        EventMode.UNCONVENTIONAL: -10,
    },
}

EVENT_MODES: Final[dict[EventType, tuple[str, ...]]] = {
    event_type: tuple(mode.value for mode in scores) for event_type, scores in EVENT_MODE_SCORES.items()
}

# ACCUSE is printed as 3 without its sign; SANCTION stands in quad 3 in one table of the manual and in 4 in two others.
OUR_TYPES: Final[frozenset[EventType]] = frozenset({EventType.ACCUSE, EventType.SANCTION})
OUR_MODES: Final[frozenset[tuple[EventType, EventMode]]] = frozenset(
    {(EventType.SANCTION, EventMode.RESTRICT), (EventType.RETREAT, EventMode.EASE)}
)

EVENT_MODE_DEFINITIONS: Final[dict[EventMode, str]] = {
    EventMode.VISIT: "One party travels to the other, as guest or as host.",
    EventMode.THIRD_PARTY: "The parties meet on the ground of somebody else.",
    EventMode.MULTILATERAL: "Three parties or more meet together.",
    EventMode.PHONE: "They speak by telephone or video.",
    EventMode.WITHDRAW: "Pulls back troops or a blockade (RETREAT); breaks off relations or talks (SANCTION).",
    EventMode.RELEASE: "Sets free prisoners or gives back property.",
    EventMode.DISARM: "Gives up, stores or destroys weapons.",
    EventMode.CEASEFIRE: "Stops the fighting: a truce in force, not one that is only announced.",
    EventMode.ACCESS: "Lets outsiders in: inspectors, observers, aid workers, peacekeepers.",
    EventMode.RESIGN: "Leaves office.",
    EventMode.EASE: "Lifts or softens sanctions or other restrictions.",
    EventMode.ASSIST: "About help: money, arms, relief, mediation.",
    EventMode.CHANGE: "About a change of policy, law, leadership or institutions.",
    EventMode.YIELD: "About giving way: a truce, withdrawal, release or the end of a pressure.",
    EventMode.MEET: "About a meeting, talks or negotiation.",
    EventMode.DISAPPROVE: "Criticises or condemns without alleging a particular misdeed.",
    EventMode.INVESTIGATE: "Opens or announces an inquiry into the other's conduct.",
    EventMode.ALLEGE: "Says that the other committed a particular misdeed.",
    EventMode.RESTRICT: "Limits rights, trade, funds or travel; under SANCTION and THREATEN: sanctions.",
    EventMode.ARREST: "Detains people, charges them or threatens to.",
    EventMode.RELATIONS: "Threatens to reduce or break off relations, talks or aid; gives an ultimatum.",
    EventMode.EXPEL: "Sends away diplomats, organisations or a member of a body, or threatens to.",
    EventMode.TERRITORY: "Threatens to occupy or annex ground.",
    EventMode.VIOLENCE: "Threatens armed force or other violence.",
    EventMode.DEMO: "Marches, rallies or holds a vigil.",
    EventMode.RIOT: "A crowd turns violent.",
    EventMode.STRIKE: "Stops work.",
    EventMode.HUNGER: "Refuses food.",
    EventMode.BOYCOTT: "Refuses to buy, vote or take part.",
    EventMode.OBSTRUCT: "Blocks roads, buildings or traffic.",
    EventMode.VANDALIZE: "Damages property in protest; the manual lists it without a score.",
    EventMode.CONVICT: "A court finds guilty or sentences.",
    EventMode.DISCONTINUE: "Reduces or stops aid or trade.",
    EventMode.TROOPS: "Calls up, moves or alerts soldiers.",
    EventMode.WEAPONS: "Moves, deploys or tests weapons.",
    EventMode.POLICE: "Deploys or reinforces police.",
    EventMode.MILITIA: "Raises or moves armed groups outside the army.",
    EventMode.SEIZE: "Takes property, ships, funds or premises.",
    EventMode.CENSOR: "Blocks or punishes publication.",
    EventMode.CURFEW: "Limits the hours or places where people may move.",
    EventMode.MARTIAL_LAW: "Puts civil life under military or emergency rule.",
    EventMode.DEPORT: "Moves people out of a country or region by force.",
    EventMode.WITHHOLD: "Keeps back goods, food, power or services that people depend on.",
    EventMode.MISINFORMATION: "Spreads false information on purpose.",
    EventMode.CYBER: "Attacks computers, networks or data.",
    EventMode.ABDUCT: "Kidnaps or takes hostages.",
    EventMode.BEAT: "Attacks people by hand, without weapons.",
    EventMode.TORTURE: "Inflicts pain on people in custody.",
    EventMode.SEXUAL: "Commits rape or other sexual violence.",
    EventMode.TARGETED: "Kills or tries to kill a chosen person.",
    EventMode.DESTROY: "Destroys property or infrastructure.",
    EventMode.PRIMITIVE: "Attacks with knives, clubs, stones or fire.",
    EventMode.FIREARMS: "Attacks with small arms.",
    EventMode.EXPLOSIVES: "Attacks with bombs, mines or improvised charges.",
    EventMode.SUICIDE_ATTACK: "The attacker means to die in the attack.",
    EventMode.AERIAL: "Attacks from crewed aircraft or with missiles from the air.",
    EventMode.DRONE: "Attacks with uncrewed aircraft.",
    EventMode.HEAVY_WEAPONS: "Attacks with artillery, rockets, tanks or naval guns.",
    EventMode.CROWD_CONTROL: "Uses gas, water cannon or batons against a crowd.",
    EventMode.UNCONVENTIONAL: "Attacks with chemical, biological, radiological or nuclear weapons.",
}

# The rules for cases that PLOVER leaves open: name, definition, kind, event type, event mode.
OUR_RULES: Final = (
    ("sanctions_imposed", "CAMEO 163 sends them to COERCE; here they are a sanction.", "event", "SANCTION", "restrict"),
    ("sanctions_eased", "Sanctions lifted or softened are a retreat, CAMEO 085.", "event", "RETREAT", "ease"),
    ("truce_announced", "A truce announced or offered is words; effective has its dates.", "statement", "AGREE", None),
    ("truce_in_force", "A truce that is kept is a deed, apart from its announcement.", "event", "RETREAT", "ceasefire"),
    ("truce_violated", "The act has its own type and is linked by violates.", "event", None, None),
    ("violation_alleged", "The claim of a violation is linked by alleges_violation.", "statement", None, None),
    ("sanctions_threatened", "The condition goes to conditions, the deadline to effective.", "statement", "THREATEN",
     "restrict"),
    ("vote", "Channel vote, the resolution as topic; abstains: neutral, absent: no_position.", "statement", None, None),
    ("accuse_score", "ACCUSE counts −3: the manual prints 3, though all its modes are negative.", None, "ACCUSE", None),
    ("sanction_quad", "SANCTION is material conflict, quad 4; one table of the manual has 3.", None, "SANCTION", None),
)  # fmt: skip
