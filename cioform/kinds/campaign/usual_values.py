"""What the fields of a campaign have unless somebody sets them."""

from __future__ import annotations

from cioform.core.json_value import Json, KindFields, as_mapping
from cioform.core.paths import FieldPath
from cioform.kinds.campaign.document import FIELD_DEFAULTS
from cioform.language.messages.message import usual_value as usual_message_value


def usual_value(path: FieldPath, attributes: KindFields) -> Json:
    """Return what a field of a campaign has that nobody sets, None for blank."""
    if path[0] != "messages" or len(path) == 1:
        return FIELD_DEFAULTS.get(str(path[0])) if len(path) == 1 else None
    message = as_mapping(as_mapping(attributes.get("messages")).get(str(path[1])))
    return usual_message_value(str(message.get("type")), path[2:]) if path[2:] else None
