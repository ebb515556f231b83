"""Validators of the types that response schemas have.

They are built from pydantic-core's own schemas: a plan checks the responses of every kind, and
pydantic takes four times as long to build the same validators.
"""

from __future__ import annotations

from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    NotRequired,
    Required,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from annotated_types import Ge
from pydantic import PlainValidator
from pydantic_core import CoreSchema, SchemaValidator, core_schema
from typing_extensions import is_typeddict

_SIMPLE: Final[dict[object, CoreSchema]] = {
    Any: core_schema.any_schema(),
    object: core_schema.any_schema(),
    bool: core_schema.bool_schema(),
    int: core_schema.int_schema(),
    str: core_schema.str_schema(),
}


@cache
def list_validator(item_type: object) -> SchemaValidator:
    """Return the validator of a list of `item_type`.

    Raises TypeError for a type that a response schema cannot have.
    """
    return SchemaValidator(core_schema.list_schema(_schema(item_type)))


def _schema(expected: object) -> CoreSchema:
    simple = _SIMPLE.get(expected)
    if simple is not None:
        return simple
    origin = get_origin(expected)
    arguments = get_args(expected)
    if origin is Annotated:
        return _annotated(*arguments)
    if origin in (Union, UnionType):
        return _union(arguments)
    if origin is list:
        return core_schema.list_schema(_schema(arguments[0]))
    if origin is dict:
        return core_schema.dict_schema(_schema(arguments[0]), _schema(arguments[1]))
    if isinstance(expected, type) and is_typeddict(expected):
        return _object(expected)
    raise TypeError(f"unsupported type in a response schema: {expected}")


def _annotated(expected: object, *limits: object) -> CoreSchema:
    match limits:
        case (PlainValidator(func=check),):
            return core_schema.no_info_plain_validator_function(check)  # type: ignore[arg-type]
        case (Ge(ge=int(least)),) if expected is int:
            return core_schema.int_schema(ge=least)
    raise TypeError(f"unsupported annotation in a response schema: {limits}")


def _union(choices: tuple[object, ...]) -> CoreSchema:
    schemas = [_schema(choice) for choice in choices if choice is not NoneType]
    schema = schemas[0] if len(schemas) == 1 else core_schema.union_schema([*schemas])
    return core_schema.nullable_schema(schema) if NoneType in choices else schema


def _object(typed_dict: type) -> CoreSchema:
    required: frozenset[str] = getattr(typed_dict, "__required_keys__", frozenset())
    return core_schema.typed_dict_schema(
        {
            name: _member(hint, is_required=name in required)
            for name, hint in get_type_hints(typed_dict, include_extras=True).items()
        }
    )


def _member(hint: object, *, is_required: bool) -> core_schema.TypedDictField:
    # Where annotations are texts, `__required_keys__` knows neither Required nor NotRequired.
    origin = get_origin(hint)
    if origin in (Required, NotRequired):
        is_required, hint = origin is Required, get_args(hint)[0]
    return core_schema.typed_dict_field(_schema(hint), required=is_required)
