"""Suggested commands, completed with the options of the current command."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from typer.core import TyperCommand, TyperGroup

from cioform.cli.command_list.command_table import lazy_commands
from cioform.cli.command_list.lazy_commands import loaded_command, loaded_commands
from cioform.core.text.lazy_pattern import lazy_pattern

_REPEATED_OPTIONS: Final = ("--project", "--with", "--settings-from")
"""Without these a suggested command would work on something else."""
_CONSENT_OPTIONS: Final = ("--allow-", "--approve=", "--auto-approve")
_COMMAND_LINE: Final = lazy_pattern(r"^( *)(cioform [^|&;\n]+)$", re.MULTILINE)


def options_to_repeat(
    project: Path | None, api: str | None = None, settings_from: str | None = None
) -> dict[str, str]:
    """Return the options that suggested commands need too, with their values."""
    values = {
        "--project": str(project) if project else None,
        "--with": api,
        "--settings-from": settings_from,
    }
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


def repeat_arguments(text: str, arguments: Sequence[str]) -> str:
    """Return a text in which commands that only add consent to the current one repeat all of it.

    After `cioform apply acme --target 'snippet.*'`, the hint `cioform apply acme --auto-approve`
    without the target would apply more than was asked for.
    """

    def repeated(line: re.Match[str]) -> str:
        words = shlex.split(line[2])[1:]
        added = [word for word in words if word not in arguments and word != "--help"]
        path = words[: next((i for i, word in enumerate(words) if word in added), 0)]
        is_same = list(arguments[: len(path)]) == path and bool(path)
        if not (added and is_same and all(word.startswith(_CONSENT_OPTIONS) for word in added)):
            return line[0]
        return f"{line[1]}cioform {shlex.join([*arguments, *added])}"

    return _COMMAND_LINE.sub(repeated, text)


def complete_command(command: str, given: Mapping[str, str]) -> str:
    """Return a command with the options among `given` that it takes and does not have yet."""
    words = shlex.split(command)
    if not given or "--help" in words:
        return command
    accepted = accepted_options(words[1:])
    added = [
        f" {option} {shlex.quote(value)}"
        for option, value in given.items()
        if option in accepted and option not in words
    ]
    return command + "".join(added)


def accepted_options(words: Sequence[str]) -> set[str]:
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
