"""Actors out of the codes of CAMEO and the names beside them: RUSGOV is the government of Russia, COP some police.

A code is read in threes: a country or region, a known group, an ethnic group in small letters, religions, roles. It is an
actor of its own: a country, a known group, a part of a country that belongs to it, or, without a country, somebody who is
described and not named. A name that is more than the code said in words, as VLADIMIR PUTIN with RUSGOV, is an actor too.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from api.formats.readers import slugs
from api.formats.readers.files.cells import shorten
from api.formats.readers.machine_coded import nations
from api.formats.readers.machine_coded.nations import Nation
from schemas.fields import fold
from schemas.transfers import Json, Need

# The first day of what GDELT covers: nobody said since when a ministry belongs to its state.
SINCE: Final = "1979-01-01/.."
DESCRIPTION: Final = "Named so in machine-coded data; what kind of actor it is was taken from a code, and needs a look."
_SINCE_NOTE: Final = "Since when is not known; machine-coded data begin on that day."


class Role(NamedTuple):
    """A role code: its words, the kind of a part of a country that has it, and of somebody named who has it."""

    words: str
    part: str
    named: str


ROLES: Final = {
    code: Role(words, part, named)
    for part, named, codes in (
        ("government", "government", "GOV government,MIL military,COP police,JUD courts,LEG parliament,SPY intelligence services"),
        ("armed_group", "armed_group", "REB rebels,INS insurgents,SEP separatists,UAF armed men,IMG international armed group"),
        ("unnamed", "media", "MED media"),
        ("unnamed", "person", "ELI elites"),
        ("unnamed", "organization",
         "OPP opposition,PTY party,AGR agriculture,BUS business,DEV development,EDU education,ENV environmentalists,"
         "HLH health services,HRI human rights groups,LAB labour,REL religious groups,IGO international organization,"
         "INT international actor,CVL civilians,MNC multinational company,NGM non-governmental movement,NGO non-governmental organization"),
        ("unnamed", "unnamed",
         "CRM criminals,REF refugees,SET settlers,MOD moderates,RAD radicals,PKO peacekeepers,"
         "UIS unidentified state,GME government or military elites,CHR Christians,CTH Catholics,PRO Protestants,DOX Orthodox,"
         "CPT Copts,MOS Muslims,SHI Shia,SUN Sunni,SFI Sufis,ALE Alevis,DRZ Druze,MRN Maronites,JEW Jews,UDX ultra-Orthodox,"
         "HSD Hasidim,HIN Hindus,BUD Buddhists,SIK Sikhs,JAN Jains,BAH Baha'i,CON Confucians,TAO Taoists,ZRO Zoroastrians"),
    )
    for code, _, words in (entry.partition(" ") for entry in codes.split(","))
}  # fmt: skip
_READ: Final = frozenset({*ROLES, *nations.GROUPS, *nations.REGIONS, *nations.ISO3, *nations.FORMER})
OFFICIAL: Final = frozenset({"GOV", "MIL", "COP", "JUD", "LEG", "SPY"})

# The last word of a name that describes and does not name: US OFFICIAL, RUSSIAN TROOPS.
_DESCRIBED: Final = frozenset(
    "official officials authority authorities government military troops forces force army police administration parliament "
    "minister ministers ministry spokesman spokeswoman spokesperson soldier soldiers officer officers leader leaders citizen "
    "citizens people".split()
)
_UPPER: Final = frozenset(
    "UN EU US USA UK UAE NATO UNHCR UNICEF UNESCO OPEC OSCE ASEAN ECOWAS IAEA BBC CIA FBI".split()
)
_LOWER: Final = frozenset("of and the for in on de la al bin von van der del".split())
_ROMAN: Final = re.compile(r"[IVX]{2,}")
_VOWEL: Final = re.compile(r"[AEIOUY]")
_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who acts or is acted on: how a title names them, what is needed, and for which topic they stand.

    `body` is the slug of the official body that a named actor speaks for; `side` the key and the name of the country or
    group, where there is one; `doubt` is what could not be read of the code.
    """

    slug: str
    shown: str
    needs: tuple[Need, ...]
    body: str | None = None
    side: tuple[str, str] | None = None
    doubt: str | None = None


NOBODY: Final = Party(
    "unnamed-actor",
    "Unnamed actor",
    (Need("actor", {"slug": "unnamed-actor", "kind": "unnamed", "name": "Unnamed actor",
                    "description": "Whoever acted where machine-coded data name nobody."}),),
)  # fmt: skip


