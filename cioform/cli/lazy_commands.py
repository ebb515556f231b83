"""Commands whose module is imported when they are called, so that help and completion are quick."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command
from typing_extensions import override


class LazyCommand(TyperCommand):
    """Stands for a command or a group in the list of commands until it is called."""

    def __init__(self, name: str, target: str, summary: str) -> None:
        super().__init__(name=name, help=summary)
        self._target = target

    @override
    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        # The context belongs to the command that is loaded, which is what runs from here on. The
        # types of the parameters are private to the library.
        return self.load().make_context(*args, **kwargs)

    def load(self) -> TyperCommand | TyperGroup:
        """Import the command and return it. `target` is `module:attribute`: a function, or an app
        made by `command_group`."""
        module, _, attribute = self._target.partition(":")
        found = getattr(import_module(module), attribute)
        if isinstance(found, typer.Typer):
            found.info.name = self.name
            return cast(TyperGroup, get_command(found))
        app = command_group("")
        app.command(self.name)(found)
        return cast(TyperCommand, get_command(app))


def command_group(summary: str) -> typer.Typer:
    """Return an empty group of commands. Help is plain text, which can be pasted into the docs."""
    return typer.Typer(help=summary, rich_markup_mode=None, add_completion=False)


def loaded_commands(group: TyperGroup) -> dict[str, TyperCommand | TyperGroup]:
    """Import all commands of a group and return them by name, as the docs and tests need them."""
    commands = cast(dict[str, TyperCommand | TyperGroup], group.commands)
    return {
        name: command.load() if isinstance(command, LazyCommand) else command
        for name, command in commands.items()
    }
