"""The JSON schema of a step, for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue, as_mapping
from cioform.kinds.campaign.steps import STEP_MODELS
from cioform.kinds.campaign.steps.step_model import VARIANT
from cioform.language.workflow import (
    ACTION,
    MESSAGE_KEYWORDS,
    STEP_TYPES,
    UNKNOWN_STEP_EXAMPLE,
    WAYS,
    StepType,
)
from cioform.model.schema.schema_choice import keyword_definitions
from cioform.model.schema.schema_docs import (
    DocumentedSchemaGenerator,
    Schema,
    documented,
    inline_refs,
    shared_definition,
)

STEP: Final = "step"
"""The definition of a step. Lists of steps refer to it, at every depth."""

_COMMON_FIELDS: Final[Mapping[str, Schema]] = {
    "id": documented(
        {"type": "string"},
        "Identifies the step in files, state and plans. People stay with a step that keeps its ID.",
        "id: welcome",
    ),
    "name": documented({"type": "string"}, "The name in Customer.io; the default is the ID."),
    "was": documented(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        "The ID that the step had before, or a list of them. The people there stay with it.",
        "was: hello",
    ),
}

_VARIANT_FIELDS: Final[Mapping[str, Schema]] = {
    **_COMMON_FIELDS,
    "percent": documented(
        {"type": "integer", "minimum": 0, "maximum": 100},
        "The percentage of people who receive the variant. The percentages of all variants must "
        "add up to 100.",
        "percent: 50",
    ),
}


_EXIT_TEXT: Final[Schema] = {"const": "exit", "description": "Ends the journey."}


def step_definitions() -> dict[str, JsonValue]:
    """Return the definitions of a step: one for each keyword, and `step`, which chooses."""
    branches = {keyword: _branch(row) for keyword, row in STEP_TYPES.items()}
    variants = {keyword: _variant(STEP_TYPES[keyword], branches) for keyword in MESSAGE_KEYWORDS}
    branches[ACTION] = _unknown_step()
    steps = keyword_definitions(STEP, branches, _COMMON_FIELDS, "A step of a workflow.")
    steps[STEP] = {"if": {"type": "string"}, "then": _EXIT_TEXT, "else": steps[STEP]}
    return {
        **steps,
        **keyword_definitions(
            VARIANT, variants, _VARIANT_FIELDS, "A message that a share of people receive."
        ),
    }


def steps_schema() -> Schema:
    """Return the schema of a list of steps."""
    return {"type": "array", "items": shared_definition(STEP)}


def _branch(row: StepType) -> Schema:
    model = STEP_MODELS[row.keyword].model_json_schema(
        by_alias=True, schema_generator=DocumentedSchemaGenerator
    )
    fields: JsonValue = inline_refs(model["properties"], model.get("$defs", {}))
    common = {key: _COMMON_FIELDS[key] for key in _COMMON_FIELDS if not _is_exit_name(row, key)}
    text = f"{row.summary[0].upper()}{row.summary[1:]}."
    fields[row.keyword] = documented(fields[row.keyword], text, _without_dash(row.example))
    if row.has_options:
        fields[row.keyword]["items"]["properties"]["then"] = documented(
            steps_schema(), "The steps of the branch."
        )
    for branch in row.branches:
        fields[branch.key] = documented(steps_schema(), _way_text(branch.label))
    return {
        "type": "object",
        "properties": {**common, **fields},
        "required": [
            *([] if row.ends_journey else ["id"]),
            *(model.get("required") or [row.keyword]),
        ],
        "additionalProperties": False,
    }


def _is_exit_name(row: StepType, field: str) -> bool:
    """Return whether a field is the name of an exit, which no file has."""
    return row.ends_journey and field == "name"


def _unknown_step() -> Schema:
    """Return the schema of a step that no keyword expresses."""
    anything: Schema = {"type": "object"}
    fields = {
        ACTION: documented(
            {"type": "string", "minLength": 1},
            "Customer.io's type of an action that has no keyword.",
            _without_dash(UNKNOWN_STEP_EXAMPLE),
        ),
        "raw": documented(anything, "The members of the action, as Customer.io returns them."),
        "template": documented(anything, "The members of the action's template, if it has one."),
        WAYS: documented(
            {"type": "array", "items": steps_schema()},
            "The branches of such a step in Customer.io's order; each is a list of steps.",
            "ways:\n  - [{id: pause, wait: 1d}]\n  - []",
        ),
    }
    return {
        "type": "object",
        "properties": {**_COMMON_FIELDS, **fields},
        "required": ["id", ACTION],
        "additionalProperties": False,
    }


def _variant(row: StepType, branches: Mapping[str, Schema]) -> Schema:
    fields = as_mapping(branches[row.keyword]["properties"])
    return {
        "type": "object",
        "properties": {
            **_VARIANT_FIELDS,
            **{name: fields[name] for name in (row.keyword, "only_if", "raw")},
        },
        "required": ["id", "percent", row.keyword],
        "additionalProperties": False,
    }


def _way_text(label: str) -> str:
    return f"The steps of the branch “{label.replace('{timeout}', 'the timeout')}”."


def _without_dash(example: str) -> str:
    """Return a step of a list as a mapping of its own."""
    return "\n".join(line[2:] for line in example.splitlines())
