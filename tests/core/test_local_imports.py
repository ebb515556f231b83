"""Imports stand at the top of a module; what is slow to import is loaded by `core.lazy_modules`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

from cioform.core import lazy_modules
from tests.support.source_code import parsed, statements

MAX_OWN = 15
"""How many modules of ours may be loaded lazily, in functions or by `core.lazy_modules`."""


def test_few_of_our_own_modules_are_lazy() -> None:
    lazy = [*local_imports(), *lazy_modules._LAZY_MODULES]
    assert len([name for name in lazy if name.startswith("cioform")]) <= MAX_OWN


def test_no_function_imports_what_is_not_ours() -> None:
    assert [name for name in local_imports() if not name.startswith("cioform")] == []


@cache
def local_imports() -> tuple[str, ...]:
    """Return the name of each module that a function imports."""
    return tuple(_local_imports())


def _local_imports() -> Iterator[str]:
    for _, tree in parsed(r"^\s+(from|import) "):
        for function in statements(tree):
            if isinstance(function, ast.FunctionDef):
                for node in statements(function):
                    if isinstance(node, ast.ImportFrom):
                        yield str(node.module)
                    elif isinstance(node, ast.Import):
                        yield from (alias.name for alias in node.names)
