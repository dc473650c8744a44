"""The one error body, RFC 9457."""

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    where: str = Field(description="The place: body.…, query.…, path.… or header.…", examples=["body.confidence"])
    message: str = Field(description="What is wrong.", examples=["'hgih' is no confidence"])
    hint: str | None = Field(description="What would be right.", examples=["Did you mean high?"])


class Problem(BaseModel):
    """Why a request was not carried out."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(
        description="A URI of the kind of problem: where the table of codes explains it.",
        examples=["urn:demarche:problem:invalid"],
    )
    title: str = Field(description="The kind of problem, in words.", examples=["The request is invalid"])
    status: int = Field(description="The HTTP status.", examples=[422])
    detail: str = Field(description="This problem, in words.", examples=["One member is wrong: body.confidence."])
    code: str = Field(description="The kind of problem, for programs: stable.", examples=["invalid"])
    errors: list[Fault] | None = Field(
        default=None,
        description="Every fault of the request, for 422.",
        examples=[[{"where": "body.confidence", "message": "…", "hint": None}]],
    )
