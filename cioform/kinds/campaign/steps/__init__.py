"""The words of a workflow and the remote's actions for them, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cioform.core.json_value import JsonValue
from cioform.kinds.campaign.steps.choices import CHOICE_STEP_TYPES
from cioform.kinds.campaign.steps.data import DATA_STEP_TYPES
from cioform.kinds.campaign.steps.messages import MESSAGE_STEP_TYPES
from cioform.kinds.campaign.steps.step_type import (
    READ_ONLY_FIELDS,
    REQUIRED_DEFAULTS,
    CodecContext,
    StepFields,
    StepType,
    WireAction,
    WireFields,
    extra_wire_fields,
)
from cioform.kinds.campaign.steps.waits import WAIT_STEP_TYPES
from cioform.model.schema_docs import DocumentedSchemaGenerator

__all__ = [
    "KEYWORD_BY_ACTION_TYPE",
    "READ_ONLY_FIELDS",
    "REQUIRED_DEFAULTS",
    "STEP_TYPES",
    "SUPPORTED_KEYWORDS",
    "CodecContext",
    "StepFields",
    "StepType",
    "WireAction",
    "WireFields",
    "extra_wire_fields",
    "normalize_step",
    "parse_fields",
    "step_schema",
]

STEP_TYPES: Final[Mapping[str, StepType]] = {
    **MESSAGE_STEP_TYPES,
    **WAIT_STEP_TYPES,
    **CHOICE_STEP_TYPES,
    **DATA_STEP_TYPES,
}
"""A new word is a line in one of these tables, and its shape in `language.workflow`."""

SUPPORTED_KEYWORDS: Final = tuple(STEP_TYPES)
KEYWORD_BY_ACTION_TYPE: Final = {word.action_type: name for name, word in STEP_TYPES.items()}


def parse_fields(keyword: str, fields: StepFields) -> StepFields:
    """Give what a step says in canonical form: its word with its value, and what stands beside
    it. Raises ValidationError with all that is wrong, at its path in the step."""
    model = STEP_TYPES[keyword].model.model_validate(fields)
    read: StepFields = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {keyword: read.pop(keyword, {}), **read}


def normalize_step(step: StepFields) -> StepFields:
    """Give a bare step, or the fields of one, in a form in which those of one meaning are equal."""
    word = None if "action" in step else next((key for key in step if key in STEP_TYPES), None)
    return step if word is None else STEP_TYPES[word].normalize(step)


def step_schema(steps_schema: JsonValue) -> dict[str, JsonValue]:
    """Give the JSON schema of a step; `below` is that of a list of steps."""
    lists = dict.fromkeys(("then", "else", "on_timeout", "otherwise"), steps_schema)
    properties: dict[str, JsonValue] = {"id": {"type": "string"}, "name": {"type": "string"}}
    for word in STEP_TYPES.values():
        schema = word.model.model_json_schema(
            by_alias=True, schema_generator=DocumentedSchemaGenerator
        )
        properties |= _inline_refs(schema["properties"], schema.get("$defs", {}))
    for name in ("branches", "random"):
        properties[name]["items"]["properties"]["then"] = steps_schema
    return {
        "type": "object",
        "properties": properties | lists,
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
