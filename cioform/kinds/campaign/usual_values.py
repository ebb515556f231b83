"""What the fields of a campaign have unless somebody sets them."""

from __future__ import annotations

from collections.abc import Iterator

from cioform.core.json_value import UNKNOWN, Json, KindFields, as_mapping
from cioform.core.paths import FieldPath
from cioform.kinds.campaign.canonical import walk_workflow
from cioform.kinds.campaign.document import FIELD_DEFAULTS
from cioform.language.messages.message import usual_value as usual_message_value
from cioform.language.messages.template_members import TEMPLATE_NAME
from cioform.language.workflow import is_same_name, variants_of


def usual_value(path: FieldPath, attributes: KindFields) -> Json:
    """Return what a field of a campaign has that nobody sets, None for blank."""
    if path[0] != "messages" or len(path) == 1:
        return FIELD_DEFAULTS.get(str(path[0])) if len(path) == 1 else None
    if path[2:] == TEMPLATE_NAME:
        return next((name for _, name in _names_of_step(str(path[1]), attributes)), None)
    message = as_mapping(as_mapping(attributes.get("messages")).get(str(path[1])))
    return usual_message_value(str(message.get("type")), path[2:]) if path[2:] else None


def is_usual_name(path: FieldPath, value: Json, attributes: KindFields) -> bool:
    """Return whether a value is the name that the template of a step has by default.

    It gets the name of its step, or of its A/B test, and keeps that when somebody renames the step.
    """
    if path[0] != "messages" or path[2:] != TEMPLATE_NAME or not isinstance(value, str):
        return False
    return any(
        value == name or (name == own_id and is_same_name(value, own_id))
        for own_id, name in _names_of_step(str(path[1]), attributes)
    )


def _names_of_step(step_id: str, attributes: KindFields) -> Iterator[tuple[str, str]]:
    """Yield the id and the name of a step and, for a variant, of its A/B test."""
    for _, step in walk_workflow(attributes.get("workflow", UNKNOWN)):
        if step_id in (step["id"], *(variant["id"] for _, variant in variants_of(step))):
            yield step["id"], str(step.get("name", step["id"]))
