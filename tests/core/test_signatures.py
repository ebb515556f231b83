"""Signatures say what a function takes, and functions use what they take."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cioform

PACKAGE = Path(str(cioform.__file__)).parent


def test_no_callable_takes_and_returns_anything() -> None:
    assert [
        f"{path}: {function.name}"
        for path, function in functions(PACKAGE)
        for annotation in annotations_of(function)
        if "Callable[..., Any]" in ast.unparse(annotation)
    ] == []


def test_the_model_and_the_plan_are_typed() -> None:
    assert [
        f"{path}: {function.name}"
        for room in ("model", "plan")
        for path, function in functions(PACKAGE / room)
        for annotation in annotations_of(function)
        for node in ast.walk(annotation)
        if isinstance(node, ast.Name) and node.id == "Any"
    ] == []


def test_no_parameter_is_deleted() -> None:
    assert [
        f"{path}: {function.name}"
        for path, function in functions(PACKAGE)
        for node in ast.walk(function)
        if isinstance(node, ast.Delete)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in {each.arg for each in arguments(function)}
    ] == []


def functions(folder: Path) -> Iterator[tuple[Path, ast.FunctionDef]]:
    yield from ((path, node) for path, node in all_functions() if folder in (path, *path.parents))


@cache
def all_functions() -> list[tuple[Path, ast.FunctionDef]]:
    return [
        (path, node)
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]


def arguments(function: ast.FunctionDef) -> list[ast.arg]:
    each = function.args
    more = [one for one in (each.vararg, each.kwarg) if one is not None]
    return [*each.posonlyargs, *each.args, *each.kwonlyargs, *more]


def annotations_of(function: ast.FunctionDef) -> Iterator[ast.expr]:
    found = (function.returns, *(each.annotation for each in arguments(function)))
    yield from (each for each in found if each is not None)
