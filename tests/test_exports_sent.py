"""Exports as they are sent: in which format, how they are made smaller, what is refused, and what breaks in the middle."""

import gzip
import http.client
import json
import socket
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from backports import zstd
from starlette.datastructures import Headers

from api import downloads, exports, questions
from api.formats.writers.registry import FORMATS
from api.main import create
from api.settings import Settings
from api.store import records
from schemas.vocabularies import Kind
from tests import live
from tests.clients import Client
from tests.desk import post, said, store
from tests.expect import Api, faults, problem
from tests.exported import lines, some
from tests.factories import statement, world

Json = dict[str, Any]
OPENED: dict[str | None, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "zstd": zstd.decompress, None: bytes}
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three items a page, so that few records make many pages."""
    monkeypatch.setattr(exports, "PAGE", 3)


@SQLITE
@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("*/*", "json"), ("application/json", "json"), ("text/csv", "csv"), ("TEXT/CSV;header=present", "csv"), ("text/csv, */*;q=0.1", "csv"),
        ("text/csv, application/json", "json"), ("text/csv;q=0.5, application/json;q=0.4", "csv"), ("text/csv, */*", "csv"),
        ("application/atom+xml, application/rss+xml;q=0.9, */*;q=0.1", "atom"), ("application/*", "json"), ("text/*", "csv"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "json"), ("application/json;q=0, */*;q=0.5", "ndjson"),
        ("application/geo+json", "geojson"), ("text/calendar", "ics"), ("application/feed+json", "jsonfeed.json"), ("application/x-ndjson", "ndjson"),
        ("application/stix+json;version=2.1", "stix.json"), ("application/vnd.timelinejs+json", "timelinejs.json"), ("text/html", None),
        ("text/csv;q=0", None), ("text/csv;q=1.2.3", None), ("garbage", None),
    ],
)  # fmt: skip
def test_accept_chooses_where_no_suffix_does(api: Api, accept: str, suffix: str | None) -> None:
    world(api)
    said(api)
    answer = api.send("GET", "/v1/timeline?limit=1", headers={"Accept": accept})
    assert "Accept" in answer.headers.get("vary", "Accept")
    if suffix is None:
        assert "text/csv, application/atom+xml" in problem(answer, "not-acceptable")["detail"]
    else:
        assert answer.headers["content-type"] == FORMATS[suffix].content_type
        assert answer.content == api.send("GET", f"/v1/timeline.{suffix}?limit=1").content
    # The suffix has chosen already.
    assert (
        api.send("GET", "/v1/timeline.csv", headers={"Accept": accept}).headers["content-type"]
        == FORMATS["csv"].content_type
    )


@SQLITE
def test_where_there_are_no_records_there_are_rows_alone(api: Api) -> None:
    world(api)
    for path in ("/v1/topics", "/v1/stances/current"):
        assert (
            api.send("GET", path, headers={"Accept": "text/csv"}).headers["content-type"] == FORMATS["csv"].content_type
        )
        told = problem(api.send("GET", path, headers={"Accept": "text/calendar"}), "not-acceptable")["detail"]
        assert "application/json, application/x-ndjson, text/csv" in told
        for suffix in ("ics", "xml", "JSON", "csv.gz", "%00", "%FF"):
            assert ".json, .ndjson, .csv" in problem(api.send("GET", f"{path}.{suffix}"), "not-found")["detail"]
    assert problem(api.send("GET", "/v1/topics.ndjsn"), "not-found")["detail"].endswith("Did you mean .ndjson?")
    problem(api.send("GET", "/v1/actors/kremlin", headers={"Accept": "text/csv"}), "not-acceptable")
    problem(api.send("POST", "/v1/statements", json=statement(), headers={"Accept": "text/csv"}), "not-acceptable")
    assert api.send("GET", "/v1/actors/kremln/timeline.csv").status_code == 404


@SQLITE
def test_all_faults_come_in_one_answer(api: Api) -> None:
    world(api)
    found = faults(
        api.send("GET", "/v1/timeline.atom?actor=kremln&limti=3&count=capped&profile=content&stance=suports&limit=501")
    )
    assert set(found) == {f"query.{name}" for name in ("actor", "limti", "limit", "count", "profile", "stance")}
    assert found["query.actor"]["hint"] == "Did you mean kremlin?"
    found = faults(api.send("GET", "/v1/timeline.csv?cursor=WyI&count=capped&limit=0"))
    assert "has the whole answer" in found["query.cursor"]["message"]
    assert set(found) == {"query.cursor", "query.count", "query.limit"}
    assert "At most 500" in str(faults(api.send("GET", "/v1/timeline.json?limit=501"))["query.limit"]["hint"])
    assert "At most 500" in str(faults(api.send("GET", "/v1/timeline.atom?limit=501"))["query.limit"]["hint"])
    assert "future" in faults(api.send("GET", "/v1/timeline.csv?as_of=2199"))["query.as_of"]["message"]
    problem(api.send("GET", "/v1/timeline.jsonfeed.json?cursor=WyI"), "cursor-mismatch")


@SQLITE
def test_answers_are_made_smaller_as_the_asker_likes(api: Api) -> None:
    some(api, 30)
    for path in ("/v1/timeline.csv", "/v1/timeline.atom", "/v1/facets.csv?facet=topic"):
        plain = api.send("GET", path, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers
        for accepted, coding in (("gzip", "gzip"), ("gzip, zstd", "zstd"), ("zstd;q=0.5, gzip;q=0.8", "gzip"), ("*", "zstd"), ("br", None),
                                 ("gzip;q=0", None), ("identity, gzip;q=0.5", None), ("GZIP ; q=1.0", "gzip"), ("gzip;q=2", None)):  # fmt: skip
            with api.client.stream("GET", path, headers={**api.headers, "Accept-Encoding": accepted}) as answer:
                raw = b"".join(answer.iter_raw())
            assert answer.headers.get("content-encoding") == coding, accepted
            assert OPENED[coding](raw) == plain.content
            assert "Accept-Encoding" in answer.headers["vary"]
            assert coding is None or len(raw) < len(plain.content)
            assert answer.headers["etag"].removeprefix("W/") == plain.headers["etag"].removeprefix("W/")
    assert "content-encoding" not in api.send("GET", "/v1/timeline.json", headers={"Accept-Encoding": "gzip"}).headers


@SQLITE
def test_a_file_has_a_name(api: Api) -> None:
    world(api)
    named = {"/v1/timeline.csv": "timeline.csv", "/v1/actors/kremlin/timeline.stix.json": "actors-kremlin-timeline.stix.json",
             "/v1/stances/current.csv": "stances-current.csv"}  # fmt: skip
    for path, name in named.items():
        assert api.send("GET", path).headers["content-disposition"] == f'inline; filename="{name}"'
        assert api.send("HEAD", path).headers["content-disposition"] == f'inline; filename="{name}"'
        assert api.send("HEAD", path).content == b""


def test_a_snapshot_is_had_in_the_formats_of_what_it_keeps(api: Api) -> None:
    paths = some(api)
    queries = {
        "/v1/timeline?actor=vladimir-putin": ("/v1/timeline.ndjson?actor=vladimir-putin", "ics"), paths[0]: (None, "ics"),
        f"{paths[0]}/thread": (None, "geojson"), "/v1/reactions": ("/v1/reactions.ndjson", "csv"), "/v1/topics": ("/v1/topics.ndjson", "csv"),
        "/v1/topics/ceasefire": (None, "csv"), f"{paths[0]}/codings": (None, "csv"), "/v1/facets?facet=stance": ("/v1/facets.ndjson?facet=stance", "csv"),
        "/v1/stances/current": ("/v1/stances/current.ndjson", "csv"), "/v1/codings": ("/v1/codings.ndjson", "csv"),
        "/v1/actors/kremlin/affiliations": ("/v1/actors/kremlin/affiliations.ndjson", "csv"),
    }  # fmt: skip
    taken = {query: post(api, "/v1/snapshots", {"query": query}) for query in queries}
    before = {query: lines(api.send("GET", other)) for query, (other, _) in queries.items() if other}
    said(api)
    for query, (_, suffix) in queries.items():
        path = taken[query]["path"]
        found = lines(api.send("GET", f"{path}.ndjson"))
        assert len(found) > 0
        assert found == before.get(query, found)
        other = api.send("GET", f"{path}.{suffix}")
        assert other.headers["content-type"] == FORMATS[suffix].content_type
        assert api.send("GET", path, headers={"Accept": FORMATS[suffix].media_type}).content == other.content
        assert api.send("GET", f"{path}.json").content == api.send("GET", path).content
        tag = other.headers["etag"]
        assert api.send("GET", f"{path}.{suffix}", headers={"If-None-Match": tag}).status_code == 304
    problem(api.send("GET", f"{taken['/v1/topics']['path']}.ics"), "not-found")
    problem(api.send("GET", "/v1/snapshots/nothing.csv"), "not-found")
    content = lines(api.send("GET", f"{taken['/v1/topics']['path']}.ndjson?profile=content"))
    assert content == lines(api.send("GET", "/v1/topics.ndjson?profile=content"))
    assert "profile" in str(faults(api.send("GET", f"{taken['/v1/facets?facet=stance']['path']}.csv?profile=content")))
    agreed = post(api, "/v1/snapshots", {"query": "/v1/codings/agreement"})["path"]
    assert (
        problem(api.send("GET", f"{agreed}.csv"), "not-found")["detail"] == "There is no such format here, but .json."
    )


@SQLITE
def test_where_reading_needs_a_key_so_do_exports(settings: Settings) -> None:
    with Client(create(settings.model_copy(update={"public_reads": False}))) as client:
        for path in (
            "/v1/timeline.csv",
            "/v1/topics.ndjson",
            "/v1/facets.csv",
            "/v1/timeline.json",
            "/v1/snapshots/x.csv",
        ):
            problem(client.get(path), "key-required")
            problem(client.get(path, headers={"Authorization": "Bearer nonsense"}), "key-invalid")


@SQLITE
def test_addresses_are_whole_where_the_service_knows_its_own(settings: Settings, api: Api) -> None:
    some(api)
    with Client(create(settings.model_copy(update={"public_url": "https://demarche.example/x/"}))) as client:
        feed = client.get("/v1/timeline.jsonfeed.json?limit=1", headers={"Host": "evil.example"}).json()
        assert feed["next_url"].startswith("https://demarche.example/x/v1/timeline.jsonfeed.json?limit=1&cursor=")
        assert feed["items"][0]["url"].startswith("https://demarche.example/x/v1/")
        assert (
            'href="https://demarche.example/x/v1/timeline.atom?limit=1"' in client.get("/v1/timeline.atom?limit=1").text
        )


def test_signals_without_an_answer_are_those_of_now(api: Api) -> None:
    some(api)
    assert (
        lines(api.send("GET", "/v1/reactions/unanswered.ndjson"))
        == api.get("/v1/reactions/unanswered?limit=500")["items"]
        != []
    )


def failing(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    """Let the database be away from the page with this number on."""
    asking, asked = questions.ask, 0

    async def ask(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked < at:
            return await asking(*given)
        body = json.dumps({"code": "unavailable", "detail": "The database does not answer."}).encode()
        return questions.Told(503, Headers(), body)

    monkeypatch.setattr(questions, "ask", ask)


def broken(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Set when an export was broken off."""
    ended = threading.Event()
    monkeypatch.setattr(downloads.log, "warning", lambda *_told: ended.set())
    return ended


