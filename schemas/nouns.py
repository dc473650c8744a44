"""What every noun's answer shares: the reference by slug and name, and the members of a version."""

from pydantic import Field

from schemas.base import Shown


class Noun(Shown):
    """A reference to an actor, source or topic: enough to show it without a second call."""

    slug: str = Field(description="Its address, never changed.", examples=["kremlin"])
    name: str = Field(description="Its name today.", examples=["The Kremlin"])


class Versioned(Shown):
    """The members that tell which version this is."""

    version: int = Field(description="1 at first, one more with each change.", examples=[1])
    recorded_at: str = Field(
        description="When it was first entered here; of what began as a draft, or hangs on one that you may not see, when that was published.",
        examples=["2025-03-13T14:00:00Z"],
    )
    changed_at: str = Field(description="When its content last changed.", examples=["2025-03-13T14:00:00Z"])
