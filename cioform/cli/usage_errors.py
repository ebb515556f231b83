"""Mistakes on the command line, with the nearest valid option and the help to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import typer

from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean

# The library exports only subclasses of its usage error.
ClickUsageError: Final[type[Exception]] = typer.BadParameter.__bases__[0]


def to_usage_error(error: Exception, arguments: Sequence[str]) -> UsageError:
    """Return the library's error about `arguments` as a UsageError."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "cioform"
    sentence = _unknown_option(error, context, arguments) or _message(error)
    return UsageError.of("Wrong command line", f"{sentence} See:\n\n    {command} --help")


def _message(error: Exception) -> str:
    """Return the library's sentence, ending with a punctuation mark."""
    formatted = getattr(error, "format_message", None)
    text = str(formatted() if formatted is not None else error)
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _unknown_option(
    error: Exception, context: typer.Context | None, arguments: Sequence[str]
) -> str | None:
    option = getattr(error, "option_name", None)
    if option is None or context is None or not hasattr(error, "possibilities"):
        return None
    # The library reads -auto-approve as a group of short options and complains of the first.
    typed = next((word for word in arguments if _is_long_with_one_dash(word, option)), option)
    name = typed.partition("=")[0]
    params = context.command.params
    known = {text for param in params for text in (*param.opts, *param.secondary_opts)}
    options = {text for text in known if text.startswith("--")} | {"--help"}
    suggestion = did_you_mean("--" + name.lstrip("-"), options)
    return f"Unknown option `{name}`.{suggestion}"


def _is_long_with_one_dash(word: str, option: str) -> bool:
    return word.startswith(option) and len(option) == 2 and len(word) > 2 and word[1] != "-"
