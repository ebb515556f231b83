"""The JSON schema of a trigger, for editors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.kinds.campaign.trigger.trigger_types import TRIGGER_TYPES
from cioform.language.conditions.parsing.schema import TRIGGER_CONDITION, condition_branches
from cioform.model.schema.schema_choice import choose_by_keyword
from cioform.model.schema.schema_docs import (
    DocumentedSchemaGenerator,
    Schema,
    documented,
    inline_refs,
)

TRIGGER: Final = "trigger"
"""The definition of a trigger."""

_EXAMPLES: Final[Mapping[str, str]] = {
    "event": "event: order_placed\nwhere: {attribute: total, greater_than: 100}",
    "date": 'date: trial_ends_at\ndays_before: 3\nat: "10:00"\ntime_zone: person',
    "form": "form: contact_us",
    "webhook": "webhook: 12",
    "api": "api: true",
    "object": "object:\n  object_campaign: {object_type_id: 1}\n"
    "  object_attribute_triggers: [{name: seats, type: Updated}]",
    "relationship": "relationship: {relationship_campaign: true}",
}


def trigger_definitions() -> dict[str, Schema]:
    """Return the definitions of a trigger: one for each keyword, and `trigger`, which chooses."""
    branches = {keyword: _branch(keyword) for keyword in TRIGGER_TYPES}
    chosen = {keyword: (f"{TRIGGER}.{keyword}", branch) for keyword, branch in branches.items()}
    for keyword, branch in condition_branches(TRIGGER_CONDITION).items():
        chosen[keyword] = (f"{TRIGGER_CONDITION}.{keyword}", branch)
    text = "Who enters the campaign: a condition on segments and attributes, or another trigger."
    trigger = choose_by_keyword(chosen, {}, text, list_of=TRIGGER_CONDITION)
    return {TRIGGER: trigger, **{f"{TRIGGER}.{key}": each for key, each in branches.items()}}


def _branch(keyword: str) -> Schema:
    trigger = TRIGGER_TYPES[keyword]
    model = trigger.model_json_schema(by_alias=True, schema_generator=DocumentedSchemaGenerator)
    fields: JsonValue = inline_refs(model["properties"], model.get("$defs", {}))
    text = (trigger.__doc__ or "").partition("\n")[0]
    fields[keyword] = documented(fields[keyword], text, _EXAMPLES.get(keyword, ""))
    return {
        "type": "object",
        "properties": fields,
        "required": model["required"],
        "additionalProperties": False,
    }
