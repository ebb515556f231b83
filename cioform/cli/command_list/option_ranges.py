"""The ranges of numeric options in help: `1 to 500`, `at least 2`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperOption

from cioform.core.text.lazy_pattern import lazy_pattern

_RANGE = lazy_pattern(r"\b(?P<smallest>[\d.]+)<=x<=(?P<largest>[\d.]+)\b|\bx>=(?P<least>[\d.]+)\b")


def use_plain_ranges(command: TyperCommand) -> None:
    """Replace the ranges that the library shows for the options of a command, `1<=x<=500`."""
    for parameter in command.params:
        if isinstance(parameter, TyperOption):
            _use_plain_range(parameter)


def _use_plain_range(option: Any) -> None:
    # The types of what the library passes are private to it.
    full_help = option.get_help_record
    option.get_help_record = lambda context: _with_plain_ranges(full_help(context))


def _with_plain_ranges(record: tuple[str, str] | None) -> tuple[str, str] | None:
    return record and (record[0], _RANGE.sub(_range_text, record[1]))


def _range_text(found: Any) -> str:
    least = found["least"]
    return f"at least {least}" if least else f"{found['smallest']} to {found['largest']}"
