"""The command line as a function, for its tests."""

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cioform.cli.app import run


class CommandResult(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The parsed JSON of stdout."""
        return json.loads(self.out)


CommandLine = Callable[..., CommandResult]


def captured_command_line(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Return a function that runs a command in this process."""

    def command(*words: str) -> CommandResult:
        capsys.readouterr()
        code = run(words)
        return CommandResult(code, *capsys.readouterr())

    return command


@pytest.fixture
def cio(
    prepared: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> CommandLine:
    """Return a function that runs a command in a new copy of the project that is `prepared`."""
    root = tmp_path / "project"
    shutil.copytree(prepared, root)
    monkeypatch.chdir(root)
    return captured_command_line(capsys)


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True
