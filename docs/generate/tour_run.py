"""Run the tour of a team in two clones and print the output of each command as JSON.

This is a separate process because it replaces the clock and the random IDs, so that every run has
the same output. The sandbox responds in this process, in place of the served one of the page.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
import time
import uuid
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from docs.generate.tour_scenes import GIT_LOG, PEOPLE, Edit, Scene, Shell, environment, scenes

NOW: Final = 1_772_443_800
"""2026-03-02 09:30 UTC."""
_RUN: Final = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
_VALUES: Final = {
    "digest": re.compile(r"digest ([0-9a-f]{64})"),
    "commit": re.compile(r"git revert ([0-9a-f]{40})"),
}
_GIT: Final = ("git", "-c", "advice.detachedHead=false")


class Clock:
    """A clock that moves only when it is set."""

    now = float(NOW)

    def __call__(self) -> float:
        return self.now


def main() -> None:
    """Run all scenes with a state in Git."""
    clock = Clock()
    time.time = clock  # cioform must be imported after this
    replace_ids()
    with TemporaryDirectory() as folder:
        team = Team(Path(folder).resolve(), clock)
        shown = [team.play(scene) for scene in (*scenes("{backend: git}", "a branch"), GIT_LOG)]
    json.dump(shown, sys.stdout)


def replace_ids() -> None:
    """Let random IDs be numbers that count up."""
    numbers = iter(range(1, 1_000_000))
    uuid.uuid4 = lambda: uuid.UUID(f"{next(numbers):06x}00-0000-4000-8000-000000000000")


class Team:
    """Two people, each with a clone of one remote, and one Customer.io."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self._root = root
        self._clock = clock
        self._values: dict[str, str] = {}
        self._prepare_environment()
        self._git(root, "init", "--quiet", "--bare", "--initial-branch=main", "acme.git")
        for name in PEOPLE:
            self._git(root, "clone", "--quiet", "acme.git", name)
            self._git(root / name, "config", "user.email", f"{name}@acme.com")
            self._git(root / name, "config", "user.name", name.capitalize())
        (root / PEOPLE[0] / "workspaces").mkdir()
        self._serve()

    def play(self, scene: Scene) -> list[dict[str, Any]]:
        """Make the steps of a scene, and return what each printed."""
        return [self._edit(s) if isinstance(s, Edit) else self._run(s) for s in scene.steps]

    def _prepare_environment(self) -> None:
        for name in [each for each in os.environ if each.startswith(("CI", "GITHUB_", "GITLAB_"))]:
            del os.environ[name]
        os.environ |= {"COLUMNS": "100", "NO_COLOR": "1", **environment()}
        os.environ |= {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}

    def _serve(self) -> None:
        """Let connections to the served sandbox go to one in this process."""
        from cioform.emulator.protocol.behavior import Behavior
        from cioform.emulator.server.app import make_app
        from cioform.emulator.server.transports.in_process import InProcessTransport
        from cioform.services.connections.sandbox import open_sandbox_store

        store = open_sandbox_store(self._root / PEOPLE[0])
        for name in ("staging", "production"):
            store.workspace(name)
        app = make_app(store, Behavior(rate_limit=None))
        module: Any = importlib.import_module("cioform.services.connections.connect")
        module.connect = partial(module.connect, transport=InProcessTransport(app))

    def _edit(self, step: Edit) -> dict[str, Any]:
        path = self._root / step.who / step.path
        path.parent.mkdir(parents=True, exist_ok=True)
        text = step.text
        if step.before:
            written = path.read_text(encoding="utf-8")
            assert step.before in written, step
            text = written.replace(step.before, step.text)
        path.write_text(text, encoding="utf-8")
        return {"who": step.who, "path": step.path, "text": step.text, "before": step.before}

    def _run(self, step: Shell) -> dict[str, Any]:
        self._clock.now += 60
        stamp = f"{int(self._clock.now)} +0000"
        os.environ |= {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        line = step.line.format(**self._values) if "{" in step.line else step.line
        program, *words = shlex.split(line)
        folder = self._root / step.who
        with chdir(folder):
            code, text = run_cioform(words) if program == "cioform" else self._git(folder, *words)
        if code != step.code:
            raise AssertionError(f"{line} exited with {code}:\n{text}")
        self._remember(line, text)
        return {"who": step.who, "line": line, "text": text, "code": code}

    def _remember(self, line: str, text: str) -> None:
        """Keep what later commands name: the digest of a plan, the last run, a commit."""
        for name, pattern in _VALUES.items():
            if found := pattern.search(text):
                self._values[name] = found[1]
        if line.endswith("history production"):
            self._values["run"] = _RUN.findall(text)[0]

    def _git(self, folder: Path, *words: str) -> tuple[int, str]:
        process = subprocess.run(
            [*_GIT, *words], cwd=folder, capture_output=True, text=True, check=False
        )
        return process.returncode, process.stdout + process.stderr


def run_cioform(words: list[str]) -> tuple[int, str]:
    """Run a command, and return its exit code and both streams as on a terminal."""
    from cioform.cli.app import run as cioform

    terminal = io.StringIO()
    with redirect_stdout(terminal), redirect_stderr(terminal):
        code = cioform(words)
    return code, terminal.getvalue()


if __name__ == "__main__":
    main()
