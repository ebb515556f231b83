"""The browser SDK on a page in headless Chromium, with the sandbox on another origin."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import urlencode

from cioform.emulator.server.serve import serve
from tests.support.clients.served_sandbox import CLIENTS, Record

SDK: Final = CLIENTS / "node_modules" / "@customerio" / "cdp-analytics-browser" / "dist" / "umd"
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


def visit(url: str, write_key: str, program: str) -> str:
    """What the page tells when a browser without a past has loaded it: `done`, or an error."""
    place = urlencode({"url": url, "write_key": write_key})
    with serve(pages) as shop, TemporaryDirectory(ignore_cleanup_errors=True) as profile:
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
    return html.unescape(found[1])


def pages(environ: Record, start_response: Any) -> Iterable[bytes]:
    """The shop's own server: the page, and the SDK as its package has it."""
    path = environ["PATH_INFO"]
    folder = SDK if path.startswith("/sdk/") else CLIENTS / "browser"
    file = folder / Path(path).name
    if not file.is_file():
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]
    start_response("200 OK", [("Content-Type", _TYPES[file.suffix])])
    return [file.read_bytes()]
