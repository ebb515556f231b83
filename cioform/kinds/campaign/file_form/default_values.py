"""The values that the fields of a campaign have in Customer.io unless somebody sets them."""

from __future__ import annotations

from cioform.core.data.json_value import UNKNOWN, Json, KindFields, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.kinds.campaign.canonical import walk_workflow
from cioform.kinds.campaign.file_form.document import FIELD_DEFAULTS
from cioform.language.messages.message import default_value as default_message_value


def default_value(path: FieldPath, attributes: KindFields) -> Json:
    """Return the default of a field of a campaign in Customer.io, None for blank."""
    if path[0] != "messages" or len(path) == 1:
        return FIELD_DEFAULTS.get(str(path[0])) if len(path) == 1 else None
    message = as_mapping(as_mapping(attributes.get("messages")).get(str(path[1])))
    return default_message_value(str(message.get("type")), path[2:]) if path[2:] else None


def name_left_out(path: FieldPath, attributes: KindFields) -> Json:
    """Return the default name of the step at a path of the file, its ID; None for other fields."""
    if path[1:] != ("name",):
        return None
    steps = (step for _, step in walk_workflow(attributes.get("workflow", UNKNOWN)))
    return next((step["id"] for step in steps if step["id"] == path[0]), None)
