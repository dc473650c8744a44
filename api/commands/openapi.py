"""`openapi`: the OpenAPI document of the service, as it is served."""

import json
from pathlib import Path

from api.commands import output
from api.commands.failures import Failure
from api.main import create
from api.openapi import document
from api.settings import Settings


def run(file: Path | None, as_json: bool) -> None:
    """The verb; without a file the document itself goes to standard output. Raises Failure."""
    found = document(create(Settings.model_construct()))
    if file is None:
        output.tell(True, found, [])
        return
    try:
        size = file.write_bytes(json.dumps(found, ensure_ascii=False).encode() + b"\n")
    except OSError as error:
        raise Failure(f"{file} can't be written ({error.strerror}): name another one.") from None
    output.tell(as_json, {"file": str(file), "bytes": size}, [f"Written: {file}, {size:,} bytes."])
