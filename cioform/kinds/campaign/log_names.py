"""The names that the audit log has for the fields and steps of a campaign."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from cioform.core.data.paths import FieldPath
from cioform.kinds.campaign.wire.wire_types import WireReply
from cioform.language.messages.message import MESSAGE_TYPES
from cioform.model.objects.live_object import RemoteObject
from cioform.model.paths.log_place import (
    MESSAGE_ATTRIBUTES,
    UNNAMED_FIELDS,
    LogPlace,
    language_of,
    log_place,
)

_DATE_MEMBERS: Final = (
    "attribute",
    "frequency",
    "start_time",
    "zone",
    "fallback_zone",
    "lead_days",
)

LOG_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    **MESSAGE_ATTRIBUTES,
    "trigger": ("type", "event", "event_type", "anchors", "filters", "trigger",
                "attribute_filters", "webhook_id",
                *_DATE_MEMBERS, *(f"date_triggered_{name}" for name in _DATE_MEMBERS)),
    "reentry": ("restart_mode", "restart_min_interval", "frequency_cap_mode"),
    "reentry.mode": ("restart_mode",),
    "reentry.cooldown": ("restart_min_interval",),
    "reentry.frequency_cap": ("frequency_cap_mode",),
    "exit": ("global_exit_conditions", "exit_on_trigger_or_filter_not_matched"),
    "when": ("global_exit_conditions",),
    "stops_matching": ("exit_on_trigger_or_filter_not_matched",),
    "goal": ("conversion", "conversion_type", "conversion_action", "conversion_window"),
    "goal.event": ("conversion", "conversion_type"),
    "goal.within": ("conversion_window",),
    "goal.after": ("conversion_action",),
    "tags": ("tag_ids",),
    "topic": ("subscription_topic_id",),
    "message_limits": ("use_message_limits",),
    "workflow": ("edges", "workflow_action_ids"),
    "only_if": ("preconditions",),
    "if": ("conditions",),
    "then": ("edges", "workflow_action_ids"),
    "else": ("edges", "workflow_action_ids"),
    "branches": ("multi_conditions", "edges"),
    "branches.if": ("multi_conditions",),
    "random_branches": ("cohorts", "cohort_names", "edges"),
    "ab_test": ("action_ids", "allocations", "split_state"),
    "wait": ("delay",),
    "wait_random": ("min_delay", "max_delay"),
    "wait_random.min": ("min_delay",),
    "wait_random.max": ("max_delay",),
    "wait_until": ("multi_conditions",),
    "timeout": ("delay", "exit_type"),
    "on_timeout": ("edges", "workflow_action_ids", "exit_type"),
    "wait_window": ("start_time", "end_time", "days", "zone", "fallback_zone"),
    "wait_window.from": ("start_time",),
    "wait_window.to": ("end_time",),
    "wait_window.time_zone": ("zone",),
    "wait_window.fallback_time_zone": ("fallback_zone",),
    "set_attributes": ("attribute_name", "attribute_value"),
    "send_event": ("event_name",),
    "add_to_segment": ("segment_id", "operation", "remove"),
    "remove_from_segment": ("segment_id", "operation", "remove"),
}  # fmt: skip
"""The members of a campaign by the field of the file (journeys facts, section 4)."""

_MANY: Final = "its members have the names of Customer.io, and which ones it has is not recorded"
UNNAMED: Final[Mapping[str, str]] = {
    **UNNAMED_FIELDS,
    "query_collection": _MANY,
    "batch_update": _MANY,
    "template": _MANY,
    "graph": "it holds whole actions, of any type",
    "object": _MANY,
    "relationship": _MANY,
}
"""The fields for which the log has no name that is known, each with the reason."""


WHOLE_STEPS: Final = frozenset({*MESSAGE_TYPES, "exit"})
"""The keywords that differ as a whole only where the type of the step does."""


def campaign_place(
    path: FieldPath, found: RemoteObject, parts: Mapping[str, str], fields: Collection[str]
) -> LogPlace:
    """Return where the audit log has the field at a path of a campaign.

    `parts` has the IDs of its steps, and `fields` its fields that are not steps.
    """
    every = frozenset(_parts(found.wire_as(WireReply)))
    is_field = path[:1] and (path[0] in fields and (len(path) == 1 or path[0] not in parts))
    if is_field:
        place = log_place(path, LOG_NAMES, UNNAMED)
        return replace(place, others=frozenset(each.in_log for each in every))
    # A step that is added, removed or of another type has all names, or none.
    is_whole = len(path) < 2 or (len(path) == 2 and path[1] in WHOLE_STEPS)
    place = log_place(path[1:], LOG_NAMES, UNNAMED)
    action_id = parts.get(str(path[0])) if path else None
    own = {
        each.in_log
        for each in every
        if each.action_id == action_id and each.language in (None, language_of(path))
    }
    own |= {("action", action_id)} if action_id is not None else set()
    return replace(
        place,
        is_named=place.is_named and not is_whole,
        parts=frozenset(own),
        others=frozenset(each.in_log for each in every) - own,
    )


class _Part(NamedTuple):
    """An action or a template, which has its own entries in the log."""

    action_id: str
    language: str | None
    """The language of a template, empty for the default language; None for an action."""
    in_log: tuple[str, str]


def _parts(wire: WireReply) -> Iterator[_Part]:
    for action in wire.get("actions") or ():
        id_ = str(action["id"])
        yield _Part(id_, None, ("action", id_))
        if action.get("template_id"):
            yield _Part(id_, "", ("template", str(action["template_id"])))
        for language, template in ((wire.get("languages") or {}).get(id_) or {}).items():
            yield _Part(id_, language, ("template", str(template["id"])))
