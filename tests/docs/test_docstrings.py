"""Docstrings: one style for errors, and modules that say what they hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.support.source_code import PACKAGE, parsed, statements

OTHER_STYLES = re.compile(r"(;\s+raises?|,\s+or raise|[.)]\s+Raise) [A-Z1-9]")
"""`Return x; raise E`, `Return x, or raise E` and `Return x. Raise E`."""
QUESTION = re.compile(r"(How|What|When|Where|Which|Who|Whom|Whose|Why)\b")


def docstrings(containing: str) -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each docstring, those of fields and constants too.

    Only of the modules whose text contains the pattern.
    """
    for path, module in parsed(containing):
        for node in statements(module):
            match node:
                case ast.Expr(ast.Constant(str(text))):
                    yield f"{path.relative_to(PACKAGE)}:{node.lineno}", text


def test_errors_have_a_sentence_of_their_own() -> None:
    """Write `Return x. Raises E if y.`; `Raise E if y.` is a summary."""
    found = docstrings(OTHER_STYLES.pattern)
    assert [place for place, text in found if OTHER_STYLES.search(text)] == []


def test_modules_say_what_they_hold() -> None:
    """Write `The users of a segment.` or `Find the users of a segment.`, not `What uses it.`."""
    modules = parsed(rf'^r?"""\s*{QUESTION.pattern}')
    docs = {path: ast.get_docstring(module) or "" for path, module in modules}
    assert [path for path, text in docs.items() if QUESTION.match(text)] == []
