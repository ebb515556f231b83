"""Docstrings: one style for errors, and modules that say what they hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import cioform

PACKAGE = Path(cioform.__file__).parent

OTHER_STYLES = re.compile(r"(;\s+raises?|,\s+or raise|[.)]\s+Raise) [A-Z1-9]")
"""`Return x; raise E`, `Return x, or raise E` and `Return x. Raise E`."""


def docstrings() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each docstring, those of fields and constants too."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Expr(ast.Constant(str(text))):
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", text


def test_errors_have_a_sentence_of_their_own() -> None:
    """Write `Return x. Raises E if y.`; `Raise E if y.` is a summary."""
    assert [place for place, text in docstrings() if OTHER_STYLES.search(text)] == []


def test_modules_say_what_they_hold() -> None:
    """Write `The users of a segment.` or `Find the users of a segment.`, not `What uses it.`."""
    questions = re.compile(r"(How|What|When|Where|Which|Who|Whom|Whose|Why)\b")
    modules = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    docs = {path: ast.get_docstring(ast.parse(text)) or "" for path, text in modules.items()}
    assert [path for path, text in docs.items() if questions.match(text)] == []
