"""Every format that an answer can be had in, in the order of the documentation, and what each table is had in."""

from collections.abc import Mapping

from api.formats.writers.atom_feeds import Feed
from api.formats.writers.bundles import Bundle
from api.formats.writers.calendars import Calendar
from api.formats.writers.features import Features
from api.formats.writers.json_feeds import JsonFeed
from api.formats.writers.lines import JsonPage, Lines
from api.formats.writers.outputs import RECORD, Extent, Format
from api.formats.writers.slides import Slides
from api.formats.writers.tables import Table

_ID = "01958f3e-7c00-7000-8000-000000000001"
_ALL = (
    Format("json", "application/json", "", Extent.PAGE, False, "", JsonPage),
    Format("ndjson", "application/x-ndjson", "; charset=utf-8", Extent.WHOLE, False, f'{{"id":"{_ID}","date":"2025-03-13"}}\n', Lines),
    Format("csv", "text/csv", "; charset=utf-8; header=present", Extent.WHOLE, False, f"id,date\r\n{_ID},2025-03-13\r\n", Table),
    Format("atom", "application/atom+xml", "; charset=utf-8", Extent.PAGE, True, '<feed xmlns="http://www.w3.org/2005/Atom"/>', Feed),
    Format("jsonfeed.json", "application/feed+json", "", Extent.PAGE, True, '{"version":"https://jsonfeed.org/version/1.1"}', JsonFeed),
    Format("ics", "text/calendar", "; charset=utf-8", Extent.WHOLE, True, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", Calendar),
    Format("geojson", "application/geo+json", "", Extent.WHOLE, True, '{"type":"FeatureCollection","features":[]}', Features),
    Format("timelinejs.json", "application/vnd.timelinejs+json", "", Extent.WHOLE, True, '{"scale":"human","events":[]}', Slides),
    Format("stix.json", "application/stix+json", ";version=2.1", Extent.WHOLE, True, f'{{"type":"bundle","id":"bundle--{_ID}"}}', Bundle),
)  # fmt: skip
FORMATS: Mapping[str, Format] = {one.suffix: one for one in _ALL}


def of(table: str) -> Mapping[str, Format]:
    """The formats that a table is had in."""
    return {suffix: one for suffix, one in FORMATS.items() if table == RECORD or not one.of_records}
