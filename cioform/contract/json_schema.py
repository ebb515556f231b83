"""A shape as JSON Schema."""

from __future__ import annotations

from typing import Final

from cioform.contract.evidence import DataType
from cioform.contract.shape import Shape
from cioform.core.data.json_value import Json

_TYPES: Final[dict[DataType, Json]] = {
    DataType.STRING: "string",
    DataType.NUMBER: "number",
    DataType.BOOLEAN: "boolean",
    DataType.DATE: ["integer", "string"],
    DataType.ARRAY: "array",
    DataType.OBJECT: "object",
}


def to_json_schema(shape: Shape) -> dict[str, Json]:
    """Return the JSON Schema of a shape. Fields that no message uses are allowed."""
    schema: dict[str, Json] = {}
    if shape.type is not None:
        schema["type"] = _TYPES[shape.type]
    if shape.description:
        schema["description"] = shape.description
    if shape.sample is not None:
        schema["examples"] = [shape.sample]
    if shape.fields:
        schema["properties"] = {name: to_json_schema(each) for name, each in shape.fields.items()}
        if required := [name for name, each in shape.fields.items() if each.required]:
            schema["required"] = required
    if shape.items is not None:
        schema["items"] = to_json_schema(shape.items)
    return schema
