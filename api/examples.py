"""Examples of the OpenAPI document: values made of the examples of their members."""

from typing import Any


def example(schema: dict[str, Any], schemas: dict[str, Any], member: str = "") -> Any:
    """A value that a schema describes, made of the examples of its members."""
    if schema.get("examples"):
        return schema["examples"][0]
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rpartition("/")[2]], schemas, member)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return example(schema[choice][0], schemas, member)
    if schema.get("type") == "array":
        return [example(schema["items"], schemas)]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" not in schema:
        raise LookupError(f"{member or schema} has no example")
    given = _COHERENT.get(schema.get("title", ""), {})
    # What is not always there is no part of the example: `count` and `as_of` of a page.
    members = {name: one for name, one in schema["properties"].items() if name in schema.get("required", ())}
    made = {name: given.get(name, example(one, schemas, name)) for name, one in members.items()}
    if schema.get("title") == "Change":
        made["representation"] = {**made["representation"], **_AFTER_THE_CHANGE}
    return made


_AFTER_THE_CHANGE = {
    "version": 2,
    "summary": "Says that a truce should lead to lasting peace.",
    "changed_at": "2025-03-13T14:05:00Z",
}

# Where the examples of the members, each good by itself, do not go together.
_COHERENT: dict[str, dict[str, Any]] = {
    "EventRead": {
        "title": "Speaks with the Russian president by telephone",
        "actor": {"slug": "donald-trump", "name": "Donald Trump"},
        "on_behalf_of": None,
        "participants": [{"actor": {"slug": "vladimir-putin", "name": "Vladimir Putin"}, "role": "addressee"}],
        "event_mode": "phone",
        "date": "2025-03-18", "date_earliest": "2025-03-18", "date_latest": "2025-03-18",
        "effective": None, "stance": None, "stance_score": None, "topics": [], "place": None,
    },
    "StatementRead": {"effective": None, "event_mode": None},
}  # fmt: skip
