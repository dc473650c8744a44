"""Everything that a request can ask or send: the shapes that the OpenAPI document describes beside the answers."""

from pydantic import BaseModel

from schemas.actors import ActorCreate, ActorFilter
from schemas.affiliations import AffiliationCreate, AffiliationFilter
from schemas.agreements import AgreementFilter
from schemas.changes import ChangeFilter, StreamFilter
from schemas.codings import CodingCreate, CodingFilter, CodingsFilter
from schemas.conflicts import ConflictFilter
from schemas.dismissals import DismissalCreate, DismissalFilter
from schemas.duplicates import DuplicateFilter
from schemas.events import EventCreate
from schemas.facets import FacetFilter
from schemas.history import HistoryFilter, RecordVersionFilter, Restore, VersionFilter
from schemas.imports import ImportAsked, ImportFilter, RejectFilter
from schemas.keys import KeyCreate
from schemas.links import LinkFilter, MatrixFilter, UnansweredFilter
from schemas.merges import MergeCreate, MergeFilter, UnmergeCreate
from schemas.purges import PurgeCreate
from schemas.reactions import ReactionAmend, ReactionCreate, ReactionFilter, ThreadFilter
from schemas.snapshots import SnapshotCreate, SnapshotFilter
from schemas.sources import SourceCreate, SourceFilter
from schemas.stances import CurrentFilter, SeriesFilter, ShiftFilter
from schemas.statements import StatementCreate
from schemas.timeline import ActorTimelineFilter, TimelineFilter
from schemas.topics import TopicCreate, TopicFilter

BODIES: tuple[type[BaseModel], ...] = (
    ActorCreate, AffiliationCreate, SourceCreate, TopicCreate, StatementCreate, EventCreate, ReactionCreate, ReactionAmend, KeyCreate, Restore,
    SnapshotCreate,
    PurgeCreate,
    CodingCreate,
    MergeCreate, UnmergeCreate, DismissalCreate,
)  # fmt: skip
FILTERS: tuple[type[BaseModel], ...] = (
    TimelineFilter, ActorTimelineFilter, ConflictFilter, ActorFilter, AffiliationFilter, SourceFilter, TopicFilter, ReactionFilter, ThreadFilter,
    HistoryFilter, VersionFilter, RecordVersionFilter,
    ChangeFilter, StreamFilter, SnapshotFilter, CurrentFilter, SeriesFilter, ShiftFilter, FacetFilter,
    LinkFilter, MatrixFilter, UnansweredFilter,
    CodingFilter, CodingsFilter, AgreementFilter,
    ImportAsked, ImportFilter, RejectFilter,
    DuplicateFilter, MergeFilter, DismissalFilter,
)  # fmt: skip
