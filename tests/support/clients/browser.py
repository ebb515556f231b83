"""Run the browser SDK on a page in headless Chromium, with the sandbox as another origin."""

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

from cioform.emulator.server.transports.serve import serve
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
    # No host except the loopback address can be resolved.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    # Virtual time: it skips idle time, and stops while a request is pending.
    "--virtual-time-budget=8000",
    "--dump-dom",
)
_RESULT: Final = re.compile(r'<pre id="result">(.*?)</pre>', re.DOTALL)
_TYPES: Final = {".html": "text/html; charset=utf-8", ".js": "text/javascript"}


def chromium() -> str | None:
    """Return the path of Chromium, or None if it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def visit(url: str, write_key: str, program: str) -> str:
    """Load the page in a browser with a new profile. Return its result: `done` or an error."""
    fragment = urlencode({"url": url, "write_key": write_key})
    with serve(pages) as shop, TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        address = f"{shop.url}/page.html#{fragment}"
        process = subprocess.run(
            [program, *FLAGS, f"--user-data-dir={profile}", address],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    match = _RESULT.search(process.stdout)
    assert match, process.stderr[-2000:]
    return html.unescape(match[1])


def pages(environ: Record, start_response: Any) -> Iterable[bytes]:
    """Serve the page and the SDK, as a WSGI application."""
    path = environ["PATH_INFO"]
    folder = SDK if path.startswith("/sdk/") else CLIENTS / "browser"
    file = folder / Path(path).name
    if not file.is_file():
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b""]
    start_response("200 OK", [("Content-Type", _TYPES[file.suffix])])
    return [file.read_bytes()]
