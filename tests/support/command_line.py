"""The command line as a function, for its tests."""

import io
import json
from collections.abc import Callable
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


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True
