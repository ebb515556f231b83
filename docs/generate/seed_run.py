"""Runs the scenes in a new project and prints what each command said, as JSON.

A process of its own, for the clock is not the machine's: it stands at one moment and moves by a
second with every command, so that the same is said every time. With the address of a browser as
its argument it runs that scene alone, by the machine's clock, which the browser goes by.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from contextlib import chdir, redirect_stderr, redirect_stdout
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from docs.generate.seed_scenes import BROWSER, PREPARED, SCENES, Run

NOW: Final = 1_772_443_800
"""2026-03-02 09:30 UTC."""
DAY: Final = 86_400


class Clock:
    """Time that moves when it is told to."""

    now = float(NOW)

    def __call__(self) -> float:
        return self.now


def main() -> None:
    """Run the scenes, or the browser's."""
    program = next(iter(sys.argv[1:]), None)
    clock = Clock()
    if program is None:
        time.time = clock  # before anything of ours is imported, which takes it as it is then
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1"}
    with TemporaryDirectory() as place, chdir(place):
        Path("content.json").write_text(json.dumps(content()), encoding="utf-8")
        for line in PREPARED:
            said(Run(line), clock)
        if program is not None:
            browse(Path(place), program)
        scenes = SCENES if program is None else (BROWSER,)
        told = {scene.title: [said(run, clock) for run in scene.runs] for scene in scenes}
    json.dump(told, sys.stdout)


def said(run: Run, clock: Clock) -> dict[str, Any]:
    """What a command prints, both streams as they would meet on a terminal."""
    from cioform.cli.app import run as cioform

    clock.now += 1
    terminal = io.StringIO()
    with redirect_stdout(terminal), redirect_stderr(terminal):
        code = cioform(run.words[1:])
    if code != run.code:
        raise AssertionError(f"{run.line} ended with {code}:\n{terminal.getvalue()}")
    return {"line": run.line, "text": terminal.getvalue(), "code": code}


def browse(root: Path, program: str) -> None:
    """Let a browser load a page that uses the SDK, against this project's sandbox."""
    from cioform.emulator.store.database import write_key
    from cioform.services.sandbox.serving import serve_sandbox
    from tests.support.clients.browser import visit

    with serve_sandbox(root, "acme", rate=None) as served:
        told = visit(str(served.info["track"]), write_key("acme"), program)
    if told != "done":
        raise AssertionError(told)


def content() -> dict[str, Any]:
    """The demo's content, and somebody who was sent the welcome and followed its link."""
    demo = resources.files("cioform.emulator") / "seeds" / "demo.json"
    made: dict[str, Any] = json.loads(demo.read_text("utf-8"))
    made["people"] = [SAM]
    made["deliveries"] = [delivery(days, opened=days > 1) for days in (4, 2, 1)]
    beta = next(each for each in made["segments"] if each["name"] == "Beta testers")
    beta["members"] = ["sam"]
    return made


def delivery(days: int, *, opened: bool) -> dict[str, Any]:
    """A welcome of so many days ago."""
    at = NOW - days * DAY
    steps = ["created", "attempted", "sent", "delivered", *(["opened", "clicked"] * opened)]
    return {
        "person": 1,
        "identifiers": {"id": "sam", "email": "sam@acme.example"},
        "campaign_id": 1,
        "action_id": 1002,
        "template_id": 105,
        "subject": "Welcome to Acme",
        "to": "sam@acme.example",
        "queued_at": at,
        "metrics": {step: at + place for place, step in enumerate(steps)},
        "links": [{"href": "https://acme.example/start", "clicked": [at + 5]}] * opened,
    }


SAM: Final = {
    "id": "sam",
    "email": "sam@acme.example",
    "number": 1,
    "attributes": {
        "first_name": "Sam",
        "plan": "pro",
        "cio_city": "London",
        "_last_emailed": NOW - DAY,
    },
    "created_at": NOW - 90 * DAY,
    "updated_at": NOW - DAY,
}

if __name__ == "__main__":
    main()
