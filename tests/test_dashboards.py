"""The guide to dashboards tells the truth: every address in it answers on the demo set, with the columns that it names."""

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.exportables import EXPORTABLES
from api.formats.writers.registry import FORMATS
from api.main import create
from api.settings import Settings
from tests.clients import Client

DOCS = Path(__file__).resolve().parents[1] / "docs"
GUIDE = (DOCS / "dashboards.md").read_text(encoding="utf-8")
BOARD: dict[str, Any] = json.loads((DOCS / "grafana-dashboard.json").read_text(encoding="utf-8"))
BASE = "http://127.0.0.1:8000"
ADDRESSES = sorted(set(re.findall(rf"{BASE}(/v1/[^\s`\"')]+)", GUIDE)))
MOMENTS = {"__from": "1640995200000", "__to": "1767225599000"}


@pytest.fixture
def demo(demo_url: str) -> Iterator[TestClient]:
    """The demo set."""
    with Client(create(Settings(database_url=demo_url))) as opened:
        yield opened


def test_every_address_of_the_guide_answers(demo: TestClient) -> None:
    assert len(ADDRESSES) > 12
    suffixes = set()
    for address in ADDRESSES:
        answer = demo.get(address)
        assert answer.status_code == 200, address
        suffix = address.partition("?")[0].partition(".")[2] or "json"
        suffixes.add(suffix)
        assert answer.headers["content-type"] == FORMATS[suffix].content_type
        assert len(answer.content) > 300, address
        if suffix == "csv":
            assert len(list(csv.reader(io.StringIO(answer.text, newline="")))) > 1, address
    assert suffixes == set(FORMATS)


def test_the_guide_names_every_format_and_every_list() -> None:
    table = dict(re.findall(r"\| `\.([a-z.]+)` \| `([^`]+)` \|", GUIDE))
    assert table == {suffix: one.media_type for suffix, one in FORMATS.items()}
    told = GUIDE.partition("Records (")[2].partition("A snapshot")[0]
    assert set(re.findall(r"`(/v1/[^`]+)`", told)) == set(EXPORTABLES)


def test_the_columns_that_the_guide_takes_are_there(demo: TestClient) -> None:
    header = demo.get("/v1/timeline.csv?limit=1").text.partition("\r\n")[0].split(",")
    series = demo.get("/v1/stances/series.csv?actor=kremlin&topic=ceasefire").text.partition("\r\n")[0].split(",")
    for name in (
        "date_earliest",
        "date_latest",
        "stance_score",
        "confidence",
        "stance",
        "topic",
        "source",
        "url",
        "more_topics",
        "more_citations",
        "participants",
        "tags",
    ):
        assert name in header
        assert name in GUIDE
    for name in ("period_start", "mean", "actor_name", "n"):
        assert name in series
        assert name in GUIDE


def asked(demo: TestClient, target: dict[str, Any]) -> Response:
    """What a panel asks for."""
    values = {one["name"]: one["current"]["value"] for one in BOARD["templating"]["list"] if "current" in one} | MOMENTS
    address = re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], target["url"])
    assert address.startswith(BASE)
    return demo.get(address.removeprefix(BASE))


def test_every_panel_of_the_grafana_dashboard_has_rows_with_its_columns(demo: TestClient) -> None:
    targets = [target for panel in BOARD["panels"] for target in panel["targets"]]
    assert len(targets) == 5
    for target in targets:
        answer = asked(demo, target)
        assert answer.status_code == 200, f"{target['url']}: {answer.text}"
        rows = (
            answer.json()[target["root_selector"]]
            if target["type"] == "json"
            else list(csv.DictReader(io.StringIO(answer.text, newline="")))
        )
        assert rows, target["url"]
        for column in target["columns"]:
            assert column["selector"] in rows[0], target["url"]
            if column["type"] == "timestamp":
                assert re.fullmatch(r"\d{4}-\d\d-\d\d", rows[0][column["selector"]])
            if column["type"] == "number":
                assert any(re.fullmatch(r"-?[\d.]+", str(row[column["selector"]])) for row in rows)


def test_the_dashboard_names_its_data_source_and_nobody_elses_address() -> None:
    text = json.dumps(BOARD)
    assert set(re.findall(r"https?://[^\"/]+", text)) == {BASE}
    assert {panel["datasource"]["uid"] for panel in BOARD["panels"]} == {"${datasource}"}
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])
