"""Sentences about a wrong command line, in place of those of the library."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

import typer
from typer.core import TyperArgument, TyperGroup

from cioform.core.suggest import closest, suggest
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.quoted import quoted
from cioform.core.text.word_lists import join_names, join_words

CUTOFF: Final = 0.7
"""How similar a word must be to a valid one. With less, `demo` is taken for `remove`."""
_EXTRA: Final = lazy_pattern(r"Got unexpected extra arguments?(?:\(s\))? \((?P<words>.*)\)")
_NO_COMMAND: Final = lazy_pattern(r"No such command (?P<quote>['\"])(?P<word>.*?)(?P=quote)\.")
_MAX_LISTED: Final = 12


def usage_sentence(error: Exception, context: typer.Context | None) -> str | None:
    """Return what is wrong with the words themselves, or None if it is something else."""
    message, parameter = str(getattr(error, "message", "")), getattr(error, "param", None)
    option = getattr(error, "option_name", None)
    if option is not None and "requires" in message:
        return f"`{option}` needs a value."
    if option is not None and "does not take a value" in message:
        return f"`{option}` takes no value."
    if context is None:
        return None
    if isinstance(context.command, TyperGroup):
        return _about_command(message, context.command, context.command_path)
    if type(error).__name__ == "MissingParameter" and parameter is not None:
        return f"`{_name_of(parameter)}` is missing.{_usage(context)}"
    if extra := _EXTRA.match(message):
        words = extra["words"].split()
        noun = "argument" if len(words) == 1 else "arguments"
        return f"Unexpected {noun} {join_words(map(quoted, words))}.{_usage(context)}"
    return None


def nearest_option(name: str, options: Iterable[str]) -> str:
    """Return a question for the option that is most similar to `name`; empty if none is.

    Dashes do not count: every option has two.
    """
    by_letters = {_letters(option): option for option in options}
    near = closest(_letters(name), by_letters, cutoff=CUTOFF)
    longer = [by_letters[each] for each in by_letters if each.startswith(_letters(name))]
    if near is None and len(longer) == 1:
        return suggest(*longer)
    return "" if near is None else suggest(by_letters[near])


def dry_run_sentence(name: str, command: str, arguments: Sequence[str]) -> str | None:
    """Return what to do instead of a dry run, for the two commands that are plan and apply."""
    words = command.split()
    if _letters(name) != "dryrun" or words[-1] not in ("plan", "apply"):
        return None
    if words[-1] == "plan":
        return f"`{command}` changes nothing, so it needs no `{name}`. Leave the option out."
    targets = [word for word in arguments[len(words) - 1 :][:1] if not word.startswith("-")]
    plan = " ".join([*words[:-1], "plan", *targets])
    return f"`{command}` has no `{name}`. To see what it would change:\n\n    {plan}\n\n"


def _about_command(message: str, group: TyperGroup, path: str) -> str | None:
    """Return what is wrong with the name of a command in a group."""
    unknown = _NO_COMMAND.match(message)
    if unknown is None and message != "Missing command.":
        return None
    names = list(group.commands)
    listed = join_names(names, "and") if len(names) <= _MAX_LISTED else ""
    has = f" It has {listed}." if listed else ""
    if unknown is None:
        return f"`{path}` needs one of its commands.{has}"
    near = closest(unknown["word"], names, cutoff=CUTOFF)
    text = f"`{path}` has no command `{unknown['word']}`."
    return text + (has if near is None else suggest(near))


def _usage(context: typer.Context) -> str:
    """Return the arguments of a command, and its first example."""
    arguments = (each for each in context.command.params if isinstance(each, TyperArgument))
    pieces = [piece for each in arguments for piece in each.get_usage_pieces(context)]
    usage = " ".join([context.command_path, *pieces])
    _, _, examples = (context.command.help or "").partition("Examples:\n")
    example = examples.strip().partition("\n")[0].strip()
    return f" Usage:\n\n    {usage}\n\n" + (f"For example:\n\n    {example}\n\n" if example else "")


def _name_of(parameter: Any) -> str:
    """Return the name of an argument or an option as help shows it."""
    if isinstance(parameter, TyperArgument):
        return str(parameter.metavar or (parameter.name or "").upper())
    return str(max(parameter.opts, key=len))


def _letters(name: str) -> str:
    """Return an option without its dashes."""
    return re.sub("[-_]", "", name).lower()
