"""GeoJSON (RFC 7946): every record a feature; one without coordinates is there too, with the geometry null.

The properties are the columns of CSV, under the same names, with values as JSON has them.
"""

from collections.abc import Sequence

from api.formats.columns import values
from api.formats.writers.outputs import RECORD, Answer, Commas
from schemas.transfers import Json


class Features:
    """GeoJSON being written."""

    def __init__(self, _answer: Answer) -> None:
        self._commas = Commas()

    def head(self) -> bytes:
        """The collection up to its features."""
        return b'{"type":"FeatureCollection","features":['

    def items(self, items: Sequence[Json]) -> bytes:
        """A feature each."""
        return self._commas([_feature(item) for item in items])

    def tail(self) -> bytes:
        """The end."""
        return b"]}"


def _feature(item: Json) -> Json:
    place = item["place"]
    point = None
    if place and place["latitude"] is not None:
        point = {"type": "Point", "coordinates": [place["longitude"], place["latitude"]]}
    return {"type": "Feature", "id": item["id"], "geometry": point, "properties": values(RECORD, item)}
