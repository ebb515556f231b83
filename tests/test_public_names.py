"""The public names of the package can be imported, and are loaded only when they are used."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import cioform
from cioform import CioformError, Workspace

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = Path(str(cioform.__file__)).parent
SERVICES: Final = ("cioform.services", "cioform.operate", "cioform.remote")
"""Where the properties of a workspace come from whose methods a program calls."""


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
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    errors = {CioformError.__name__}
    while more := {name for name, of in bases.items() if of & errors} - errors:
        errors |= more
    assert errors <= set(cioform.__all__)


def test_every_error_is_documented() -> None:
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    row = re.compile(r"^\| `(\w+Error)` \| (?:`(\w+)`)? ?\| (\d*) ?\|", re.MULTILINE)
    classes = {name: getattr(cioform, name) for name in cioform.__all__ if name.endswith("Error")}
    expected = {
        (name, "" if (base := cls.__base__) in (CioformError, Exception) else base.__name__,
         "" if cls is CioformError else str(cls.exit_code))
        for name, cls in classes.items()
    }  # fmt: skip
    assert set(row.findall(page)) == expected


def test_what_a_program_makes_to_call_a_method_is_public() -> None:
    """Other parameters take what a method returned, so that nobody has to import their type."""
    parameters, results = set(), set()
    for method in _methods(Workspace, set()):
        for name, annotation in method.__annotations__.items():
            (results if name == "return" else parameters).update(_own_types(method, annotation))
    made = {each for each in parameters - results if not getattr(each, "_is_protocol", False)}
    assert {each.__name__ for each in made} <= set(cioform.__all__)


def _methods(cls: type, seen: set[type]) -> Iterator[Callable[..., Any]]:
    """Yield the public methods of a class, and of the services that its properties are."""
    if cls in seen:
        return
    seen.add(cls)
    for name, member in inspect.getmembers(cls):
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            for each in _own_types(member.fget, member.fget.__annotations__["return"]):
                if each.__module__.startswith(SERVICES):
                    yield from _methods(each, seen)
        elif callable(function := getattr(member, "__func__", member)):
            yield function


def _own_types(function: Any, annotation: object) -> set[type]:
    """Return the classes of cioform in an annotation, as the module of the function names them."""
    module = import_module(function.__module__)
    found = (getattr(module, name, None) for name in re.findall(r"[A-Z]\w+", str(annotation)))
    return {
        each
        for each in found
        if isinstance(each, type)
        and each.__module__.startswith("cioform.")
        and not issubclass(each, dict)
    }
