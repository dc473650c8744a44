"""When two web addresses are the same page: one form for all the ways in which an address is copied."""

import re
from contextlib import suppress
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

_PORTS = (None, 80, 443)
# What campaigns, newsletters and social networks add to an address to see who followed it.
_FOLLOWED = re.compile(
    r"utm_.*|(fb|g|d|ms|y|ys|tt|tw)clid|[gw]braid|li_fat_id|igshid|igsh|mc_[ce]id|_ga|_gl|_hs(enc|mi)|mkt_tok|vero_id|ref_(src|url)",
    re.IGNORECASE,
)
_SAFE_IN_PATH = "/:@!$&'()*+,;=~"


def canonical(url: str) -> str:
    """One form for all addresses of a page: equal for two that differ only in how they were copied.

    These do not count: http or https, capital letters of scheme and host, a leading `www.`, the default ports, a user
    name, the fragment (which is a place on the page), slashes at the end, how a letter is percent-encoded, the order of
    parameters, and parameters that only track who follows (`utm_…`, `fbclid`, `gclid` and the like). All else counts,
    the case of the path too. What can't be taken apart is its own form.
    """
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        host, port = "", None
    if not host:
        return url
    place = host if port in _PORTS else f"{host}:{port}"
    path = quote(unquote(parts.path, errors="surrogateescape"), safe=_SAFE_IN_PATH, errors="surrogateescape")
    query = _kept(parts.query) if parts.query else ""
    return f"{place}{path.rstrip('/')}{'?' if query else ''}{query}"


def _kept(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted(pair for pair in pairs if not _FOLLOWED.fullmatch(pair[0]))
    return urlencode(kept, errors="surrogateescape")


@lru_cache(maxsize=4096)
def _host(name: str) -> str:
    host = name.rstrip(".")
    with suppress(UnicodeError):
        host = host.encode("idna").decode()
    return host.removeprefix("www.")
