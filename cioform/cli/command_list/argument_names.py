"""The names of arguments in usage and help: `WORKSPACE`, `[PLANFILE]`, `FILE...`.

The library itself shows Python types, such as `<list[str]>`, which mean nothing to users.
"""

from __future__ import annotations

from typing import Any

from typer.core import TyperArgument, TyperCommand


def use_plain_names(command: TyperCommand) -> None:
    """Replace the names that the library shows for the arguments of a command."""
    for parameter in command.params:
        if isinstance(parameter, TyperArgument):
            _use_plain_name(parameter)


def _use_plain_name(argument: Any) -> None:
    # The types of what the library passes are private to it.
    name = argument.metavar or argument.name.upper()
    is_list = argument.nargs != 1 and " " not in name  # `[ID] NAME` says by itself what it takes
    repeated = f"{name}..." if is_list else name
    usage = repeated if argument.required else f"[{repeated}]"
    full_help = argument.get_help_record
    argument.get_usage_pieces = lambda _context: [usage]
    argument.get_help_record = lambda context: (name, full_help(context)[1])
