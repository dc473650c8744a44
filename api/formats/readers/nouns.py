"""The actors, sources and topics that other tools' files name, as needs: taken where they exist, else made."""

from urllib.parse import urlsplit

from api.formats.readers.files.cells import shorten
from api.formats.readers.slugs import slugify
from api.formats.readers.texts import digest, line
from schemas.addresses import canonical
from schemas.transfers import Json, Need
from schemas.vocabularies import ActorKind

UNCODED = Need(
    "topic",
    {
        "slug": "uncoded",
        "name": "To be coded",
        "proposition": "An editor should code the stance of this record.",
        "description": "Holds what came from files that know no stances, until somebody codes it. It is no topic of the world: "
        "leave it out of what you count.",
    },
)


def unnamed(slug_: str, name: str, description: str) -> Need:
    """An actor for words that the file gives to nobody."""
    return Need("actor", {"slug": slug_, "kind": ActorKind.UNNAMED.value, "name": name, "description": description})


def actor(name: str, kind: ActorKind, **more: object) -> Need:
    """An actor of this name; `more` are members of its body, of which empty ones are left out."""
    named = shorten(line(name), 200)
    body: Json = {"slug": slugify(named), "kind": kind.value, "name": named}
    return Need("actor", body | {member: value for member, value in more.items() if value}, (named,))


def source(name: str, owner: str | None = None) -> Need:
    """A source of this name, and the slug of the actor that it belongs to."""
    named = shorten(line(name), 200)
    body: Json = {"slug": slugify(named), "name": named}
    return Need("source", body | ({"owner": owner} if owner else {}), (named,))


def host(url: str) -> str:
    """The host of a web address: www.bbc.co.uk and bbc.co.uk are one."""
    return canonical(url).partition("/")[0].partition("?")[0]


def site(url: str) -> Need:
    """The site of a web address as a source."""
    named = host(url)
    short = named if len(named) <= 200 else f"{named[:160]}-{digest(named)[:12]}"
    body = {"slug": slugify(short), "name": short, "url": f"{urlsplit(url).scheme.lower()}://{named}"}
    return Need("source", body, (short,))
