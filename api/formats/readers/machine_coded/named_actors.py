"""Actors out of names, sectors and countries, as ICEWS and POLECAT have them: "Vladimir Putin", "Citizen (Russia)", "UN"."""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from api.formats.readers import slugs
from api.formats.readers.files.cells import shorten
from api.formats.readers.machine_coded import coded_actors, nations
from api.formats.readers.machine_coded.coded_actors import Party
from api.formats.readers.machine_coded.nations import Nation
from schemas.fields import fold
from schemas.transfers import Json, Need

# "Citizen (Russia)": somebody of a country who is described, and not named.
_DESCRIBED: Final = re.compile(r"(.+?) \(([^()]+)\)")
_GROUPS: Final = {fold(name): code for code, group in nations.GROUPS.items() for name in (group.name, *group.names)}


@lru_cache(maxsize=20_000)
def party(name: str, kind: str, nation: Nation | None, *, official: bool = False, part: str = "unnamed") -> Party:
    """Who is meant by a name; `kind` is that of a named actor, `part` of one who is only described.

    A country's name is the country, and a known body's name the body. "Citizen (Russia)" belongs to Russia. An `official`
    with a name speaks for the country.
    """
    bare = fold(name).removeprefix("the ")
    code = _GROUPS.get(bare)
    if code:
        return coded_actors.group(code)
    alone = nations.by_name(name)
    if alone:
        return coded_actors.state(alone)
    told = shorten(name, 200)
    described = _DESCRIBED.fullmatch(name)
    place = nations.by_name(described[2]) if described else None
    if described and (place or nation is None):
        return _described(told, part if place else "unnamed", place)
    body: Json = {"slug": slugs.slugify(told), "kind": kind, "name": told, "description": coded_actors.DESCRIPTION}
    if nation is None:
        return Party(body["slug"], told, (Need("actor", body, (told,)),))
    state = coded_actors.state(nation)
    needs = (*(state.needs if official else ()), Need("actor", body | {"country": nation.iso2}, (told,)))
    return Party(body["slug"], told, needs, state.slug if official else None, state.side)


def of_country(name: str, kind: str, country: str, *, official: bool = False, part: str = "unnamed") -> Party:
    """The same, with the country by its name or code; one that is not known is told as a doubt."""
    nation = nations.named(country)
    if nation and name in (nation.iso2, nation.iso3):
        return coded_actors.state(nation)
    found = party(name, kind, nation, official=official, part=part)
    if country and nation is None:
        return replace(found, doubt=f"{country[:60]!r} is no country that is known here")
    return found


def _described(told: str, kind: str, place: Nation | None) -> Party:
    body: Json = {"slug": slugs.slugify(told), "kind": kind, "name": told}
    if place is None:
        return Party(body["slug"], told, (Need("actor", body, (told,)),))
    state = coded_actors.state(place)
    need = Need("actor", body | {"country": place.iso2}, (told,), (coded_actors.belongs(state.slug),))
    return Party(body["slug"], told, (*state.needs, need), side=state.side)
