"""Files and functions of the package stay short enough to be read at once."""

from __future__ import annotations

import ast
from pathlib import Path

import cioform

MAX_FILE_LINES = 320
MAX_FUNCTION_LINES = 60


def test_no_file_and_no_function_is_too_long() -> None:
    too_long = []
    for file in sorted(Path(cioform.__file__).parent.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if (lines := len(text.splitlines())) > MAX_FILE_LINES:
            too_long.append(f"{file}: {lines} lines")
        too_long += [
            f"{file}:{node.lineno}: {node.name} has {length} lines"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES
        ]
    assert too_long == []
