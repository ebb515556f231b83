"""Suggested commands, completed with the options that the command at work was given."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from typer.core import TyperCommand, TyperGroup

from cioform.cli.command_table import lazy_commands
from cioform.cli.lazy_commands import loaded_command, loaded_commands

_REPEATED_OPTIONS: Final = ("--project", "--with")
"""Without these a suggested command would work on something else."""
_COMMAND_LINE: Final = re.compile(r"^( *)(cioform [^|&;\n]+)$", re.MULTILINE)


def options_to_repeat(project: Path | None, api: str | None = None) -> dict[str, str]:
    """Return the options that suggested commands need too, with their values."""
    values = {"--project": str(project) if project else None, "--with": api}
    return {option: value for option, value in values.items() if value}


def find_options_to_repeat(arguments: Sequence[str]) -> dict[str, str]:
    """Return the same from the words of a command line."""
    found: dict[str, str] = {}
    for word, following in zip(arguments, (*arguments[1:], ""), strict=True):
        option, equals, value = word.partition("=")
        if option in _REPEATED_OPTIONS:
            found[option] = value if equals else following
    return found


def complete_commands(commands: Iterable[str], given: Mapping[str, str]) -> tuple[str, ...]:
    """Return several commands, each of them completed."""
    return tuple(complete_command(command, given) for command in commands)


def complete_text(text: str, given: Mapping[str, str]) -> str:
    """Return a text whose commands on lines of their own are completed."""
    if not given:
        return text
    return _COMMAND_LINE.sub(lambda line: line[1] + complete_command(line[2], given), text)


def complete_command(command: str, given: Mapping[str, str]) -> str:
    """Return a command with the options among `given` that it takes and does not have yet."""
    if not given:
        return command
    words = shlex.split(command)
    accepted = _accepted_options(words[1:])
    added = [
        f" {option} {shlex.quote(value)}"
        for option, value in given.items()
        if option in accepted and option not in words
    ]
    return command + "".join(added)


def _accepted_options(words: Sequence[str]) -> set[str]:
    """Return the options of the command that `words` name; none if there is no such command."""
    commands: Mapping[str, TyperCommand | TyperGroup] = {
        command.name or "": command for command in lazy_commands()
    }
    for word in words:
        if word not in commands:
            return set()
        command = loaded_command(commands[word])
        if not isinstance(command, TyperGroup):
            return {option for param in command.params for option in param.opts}
        commands = loaded_commands(command)
    return set()
