"""Forms mean what pydantic takes their types to mean."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, Final, get_type_hints

import pytest
from pydantic import TypeAdapter, ValidationError
from typing_extensions import is_typeddict

import cioform.kinds
import cioform.operate
import cioform.remote
from cioform.core.data.json_value import JsonValue
from cioform.model.remote_access.response_schema import ResponseSchema
from cioform.model.remote_access.schema_validators import list_validator

SCALARS: Final = (None, True, -1, 0, 7, 1.5, "", " ", "a", "7")
_SCHEMA_ANNOTATIONS: Final = ("Final[ResponseSchema]", Final[ResponseSchema])
"""As text, in modules that do not evaluate their annotations, and evaluated."""
VALUES: Final = (*SCALARS, [], [*SCALARS], {}, {"id": 7}, {"a": None}, [{}, {"id": "a", "name": 7}])


def _find_types() -> Iterator[tuple[str, object]]:
    """Yield the types of all members of schemas, and the objects in them."""
    for package in (cioform.kinds, cioform.operate, cioform.remote):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(info.name)
            annotations = vars(module).get("__annotations__", {})
            for name, value in vars(module).items():
                if annotations.get(name) in _SCHEMA_ANNOTATIONS:
                    yield from ((f"{name}.{key}", expected) for key, expected in value.items())
                elif _is_form(value) and value.__module__ == info.name:
                    yield name, value


def _is_form(value: object) -> bool:
    # What cioform writes is a TypedDict of the standard library, which pydantic takes from 3.12.
    return is_typeddict(value) and type(value).__module__ != "typing"


FORM_TYPES = dict(_find_types())


def test_forms_are_found() -> None:
    """Else the test below would test nothing."""
    assert {"CAMPAIGN.actions", "ActionSchema", "COUNT.count", "WireSegment"} <= FORM_TYPES.keys()


@pytest.mark.parametrize("name", FORM_TYPES)
def test_problems_are_those_that_pydantic_finds(name: str) -> None:
    """Values are refused at the same places for the same reasons."""
    expected: Any = FORM_TYPES[name]
    pydantic = TypeAdapter(list[expected]).validator
    for value in _values(expected):
        assert _problems(list_validator(expected), [value]) == _problems(pydantic, [value])


def _values(expected: Any) -> Iterator[JsonValue]:
    """Yield values of all types, for an object as each of its members, too."""
    yield from VALUES
    if is_typeddict(expected):
        hints = get_type_hints(expected)
        yield from ({name: value} for name in hints for value in VALUES)
        yield from (dict.fromkeys(hints, value) for value in VALUES)


def _problems(validator: Any, value: JsonValue) -> list[tuple[object, str]]:
    try:
        validator.validate_python(value, strict=True)
    except ValidationError as error:
        return [(problem["loc"], problem["msg"]) for problem in error.errors()]
    return []
