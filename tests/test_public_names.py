"""The public names of the package can be imported, and are loaded only when they are used."""

from __future__ import annotations

import ast
from pathlib import Path

import cioform
from cioform.core import errors


def test_every_public_name_can_be_imported() -> None:
    for name in cioform.__all__:
        assert getattr(cioform, name) is not None


def test_the_names_that_type_checkers_see_are_those_at_run_time() -> None:
    module = ast.parse(Path(str(cioform.__file__)).read_text(encoding="utf-8"))
    [branch] = [node for node in module.body if isinstance(node, ast.If)]
    imported = [
        alias.name
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert sorted([*imported, "__version__"]) == sorted(cioform.__all__)


def test_every_error_is_public() -> None:
    names = [name for name in vars(errors) if name.endswith("Error")]
    assert set(names) <= set(cioform.__all__)
