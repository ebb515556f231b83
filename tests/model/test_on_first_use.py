"""Models that are built on first use behave as those that pydantic builds at once."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from cioform.model.fields.model_fields import fields_at
from cioform.model.fields.on_first_use import OnFirstUse
from cioform.model.schema.schema_docs import DocumentedSchemaGenerator


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class Part(_Strict):
    """A part of a file."""

    size: int
    """The size: `3`."""


class Base(_Strict):
    """A part with more fields than this."""

    color: str = "red"


def _derived() -> type[BaseModel]:
    return create_model("Derived", __base__=Base, weight=(int, 0))


class AtOnce(_Strict):
    """A file."""

    part: Part | None = None
    parts: dict[str, Part] = {}


class Late(_Strict):
    """A file."""

    part: Annotated[Part, OnFirstUse()] | None = None
    parts: dict[str, Annotated[Part, OnFirstUse()]] = {}


class WithDerived(_Strict):
    """A file with a part that has more fields than its annotation says."""

    base: Annotated[Base, OnFirstUse(_derived)] | None = None


VALUES: list[Any] = [
    {},
    {"part": {"size": 1}},
    {"part": None, "parts": {"a": {"size": 1}, "b": {"size": 2}}},
    {"part": {"size": "1"}},
    {"part": {"sise": 1}, "parts": {"a": {}}},
    {"part": 3, "parts": {"a": []}},
    {"parts": 3},
]


@pytest.mark.parametrize("value", VALUES)
def test_values_and_errors_are_the_same(value: Any) -> None:
    assert _outcome(Late, value) == _outcome(AtOnce, value)


def _outcome(model: type[BaseModel], value: Any) -> object:
    try:
        return model.model_validate(value).model_dump(exclude_unset=True)
    except ValidationError as error:
        return error.errors(include_url=False)


def test_the_schema_is_the_same() -> None:
    schemas = [
        model.model_json_schema(schema_generator=DocumentedSchemaGenerator)
        for model in (Late, AtOnce)
    ]
    assert schemas[0] == schemas[1]
    assert schemas[0]["$defs"]["Part"]["properties"]["size"]["description"] == "The size: `3`."


def test_nothing_is_built_before_a_value_has_it() -> None:
    class Unused(_Strict):
        size: int

    class File(_Strict):
        part: Annotated[Unused, OnFirstUse()] | None = None

    File.model_validate({})
    assert not Unused.__pydantic_complete__
    File.model_validate({"part": {"size": 1}})
    assert Unused.__pydantic_complete__


def test_a_derived_model_has_its_own_fields() -> None:
    found = WithDerived.model_validate({"base": {"weight": 2}}).base
    assert found is not None
    assert found.model_dump() == {"color": "red", "weight": 2}
    assert fields_at(WithDerived, ("base",), {}) == ["color", "weight"]
