"""Answers made smaller as they are sent: zstd (RFC 8878) or gzip, whichever the asker likes better."""

import re
import sys
import zlib
from typing import Any, Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_CODINGS = ("zstd", "gzip")  # what is liked best of those that are liked as well
_GZIP_LEVEL, _ZSTD_LEVEL = 2, 2
_QUALITY = re.compile(r"\s*q\s*=\s*(1(?:\.0{0,3})?|0(?:\.[0-9]{0,3})?)\s*")


class Coding(Protocol):
    """A stream being made smaller."""

    def add(self, text: bytes) -> bytes:
        """Some more; what is answered can be read at once."""

    def end(self) -> bytes:
        """What comes last."""


class Plain:
    """A stream as it is."""

    def add(self, text: bytes) -> bytes:
        """The same."""
        return text

    def end(self) -> bytes:
        """Nothing."""
        return b""


class Gzip:
    """gzip (RFC 1952)."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)

    def add(self, text: bytes) -> bytes:
        """Some more."""
        return self._stream.compress(text) + self._stream.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        """The checksum."""
        return self._stream.flush()


class Zstd:
    """Zstandard."""

    def __init__(self) -> None:
        self._stream: Any = zstd.ZstdCompressor(level=_ZSTD_LEVEL)

    def add(self, text: bytes) -> bytes:
        """Some more."""
        found: bytes = self._stream.compress(text, self._stream.FLUSH_BLOCK)
        return found

    def end(self) -> bytes:
        """The end of the frame."""
        found: bytes = self._stream.flush(self._stream.FLUSH_FRAME)
        return found


def chosen(accepted: str) -> str | None:
    """The coding that the header Accept-Encoding likes best; None is to leave the answer as it is."""
    likes: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, parameter = part.partition(";")
        found = _QUALITY.fullmatch(parameter)
        likes[name.strip()] = float(found[1]) if found else 0.0 if parameter.strip() else 1.0
    quality = {coding: likes.get(coding, likes.get("*", 0.0)) for coding in _CODINGS}
    best = max(_CODINGS, key=quality.__getitem__)
    return best if quality[best] and quality[best] >= likes.get("identity", 0.0) else None


def opened(coding: str | None) -> Coding:
    """A stream in this coding."""
    if coding is None:
        return Plain()
    return Zstd() if coding == "zstd" else Gzip()
