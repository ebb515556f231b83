"""The tour of a team, with the output of each command."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from docs.generate.pages import ROOT
from docs.generate.tour_scenes import GIT_LOG, PORT, Scene, scenes

PAGE: Final = ROOT / "docs" / "team-tour.md"
Shown = Sequence[Sequence[dict[str, Any]]]
"""What each step of each scene wrote or printed."""

_INTRO: Final = (
    "Ada and Ben work on two workspaces, staging and production, in clones of one repository. "
    "This tour shows a week of their work. They plan, review and merge a change, apply it "
    "from the other clone, and promote it to production. They deal with an edit in the "
    "browser, and with a mistake. A test runs every command again, and fails if the output "
    "differs from this page."
)
_SETUP: Final = (
    "To follow the tour, serve a sandbox in the folder `ada`, which takes the place of "
    "Customer.io. Set the credentials that it prints as `CUSTOMERIO_STAGING_APP_API_KEY`, "
    "`CUSTOMERIO_STAGING_SERVICE_ACCOUNT_TOKEN`, and the same for `PRODUCTION`:"
)
_COMMANDS: Final = f"""\
git init --bare --initial-branch=main acme.git      # takes the place of GitHub
git clone acme.git ada && git clone acme.git ben
mkdir ada/workspaces && cd ada
cioform sandbox serve production --port {PORT} --no-limit --json
cioform sandbox serve staging --json                # in another terminal, for its credentials
"""
_BUCKET: Final = (
    "If your jobs may not push, or the repository is public, keep the state in a bucket: "
    "`state: {backend: object, url: s3://acme-state/production}`. Everything in this tour "
    "stays the same, except that there is no log of a branch; `cioform history` and `cioform "
    "audit` show the history instead. [State](state.md) says how to set up a bucket, and "
    "[CI](ci.md) how jobs use the state."
)


def run_tour() -> Shown:
    """Run the tour in a process of its own, and return what it showed."""
    process = subprocess.run(
        [sys.executable, "-m", "docs.generate.tour_run"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    shown: Shown = json.loads(process.stdout)
    return shown


def generate_pages() -> dict[Path, str]:
    """Return the text of the page, by its path."""
    return {PAGE: page(run_tour())}


def page(shown: Shown) -> str:
    """Return the page."""
    played = (*scenes("{backend: git}", "a branch"), GIT_LOG)
    sections = [_section(scene, steps) for scene, steps in zip(played, shown, strict=True)]
    intro = f"# A team and its machines\n\n{_wrapped(_INTRO)}\n\n{_wrapped(_SETUP)}\n"
    setup = f"```text\n{_COMMANDS}```\n"
    return "\n".join([intro, setup, *sections, f"## With a bucket\n\n{_wrapped(_BUCKET)}\n"])


def _section(scene: Scene, steps: Sequence[dict[str, Any]]) -> str:
    parts = [f"## {scene.title}", _wrapped(scene.description)]
    for (who, is_file), group in groupby(steps, key=lambda each: (each["who"], "path" in each)):
        found = list(group)
        parts += map(_file, found) if is_file else [_terminal(who, found)]
    return "\n\n".join(parts) + "\n"


def _file(step: dict[str, Any]) -> str:
    name = step["who"].capitalize()
    if step["before"]:
        return f"{name} replaces `{step['before']}` with `{step['text']}` in `{step['path']}`."
    return f"{name} writes `{step['path']}`:\n\n```text\n{step['text']}```"


def _terminal(who: str, steps: Sequence[dict[str, Any]]) -> str:
    shown = "\n".join(map(_command, steps))
    return f"In {who.capitalize()}'s clone:\n\n```text\n{shown.rstrip()}\n```"


def _command(step: dict[str, Any]) -> str:
    code = f"(exit code {step['code']})\n" if step["code"] else ""
    output = "".join(f"{line.rstrip()}\n" for line in step["text"].rstrip().splitlines())
    return f"$ {step['line']}\n{output}{code}"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 118, break_long_words=False, break_on_hyphens=False)
