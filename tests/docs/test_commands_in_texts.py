"""Every command in a message or a help text is valid."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest
import typer

from cioform.cli.app import build_cli
from cioform.cli.command_list.lazy_commands import loaded_command
from cioform.cli.command_list.usage_errors import ClickUsageError

ROOT: Final = Path(__file__).resolve().parent.parent.parent
_OF_ITS_OWN: Final = re.compile(r"^ {4,}cioform (.+)$", re.MULTILINE)
_NEXT: Final = re.compile(r"\Acioform ([a-z]+ \{\}.*)\Z")
_IN_BETWEEN: Final = re.compile(r"`cioform ([^`]+)`")
_FILLED_IN: Final = "7"
"""The value of a placeholder in braces or capitals: valid as a name and as a number."""


@cache
def _texts() -> list[tuple[str, str]]:
    """Return each text of the package that names a command, with its location.

    Inserted values are in braces.
    """
    return [text for path in sorted((ROOT / "cioform").rglob("*.py")) for text in _texts_in(path)]


def _texts_in(path: Path) -> Iterator[tuple[str, str]]:
    source, name = path.read_text(encoding="utf-8"), path.relative_to(ROOT)
    if "cioform " not in source:
        return
    nodes = list(ast.walk(ast.parse(source)))
    parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in nodes:
        text = ""
        if isinstance(node, ast.JoinedStr):
            text = "".join(map(_part, node.values))
        elif isinstance(node, ast.Constant) and id(node) not in parts:
            text = node.value if isinstance(node.value, str) else ""
        if "cioform " in text:
            yield f"{name}:{getattr(node, 'lineno', 0)}", text


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"


def _named(form: re.Pattern[str]) -> list[Any]:
    found = [(location, line) for location, text in _texts() for line in form.findall(text)]
    return [pytest.param(line, id=f"{location} {line}") for location, line in found]


def _words(line: str) -> list[str]:
    """Return the words of the first command of a line, without the explanation on its right."""
    lexer = shlex.shlex(re.split(" {2,}", line)[0], posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if set(word) <= set(";&|<>()"):
            break
        words.append(re.sub(r"\{\}|^[A-Z]+$", _FILLED_IN, word))
    return words


@cache
def _cli() -> Any:
    return build_cli()


def _parse(words: list[str], *, complete: bool) -> None:
    """Parse a command line without running the command.

    Unless it must be complete, it can name a command without its arguments. A placeholder in the
    position of a command can be any of them.
    """
    command = _cli()
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        if words[0] == _FILLED_IN:
            return
        assert words[0] in command.commands, f"no command {words[0]}"
        command, words = loaded_command(command.commands[words[0]]), words[1:]
    if not complete and not any(word[0] != "-" for word in words):
        words = [*words, "--help"]
    try:
        # A command keeps the first names of its help option that it is asked with.
        command.make_context("cioform", list(words), help_option_names=["-h", "--help"])
    except typer.Exit:  # --help
        return


def test_there_are_commands_in_the_messages() -> None:
    assert len(_named(_OF_ITS_OWN)) > 100
    assert len(_named(_IN_BETWEEN)) > 10


@pytest.mark.parametrize("line", _named(_OF_ITS_OWN) + _named(_NEXT))
def test_a_command_on_its_own_line_is_valid(line: str) -> None:
    try:
        _parse(_words(line), complete=True)
    except ClickUsageError as error:
        pytest.fail(f"{line}: {error}")


@pytest.mark.parametrize("line", _named(_IN_BETWEEN))
def test_a_command_within_a_sentence_exists(line: str) -> None:
    try:
        _parse(_words(line), complete=False)
    except ClickUsageError as error:
        pytest.fail(f"{line}: {error}")
