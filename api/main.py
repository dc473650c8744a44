"""The application: settings, database, routers, documentation. `create()` makes one; the server runs it as a factory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from anyio import CapacityLimiter
from fastapi import FastAPI

from api import handlers, openapi, routers
from api.database import Database
from api.exports import FORMATTED_AT_ONCE
from api.settings import Settings, settings
from api.store.directory import Shelf
from api.streams import Streams


def create(given: Settings | None = None) -> FastAPI:
    """The service on the database that the settings name."""
    chosen = given or settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.database = Database(chosen)
        app.state.shelf = Shelf()
        app.state.formatting = CapacityLimiter(FORMATTED_AT_ONCE)
        app.state.downloads = set()
        app.state.streams = Streams(app.state.database, app.state.shelf)
        try:
            yield
        finally:
            app.state.streams.close()
            app.state.database.close()

    app = FastAPI(
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
        **openapi.ABOUT,
    )
    app.state.settings = chosen
    routers.include(app)
    openapi.install(app)
    handlers.install(app)
    return app
