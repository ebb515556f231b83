"""Files and functions of the package stay short enough to be read at once."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from statistics import quantiles

from tests.support.source_code import parsed, source_texts, statements


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


def file_lines() -> dict[str, int]:
    # A package without a text of its own is not a short file.
    return {
        str(path): len(text.splitlines())
        for path, text in source_texts().items()
        if len(text.splitlines()) > 1
    }


def function_lines() -> dict[str, int]:
    return {
        f"{path}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, tree in parsed()
        for node in statements(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
