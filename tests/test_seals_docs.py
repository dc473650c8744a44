"""SEALS.md tells the truth: its sixteen lines check any proof and nothing else, and its commands are there."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from api.settings import Settings
from tests import desk
from tests.desk import said
from tests.expect import Api
from tests.test_seals import proof, seal

TEXT = (Path(__file__).resolve().parents[1] / "SEALS.md").read_text(encoding="utf-8")
CODE = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)[0]


def test_the_sixteen_lines_check_a_proof(api: Api, settings: Settings, tmp_path: Path) -> None:
    assert CODE.count("\n") == 16
    desk.nouns(api)
    paths = [said(api, title=f"Обещает {number}") for number in range(5)]
    sealed = seal(settings)[0]
    file = tmp_path / "proof.json"

    def checked(found: Any) -> subprocess.CompletedProcess[str]:
        file.write_text(json.dumps(found), encoding="utf-8")
        environment = {"PYTHONIOENCODING": "utf-8"}
        return subprocess.run([sys.executable, "-I", "-c", CODE, str(file)], capture_output=True, text=True, timeout=60, check=False,
                              env=environment, encoding="utf-8")  # fmt: skip

    for path in (paths[0], paths[-1]):
        found = proof(api, "statement", desk.uid(path))
        done = checked(found)
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith(f"is under seal {sealed.published}\n")
        assert f"Обещает {paths.index(path)}" in done.stdout
    for bent, told in (
        ({"content": found["content"].replace("4", "5")}, "the content is not what was entered"),
        ({"leaf_index": found["leaf_index"] - 1}, "it is not under this seal"),
        ({"path": [*found["path"], "00" * 32]}, "it is not under this seal"),
        ({"path": found["path"][:-1]}, "it is not under this seal"),
        ({"seal": {**found["seal"], "previous": "11" * 32}}, "this is not the seal"),
    ):
        done = checked({**found, **bent})
        assert done.returncode == 1
        assert f"AssertionError: {told}" in done.stderr
