"""The table of contents: every router, in the order of the documentation."""

from fastapi import FastAPI

from api.routers import (
    actors,
    affiliations,
    changes,
    codings,
    conflicts,
    duplicates,
    events,
    exchanges,
    exports,
    facets,
    health,
    imports,
    keys,
    merges,
    purges,
    reactions,
    seals,
    snapshots,
    sources,
    stances,
    statements,
    timeline,
    topics,
    vocabularies,
)


def include(app: FastAPI) -> None:
    """Put every router on the app."""
    for module in (
        timeline,
        statements,
        events,
        reactions,
        exchanges,
        stances,
        facets,
        conflicts,
        duplicates,
        merges,
        actors,
        affiliations,
        sources,
        topics,
        codings,
        changes,
        imports,
        snapshots,
        seals,
        vocabularies,
        keys,
        purges,
        health,
        exports,  # last: a route is looked for in this order, and pages are asked for most
    ):
        app.include_router(module.router)
