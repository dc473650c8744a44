"""Which answers can be exported: the lists and counts that have an address with a suffix, and what their rows are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from api.formats.writers import registry, rows
from api.formats.writers.outputs import RECORD, Format
from schemas.actors import ActorFilter, ActorRead
from schemas.affiliations import AffiliationFilter, AffiliationRead
from schemas.codings import CodingFilter, CodingRead
from schemas.conflicts import ConflictFilter, ConflictRead
from schemas.dismissals import DismissalFilter, DismissalRead
from schemas.duplicates import DuplicateFilter, DuplicateRead
from schemas.events import EventRead
from schemas.exports import exported
from schemas.facets import FacetFilter, Facets
from schemas.links import LagRow, Lags, LinkFilter, Matrix, MatrixFilter, MatrixRow, UnansweredFilter
from schemas.merges import MergeFilter, MergeItem
from schemas.pages import AnyRecord, CountedPage, PastPage
from schemas.reactions import ReactionFilter, ReactionItem
from schemas.sources import SourceFilter, SourceRead
from schemas.stances import (
    CurrentFilter,
    CurrentStance,
    CurrentStances,
    PeriodStance,
    SeriesFilter,
    ShiftFilter,
    StanceSeries,
    StanceShift,
    StanceShifts,
)
from schemas.statements import StatementRead
from schemas.timeline import ActorTimelineFilter, EventFilter, StatementFilter, TimelineFilter
from schemas.topics import TopicFilter, TopicRead
from schemas.transfers import Json


@dataclass(frozen=True, slots=True)
class Exportable:
    """One list or count, whose address takes a suffix."""

    name: str  # of the export, as the OpenAPI document has it
    path: str
    tag: str
    what: str  # what is exported, in a sentence with "Export"
    table: str
    filters: type[BaseModel]  # of the list itself
    answer: Any  # the shape of its JSON
    is_paged: bool = True
    is_of_now: bool = False  # what is answered depends on the clock, too
    places: rows.Places | None = None  # of items that have no columns of their own
    flat: Callable[[rows.Places, Json], Json] = rows.flat
    counted: Callable[[Json], list[Json]] = lambda body: body["items"]  # the items of a count

    @property
    def formats(self) -> Mapping[str, Format]:
        """What it is had in."""
        return registry.of(self.table)

    @property
    def has_content(self) -> bool:
        """Whether its items have a content that can be taken in again."""
        return self.is_paged and self.places is None

    @property
    def asked(self) -> type[BaseModel]:
        """What the export can be asked."""
        return exported(self.filters, self.has_content)


_FACETS = {name: (name,) for name in rows.FACET}
_ALL = (
    Exportable("export_timeline", "/v1/timeline", "timeline", "Export the timeline of any actors", RECORD, TimelineFilter, CountedPage[AnyRecord]),
    Exportable("export_actor_timeline", "/v1/actors/{slug}/timeline", "timeline", "Export one actor's timeline", RECORD, ActorTimelineFilter,
               CountedPage[AnyRecord]),
    Exportable("export_statements", "/v1/statements", "statements", "Export statements", RECORD, StatementFilter, CountedPage[StatementRead]),
    Exportable("export_events", "/v1/events", "events", "Export events", RECORD, EventFilter, CountedPage[EventRead]),
    Exportable("export_reactions", "/v1/reactions", "reactions", "Export reactions, with both ends", "reaction", ReactionFilter, PastPage[ReactionItem]),
    Exportable("export_reaction_matrix", "/v1/reactions/matrix", "reactions", "Export who answers whom", "pair", MatrixFilter, Matrix, is_paged=False,
               places=rows.places(MatrixRow)),
    Exportable("export_reaction_lags", "/v1/reactions/lags", "reactions", "Export how long answers take", "lag", LinkFilter, Lags, is_paged=False,
               places=rows.places(LagRow)),
    Exportable("export_unanswered_signals", "/v1/reactions/unanswered", "reactions", "Export signals without an answer", RECORD, UnansweredFilter,
               CountedPage[AnyRecord], is_of_now=True),
    Exportable("export_current_stances", "/v1/stances/current", "stances", "Export what each side holds now", "stance", CurrentFilter, CurrentStances,
               is_paged=False, places=rows.places(CurrentStance)),
    Exportable("export_stance_series", "/v1/stances/series", "stances", "Export the stances over time", "period", SeriesFilter, StanceSeries,
               is_paged=False, places=rows.places(PeriodStance)),
    Exportable("export_stance_shifts", "/v1/stances/shifts", "stances", "Export when stances shifted", "shift", ShiftFilter, StanceShifts,
               is_paged=False, places=rows.places(StanceShift)),
    Exportable("export_facets", "/v1/facets", "facets", "Export the counts of records", "facet", FacetFilter, Facets, is_paged=False, places=_FACETS,
               counted=rows.facets),
    Exportable("export_conflicts", "/v1/conflicts", "conflicts", "Export conflicts", "conflict", ConflictFilter, PastPage[ConflictRead],
               places=rows.places(ConflictRead), flat=rows.conflict),
    Exportable("export_duplicates", "/v1/duplicates", "duplicates", "Export records that may be one", "duplicate", DuplicateFilter,
               PastPage[DuplicateRead], places=rows.duplicate_places()),
    Exportable("export_dismissals", "/v1/duplicates/dismissals", "duplicates", "Export dismissals", "dismissal", DismissalFilter,
               PastPage[DismissalRead], places=rows.places(DismissalRead)),
    Exportable("export_merges", "/v1/duplicates/merges", "duplicates", "Export merges", "merge", MergeFilter, PastPage[MergeItem],
               places=rows.places(MergeItem)),
    Exportable("export_actors", "/v1/actors", "actors", "Export actors", "actor", ActorFilter, PastPage[ActorRead]),
    Exportable("export_affiliations", "/v1/actors/{slug}/affiliations", "actors", "Export affiliations", "affiliation", AffiliationFilter,
               PastPage[AffiliationRead]),
    Exportable("export_sources", "/v1/sources", "sources", "Export sources", "source", SourceFilter, PastPage[SourceRead]),
    Exportable("export_topics", "/v1/topics", "topics", "Export topics", "topic", TopicFilter, PastPage[TopicRead]),
    Exportable("export_codings", "/v1/codings", "codings", "Export the codings of all statements", "coding", CodingFilter, PastPage[CodingRead]),
)  # fmt: skip
EXPORTABLES: Mapping[str, Exportable] = {one.path: one for one in _ALL}
