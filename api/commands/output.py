"""What a command says on standard output: lines for people, or one JSON document for scripts, and nothing else there."""

import json
import sys
from collections.abc import Iterable
from typing import Any


def tell(as_json: bool, document: Any, lines: Iterable[str]) -> None:
    """Say the one or the other, and at once: what follows may fail, and this is needed all the same."""
    told = [json.dumps(document, ensure_ascii=False)] if as_json else lines
    print("".join(f"{line}\n" for line in told), end="", flush=True)


def note(*lines: str) -> None:
    """Say something beside, where scripts don't look for it."""
    sys.stderr.writelines(f"{line}\n" for line in lines)
