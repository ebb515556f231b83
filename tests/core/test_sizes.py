"""Files and functions of the package stay short enough to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from statistics import quantiles

import cioform

PACKAGE = Path(cioform.__file__).parent


def test_most_files_are_short_and_none_is_too_long() -> None:
    assert too_long(file_lines(), median=110, most=240, largest=320) == []


def test_most_functions_are_short_and_none_is_too_long() -> None:
    assert too_long(function_lines(), median=7, most=18, largest=60) == []


def too_long(lines: Mapping[str, int], *, median: int, most: int, largest: int) -> list[str]:
    """Return what is longer than `largest`, and which of the usual lengths is too large."""
    tenths = quantiles(lines.values(), n=10)
    problems = [f"{name}: {length} lines" for name, length in lines.items() if length > largest]
    if tenths[4] > median:
        problems.append(f"The median is {tenths[4]} lines.")
    if tenths[8] > most:
        problems.append(f"Nine tenths have up to {tenths[8]} lines.")
    return problems


@cache
def texts() -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}


def file_lines() -> dict[str, int]:
    # A package without a text of its own is not a short file.
    return {
        str(path): len(text.splitlines())
        for path, text in texts().items()
        if len(text.splitlines()) > 1
    }


def function_lines() -> dict[str, int]:
    return {
        f"{path}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, text in texts().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
