"""A client that openapi-python-client makes of our document compiles, and works against a real server."""

import compileall
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from api.main import create
from api.settings import Settings
from tests import live
from tests.conftest import make_key
from tests.expect import Api
from tests.factories import world

GENERATE = "from openapi_python_client.cli import app; app()"


@pytest.fixture
def package(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a package with a client of our document, which can be imported."""
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(create(settings).openapi()), encoding="utf-8")
    config = tmp_path / "config.json"
    config.write_text('{"post_hooks": []}', encoding="utf-8")
    target = tmp_path / "generated" / "demarche_client"
    target.parent.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", GENERATE, "generate", "--path", document, "--config", config, "--meta", "none", "--output-path", target,
         "--fail-on-warning"],
        cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path), "NO_COLOR": "1"}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    monkeypatch.syspath_prepend(target.parent)
    yielded = target.name
    for name in [name for name in sys.modules if name.partition(".")[0] == yielded]:
        monkeypatch.delitem(sys.modules, name)
    return yielded


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_generated_client_reads_the_timeline_and_records_a_statement(
    package: str, tmp_path: Path, settings: Settings, client: TestClient
) -> None:
    assert compileall.compile_dir(tmp_path / "generated", quiet=1)
    key = make_key(settings.database_url, "desk", "editor")
    world(Api(client, key))

    def part(name: str) -> Any:
        return importlib.import_module(f"{package}.{name}")

    models = part("models")
    patience = httpx.Timeout(60)
    with (
        live.served(create(settings)) as url,
        part("client").Client(base_url=url, timeout=patience) as anyone,
        part("client").AuthenticatedClient(base_url=url, token=key, timeout=patience) as desk,
    ):
        assert part("api.timeline.read_timeline").sync(client=anyone).items == []

        body = models.StatementCreate(
            date="2025-03-13", actor="vladimir-putin", title="Agrees with the idea of a truce", topic="truce-in-principle",
            stance=models.Stance.SUPPORTS, source="kremlin-ru", url="http://en.kremlin.ru/events/president/news/76450", confidence="high",
        )  # fmt: skip
        made = part("api.statements.create_statement").sync_detailed(client=desk, body=body, idempotency_key="one")
        assert made.status_code == 201, made.content
        assert isinstance(made.parsed, models.StatementRead)

        read = part("api.statements.read_statement").sync(made.parsed.id, client=anyone)
        assert read.to_dict() == made.parsed.to_dict()
        assert (read.actor.name, read.stance, read.confidence) == ("Vladimir Putin", models.Stance.SUPPORTS, 85)

        page = part("api.timeline.read_actor_timeline").sync(
            "kremlin", client=anyone, affiliates=True, topic=["ceasefire"], from_="2025-03"
        )
        assert [one.id for one in page.items] == [made.parsed.id]
        assert page.next_ is None

        changed = part("api.statements.amend_statement").sync(
            made.parsed.id,
            client=desk,
            if_match=made.headers["etag"],
            body=models.StatementPatch(summary="In a paragraph."),
        )
        assert (changed.version, changed.summary, changed.title) == (2, "In a paragraph.", made.parsed.title)

        refused = part("api.statements.create_statement").sync(
            client=desk, body=models.StatementCreate.from_dict({**body.to_dict(), "actor": "putin"})
        )
        assert isinstance(refused, models.Problem)
        assert refused.errors[0].hint == "Did you mean vladimir-putin?"
