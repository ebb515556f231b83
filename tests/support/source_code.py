"""The source of the package: its texts, read once, and the statements in them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import cioform

PACKAGE: Final = Path(str(cioform.__file__)).parent


@cache
def source_texts() -> dict[Path, str]:
    """Return the text of each module of the package."""
    return {path: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def parsed(containing: str = "") -> Iterator[tuple[Path, ast.Module]]:
    """Yield the modules whose text contains a pattern; by default all of them."""
    for path, text in source_texts().items():
        if re.search(containing, text, re.MULTILINE):
            yield path, ast.parse(text)


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the statements in a node, those in classes and functions too, without expressions.

    There are ten times as many expressions, so that `ast.walk` takes much longer.
    """
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for each in getattr(node, name, ()):
            yield each
            yield from statements(each)
