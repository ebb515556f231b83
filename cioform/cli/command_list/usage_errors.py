"""Mistakes on the command line, with the nearest valid option and the help to read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import typer
from typer.core import TyperCommand, TyperGroup

from cioform.cli.command_list.command_table import lazy_commands
from cioform.cli.command_list.lazy_commands import loaded_command, loaded_commands
from cioform.cli.command_list.usage_sentences import (
    dry_run_sentence,
    nearest_option,
    usage_sentence,
)
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean, suggest
from cioform.core.text.word_lists import join_names

# The library exports only subclasses of its usage error.
ClickUsageError: Final[type[Exception]] = typer.BadParameter.__bases__[0]

_OTHER_OPTIONS: Final = dict.fromkeys(
    ("yes", "y", "assume-yes", "non-interactive", "no-input"), "--auto-approve"
)
"""What other tools call an option, without its dashes."""


def to_usage_error(error: Exception, arguments: Sequence[str]) -> UsageError:
    """Return the library's error about `arguments` as a UsageError."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else _command_path(arguments)
    sentence = (
        _unknown_option(error, context, arguments)
        or _invalid_value(error)
        or usage_sentence(error, context)
        or _message(error)
    )
    space = "" if sentence.endswith("\n") else " "
    return UsageError.of("Invalid command line", f"{sentence}{space}See:\n\n    {command} --help")


def _command_path(arguments: Sequence[str]) -> str:
    """Return the command that the first words name, for errors without a context."""
    path = ["cioform"]
    commands: Mapping[str, TyperCommand | TyperGroup] = {
        command.name or "": command for command in lazy_commands()
    }
    for word in arguments:
        if word not in commands:
            break
        path.append(word)
        command = loaded_command(commands[word])
        commands = loaded_commands(command) if isinstance(command, TyperGroup) else {}
    return " ".join(path)


def _invalid_value(error: Exception) -> str | None:
    """Return what is wrong with the value of an option, in place of pydantic's sentence."""
    # pydantic's error, whose class is not imported because `--help` would wait for it
    list_errors, param = getattr(error.__cause__, "errors", None), getattr(error, "param", None)
    if list_errors is None or param is None:
        return None
    problem = list_errors(include_url=False)[0]
    value, limits = problem["input"], problem.get("ctx", {})
    name = f"`{max(param.opts, key=len)}`"
    match problem["type"]:
        case "value_error":  # the choices are only in the library's sentence
            choices = re.findall(r"'([^']*)'", problem["msg"].partition(" is not one of ")[2])
            valid = join_names(choices, "or")
            suggestion = did_you_mean(value, choices)
            return f"Invalid value `{value}` for {name}.{suggestion} Write {valid}."
        case "greater_than_equal":
            return f"{name} must be at least {limits['ge']}, not {value}."
        case "less_than_equal":
            return f"{name} must be at most {limits['le']}, not {value}."
        case "int_parsing" | "int_from_float":
            return f"{name} must be a whole number, not `{value}`."
        case "float_parsing":
            return f"{name} must be a number, not `{value}`."
        case _:
            return None


def _message(error: Exception) -> str:
    """Return the library's sentence, with backticks and ending with a punctuation mark."""
    formatted = getattr(error, "format_message", None)
    text = str(formatted() if formatted is not None else error)
    text = re.sub(r"'([^']*)'", r"`\1`", text)
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
    meant = _OTHER_OPTIONS.get(name.lstrip("-"))
    if meant in options:
        return f"Unknown option `{name}`.{suggest(meant)}"
    if "--dry-run" not in options and (
        instead := dry_run_sentence(name, context.command_path, arguments)
    ):
        return instead
    return f"Unknown option `{name}`.{nearest_option(name, options)}"


def _is_long_with_one_dash(word: str, option: str) -> bool:
    return word.startswith(option) and len(option) == 2 and len(word) > 2 and word[1] != "-"