def spelled(name: str) -> str:
    """A name in capitals as it is written otherwise: VLADIMIR PUTIN, Vladimir Putin; a name that is not stays as it is."""
    if name != name.upper():
        return shorten(name, 200)
    words = [_word(word, first=place == 0) for place, word in enumerate(name.split(" "))]
    return shorten(" ".join(words), 200)


def _word(word: str, *, first: bool) -> str:
    bare = word.strip("().,")
    if bare in _UPPER or _ROMAN.fullmatch(bare) or (len(bare) < 6 and bare.isalpha() and not _VOWEL.search(bare)):
        return word
    if word == "MINIST":  # how GDELT's dictionary has it
        return "Minister"
    if not first and word.casefold() in _LOWER:
        return word.casefold()
    return _WORD.sub(lambda found: found[0].capitalize(), word).replace("’S", "’s").replace("'S", "'s")


def the(name: str) -> str:
    """A country's name as it stands in a sentence: the United States."""
    takes = name.startswith("United ") or name.endswith((" Islands", " Republic")) or "Republic of" in name
    return (
        f"the {name}"
        if takes or name in ("Netherlands", "Philippines", "Bahamas", "Maldives", "Gambia", "Holy See")
        else name
    )


def state(nation: Nation) -> Party:
    """A country as an actor, with its slug from its name and its code as an alias."""
    alias = f"CAMEO {nation.iso3}"
    body = {
        "slug": slugs.slugify(nation.name), "kind": "government", "name": nation.name, "aliases": [*nation.names, alias],
        "country": nation.iso2,
    }  # fmt: skip
    need = Need("actor", body, (nation.name, *nation.names, alias))
    return Party(str(body["slug"]), nation.name, (need,), side=(nation.iso3.lower(), nation.name))


def belongs(group: str) -> Json:
    """The affiliation of a part of a state with the state."""
    return {"group": group, "dates": SINCE, "note": _SINCE_NOTE}


@lru_cache(maxsize=20_000)
def decode(code: str, name: str, country_code: str, is_place: bool = False) -> Party:
    """Who is meant by an actor's code, name and country code; `is_place` where the name is that of a place of the row."""
    if not code:
        return _named(spelled(name), (), None) if name else NOBODY
    chunks = [code[start : start + 3] for start in range(0, min(len(code), 45), 3)]
    nation = nations.ISO3.get(country_code) or next(
        (nations.ISO3[chunk] for chunk in chunks if chunk in nations.ISO3 and chunk not in ROLES), None
    )
    known = [chunk for chunk in chunks if chunk in nations.GROUPS]
    roles = tuple(dict.fromkeys(chunk for chunk in chunks if chunk in ROLES))
    region = next((nations.REGIONS[chunk] for chunk in chunks if chunk in nations.REGIONS), None)
    unread = [chunk for chunk in chunks if chunk not in _READ]
    given = spelled(name)
    if known:
        return _of_a_group(known[-1], given)
    if unread:
        return _puzzle(code, chunks, given, nation, unread)
    if nation:
        return _of_a_nation(code, nation, roles, given, is_place)
    if region:
        return _of_a_region(code, region, roles, given, is_place)
    return _described(code, roles, given) if roles else _puzzle(code, chunks, given, None, chunks)


def _need(slug: str, kind: str, name: str, code: str, **more: object) -> Need:
    alias = f"CAMEO {code}"
    return Need("actor", {"slug": slug, "kind": kind, "name": name, "aliases": [alias], **more}, (alias,))


def _words(roles: tuple[str, ...]) -> str:
    return ", ".join(ROLES[role].words for role in roles)


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def group(code: str) -> Party:
    """A known body as an actor."""
    known = nations.GROUPS[code]
    names = (known.name, *known.names, f"CAMEO {code}")
    slug = slugs.slugify(known.name)
    body = {"slug": slug, "kind": known.kind, "name": known.name, "aliases": list(names[1:])}
    return Party(slug, known.name, (Need("actor", body, names),), side=(slug, known.name))


def _of_a_group(code: str, given: str) -> Party:
    whole = group(code)
    bare = fold(given).removeprefix("the ")
    if not given or bare in {fold(one) for one in whole.needs[0].names}:
        return whole
    return _named(given, ("IGO",), whole)


