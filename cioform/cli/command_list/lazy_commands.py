"""Commands whose module is imported when they are called, so that help and completion are quick."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typing_extensions import override

from cioform.cli.command_list.argument_names import use_plain_names
from cioform.cli.command_list.option_groups import expand_option_groups
from cioform.cli.command_list.option_ranges import use_plain_ranges


class LazyCommand(TyperCommand):
    """Stands for a command or a group in the list of commands until it is called.

    `target` is `module:attribute`; the attribute is a function, or a group of `command_group`.
    """

    def __init__(self, name: str, target: str, summary: str) -> None:
        super().__init__(name=name, help=summary)
        self._target = target

    @override
    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        # The context belongs to the command that is loaded, which is what runs from here on. The
        # types of the parameters are private to the library.
        return self.load().make_context(*args, **kwargs)

    def load(self) -> TyperCommand | TyperGroup:
        """Import the command and return it."""
        return _load(self.name or "", self._target)


@cache
def _load(name: str, target: str) -> TyperCommand | TyperGroup:
    module, _, attribute = target.partition(":")
    found = getattr(import_module(module), attribute)
    if isinstance(found, typer.Typer):
        app = found
        app.info.name = name
    else:
        app = command_group("")
        app.command(name)(expand_option_groups(found))
    command = cast(TyperCommand | TyperGroup, get_command(app))
    _tidy_help(command)
    return command


def command_group(summary: str) -> typer.Typer:
    """Return an empty group of commands. Help is plain text, which can be pasted into the docs."""
    return typer.Typer(help=summary, rich_markup_mode=None, add_completion=False)


def loaded_command(command: TyperCommand | TyperGroup) -> TyperCommand | TyperGroup:
    """Return the command itself, imported if it is lazy."""
    return command.load() if isinstance(command, LazyCommand) else command


def loaded_commands(group: TyperGroup) -> dict[str, TyperCommand | TyperGroup]:
    """Return the commands of a group by name, all of them imported."""
    commands = cast(dict[str, TyperCommand | TyperGroup], group.commands)
    return {name: loaded_command(command) for name, command in commands.items()}


def _tidy_help(command: TyperCommand | TyperGroup) -> None:
    """Name arguments and ranges plainly, and keep the lines of examples apart."""
    if command.help:
        command.help = command.help.replace("\n\nExamples:\n", "\n\n\b\nExamples:\n")
    if isinstance(command, TyperGroup):
        for subcommand in loaded_commands(command).values():
            _tidy_help(subcommand)
    else:
        use_plain_names(command)
        use_plain_ranges(command)
