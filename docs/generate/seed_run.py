"""Run the scenes in a new project and print the output of each command as JSON.

This is a separate process because it replaces the clock: its clock starts at a fixed time and moves
by one second with every command, so that every run has the same output. With the path of a browser
as its argument it runs only the browser scene, with the real clock, since the browser uses it too.
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

from docs.generate.seed_scenes import BROWSER, SCENES, SETUP, Command

NOW: Final = 1_772_443_800
"""2026-03-02 09:30 UTC."""
DAY: Final = 86_400


class Clock:
    """A clock that moves only when it is set."""

    now = float(NOW)

    def __call__(self) -> float:
        return self.now


def main() -> None:
    """Run all scenes, or only that of the browser."""
    browser = next(iter(sys.argv[1:]), None)
    clock = Clock()
    if browser is None:
        time.time = clock  # cioform must be imported after this
    os.environ |= {"COLUMNS": "100", "NO_COLOR": "1"}
    with TemporaryDirectory() as folder, chdir(folder):
        Path("content.json").write_text(json.dumps(content()), encoding="utf-8")
        for line in SETUP:
            run_command(Command(line), clock)
        if browser is not None:
            browse(Path(folder), browser)
        scenes = SCENES if browser is None else (BROWSER,)
        transcript = {
            scene.title: [run_command(command, clock) for command in scene.commands]
            for scene in scenes
        }
    json.dump(transcript, sys.stdout)


def run_command(command: Command, clock: Clock) -> dict[str, Any]:
    """Run a command. Return its output, with both streams as on a terminal."""
    from cioform.cli.app import run as cioform

    clock.now += 1
    terminal = io.StringIO()
    with redirect_stdout(terminal), redirect_stderr(terminal):
        code = cioform(command.arguments)
    if code != command.code:
        raise AssertionError(f"{command.line} exited with {code}:\n{terminal.getvalue()}")
    return {"line": command.line, "text": terminal.getvalue(), "code": code}


def browse(root: Path, browser: str) -> None:
    """Load a page that uses the SDK in a browser, with the sandbox of this project."""
    from cioform.emulator.store.database import write_key
    from cioform.services.sandbox.serving import serve_sandbox
    from tests.support.clients.browser import visit

    with serve_sandbox(root, "acme", rate=None) as served:
        result = visit(str(served.info["track"]), write_key("acme"), browser)
    if result != "done":
        raise AssertionError(result)


def content() -> dict[str, Any]:
    """Return the content of the demo, and Sam, who opened the welcome message."""
    demo = resources.files("cioform.emulator") / "seeds" / "demo.json"
    data: dict[str, Any] = json.loads(demo.read_text("utf-8"))
    data["people"] = [SAM]
    data["deliveries"] = [delivery(days, opened=days > 1) for days in (4, 2, 1)]
    beta = next(each for each in data["segments"] if each["name"] == "Beta testers")
    beta["members"] = ["sam"]
    return data


def delivery(days: int, *, opened: bool) -> dict[str, Any]:
    """Return a delivery of the welcome message, sent `days` days ago."""
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
