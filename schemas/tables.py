"""Every table, imported in one place, so that migrations and their drift test see all of them."""

from schemas import (
    actors,
    affiliations,
    codings,
    dismissals,
    imports,
    keys,
    merges,
    purges,
    reactions,
    records,
    seals,
    snapshots,
    sources,
    texts,
    topics,
    versions,
)

__all__ = [
    "actors",
    "affiliations",
    "codings",
    "dismissals",
    "imports",
    "keys",
    "merges",
    "purges",
    "reactions",
    "records",
    "seals",
    "snapshots",
    "sources",
    "texts",
    "topics",
    "versions",
]
