"""The page of commands, with the exact text of every `--help`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import typer

from cioform.cli.app import build_cli
from cioform.cli.command_list.lazy_commands import loaded_commands

_HEAD: Final = """\
# Commands

This page shows the `--help` of every command. Data goes to stdout and messages go to stderr, so
that a pipe gets only data. With `--json`, a command prints JSON, errors included. The output has no
colors if it does not go to a terminal, with `--no-color`, or if `NO_COLOR` is set.

[Safety](safety.md#exit-codes) lists the exit codes.
"""
_WIDTH: Final = 100


def commands_page() -> str:
    """Return the page."""
    root = build_cli()
    context = _context(root)
    lines = [_HEAD, "```text", _help(root, context), "```"]
    for path, command, inner in commands(root, context):
        lines += ["", f"## {' '.join(path)}", "", "```text", _help(command, inner), "```"]
    return "\n".join(lines) + "\n"


def commands(root: Any, context: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Yield every command below `root` with its path, each group before its commands."""
    for name, command in loaded_commands(root).items():
        inner = typer.Context(command, info_name=name, parent=context, terminal_width=_WIDTH)
        path = (*inner.command_path.split()[1:],)
        yield path, command, inner
        if hasattr(command, "commands"):
            yield from commands(command, inner)


def every_command() -> dict[tuple[str, ...], frozenset[str]]:
    """Return the options of every command by its path."""
    root = build_cli()
    context = _context(root)
    options = {path: _options(command) for path, command, _ in commands(root, context)}
    return {(): _options(root), **options}


def _context(root: Any) -> Any:
    """Return the context in which `root` runs, with the width of the page."""
    settings = {**root.context_settings, "terminal_width": _WIDTH}
    return typer.Context(root, info_name="cioform", **settings)


def _options(command: Any) -> frozenset[str]:
    names = (name for param in command.params for name in (*param.opts, *param.secondary_opts))
    return frozenset({name for name in names if name.startswith("-")} | {"--help"})


def _help(command: Any, context: Any) -> str:
    text: str = command.get_help(context)
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))