def _of_a_nation(code: str, nation: Nation, roles: tuple[str, ...], given: str, is_place: bool) -> Party:
    whole = state(nation)
    side = whole.side
    if not roles:
        return whole
    general = not given or _describes(given, nation) or (is_place and "MNC" not in roles)
    if not general and ("MNC" in roles or not OFFICIAL & set(roles)):
        return _named(given, roles, None, nation, side)
    name = f"{_start(_words(roles))} of {the(nation.name)}"
    slug = slugs.slugify("-".join(_chunks(code)))
    part = _need(slug, ROLES[roles[0]].part, name, code, country=nation.iso2)
    part = Need(part.noun, part.body, part.names, (belongs(whole.slug),))
    body = Party(slug, name, (*whole.needs, part), side=side)
    return body if general else _named(given, roles, body, nation, side)


def _of_a_region(code: str, region: str, roles: tuple[str, ...], given: str, is_place: bool) -> Party:
    if not roles:
        slug = slugs.slugify(region)
        return Party(slug, region, (Need("actor", {"slug": slug, "kind": "bloc", "name": region, "aliases": [f"CAMEO {code}"]}, (region, f"CAMEO {code}")),))  # fmt: skip
    if given and not is_place and not fold(given).startswith(fold(region)) and not OFFICIAL & set(roles):
        return _named(given, roles, None)
    name = f"{_start(_words(roles))} of {the(region)}"
    slug = slugs.slugify("-".join(_chunks(code)))
    return Party(slug, name, (_need(slug, "unnamed", name, code),))


def _described(code: str, roles: tuple[str, ...], given: str) -> Party:
    """Somebody without a country: the code says what, and the name, PRESIDENT or POLICEMAN, no more than that."""
    if roles[0] in ("IGO", "NGO", "NGM", "MNC", "IMG") and given:
        return _named(given, roles, None)
    name = f"Unnamed ({_words(roles)})"
    slug = slugs.slugify("-".join(("unnamed", *_chunks(code))))
    return Party(slug, given or name, (_need(slug, "unnamed", name, code),))


def _puzzle(code: str, chunks: list[str], given: str, nation: Nation | None, unread: list[str]) -> Party:
    """A code with an ethnic group, whose names are not kept here, or with something that nobody knows."""
    ethnic = all(chunk.islower() and len(chunk) == 3 for chunk in unread)
    roles = tuple(dict.fromkeys(chunk for chunk in chunks if chunk in ROLES))
    label = given or f"Code {code}"
    name = f"{label}: {_words(roles)}" if roles else label
    slug = slugs.slugify("-".join(("ethnic" if ethnic else "cameo", *_chunks(code))))
    doubt = None if ethnic else f"{', '.join(unread)[:60]!r} is no code of a country, group or role that is known here"
    more = {"country": nation.iso2} if nation else {}
    return Party(slug, name, (_need(slug, "unnamed", name, code, **more),), doubt=doubt)


def _named(
    given: str,
    roles: tuple[str, ...],
    body: Party | None,
    nation: Nation | None = None,
    side: tuple[str, str] | None = None,
) -> Party:
    """Somebody with a name; the kind follows the role, for no code tells a person from an office."""
    bare = given.removeprefix("The ")
    slug = slugs.slugify(bare)
    kind = ROLES[roles[0]].named if roles else "unnamed"
    made: Json = {"slug": slug, "kind": kind, "name": bare, "description": DESCRIPTION}
    if nation:
        made["country"] = nation.iso2
    needs = (*(body.needs if body else ()), Need("actor", made, tuple(dict.fromkeys((bare, given)))))
    return Party(slug, bare, needs, body.slug if body else None, body.side if body else side)


def _chunks(code: str) -> tuple[str, ...]:
    """The parts of a code, each once: JUDJUD is no other than JUD."""
    return tuple(dict.fromkeys(code[start : start + 3] for start in range(0, len(code), 3)))


def _describes(given: str, nation: Nation) -> bool:
    """Whether a name says no more than the country does: RUSSIAN, MOSCOW, US OFFICIAL."""
    bare = fold(given).removeprefix("the ")
    words = {fold(one) for one in (nation.name, *nation.names, *nation.words)}
    plural = {f"{word}s" for word in words}
    rest, _, last = bare.rpartition(" ")
    return bare in words | plural or (last in _DESCRIBED and (not rest or any(rest.endswith(word) for word in words)))
