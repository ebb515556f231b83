"""The page of commands: their `--help`, word for word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import typer

from cioform.cli.app import build_cli
from cioform.cli.lazy_commands import loaded_commands

_HEAD: Final = """\
# Commands

Every command with its `--help`. Data goes to stdout and words for people to stderr, so that a pipe
gets data only. `--json` prints a form for machines, errors included. Colours obey `NO_COLOR`, pipes
and `--no-color`.

What the exit codes mean is in [safety](safety.md#exit-codes).
"""
_WIDTH: Final = 100


def commands_page() -> str:
    """Give the whole page."""
    root = build_cli()
    context = _context(root)
    lines = [_HEAD, "```text", _help(root, context), "```"]
    for path, command, inner in commands(root, context):
        lines += ["", f"## {' '.join(path)}", "", "```text", _help(command, inner), "```"]
    return "\n".join(lines) + "\n"


def commands(root: Any, context: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Give every command below `root` by its words, groups before what is in them."""
    for name, command in loaded_commands(root).items():
        inner = typer.Context(command, info_name=name, parent=context, terminal_width=_WIDTH)
        path = (*inner.command_path.split()[1:],)
        yield path, command, inner
        if hasattr(command, "commands"):
            yield from commands(command, inner)


def every_command() -> dict[tuple[str, ...], frozenset[str]]:
    """Give every command by its words, with the options it takes."""
    root = build_cli()
    context = _context(root)
    found = {path: _options(command) for path, command, _ in commands(root, context)}
    return {(): _options(root), **found}


def _context(root: Any) -> Any:
    """Give the context in which the command line runs `root`, as wide as the page."""
    settings = {**root.context_settings, "terminal_width": _WIDTH}
    return typer.Context(root, info_name="cioform", **settings)


def _options(command: Any) -> frozenset[str]:
    said = (each for param in command.params for each in (*param.opts, *param.secondary_opts))
    return frozenset({each for each in said if each.startswith("-")} | {"--help"})


def _help(command: Any, context: Any) -> str:
    text: str = command.get_help(context)
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))
