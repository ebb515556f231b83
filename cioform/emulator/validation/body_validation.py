"""Request bodies against their shape: strict says no, lax drops what it does not know."""

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
    """`value` without what `shape` does not know.

    Strict raises 400 `json: unknown field "x"` instead, also for a wrong type; lax passes it over
    in silence (journeys facts, 2). A null fits everywhere, as it does in the service's Go.
    """
    if value is None or not _matches_type(value, shape):
        return value if value is None else _handle_wrong_type(value, shape, field, strict)
    if isinstance(value, dict) and "properties" in shape:
        return _validate_object(value, shape, strict)
    if isinstance(value, list) and "items" in shape:
        each = (validate_body(item, shape["items"], strict=strict, field=field) for item in value)
        return [item for item in each if item is not DROPPED]
    return value


def _validate_object(value: dict[str, Any], shape: Shape, strict: bool) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, item in value.items():
        known = shape["properties"].get(key)
        if known is not None:
            fitting = validate_body(item, known, strict=strict, field=key)
            if fitting is not DROPPED:
                kept[key] = fitting
        elif shape.get("additionalProperties"):
            kept[key] = item
        elif strict:
            raise ApiError(400, f'json: unknown field "{key}"')
    return kept


def _matches_type(value: Any, shape: Shape) -> bool:
    named = shape.get("type")
    if named is None:
        return True
    names = named if isinstance(named, list) else [named]
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, PYTHON_TYPES.get(name, ())) for name in names)


def _handle_wrong_type(value: Any, shape: Shape, field: str, strict: bool) -> Any:
    if shape.get("x-judged"):  # the handler has its own, better known, refusal
        return value
    if strict:
        had = {dict: "object", list: "array", str: "string", bool: "bool"}.get(
            type(value), "number"
        )
        raise ApiError(400, f"json: cannot unmarshal {had} into field {field}")
    return DROPPED
