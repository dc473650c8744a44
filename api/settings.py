"""What can be set from the environment."""

from functools import lru_cache

from pydantic import Field
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    """Each is an environment variable of the same name in capitals."""

    database_url: str = Field(
        default="sqlite:///var/demarche.sqlite3", description="SQLite file or PostgreSQL database."
    )
    host: str = Field(default="127.0.0.1", description="The address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="The port to listen on.")
    public_reads: bool = Field(default=True, description="Whether what is published can be read without a key.")
    public_url: str = Field(
        default="", pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$",
        description="The address of this service for citations, such as https://demarche.example; if empty, they have the path alone.",
    )  # fmt: skip
    max_body_bytes: int = Field(default=1_048_576, ge=1024, description="The largest request body, in bytes.")
    max_import_bytes: int = Field(
        default=4_294_967_296, ge=1024, description="The largest file that is taken in, in bytes."
    )
    busy_seconds: float = Field(default=30.0, gt=0, description="How long a write waits for the writer before it.")
    pool_size: int = Field(default=8, ge=1, le=100, description="Connections for reading, on PostgreSQL also threads.")


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
