"""Short forms: `topic` + `stance` and `source` + `url` stand for the one topic and the one citation."""

from typing import Any

from schemas.problems import Fault
from schemas.vocabularies import Stance

Json = dict[str, Any]

# short member -> (the list it belongs to, its name there)
SHORT = {
    "topic": ("topics", "topic"),
    "stance": ("topics", "stance"),
    "condition_type": ("topics", "condition_type"),
    "conditions": ("topics", "conditions"),
    "coding_certainty": ("topics", "coding_certainty"),
    "source": ("citations", "source"),
    "url": ("citations", "url"),
}


def expand(sent: Json) -> tuple[Json, dict[str, str], list[Fault]]:
    """A body with its short forms written out, where each long place was said in short, and what can't go together."""
    long = {name: value for name, value in sent.items() if name not in SHORT}
    places: dict[str, str] = {}
    found: list[Fault] = []
    for name, (group, member) in SHORT.items():
        if name not in sent or sent[name] is None:
            continue
        if sent.get(group):
            found.append(_both(name, group))
            continue
        if not isinstance(long.get(group), list) or not long[group]:
            long[group] = [{}]
        long[group][0][member] = sent[name]
        places[f"{group}.0.{member}"] = name
    for group, needed in (("topics", ("topic", "stance")), ("citations", ("source",))):
        if any(place.startswith(f"{group}.0.") for place in places):
            places |= {f"{group}.0.{name}": name for name in needed}
            places[f"{group}.0"] = "url" if group == "citations" else needed[0]
    return long, places, found


def expand_patch(patch: Json, current: Json) -> tuple[Json, dict[str, str], list[Fault]]:
    """A merge patch with its short forms put on the one topic or citation that there is."""
    long = {name: value for name, value in patch.items() if name not in SHORT}
    places: dict[str, str] = {}
    found: list[Fault] = []
    for name, (group, member) in SHORT.items():
        # `stance` and `source` are in every answer: sent back as they were read, they say nothing.
        if name not in patch or (name in current and _slug(patch[name]) == _slug(current[name])):
            continue
        if group in patch:
            found.append(_both(name, group))
        elif len(current[group]) != 1:
            message = f"{name} acts where there is exactly one of {group}; here there are {len(current[group])}"
            found.append(Fault(where=f"body.{name}", message=message, hint=f"Send {group} whole."))
        else:
            long.setdefault(group, [dict(current[group][0])])
            changed = {
                key: value for key, value in long[group][0].items() if value is not None and key != "stance_score"
            }
            changed[member] = patch[name]
            long[group] = [{key: value for key, value in changed.items() if value is not None}]
            places[f"{group}.0.{member}"] = name
    # What is wrong with the whole of it is told at a short form too.
    return long, {**places, **{place.rpartition(".")[0]: name for place, name in places.items()}}, found


def _slug(value: Any) -> Any:
    return value.get("slug") if isinstance(value, dict) else value


def _both(name: str, group: str) -> Fault:
    return Fault(
        where=f"body.{name}",
        message=f"{name} is the short form of {group}, and both are given",
        hint="Give one of them.",
    )


def unscored(body: Json, current: Json) -> tuple[Json, list[Fault]]:
    """A body without the scores that answers show beside stances; a score that is neither today's nor the stance's is a fault."""
    if not isinstance(body.get("topics"), list):
        return body, []
    today = {position["topic"]["slug"]: position["stance_score"] for position in current["topics"]}
    found: list[Fault] = []
    topics = []
    for index, position in enumerate(body["topics"]):
        if isinstance(position, dict) and "stance_score" in position:
            stance = next((one for one in Stance if one == position.get("stance")), None)
            topic = _slug(position.get("topic"))
            accepted = [today.get(topic if isinstance(topic, str) else ""), stance.score if stance else None]
            if position["stance_score"] not in accepted:
                where, hint = f"body.topics.{index}.stance_score", "Change the stance; its score follows."
                found.append(Fault(where=where, message="stance_score can't be changed", hint=hint))
            position = {name: value for name, value in position.items() if name != "stance_score"}
        topics.append(position)
    return {**body, "topics": topics}, found
