"""Validate request bodies against their shape, strictly or leniently."""

from collections.abc import Iterable, Mapping
from typing import Any

from cioform.emulator.protocol.route import Shape
from cioform.emulator.wire.errors import ApiError

PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}
DROPPED = object()


def validate_body(value: Any, shape: Shape, *, strict: bool, field: str = "body") -> Any:
    """Return `value` without the members that `shape` does not declare.

    In strict mode an unknown field or a wrong type raises 400 `json: unknown field "x"` instead;
    otherwise both are dropped (journeys facts, 2). Null is valid everywhere, as it is in the
    service's Go.
    """
    if value is None or not _matches_type(value, shape):
        return value if value is None else _handle_wrong_type(value, shape, field, strict)
    if isinstance(value, dict) and "properties" in shape:
        return _validate_object(value, shape, strict)
    if isinstance(value, list) and "items" in shape:
        each = (validate_body(item, shape["items"], strict=strict, field=field) for item in value)
        return [item for item in each if item is not DROPPED]
    return value


def present_fields(fields: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Return those of `keys` that `fields` has a value for; null counts as missing."""
    return {key: fields[key] for key in keys if fields.get(key) is not None}


def _validate_object(value: dict[str, Any], shape: Shape, strict: bool) -> dict[str, Any]:
    valid: dict[str, Any] = {}
    for key, item in value.items():
        member_shape = shape["properties"].get(key)
        if member_shape is not None:
            member = validate_body(item, member_shape, strict=strict, field=key)
            if member is not DROPPED:
                valid[key] = member
        elif shape.get("additionalProperties"):
            valid[key] = item
        elif strict:
            raise ApiError(400, f'json: unknown field "{key}"')
    return valid


def _matches_type(value: Any, shape: Shape) -> bool:
    declared = shape.get("type")
    if declared is None:
        return True
    names = declared if isinstance(declared, list) else [declared]
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, PYTHON_TYPES.get(name, ())) for name in names)


def _handle_wrong_type(value: Any, shape: Shape, field: str, strict: bool) -> Any:
    if shape.get("x-checked-by-handler"):  # The handler returns the error of the service for these.
        return value
    if strict:
        json_type = {dict: "object", list: "array", str: "string", bool: "bool"}.get(
            type(value), "number"
        )
        raise ApiError(400, f"json: cannot unmarshal {json_type} into field {field}")
    return DROPPED
