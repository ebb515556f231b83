"""The words of a workflow and the remote's actions for them, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from cioform.core.json_value import Plain
from cioform.kinds.campaign.steps.choices import CHOICES
from cioform.kinds.campaign.steps.data import DATA
from cioform.kinds.campaign.steps.messages import MESSAGES
from cioform.kinds.campaign.steps.step_type import (
    NOT_OURS,
    REQUIRED,
    Action,
    Context,
    Fields,
    Members,
    Word,
    extras,
)
from cioform.kinds.campaign.steps.waits import WAITS
from cioform.model.schema_docs import Documented

__all__ = [
    "NOT_OURS",
    "OFFERED",
    "REQUIRED",
    "VOCABULARY",
    "WORD_OF_TYPE",
    "Action",
    "Context",
    "Fields",
    "Members",
    "Word",
    "extras",
    "normal_step",
    "read_fields",
    "step_schema",
]

VOCABULARY: Final[Mapping[str, Word]] = {**MESSAGES, **WAITS, **CHOICES, **DATA}
"""A new word is a line in one of these tables, and its shape in `language.workflow`."""

OFFERED: Final = tuple(VOCABULARY)
WORD_OF_TYPE: Final = {word.action: name for name, word in VOCABULARY.items()}


def read_fields(word: str, fields: Fields) -> Fields:
    """Give what a step says in canonical form: its word with its value, and what stands beside
    it. Raises ValidationError with all that is wrong, at its path in the step."""
    model = VOCABULARY[word].model.model_validate(fields)
    read: Fields = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {word: read.pop(word, {}), **read}


def normal_step(step: Fields) -> Fields:
    """Give a bare step, or the fields of one, in a form in which those of one meaning are equal."""
    word = None if "action" in step else next((key for key in step if key in VOCABULARY), None)
    return step if word is None else VOCABULARY[word].normal(step)


def step_schema(below: Plain) -> dict[str, Plain]:
    """Give the JSON schema of a step; `below` is that of a list of steps."""
    lists = dict.fromkeys(("then", "else", "on_timeout", "otherwise"), below)
    properties: dict[str, Plain] = {"id": {"type": "string"}, "name": {"type": "string"}}
    for word in VOCABULARY.values():
        schema = word.model.model_json_schema(by_alias=True, schema_generator=Documented)
        properties |= _inlined(schema["properties"], schema.get("$defs", {}))
    for name in ("branches", "random"):
        properties[name]["items"]["properties"]["then"] = below
    return {
        "type": "object",
        "properties": properties | lists,
        "additionalProperties": False,
    }


def _inlined(schema: Any, defined: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_inlined(item, defined) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        rest = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_inlined(defined[schema["$ref"].rpartition("/")[2]], defined), **rest}
    return {key: _inlined(value, defined) for key, value in schema.items()}
