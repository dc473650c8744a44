"""Which reader takes which format of an import."""

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from api.formats.readers import csv, feeds, misp, ndjson, stix, timelinejs
from api.formats.readers.machine_coded import gdelt, icews, polecat
from api.formats.readers.mapped import mappings
from api.formats.readers.mapped import reader as mapped
from schemas.transfers import ImportFormat, Reject, Row, Skipped

Reader = Callable[[BinaryIO, str | None, str | None], Iterator[Row | Reject | Skipped]]


def by_mapping(file: BinaryIO, mapping: str | None, encoding: str | None) -> Iterator[Row | Reject | Skipped]:
    """A table by the name of a preset, or by a mapping in TOML. Raises Unreadable."""
    return mapped.read(file, None if mapping is None else mappings.load(mapping), encoding)


# Each takes the file, a mapping or preset where its format has any, and the encoding where it is not to be found out.
READERS: Mapping[ImportFormat, Reader] = {
    ImportFormat.NDJSON: ndjson.read,
    ImportFormat.CSV: csv.read,
    ImportFormat.MAPPED: by_mapping,
    ImportFormat.GDELT: gdelt.read,
    ImportFormat.ICEWS: icews.read,
    ImportFormat.POLECAT: polecat.read,
    ImportFormat.STIX: stix.read,
    ImportFormat.MISP: misp.read,
    ImportFormat.TIMELINEJS: timelinejs.read,
    ImportFormat.FEED: feeds.read,
}
