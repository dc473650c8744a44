"""Places out of the columns of event data: a name, a country, and coordinates where they stand for a place."""

from api.formats.readers.machine_coded import nations
from api.formats.readers.machine_coded.acts import shown
from api.formats.readers.machine_coded.headed import Line
from schemas.transfers import Json, RowFault


def placed(line: Line, name: str = "", feature: str = "") -> tuple[Json | None, tuple[RowFault, ...]]:
    """Where it happened, by the columns that ICEWS and POLECAT share; a row that has no more than a country stands for all of it.

    `feature` is what GeoNames takes the place for: it calls a whole country PCL….
    """
    nation = nations.named(line["Country"])
    near = [line[column] for column in ("City", "District", "Province") if line[column]]
    told = name or ", ".join(dict.fromkeys([*near, *filter(None, [line["Country"]])]))
    whole = feature.upper().startswith("PCL") or not (near or feature)
    place, faults = located(line, told, nation and nation.iso2, whole=whole)
    if line["Country"] and nation is None:
        faults = (*faults, line.fault("Country", "no country has this name", "The record is taken without a country."))
    return place, faults


def located(
    line: Line, name: str, country: str | None, columns: tuple[str, str] = ("Latitude", "Longitude"), *, whole: bool
) -> tuple[Json | None, tuple[RowFault, ...]]:
    """A place of what is known of it, None of nothing; and what is wrong with its coordinates.

    `whole` says that it is a whole country: coordinates are then those of its middle, where nothing happened, and are left
    out. 0, 0 is a point in the sea off Ghana where coders put what they can't find, and is no place.
    """
    place: Json = {}
    if name:
        place["name"] = shown(name)
    if country:
        place["country"] = country
    latitude, longitude = (line[column] for column in columns)
    if not latitude and not longitude:
        return place or None, ()
    north, east = (line.number(column) for column in columns)
    message = None
    if north is None or east is None:
        message = "these are no two coordinates in degrees"
    elif not (-90 <= north <= 90 and -180 <= east <= 180):
        message = "these degrees are outside the earth"
    elif north == east == 0:
        message = "0, 0 stands for a place that was not found"
    elif not whole:
        place |= {"latitude": north, "longitude": east}
    if message is None:
        return place or None, ()
    told = " and ".join(line.column(column) for column in columns)
    hint = "The record is taken without coordinates; its place keeps name and country."
    return place or None, (RowFault(told, f"{latitude}, {longitude}"[:200], message, hint),)
