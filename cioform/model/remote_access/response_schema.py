"""The schema of a response: which members are used, and of what type they are.

A response is checked where it arrives, so that the code that uses it need not. A schema has only
what cioform relies on: other members may be anything, because Customer.io adds some without notice.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Final, TypeAlias, TypeGuard, get_args, get_origin

from annotated_types import Ge
from pydantic import PlainValidator, ValidationError
from pydantic_core import PydanticCustomError, SchemaValidator
from typing_extensions import TypedDict

from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.dataclasses import dataclass
from cioform.model.remote_access.schema_validators import list_validator
from cioform.model.values.value_errors import TYPE_ERRORS

ResponseSchema: TypeAlias = Mapping[str, object]
"""The type of each member of a body that is an object: `{"tags": list[WireTag]}`. A name that ends
with `?` is that of a member that may be missing; the empty name stands for the whole body."""

FORM_ERROR: Final = "wire_form"
"""The type of errors whose message is what a member should be."""

_PATH_SYNTAX: Final = frozenset("/\\?#%")
"""The characters with which a text in a path would lead to another path."""


def is_wire_id(value: Json) -> TypeGuard[int | str]:
    """Return whether a value can be an id: a number that is not negative, or a text.

    The APIs return either, and sources differ for some objects (journeys facts, section 2).
    """
    if isinstance(value, str):
        return value != "" and value.isprintable() and " " not in value
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def is_id_in_path(value: str) -> bool:
    """Return whether a text can be an ID that paths of requests contain as it is."""
    return value not in (".", "..") and not _PATH_SYNTAX & set(value) and is_wire_id(value)


def _check_id(value: Json) -> int | str:
    if type(value) is int and value >= 0:
        return value  # Nearly all are, and a campaign has dozens.
    if not (is_wire_id(value) and is_id_in_path(str(value))):
        raise PydanticCustomError(FORM_ERROR, "an id: a number or a text without blanks")
    return value


WireId: TypeAlias = Annotated[int | str, PlainValidator(_check_id)]
"""An ID in a response."""


def _check_edge_end(value: Json) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return _check_id(value)


WireEdgeEnd: TypeAlias = Annotated[int | str, PlainValidator(_check_edge_end)]
"""The ID at an end of an edge, which may be -1 (journeys facts, section 2)."""


Count: TypeAlias = Annotated[int, Ge(0)]
"""A count in a response, or a position."""


def _check_new_id(value: Json) -> int | str:
    if isinstance(value, str) and not value.isdecimal():
        raise PydanticCustomError(FORM_ERROR, "an id: a number")
    return _check_id(value)


_NewId: TypeAlias = Annotated[int | str, PlainValidator(_check_new_id)]
"""The ID of an object that a request created. All of these are numbers, or texts of digits."""


class WithId(TypedDict):
    """What the response to a write must contain of a new object."""

    id: _NewId


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """The first member of a response that is not as expected."""

    path: FieldPath
    expected: str
    """What it should be; empty for a member that is missing."""
    found: str

    def __str__(self) -> str:
        where = f"`{format_path(self.path)}`" if self.path else "it"
        instead = f" instead of {self.expected}" if self.expected else ""
        return f"{where} is {self.found}{instead}"


def find_schema_problem(schema: ResponseSchema, body: Json) -> SchemaProblem | None:
    """Return the first member of `body` that does not match the schema; None if all match."""
    if not isinstance(body, dict):
        return SchemaProblem((), "an object", describe_json(body))
    for key, expected in schema.items():
        name = key.removesuffix("?")
        if key and name not in body:
            if name != key:
                continue
            return SchemaProblem((name,), "", "missing")
        value, path = (body[name], (name,)) if key else (body, ())
        problem = find_type_problem(expected, value, path)
        if problem is not None:
            return problem
    return None


def find_type_problem(expected: object, value: Json, path: FieldPath = ()) -> SchemaProblem | None:
    """Return what in `value`, which is at `path`, does not have the expected type, or None."""
    validator, is_list = _validator_of(expected)
    try:
        validator.validate_python(value if is_list else [value], strict=True)
    except ValidationError as error:
        detail = error.errors(include_url=False, include_context=False)[0]
        location = detail["loc"] if is_list else detail["loc"][1:]
        is_missing = detail["type"] == "missing"
        found = "missing" if is_missing else describe_json(detail["input"])
        expects = detail["msg"] if detail["type"] == FORM_ERROR else _expected_by(detail["type"])
        return SchemaProblem((*path, *location), expects, found)
    return None


@cache
def _validator_of(expected: object) -> tuple[SchemaValidator, bool]:
    """Return the validator of a list of `expected`, and whether `expected` is itself such a list.

    The validator of a list also serves for one item.
    """
    origin: object = get_origin(expected)
    is_list = origin is list
    return list_validator(get_args(expected)[0] if is_list else expected), is_list


def describe_json(value: Json) -> str:
    """Return what a value of a response is, without the text of people that may be in it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {str(value)[:40]}"
    if isinstance(value, str):
        return "a text" if value else "an empty text"
    return "an object" if isinstance(value, dict) else "a list"


def _expected_by(error_type: str) -> str:
    if error_type == "greater_than_equal":
        return "a number that is not negative"
    words = {"a mapping of fields": "an object", "text": "a text"}
    expected = TYPE_ERRORS.get(error_type, "")
    return words.get(expected, expected)
