"""The members of a campaign that a source records (journeys facts, section 4)."""

from __future__ import annotations

from typing import Final

_TRIGGER_MEMBERS: Final = frozenset(
    {"trigger", "event", "event_type", "anchors", "filters", "attribute_filters", "audience"}
    | {"frequency", "start_time", "zone", "fallback_zone", "lead_days"}
    | {"date_*", "object_*", "relationship_*", "webhook_*"}
)
_SETTING_MEMBERS: Final = frozenset(
    {"name", "description", "type", "subscription_topic_id", "tag_ids", "tags"}
    | {"restart_mode", "restart_min_interval", "frequency_cap_mode"}
    | {"global_exit_conditions", "exit_on_trigger_or_filter_not_matched"}
    | {"conversion", "conversion_type", "conversion_action", "conversion_window"}
    | {"use_message_limits", "send_to_unsubscribed"}
)
_WORKFLOW_MEMBERS: Final = frozenset({"actions", "edges", "workflow_action_ids"})
_SET_BY_CUSTOMER_IO: Final = frozenset({"state", "active", "first_started"})

CAMPAIGN_MEMBERS: Final = (
    _TRIGGER_MEMBERS | _SETTING_MEMBERS | _WORKFLOW_MEMBERS | _SET_BY_CUSTOMER_IO
)
