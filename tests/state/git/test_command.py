"""Git as a process: it is stopped when it takes too long, with all that it has started."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cioform.core.errors import StateUnreachableError
from cioform.state.git.command import Git

FAKE_GIT = """#!/bin/sh
echo $$ > started
(sleep 5; touch survived) &
wait
"""


@pytest.mark.parametrize(
    ("command", "summary", "advice"),
    [
        ("fetch", "Git timed out", "Check the network"),
        ("archive", "Git timed out", "The machine is very busy"),
    ],
)
def test_a_command_that_takes_too_long_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, summary: str, advice: str
) -> None:
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(FAKE_GIT)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    started, seconds = tmp_path / "started", 0.1
    while not started.exists() or not started.read_text():  # a busy machine needs longer
        with pytest.raises(StateUnreachableError) as caught:
            Git(tmp_path).run(command, seconds=seconds)
        seconds *= 2
    [problem] = caught.value.diagnostics
    assert problem.summary == summary
    assert advice in problem.detail
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
    assert not (tmp_path / "survived").exists()
