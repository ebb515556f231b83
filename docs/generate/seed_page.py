"""The page that shows each row of the integration page as commands, run in a sandbox."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import textwrap
from typing import Any, Final

from docs.generate.seed_scenes import BROWSER, SCENES, SETUP, Scene
from tests.support.clients.served_sandbox import CLIENTS, ROOT

PAGE: Final = ROOT / "docs" / "seed.md"
Transcript = dict[str, list[dict[str, Any]]]
"""The commands of each scene by its title: `line`, `text` and `code`."""


_INTRO: Final = """\
# The integration page in a terminal

Customer.io's integration page shows API requests. This page shows the same tasks as commands, run
in a sandbox without an account or network. The commands are the same in a live workspace. A test
runs them again and fails if the output differs from this page.

These commands prepare the sandbox. `content.json` has the content of the demo and a person, Sam,
who received the welcome message. To try the commands yourself, leave out `--from content.json`: the
sandbox then has the same content, without Sam.
"""
_CHANGING_VALUES: Final = (
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
"""Values that differ in every run of the browser, and their replacements."""

_PROJECT: Final = re.compile(r"/\S*/(?=\.cioform/)")
"""The folder of the project, which is another one in every run."""


def run_scenes(*browser: str) -> Transcript:
    """Run the scenes, or the browser scene with the path of a browser. Return the transcript."""
    program = [sys.executable, "-m", "docs.generate.seed_run", *browser]
    process = subprocess.run(
        program, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert process.returncode == 0, process.stderr
    transcript: Transcript = json.loads(process.stdout)
    return transcript


def page(transcript: Transcript, browser_transcript: Transcript) -> str:
    """Return the page."""
    return rows(transcript) + "\n" + browser_row(browser_transcript)


def rows(transcript: Transcript) -> str:
    """Return all rows except that of the browser."""
    setup = "\n".join(["```sh", *SETUP, "```"])
    sections = [_PROJECT.sub("", _row(scene, transcript)) for scene in SCENES]
    return "\n\n".join([_INTRO + "\n" + setup, *sections]) + "\n"


def browser_row(transcript: Transcript) -> str:
    """Return the row of the browser, with the script of the loaded page."""
    script = (CLIENTS / "browser" / "shop.js").read_text(encoding="utf-8")
    text = _row(BROWSER, transcript, f"```js\n{script}```")
    for pattern, replacement in _CHANGING_VALUES:
        text = pattern.sub(replacement, text)
    return text + "\n"


def _row(scene: Scene, transcript: Transcript, *more: str) -> str:
    terminal = "\n".join(_with_output(command) for command in transcript[scene.title])
    return "\n\n".join(
        [f"## {scene.title}", _wrapped(scene.description), *more, f"```text\n{terminal}```"]
    )


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


def _with_output(command: dict[str, Any]) -> str:
    lines = [line.rstrip() for line in command["text"].rstrip().splitlines()]
    code = [f"(exit code {command['code']})"] if command["code"] else []
    return "\n".join([f"$ {command['line']}", *lines, *code]) + "\n"
