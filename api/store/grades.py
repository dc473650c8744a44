"""Grades: an Admiralty grade puts its letters on the one citation, and a confidence that no edit touches stays as given."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from api.store.checks import Checked, Json
from schemas import confidence
from schemas.problems import Fault

LETTERS = ("reliability", "credibility")


def keep(patch: Json, shown: Json) -> tuple[Json, Json]:
    """The patch without a confidence that it sends back as read, and what stands with the confidence as it was given."""
    if "confidence_given" not in shown:
        return patch, shown
    # A number reads alike on every scale: sent back, it must not replace the word that was given.
    if "confidence" in patch and [type(patch["confidence"]), patch["confidence"]] == [
        type(shown["confidence"]),
        shown["confidence"],
    ]:
        patch = {name: value for name, value in patch.items() if name != "confidence"}
    return patch, {**shown, "confidence": shown["confidence_given"]}


def faults(sent: Json, stood: Sequence[Json] = ()) -> list[Fault]:
    """What is wrong with a grade in a body: it has no one citation to go on, or that one says otherwise.

    `stood` are the citations before an edit: what they say is not said against the new grade.
    """
    letters = _letters(sent.get("confidence"))
    if not letters:
        return []
    citations = sent.get("citations")
    if not isinstance(citations, list) or len(citations) != 1:
        hint = "Give confidence as a number or a word, and reliability and credibility on each citation."
        return [Fault(where="body.confidence", message="an Admiralty grade goes with exactly one citation", hint=hint)]
    cited = citations[0] if isinstance(citations[0], dict) else {}
    before = stood[0] if len(stood) == 1 else {}
    return [
        Fault(
            where="body.confidence",
            message=f"the grade says {name} {value}, the citation says {str(cited[name])[:20]}",
            hint="Say it once.",
        )
        for name, value in letters.items()
        if cited.get(name) not in (None, value, before.get(name))
    ]


def put(checked: Checked[Any]) -> Checked[Any]:
    """The body with the letters of its grade on its one citation."""
    body = checked.body
    grade = body.confidence
    update = {name: getattr(grade, name) for name in LETTERS if getattr(grade, name) is not None}
    if not update:
        return checked
    return replace(checked, body=body.model_copy(update={"citations": [body.citations[0].model_copy(update=update)]}))


def _letters(given: Any) -> Json:
    try:
        grade = confidence.parse(given)
    except confidence.ConfidenceProblem:
        return {}  # the shape tells it
    return {name: getattr(grade, name) for name in LETTERS if getattr(grade, name) is not None}
