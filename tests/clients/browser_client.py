"""The browser SDK on a page in headless Chromium, with the sandbox on another origin."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from clients_world import HERE, Record, World

from cioform.emulator.serve import serve

SDK: Final = HERE / "node_modules" / "@customerio" / "cdp-analytics-browser" / "dist" / "umd"
FLAGS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # Nothing but loopback has a name.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # Time jumps from one thing to do to the next, and stands while a request is on its way.
    "--virtual-time-budget=8000",
    "--dump-dom",
)
_TOLD: Final = re.compile(r'<pre id="told">(.*?)</pre>', re.DOTALL)
_TYPES: Final = {".html": "text/html; charset=utf-8", ".js": "text/javascript"}


def chromium() -> str | None:
    """Where Chromium is, None when there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def visit(world: World, program: str) -> list[Record]:
    """What came of each call on a page that a browser without a past has loaded once.

    The page says what it called, the sandbox what it was asked: one request a call.
    """
    place = urlencode({"url": world.url, "write_key": world.opening["write_key"]})
    with serve(pages) as shop, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        address = f"{shop.url}/page.html#{place}"
        done = subprocess.run(
            [program, *FLAGS, f"--user-data-dir={profile}", address],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    found = _TOLD.search(done.stdout)
    assert found, done.stderr[-2000:]
    told: list[Record] = json.loads(html.unescape(found[1]))
    seen = list(world.recorder.seen)
    assert len(seen) == len(told), (told, seen)
    return [
        {"client": "AnalyticsBrowser", **call, "requests": [vars(asked)]}
        for call, asked in zip(told, seen, strict=True)
    ]


def pages(environ: Record, start_response: Any) -> Iterable[bytes]:
    """The shop's own server: the page, and the SDK as its package has it."""
    path = environ["PATH_INFO"]
    folder = SDK if path.startswith("/sdk/") else HERE / "browser"
    file = folder / Path(path).name
    if not file.is_file():
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]
    start_response("200 OK", [("Content-Type", _TYPES[file.suffix])])
    return [file.read_bytes()]
