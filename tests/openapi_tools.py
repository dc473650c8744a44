"""The OpenAPI document put to the tools that our users have: spectral, openapi-typescript and the TypeScript compiler.

`make check-openapi` runs it; `python -m tests.openapi_tools codes` prints the table of codes for the README.
"""

import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.errors import CODES
from api.main import create
from api.settings import Settings

Json = dict[str, Any]
TOOLS = Path(__file__).resolve().parent / "openapi"
KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
    "null": (type(None),),
}  # fmt: skip


def misfits(value: Any, schema: Json, document: Json, where: str = "") -> list[str]:
    """Why a value is not what a schema describes; of JSON Schema as much as the document speaks. Empty if it is."""
    if "$ref" in schema:
        node: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        return misfits(value, node, document, where)
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            tried = [misfits(value, one, document, where) for one in schema[choice]]
            if all(tried):
                return min(tried, key=len)
    found = []
    kind = schema.get("type")
    if kind is not None and (not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{where}: {value!r:.60} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value!r} is not in the list")
    if "const" in schema and value != schema["const"]:
        found.append(f"{where}: {value!r} is not {schema['const']!r}")
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{where}: {value!r} does not match {schema['pattern']}")
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9):
            found.append(f"{where}: {len(value)} characters")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            found.append(f"{where}: {value} is out of range")
    elif isinstance(value, list):
        if len(value) > schema.get("maxItems", 10**9):
            found.append(f"{where}: {len(value)} items")
        for index, one in enumerate(value):
            found += misfits(one, schema.get("items", {}), document, f"{where}.{index}")
    elif isinstance(value, dict):
        found += [f"{where}: {name} is missing" for name in schema.get("required", ()) if name not in value]
        more = schema.get("additionalProperties", {} if "properties" not in schema else {"not": True})
        for name, one in value.items():
            if name in schema.get("properties", {}):
                found += misfits(one, schema["properties"][name], document, f"{where}.{name}")
            elif more in (False, {"not": True}):
                found.append(f"{where}: {name} is not in the schema")
            elif isinstance(more, dict):
                found += misfits(one, more, document, f"{where}.{name}")
    return found


def own_faults(document: Json) -> list[str]:
    """What is wrong with a document, without any tool: references, examples, names, refusals."""
    found = [
        f"{pointer} points nowhere"
        for pointer in set(re.findall(r'"#/components/(\w+/[^"]+)"', json.dumps(document)))
        if pointer.partition("/")[2] not in document["components"].get(pointer.partition("/")[0], {})
    ]
    if found:
        return found
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    found += [f"{name} is the name of two operations" for name in set(names) if names.count(name) > 1]
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if "422" not in operation["responses"]:
                found.append(f"{method} {path} does not say how it refuses")
            for response in operation["responses"].values():
                for content in response.get("content", {}).values():
                    if "example" in content:
                        found += misfits(content["example"], content["schema"], document, f"{method} {path}")
    return found


def broken(document: Json) -> dict[str, Json]:
    """Documents with one fault each, to see that it is found."""

    def spoil(change: Callable[[Json], Any]) -> Json:
        spoilt = copy.deepcopy(document)
        change(spoilt)
        return spoilt

    def read(spoilt: Json) -> Json:
        found: Json = spoilt["paths"]["/v1/statements/{id}"]["get"]
        return found

    return {
        "a dangling reference": spoil(lambda one: one["components"]["schemas"].pop("Noun")),
        "a name used twice": spoil(lambda one: read(one).update(operationId="list_statements")),
        "an example that does not fit": spoil(
            lambda one: read(one)["responses"]["200"]["content"]["application/json"]["example"].update(
                confidence="high"
            )
        ),
        "a member that is not documented": spoil(
            lambda one: read(one)["responses"]["200"]["content"]["application/json"]["example"].update(secret=1)
        ),
        "no refusals": spoil(lambda one: read(one)["responses"].pop("422")),
    }


def say(text: str) -> None:
    """A line for whoever waits."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run(*command: str, cwd: Path) -> str:
    """What a tool has to complain of; empty when it is content."""
    quiet = {"SCARF_ANALYTICS": "false", "DO_NOT_TRACK": "1", "NO_UPDATE_NOTIFIER": "1"}
    done = subprocess.run(
        command, cwd=cwd, env={**os.environ, **quiet}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )  # fmt: skip
    return f"{command[0]} failed.\n{done.stdout.strip()}" if done.returncode else ""


def _complaints(folder: Path, document: Json) -> str:
    """What the tools say of a document: the linter, the generator, the compiler."""
    (folder / "openapi.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    tools = folder / "node_modules" / ".bin"
    return (
        run(str(tools / "spectral"), "lint", "openapi.json", "--ruleset", "spectral.yaml", "--fail-severity", "hint", cwd=folder)
        or run(str(tools / "openapi-typescript"), "openapi.json", "--output", "client.ts", cwd=folder)
        or run(str(tools / "tsc"), "--noEmit", "--strict", "client.ts", cwd=folder)
    )  # fmt: skip


def check() -> str:
    """Run all tools in a folder that goes when they are done; what is wrong, or nothing."""
    with tempfile.TemporaryDirectory(prefix="demarche-openapi-") as name:
        folder = Path(name)
        for file in TOOLS.iterdir():
            shutil.copy(file, folder)
        document = create(Settings(database_url=f"sqlite:///{folder / 'none.sqlite3'}")).openapi()
        faults = own_faults(document)
        if faults:
            return "\n".join(faults)
        say("Installing the tools …")
        failed = run("npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error", cwd=folder)
        failed = failed or _complaints(folder, document)
        if failed:
            return failed
        lines = len((folder / "client.ts").read_text(encoding="utf-8").splitlines())
        say("spectral: no problem.")
        say(f"openapi-typescript: {lines:,} lines, and the compiler takes them.")
        for spoilt in ("a dangling reference", "a name used twice", "an example that does not fit"):
            if not _complaints(folder, broken(document)[spoilt]):
                return f"The tools are content with a document that has {spoilt}: they check nothing."
        say("Three documents that were broken on purpose were found out.")
        return ""


def codes() -> None:
    """Print the table of codes as the README has it."""
    say("| code | status | meaning |\n| --- | --- | --- |")
    for name, code in CODES.items():
        say(f"| `{name}` | {code.status} | {code.meaning} |")


if __name__ == "__main__":
    if sys.argv[1:] == ["codes"]:
        codes()
    else:
        sys.exit(check() or 0)
