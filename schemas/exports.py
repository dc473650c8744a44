"""What an export can be asked: the filters of the list that it is of, how many items at most, and only the content."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, create_model

from schemas.timeline import Cursor, Filter, Whole

CONTENT = "content"
Cap = Annotated[Whole, Field(ge=1), WithJsonSchema({"type": "integer", "minimum": 1})]
_LIMIT = "How many items at most: of .json, .jsonfeed.json and .atom on a page, up to 500, and 50 when not given; of the others in all, and all when not given."
_CURSOR = "The `next` of the page before, with the same filters. For .json, .jsonfeed.json and .atom alone: the others have no pages."
_COUNT = "For .json alone: `capped` adds `count`, up to 1,000."
_PROFILE = (
    "`content`, for .json, .ndjson and .csv: only what was said of each thing, as an import takes it in again, without clocks, versions, names of "
    "keys and whatever follows from other things; records then begin with the oldest, unless `order` says otherwise."
)


def exported(filters: type[BaseModel], has_content: bool) -> type[BaseModel]:
    """The parameters of an export of what these filters list; of what is counted whole, they are the same."""
    if not issubclass(filters, Filter):
        return filters
    members: dict[str, Any] = {
        "limit": (Cap | None, Field(default=None, description=_LIMIT, examples=[50])),
        "cursor": (Cursor | None, Field(default=None, description=_CURSOR, examples=["eyJ…"])),
    }
    if "count" in filters.model_fields:
        described = Field(default=None, pattern="^capped$", description=_COUNT, examples=["capped"])
        members["count"] = (str | None, described)
    if has_content:
        described = Field(default=None, pattern=f"^{CONTENT}$", description=_PROFILE, examples=[CONTENT])
        members["profile"] = (str | None, described)
    name = f"{filters.__name__.removesuffix('Filter')}Export"
    made: type[BaseModel] = create_model(name, __base__=filters, __doc__="What an export can be asked.", **members)
    return made


class SnapshotExport(BaseModel):
    """What the export of a snapshot can be asked: it holds one answer, and no other."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    profile: str | None = Field(default=None, pattern=f"^{CONTENT}$", description=_PROFILE, examples=[CONTENT])