@SQLITE
@pytest.mark.parametrize(
    "suffix", [one.suffix for one in FORMATS.values() if one.suffix not in ("json", "atom", "jsonfeed.json")]
)
def test_what_fails_in_the_middle_does_not_end(
    settings: Settings, api: Api, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    some(api)
    ended = broken(monkeypatch)
    with live.served(create(settings)) as url:
        for accepted in ("identity", "gzip"):
            with (
                monkeypatch.context() as patched,
                closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection,
            ):
                failing(patched, 2)
                connection.request("GET", f"/v1/timeline.{suffix}", headers={"Accept-Encoding": accepted})
                with pytest.raises((http.client.IncompleteRead, http.client.RemoteDisconnected, ConnectionResetError)):
                    connection.getresponse().read()
            assert ended.wait(60)


@SQLITE
def test_what_fails_at_first_is_a_refusal(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    some(api)
    failing(monkeypatch, 1)
    assert api.send("GET", "/v1/timeline.csv").status_code == 503


@SQLITE
def test_a_reader_who_takes_nothing_is_cut_off(settings: Settings, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    world(api)
    with store(settings) as writing:
        for number in range(150):
            records.create(writing, Kind.STATEMENT, statement(title=f"Number {number}", summary="й" * 20_000))
    monkeypatch.setattr(downloads, "SEND_SECONDS", 0.2)
    with live.served(create(settings)) as url, socket.socket() as stuck:
        place = urlsplit(url)
        stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stuck.settimeout(60)
        stuck.connect((place.hostname, place.port))
        ended = broken(monkeypatch)
        stuck.sendall(b"GET /v1/timeline.ndjson HTTP/1.1\r\nHost: x\r\n\r\n")
        assert ended.wait(60)
        found = b""
        with suppress(ConnectionResetError):
            while part := stuck.recv(65_536):
                found += part
    assert found.startswith(b"HTTP/1.1 200")
    assert not found.endswith(b"0\r\n\r\n")


@SQLITE
def test_so_many_exports_are_under_way_and_no_more(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    some(api)
    app: Any = api.client.app
    assert api.send("GET", "/v1/timeline.csv").status_code == 200
    assert app.state.downloads == set()
    monkeypatch.setattr(downloads, "MOST_DOWNLOADS", 0)
    answer = api.send("GET", "/v1/timeline.csv")
    problem(answer, "too-many-streams")
    assert answer.headers["retry-after"] == "30"
    assert api.send("GET", "/v1/timeline.json").status_code == 200


@SQLITE
def test_what_has_moved_has_moved_in_every_format(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    world(api)

    async def moved(*_given: Any) -> Any:
        return questions.Told(308, Headers({"location": "/v1/actors/russia/timeline?from=2022&limit=3"}), b"")

    monkeypatch.setattr(questions, "ask", moved)
    for suffix in ("csv", "json", "atom"):
        answer = api.send("GET", f"/v1/actors/kremlin/timeline.{suffix}?from=2022", follow_redirects=False)
        assert answer.status_code == 308
        assert answer.headers["location"] == f"/v1/actors/russia/timeline.{suffix}?from=2022"
