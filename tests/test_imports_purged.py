"""Imports purged: what one keeps of its file, beside the things that it made."""

import json

import pytest

from api.settings import Settings
from tests import desk
from tests.expect import Api, problem
from tests.factories import statement
from tests.test_purges import MARK, everything_stored, everything_verifies, purge


@pytest.fixture
def admin(api: Api, settings: Settings) -> Api:
    """The holder of an admin's key, at a desk with its nouns."""
    desk.nouns(api)
    return desk.holder(api, settings, "admin")


def test_what_an_import_keeps_of_its_file_goes_by_itself(admin: Api, settings: Settings) -> None:
    rows = [statement(title="Stays"), statement(title=MARK, actor="nobody"), statement(title=MARK, date=f"{MARK}-13")]
    content = "".join(f"{json.dumps({'noun': 'statement', **row})}\n" for row in rows).encode()
    params = {"format": "ndjson", "name": f"{MARK}.ndjson"}
    report = admin.send("POST", "/v1/imports", params=params, content=content).json()
    path, tag = report["path"], admin.tag(report["path"])
    assert (report["rows"], report["rejected"], report["purged_at"]) == (3, 2, None)
    assert MARK in everything_stored(settings)
    problem(purge(desk.holder(admin, settings, "editor"), path, tag), "forbidden")
    problem(purge(admin, path, '"2-00"'), "stale")
    told = purge(admin, path).json()
    assert (told["path"], told["rejects"], told["versions"]) == (path, 2, [])
    assert MARK not in everything_stored(settings)
    found = admin.get(path)
    assert (found["file_name"], found["purged_at"]) == (None, told["purged_at"])
    same = ("sha256", "rows", "rejected", "tallies")
    assert [found[name] for name in same] == [report[name] for name in same]
    assert admin.get(f"{path}/rejects")["items"] == [{"line": line, "faults": [], "cells": {}} for line in (2, 3)]
    assert admin.send("GET", f"{path}/rejects.ndjson").text == ""
    assert len(admin.send("GET", f"{path}/rejects.csv").text.splitlines()) == 1
    assert admin.get("/v1/timeline")["items"][0]["title"] == "Stays"
    problem(purge(admin, path), "purged")
    problem(purge(admin, "/v1/imports/none", tag), "not-found")
    assert everything_verifies(settings) == 0
