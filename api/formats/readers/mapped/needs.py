"""Names in a table become actors, sources and topics: those that the mapping knows, and those that are made for them."""

from dataclasses import replace
from functools import lru_cache
from typing import Any, Final, Literal

from pydantic import BaseModel, ValidationError

from api.errors import faults
from api.formats.readers import country_names
from api.formats.readers.mapped.shapes import Mapping
from api.formats.readers.slugs import slugify
from schemas.actors import ActorCreate
from schemas.sources import SourceCreate
from schemas.topics import TopicCreate
from schemas.transfers import Json, Need

_LONGEST_NAME: Final = 200
_SHAPES: Final[dict[str, type[BaseModel]]] = {"actor": ActorCreate, "source": SourceCreate, "topic": TopicCreate}
_KEPT: Final = 20_000  # names; a table has few, and a hostile one as many as it has rows


class NameProblem(ValueError):
    """A name that nothing can be made of: why, and what would be right."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class Names:
    """What each name of a table stands for, by a mapping: the slug, and what has to be there for it."""

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self._actors = _by_slug(mapping.actors.known)
        self._sources = _by_slug(mapping.sources.known)
        self._topics = _by_slug(mapping.topics.known)
        self.actor = lru_cache(maxsize=_KEPT)(self._actor)
        self.source = lru_cache(maxsize=_KEPT)(self._source)
        self.topic = lru_cache(maxsize=_KEPT)(self._topic)

    def _actor(self, name: str) -> tuple[str, tuple[Need, ...]]:
        """The slug of an actor, by the name as it stands in the table or in the mapping. Raises NameProblem."""
        actors = self._mapping.actors
        usual: Json = {key: str(value) for key, value in (("kind", actors.kind), ("country", actors.country)) if value}
        key = name if name in actors.known else self._actors.get(name)
        if key is not None:
            return _need("actor", key, {**usual, **actors.known[key]}, name)
        for one in actors.kinds:
            if name.startswith(one.starts):
                body: Json = {**usual, "kind": str(one.kind)}
                if one.state and (country := country_names.find(name.removeprefix(one.starts))):
                    body |= {"slug": slugify(country.names[0]), "name": country.names[0], "country": country.alpha2}
                return _need("actor", name, body, name)
        if "kind" in usual:
            return _need("actor", name, usual, name)
        if slugify(name) == name:
            return name, ()  # a slug: it is there, or the row is told that it isn't
        slug, (need,) = _need("actor", name, {**usual, "kind": "person"}, name)  # a kind, for the shape to be checked
        return slug, (replace(need, is_known=False),)

    def _source(self, name: str) -> tuple[str, tuple[Need, ...]]:
        """The slug of a source by its name. Raises NameProblem."""
        known = self._mapping.sources.known
        key = name if name in known else self._sources.get(name)
        slug, needs = _need("source", key or name, known[key] if key else {}, name)
        owner = needs[0].body.get("owner")
        if isinstance(owner, str) and owner in self._actors:
            needs = (*self._actor(owner)[1], *needs)
        return slug, needs

    def _topic(self, name: str) -> tuple[str, tuple[Need, ...]]:
        """The slug of a topic; one that the mapping does not know has to be there already."""
        known = self._mapping.topics.known
        key = name if name in known else self._topics.get(name)
        return _need("topic", key, known[key], name) if key else (name, ())


def _by_slug(known: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {str(body.get("slug", slugify(name))): name for name, body in known.items()}


def _need(noun: Literal["actor", "source", "topic"], key: str, told: Json, name: str) -> tuple[str, tuple[Need, ...]]:
    """A noun that is made of what is told of it; `name` is how it stands in the table."""
    if len(name) > _LONGEST_NAME:
        raise NameProblem(
            f"{name[:40]!r}… has {len(name)} characters; a name has at most {_LONGEST_NAME}", "Is it a name?"
        )
    body: Json = {"slug": slugify(key, told.get("country") == "UA"), "name": key, **told}
    names = tuple(dict.fromkeys(one for one in (name, key) if one != body["slug"]))
    if noun == "actor":
        more = [one for one in names if one != body["name"] and one not in body.get("aliases", [])]
        body["aliases"] = [*body.get("aliases", []), *more]
    try:
        _SHAPES[noun].model_validate(body)
    except ValidationError as error:
        fault = faults(error, noun)[0]
        raise NameProblem(f"{name[:60]!r} makes no {noun}: {fault.message}", fault.hint or "Is it a name?") from None
    return body["slug"], (Need(noun, body, () if noun == "topic" else names),)
