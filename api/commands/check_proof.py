"""`check-proof`: check a proof that GET /v1/proofs/… answered, without any database, and say what it proves."""

import json
import sys
from pathlib import Path

from api.commands import output
from api.commands.failures import Failure
from api.store import proofs
from schemas import dates


def run(file: str, as_json: bool) -> int:
    """The verb; answers 0 when the proof holds, and 1 when it does not. Raises Failure when it can't be read."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
        proof = json.loads(text)
    except (OSError, ValueError) as error:
        raise Failure(f"{file} can't be read as JSON ({error}): give what GET /v1/proofs/… answered.") from error
    found = proofs.faults(proof)
    if found:
        output.note(*found)
        output.tell(as_json, {"holds": False, "faults": found}, [])
        return 1
    said, seal = json.loads(proof["content"]), proof["seal"]
    revision = said["revision"]
    published = f"{seal['number']}:{seal['digest']}"
    lines = [
        json.dumps(said, ensure_ascii=False, indent=2),
        f"Proven: {proof['noun']} {proof['id']}, version {proof['version']}, recorded "
        f"{dates.format_instant(revision['recorded_at'])} by {revision['recorded_by_name']}, "
        f"is word for word under seal {seal['number']} of {seal['sealed_at']}.",
        "That counts for as much as this seal does: look whether it is the one that was published.",
        f"demarche seal {published}",
    ]
    output.tell(as_json, {"holds": True, "faults": [], "published": published, "content": said}, lines)
    return 0
