"""Signatures say what a function takes, and functions use what they take."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.support.annotations import PACKAGE, Module, annotations_of, arguments, modules
from tests.support.source_code import source_texts, statements

TYPED = (
    "core", "model", "plan", "run", "state", "storage", "remote", "policies", "lint", "contract",
    "forge", "operate", "report", "services",
)  # fmt: skip
"""The packages in which nothing is `Any`."""


def test_no_callable_takes_and_returns_anything() -> None:
    assert [
        f"{path}: {function.name}"
        for path, function in all_functions()
        if "..., Any" in source_texts()[path]
        for annotation in annotations_of(function)
        if "Callable[..., Any]" in ast.unparse(annotation)
    ] == []


@pytest.mark.parametrize("package", TYPED)
def test_no_signature_and_no_field_is_any(package: str) -> None:
    assert [
        f"{module.path}: {name}: {ast.unparse(annotation)}"
        for module in modules(PACKAGE / package)
        for name, annotation in module.annotations()
        if module.is_any(annotation)
    ] == []


@pytest.mark.parametrize(
    "annotation",
    [
        "Any",
        "list[Any]",
        "Mapping[str, JsonValue] | None",
        "KindFields",
        "Callable[[Wire], None]",
        "'Wire'",
        "JsonSchemaValue",
    ],
)
def test_an_alias_of_any_is_found(annotation: str, tmp_path: Path) -> None:
    assert is_any(annotation, tmp_path)


@pytest.mark.parametrize("annotation", ["Json", "Attributes", "Literal['Any']", "list[str]"])
def test_the_type_of_json_data_is_not_any(annotation: str, tmp_path: Path) -> None:
    assert not is_any(annotation, tmp_path)


def is_any(annotation: str, folder: Path) -> bool:
    (folder / "a.py").write_text(
        "from typing import Any, Literal\n"
        "from pydantic.json_schema import JsonSchemaValue\n"
        "from cioform.core.data.json_value import Attributes, Json, JsonValue, KindFields\n"
        "Wire = dict[str, KindFields]\n"
        f"def f(value: {annotation}) -> None: ...\n"
    )
    [module] = modules(folder)
    found: Module = module
    return any(found.is_any(each) for _, each in found.annotations())


def test_no_parameter_is_deleted() -> None:
    assert [
        f"{path}: {function.name}"
        for path, function in all_functions()
        for node in statements(function)
        if isinstance(node, ast.Delete)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in {each.arg for each in arguments(function)}
    ] == []


@cache
def all_functions() -> list[tuple[Path, ast.FunctionDef]]:
    return [
        (module.path, node)
        for module in modules(PACKAGE)
        for node in statements(module.tree)
        if isinstance(node, ast.FunctionDef)
    ]
