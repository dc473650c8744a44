"""API keys as secrets: made at random, shown once, stored as a hash."""

import hashlib
import secrets

PREFIX = "dmr_"


def new_secret() -> str:
    """A key of 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What is stored of a key. It is random through and through, so that a fast hash is enough: none can be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
