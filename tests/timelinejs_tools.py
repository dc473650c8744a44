"""Timelines of the demo set put to TimelineJS itself, in a browser, by the page that docs/dashboards.md shows.

`make check-timelinejs` runs it. The page tells what it shows to the server that it came from.
"""

import copy
import io
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from api.commands import demo
from api.main import create
from api.settings import Settings
from tests.live import served
from tests.openapi_tools import run, say

Json = dict[str, Any]
TOOLS = Path(__file__).resolve().parent / "timelinejs"
GUIDE = TOOLS.parents[1] / "docs" / "dashboards.md"
PATIENCE = 120  # seconds that a browser has to show a page
PATHS = ("/v1/actors/kremlin/timeline.timelinejs.json?topic=ceasefire", "/v1/timeline.timelinejs.json?from=2025-03")
# Prints where the browser is, which the package unpacks into TMPDIR, and how it is to be started.
BROWSER = 'import chromium from "@sparticuz/chromium"; console.log(JSON.stringify([await chromium.executablePath(), ...chromium.args]))'
# It has its own libraries with it where it is told that it runs on the machine they were made for.
BARE = {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs24.x"}
# All markers are there at once, so that what is there two looks in a row is all there is.
REPORT = """<script>
let before = 0;
setInterval(() => {
  const texts = name => [...document.querySelectorAll(name)].map(one => one.textContent.trim());
  const found = {titles: texts(".tl-timemarker h2"), slides: texts(".tl-slide h2"), complaint: texts(".tl-message-content").join(" ")};
  const n = document.querySelectorAll(".tl-timemarker").length;
  if ((n && n === before) || (!n && /error|invalid/i.test(found.complaint)))
    fetch("/told", {method: "POST", body: JSON.stringify({...found, n})});
  before = n;
}, 500);
</script>"""


class Pages(SimpleHTTPRequestHandler):
    """Files of a folder, and what their pages tell."""

    told: queue.Queue[Json] = queue.Queue()

    def do_POST(self) -> None:
        """Take what a page tells."""
        self.told.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of requests."""


@contextmanager
def _pages(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Pages, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _page(address: str) -> str:
    """The page of the guide, with TimelineJS of this folder, a timeline at this address, and a report of what is shown."""
    found = re.search(r"## TimelineJS\n\n```html\n(.+?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert found, "the guide has no page of TimelineJS"
    page = found[1].replace(
        "https://cdn.knightlab.com/libs/timeline3/latest", "/node_modules/@knight-lab/timelinejs/dist"
    )
    page = re.sub(r"http://127\.0\.0\.1:8000/[^\"]+", address, page)
    assert "://" not in page.replace(address, ""), "the page asks another server"
    return f"<!doctype html><meta charset=utf-8>{page}{REPORT}"


def _shown(folder: Path, site: str, browser: list[str], address: str) -> Json:
    """What TimelineJS shows of the timeline at this address."""
    (folder / "page.html").write_text(_page(address), encoding="utf-8")
    command = [*browser, f"--user-data-dir={folder / 'profile'}", f"{site}/page.html"]
    libraries = {
        "LD_LIBRARY_PATH": str(folder / "al2023" / "lib"),
        "FONTCONFIG_PATH": str(folder / "fonts"),
        "HOME": str(folder),
    }
    with subprocess.Popen(
        command, env={**os.environ, **libraries}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        try:
            return Pages.told.get(timeout=PATIENCE)
        except queue.Empty:
            return {"n": 0, "titles": [], "slides": [], "complaint": f"nothing was shown in {PATIENCE} seconds"}
        finally:
            running.kill()
            while not Pages.told.empty():
                Pages.told.get()


def _missing(shown: Json, timeline: Json) -> str:
    """What TimelineJS should have shown and did not; empty where it showed everything."""
    titles = sorted(_plain(event["text"]["headline"]) for event in timeline["events"])
    if shown["n"] == len(titles) and sorted(shown["titles"]) == titles:
        return ""
    return f"{shown['n']} of {len(titles)} entries are shown. {shown['complaint']}".strip()


def _plain(html: str) -> str:
    return " ".join(unescape(html).split())


def check() -> str:
    """Show timelines in a folder that goes when they were shown; what is wrong, or nothing."""
    with tempfile.TemporaryDirectory(prefix="demarche-timelinejs-") as name:
        folder = Path(name)
        for file in TOOLS.iterdir():
            shutil.copy(file, folder)
        say("Installing TimelineJS and a browser …")
        failed = run("npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error", cwd=folder)
        if failed:
            return failed
        asked = ("node", "--input-type=module", "--eval", BROWSER)
        unpacked = subprocess.run(
            asked, cwd=folder, env={**os.environ, **BARE, "TMPDIR": name}, capture_output=True, text=True, check=True
        )
        settings = Settings(database_url=f"sqlite:///{folder / 'demo.sqlite3'}")
        with redirect_stdout(io.StringIO()):
            demo.run(settings, as_json=True)
        with served(create(settings)) as service, _pages(folder) as site:
            return _look(folder, site, json.loads(unpacked.stdout), service)


def _look(folder: Path, site: str, browser: list[str], service: str) -> str:
    timeline: Json = {}
    for path in PATHS:
        with urllib.request.urlopen(service + path, timeout=60) as answer:
            timeline = json.load(answer)
        missing = _missing(_shown(folder, site, browser, service + path), timeline)
        if missing or not timeline["events"]:
            return f"{path}: {missing or 'there is nothing in it'}"
        say(f"TimelineJS shows all {len(timeline['events']):,} entries of {path}")
    for spoilt in ("a date", "an entry"):
        broken = copy.deepcopy(timeline)
        if spoilt == "a date":
            broken["events"][0]["start_date"] = {"year": "soon"}
        else:
            del broken["events"][0]
        (folder / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
        if not _missing(_shown(folder, site, browser, f"{site}/broken.json"), timeline):
            return f"A timeline with {spoilt} spoilt looks like a whole one: this checks nothing."
    say("Two timelines that were broken on purpose were found out.")
    return ""


if __name__ == "__main__":
    sys.exit(check() or 0)
