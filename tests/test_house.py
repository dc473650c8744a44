"""The rules of the house that no linter knows; each stands for an accident that it prevents."""

import ast
import functools
import importlib.metadata
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "misc", "services", "service", "manager", "managers"}
LONGEST_MODULE = 400

# Written so that this file does not break its own rules.
MACHINE_PATH = re.compile(r"(?<![\w.$}-])/(?:(?:work|root)/|home/[a-z]|Users/[A-Za-z])")
PLACE_OF_PACKAGES = re.compile(r"https?:|--(?:index-url|extra-index-url|find-links|trusted-host)|@ file:")
PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]+\])?==(?P<version>[^\s;\\]+)(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE
)

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
GROUPS = {name: [Requirement(line) for line in lines] for name, lines in PROJECT["dependency-groups"].items()}
LOCKS = {
    "requirements.lock": RUN,
    "requirements-dev.lock": RUN + GROUPS["dev"],
    "requirements-openapi.lock": GROUPS["openapi"],
}


@functools.cache
def committed() -> list[Path]:
    """Give every file that is committed, or would be by `git add --all`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout.decode()
    found = [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]
    assert Path("tests/test_house.py") in found, "git does not list this very file"
    return found


def text_of(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def modules(*folders: str) -> Iterator[tuple[Path, ast.Module]]:
    """Give every committed module under these folders; a folder without any would make a rule that can't fail."""
    for folder in folders:
        found = [path for path in committed() if path.suffix == ".py" and path.is_relative_to(folder)]
        assert found, f"there is no module in {folder}/"
        for path in found:
            yield path, ast.parse(text_of(path))


def pins(lock: str) -> dict[str, tuple[str, str]]:
    """Give the version and the rest of the entry, hashes and all, of each package in a lock file."""
    found = PIN.finditer(text_of(Path(lock)))
    entries: dict[str, tuple[str, str]] = {canonicalize_name(m["name"]): (m["version"], m["rest"]) for m in found}
    assert entries, f"{lock} pins nothing"
    return entries


def test_the_migrations_do_not_shadow_their_library() -> None:
    # With it, `from alembic import op` finds our folder, and every migration fails.
    assert not (ROOT / "alembic" / "__init__.py").exists()


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    faults = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path in committed()
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]
    assert not faults, "\n".join(faults)


def test_lock_files_name_no_place_to_get_packages_from() -> None:
    locks = [path for path in committed() if path.suffix == ".lock" or path.name.startswith("requirements")]
    assert {str(path) for path in locks} >= set(LOCKS)
    faults = [f"{path}: {found[0]}" for path in locks if (found := PLACE_OF_PACKAGES.search(text_of(path)))]
    assert not faults, faults


def test_lock_files_hold_every_dependency_as_pyproject_wants_it() -> None:
    faults = []
    for lock, requirements in LOCKS.items():
        locked = pins(lock)
        for requirement in requirements:
            version, _ = locked.get(canonicalize_name(requirement.name), ("absent", ""))
            if version == "absent" or not requirement.specifier.contains(version, prereleases=True):
                faults.append(f"{lock}: {requirement} is {version}")
    assert not faults, f"{faults}: run `make lock`"


def test_a_package_that_is_wanted_with_extras_is_locked_with_them() -> None:
    # pip before 23.3 takes name[extra] for a package of its own: on the day that coverage 7.17.4 appeared it chose that for
    # coverage[toml], found no hash for it, and installed nothing.
    faults = [
        f"{lock}: {wanted} (for {name})"
        for lock in LOCKS
        for name in pins(lock)
        for wanted in map(Requirement, _requires(name))
        if wanted.extras and (not wanted.marker or wanted.marker.evaluate({"extra": ""}))
        if f"\n{canonicalize_name(wanted.name)}[{','.join(sorted(wanted.extras))}]==" not in f"\n{text_of(Path(lock))}"
    ]
    assert not faults, f"{faults}: run `make lock`"


def _requires(name: str) -> list[str]:
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:  # not for this system, or of the OpenAPI tools
        return []


def test_every_locked_package_has_its_hashes() -> None:
    faults = [
        f"{lock}: {name}"
        for lock in LOCKS
        for name, (_, rest) in pins(lock).items()
        if not re.search(r"--hash=sha256:[0-9a-f]{64}\b", rest)
    ]
    assert not faults, faults


def test_the_tests_run_on_what_users_run_on() -> None:
    development = {name: version for name, (version, _) in pins("requirements-dev.lock").items()}
    faults = [
        f"{name}: {version} for users, {development.get(name)} in the tests"
        for name, (version, _) in pins("requirements.lock").items()
        if development.get(name) != version
    ]
    assert not faults, f"{faults}: run `make lock`"


def test_every_dependency_has_its_reason() -> None:
    reasons = text_of(Path("DECISIONS.md")).lower()
    wanted = {requirement.name for requirement in (*RUN, *(one for group in GROUPS.values() for one in group))}
    faults = {name for name in wanted if not re.search(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])", reasons)}
    assert not faults, f"no line in DECISIONS.md says why we need {sorted(faults)}"


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    faults = [
        f"{path}: {length} lines"
        for path in committed()
        if path.suffix == ".py" and not path.is_relative_to("alembic/versions")
        if (length := len(text_of(path).splitlines())) > LONGEST_MODULE
    ]
    assert not faults, faults


def test_no_file_or_folder_has_a_name_that_says_nothing() -> None:
    faults = [
        str(path)
        for path in committed()
        if VAGUE & {part.split(".", 1)[0].strip("_").lower() for part in path.parts if not part.startswith(".")}
    ]
    assert not faults, faults


def test_every_module_says_what_it_is_for() -> None:
    faults = [str(path) for path, tree in modules("api", "schemas") if not ast.get_docstring(tree)]
    assert not faults, faults


def commits(node: ast.AST) -> bool:
    """Tell whether this is the method, called or handed on, or the statement, sent as text."""
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        statement = str(node.args[0].value).strip(" ;\n").lower()
        return name in {"text", "exec", "execute", "exec_driver_sql"} and statement in {"commit", "end"}
    return isinstance(node, ast.Attribute) and node.attr == "commit"


def test_there_is_one_commit() -> None:
    # It happens before the response leaves; a second one would make half a request durable.
    found = [(str(path), node) for path, tree in modules("api") for node in ast.walk(tree) if commits(node)]
    places = [f"{path}:{getattr(node, 'lineno', 0)}" for path, node in found]
    assert [path for path, _ in found] == ["api/database.py"], places


def test_endpoints_and_what_the_store_offers_are_described() -> None:
    described = [(path, node) for path, tree in modules("api/routers") for node in ast.walk(tree)]
    for path, tree in modules("api/store"):
        offered = [node for node in tree.body if not getattr(node, "name", "_").startswith("_")]
        methods = [node for owner in offered if isinstance(owner, ast.ClassDef) for node in owner.body]
        described += [(path, node) for node in (*offered, *methods) if not getattr(node, "name", "_").startswith("_")]
    faults = [
        f"{path}:{node.lineno}: {node.name}"
        for path, node in described
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not ast.get_docstring(node)
    ]
    assert not faults, "\n".join(faults)
