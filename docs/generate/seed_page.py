"""The page that shows the integration page's rows as a terminal, from a run on the sandbox."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from typing import Any, Final

from docs.generate.seed_scenes import BROWSER, PREPARED, SCENES, Scene
from tests.support.clients.served_sandbox import CLIENTS, ROOT

PAGE: Final = ROOT / "docs" / "seed.md"
Told = dict[str, list[dict[str, Any]]]

_INTRO: Final = """\
# Customer.io's integration page, row by row

What Customer.io's integration page does by hand-written requests, done with commands, in the
sandbox: no account and no network. The same commands do it in a live workspace. This page is the
terminal of a run: a test makes it anew and fails when anything is said differently.

Before the first row (`content.json` is the demo's content, and Sam, who was sent the welcome):
"""
_LIVELY: Final = (
    (
        re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(\d{10}\)"),
        "2026-03-02T09:30:00Z (1772443800)",
    ),
    (re.compile(r"127\.0\.0\.1:\d{5}"), "127.0.0.1:50000"),
    (
        re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        "9a1c7c1e-0b5f-4c1e-8f0e-1d2c3b4a5968",
    ),
)
"""What a browser brings along that is never twice the same, and what stands in its place."""


def tell(*browser: str) -> Told:
    """Run the scenes, or with the path of a browser its own, and give what the commands said."""
    program = [sys.executable, "-m", "docs.generate.seed_run", *browser]
    done = subprocess.run(
        program, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    told: Told = json.loads(done.stdout)
    return told


def page(told: Told, by_browser: Told) -> str:
    """Give the whole page."""
    return rows(told) + "\n" + browser_row(by_browser)


def rows(told: Told) -> str:
    """Give all but the browser's row."""
    begun = "\n".join(["```sh", *PREPARED, "```"])
    return "\n\n".join([_INTRO + "\n" + begun, *(_row(scene, told) for scene in SCENES)]) + "\n"


def browser_row(told: Told) -> str:
    """Give the browser's row, with the script of the page that was loaded."""
    script = (CLIENTS / "browser" / "shop.js").read_text(encoding="utf-8")
    text = _row(BROWSER, told, f"```js\n{script}```")
    for lively, instead in _LIVELY:
        text = lively.sub(instead, text)
    return text + "\n"


def _row(scene: Scene, told: Told, *more: str) -> str:
    terminal = "\n".join(_said(each) for each in told[scene.title])
    return "\n\n".join(
        [f"## {scene.title}", _filled(scene.words), *more, f"```text\n{terminal}```"]
    )


def _filled(words: str) -> str:
    return textwrap.fill(words, 100, break_long_words=False, break_on_hyphens=False)


def _said(each: dict[str, Any]) -> str:
    lines = [line.rstrip() for line in each["text"].rstrip().splitlines()]
    code = [f"(exit code {each['code']})"] if each["code"] else []
    return "\n".join([f"$ {each['line']}", *lines, *code]) + "\n"
