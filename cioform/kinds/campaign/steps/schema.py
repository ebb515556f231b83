"""The JSON schema of a step, for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.steps import STEP_MODELS
from cioform.language.workflow import BRANCH_KEYS, STEP_TYPES
from cioform.model.schema_docs import DocumentedSchemaGenerator


def step_schema(steps_schema: JsonValue) -> dict[str, JsonValue]:
    """Return the JSON schema of a step, in which `steps_schema` is that of a list of steps."""
    properties: dict[str, JsonValue] = {"id": {"type": "string"}, "name": {"type": "string"}}
    for keyword, row in STEP_TYPES.items():
        schema = STEP_MODELS[keyword].model_json_schema(
            by_alias=True, schema_generator=DocumentedSchemaGenerator
        )
        fields = _inline_refs(schema["properties"], schema.get("$defs", {}))
        fields[keyword]["description"] = f"{row.summary[0].upper()}{row.summary[1:]}."
        if row.has_options:
            fields[keyword]["items"]["properties"]["then"] = steps_schema
        properties |= fields
    return {
        "type": "object",
        "properties": properties | dict.fromkeys(BRANCH_KEYS, steps_schema),
        "additionalProperties": False,
    }


def _inline_refs(schema: Any, definitions: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inline_refs(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_inline_refs(definitions[schema["$ref"].rpartition("/")[2]], definitions), **rest}
    return {key: _inline_refs(value, definitions) for key, value in schema.items()}
