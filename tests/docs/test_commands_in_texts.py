"""Every command that a text of ours names can be typed: ways out, help, and words in between."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import typer

from cioform.cli.app import build_cli
from cioform.cli.lazy_commands import loaded_commands
from cioform.cli.usage_errors import ClickUsageError

ROOT: Final = Path(__file__).resolve().parent.parent.parent
_OF_ITS_OWN: Final = re.compile(r"^ {4,}cioform (.+)$", re.MULTILINE)
_NEXT: Final = re.compile(r"\Acioform ([a-z]+ \{\}.*)\Z")
_IN_BETWEEN: Final = re.compile(r"`cioform ([^`]+)`")
_FILLED_IN: Final = "7"
"""What stands for a name in braces or capitals: it can be a name as well as a number."""


def _texts() -> Iterator[tuple[str, str]]:
    """Give every text in the package with its place; what is filled in is in braces."""
    for path in sorted((ROOT / "cioform").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
                 for part in node.values}  # fmt: skip
        for node in ast.walk(tree):
            place = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.JoinedStr):
                yield place, "".join(map(_part, node.values))
            elif isinstance(node, ast.Constant) and id(node) not in parts:
                yield place, node.value if isinstance(node.value, str) else ""


def _part(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"


def _named(form: re.Pattern[str]) -> list[Any]:
    found = [(place, line) for place, text in _texts() for line in form.findall(text)]
    # What stands for the command itself can be any.
    return [pytest.param(line, id=f"{place} {line}") for place, line in found if line[0] != "{"]


def _words(line: str) -> list[str]:
    """Give the words of the first command of a line; what stands far to the right explains it."""
    lexer = shlex.shlex(re.split(" {2,}", line)[0], posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if set(word) <= set(";&|<>()"):
            break
        words.append(re.sub(r"\{\}|^[A-Z]+$", _FILLED_IN, word))
    return words


def _parse(words: list[str], *, whole: bool) -> None:
    """Parse a command line as the real one is parsed, without doing it. Unless it has to be
    `whole`, it may name a command without what that is about."""
    command: Any = build_cli()
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        commands = loaded_commands(command)
        assert words[0] in commands, f"no command {words[0]}"
        command, words = commands[words[0]], words[1:]
    if not whole and not any(word[0] != "-" for word in words):
        words = [*words, "--help"]
    try:
        command.make_context("cioform", list(words))
    except typer.Exit:  # --help
        return


def test_there_are_commands_in_the_messages() -> None:
    assert len(_named(_OF_ITS_OWN)) > 100
    assert len(_named(_IN_BETWEEN)) > 10


@pytest.mark.parametrize("line", _named(_OF_ITS_OWN) + _named(_NEXT))
def test_a_command_on_its_own_line_is_valid(line: str) -> None:
    try:
        _parse(_words(line), whole=True)
    except ClickUsageError as error:
        pytest.fail(f"{line}: {error}")


@pytest.mark.parametrize("line", _named(_IN_BETWEEN))
def test_a_command_within_a_sentence_exists(line: str) -> None:
    try:
        _parse(_words(line), whole=False)
    except ClickUsageError as error:
        pytest.fail(f"{line}: {error}")
