"""The names that the audit log has for the fields and steps of a campaign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.core.paths import FieldPath
from cioform.model.log_place import MESSAGE_ATTRIBUTES
from cioform.model.objects.live_object import RemoteObject

LOG_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    **MESSAGE_ATTRIBUTES,
    "trigger": ("type", "event", "event_type", "anchors", "filters", "trigger",
                "attribute_filters"),
    "reentry": ("restart_mode", "restart_min_interval", "frequency_cap_mode"),
    "exit": ("global_exit_conditions", "exit_on_trigger_or_filter_not_matched"),
    "goal": ("conversion", "conversion_type", "conversion_action", "conversion_window"),
    "tags": ("tag_ids",),
    "topic": ("subscription_topic_id",),
    "message_limits": ("use_message_limits",),
    "workflow": ("edges", "workflow_action_ids"),
}  # fmt: skip
"""The members of a campaign by the field of the file (journeys facts, section 4)."""


def parts_in_log(
    path: FieldPath, found: RemoteObject, parts: Mapping[str, str]
) -> frozenset[tuple[str, str]]:
    """Return the types and ids of what holds the field of a step: its action and its templates."""
    action_id = parts.get(str(path[0])) if path else None
    if action_id is None:
        return frozenset()
    return frozenset({("action", action_id), *_templates_of(action_id, found.wire)})


def _templates_of(action_id: str, wire: JsonValue) -> Iterator[tuple[str, str]]:
    for action in wire.get("actions") or ():
        if str(action["id"]) == action_id and action.get("template_id"):
            yield "template", str(action["template_id"])
    for template in ((wire.get("languages") or {}).get(action_id) or {}).values():
        yield "template", str(template["id"])
