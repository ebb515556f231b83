"""What the fields of a campaign have unless somebody sets them."""

from __future__ import annotations

from cioform.core.json_value import UNKNOWN, Json, KindFields, as_mapping
from cioform.core.paths import FieldPath
from cioform.kinds.campaign.canonical import walk_workflow
from cioform.kinds.campaign.document import FIELD_DEFAULTS
from cioform.language.messages.message import usual_value as usual_message_value
from cioform.language.messages.template_members import TEMPLATE_NAME
from cioform.language.workflow import is_same_name


def usual_value(path: FieldPath, attributes: KindFields) -> Json:
    """Return what a field of a campaign has that nobody sets, None for blank."""
    if path[0] != "messages" or len(path) == 1:
        return FIELD_DEFAULTS.get(str(path[0])) if len(path) == 1 else None
    if path[2:] == TEMPLATE_NAME:
        return _name_of_step(str(path[1]), attributes)
    message = as_mapping(as_mapping(attributes.get("messages")).get(str(path[1])))
    return usual_message_value(str(message.get("type")), path[2:]) if path[2:] else None


def is_usual_name(path: FieldPath, value: Json, attributes: KindFields) -> bool:
    """Return whether a value is the name that the template of a step has by default.

    It gets the name of its step, and keeps that when somebody renames the step.
    """
    if path[0] != "messages" or path[2:] != TEMPLATE_NAME or not isinstance(value, str):
        return False
    step_id = str(path[1])
    usual = _name_of_step(step_id, attributes)
    return value == usual or (usual == step_id and is_same_name(value, step_id))


def _name_of_step(step_id: str, attributes: KindFields) -> str | None:
    steps = (step for _, step in walk_workflow(attributes.get("workflow", UNKNOWN)))
    names = (str(step.get("name", step_id)) for step in steps if step["id"] == step_id)
    return next(names, None)
