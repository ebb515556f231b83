"""What starts a campaign: `update_type` recipients, a full replace (journeys facts, section 4)."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.protocol.request import Call
from cioform.emulator.protocol.route import ANY, NULL_TEXT, TEXT, WHOLE, Shape
from cioform.emulator.store.record_types import CAMPAIGN, Record
from cioform.emulator.validation.campaign_filters import (
    check_attribute_filters,
    check_encoded,
    check_trigger,
)
from cioform.emulator.wire.errors import Refusal, invalid

REENTRY = ("restart_mode", "restart_min_interval", "frequency_cap_mode")
SCHEDULE = (
    "date_triggered_attribute",
    "date_triggered_frequency",
    "date_triggered_start_time",
    "date_triggered_zone",
    "date_triggered_fallback_zone",
    "date_triggered_lead_days",
    "frequency",
    "start_time",
    "zone",
    "fallback_zone",
    "lead_days",
)
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "seg_attr": ("trigger", *REENTRY),
    "behavioral": ("anchors", "filters", *REENTRY),
    "transactional": (
        "event",
        "event_type",
        "anchors",
        "filters",
        "attribute_filters",
        *REENTRY,
    ),
    "date": (*SCHEDULE, "filters", *REENTRY),
    "form": ("event", "filters", *REENTRY),
    "object": ("object_campaign", "object_attribute_triggers", "audience", "filters", *REENTRY),
    "relationship": ("relationship_campaign", "audience", "filters"),
    "webhook": ("webhook_id", "filters", *REENTRY),
    "api_triggered": ("filters",),
    "triggered_broadcast": ("filters",),
}
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "seg_attr": ("trigger",),
    "behavioral": ("anchors",),
    "transactional": ("event",),
    "date": ("date_triggered_attribute",),
    "form": ("event",),
    "object": ("object_campaign",),
    "relationship": ("relationship_campaign",),
    "webhook": ("webhook_id",),
}
EXTRA = (
    *SCHEDULE,
    "object_campaign",
    "object_attribute_triggers",
    "relationship_campaign",
    "audience",
    "webhook_id",
)
"""Fields that a campaign carries only when they were sent."""

RESET = (
    "event",
    "event_type",
    "anchors",
    "filters",
    "trigger",
    "attribute_filters",
    *REENTRY,
)
MEMBERS: Mapping[str, Shape] = {
    "event": TEXT,
    "event_type": TEXT,
    "anchors": NULL_TEXT,
    "filters": NULL_TEXT,
    # Both are judged by the handler: a string is 422, not a wrong type (journeys facts, 2).
    "trigger": {"type": ["object", "null"], "additionalProperties": True, "x-judged": True},
    "attribute_filters": {
        "type": ["object", "null"],
        "additionalProperties": True,
        "x-judged": True,
    },
    "restart_mode": TEXT,
    "restart_min_interval": WHOLE,
    "frequency_cap_mode": TEXT,
    **dict.fromkeys(EXTRA, ANY),
}


def checked_type(call: Call, kind: Any) -> str:
    """A campaign type that may be chosen now."""
    if kind not in ALLOWED and kind != "none":
        raise invalid("type is not included in the list", "/campaign/type")
    if kind in ("api_triggered", "triggered_broadcast") and call.rules.api_trigger not in (
        "either",
        kind,
    ):
        raise invalid("type is not included in the list", "/campaign/type")
    if kind == "behavioral" and not call.rules.allow_behavioral:
        raise invalid("behavioral campaigns can no longer be created", "/campaign/type")
    return str(kind)


def fields(call: Call, record: Record, given: dict[str, Any]) -> Record:
    """The members of the campaign after the write: all that is not sent is reset in silence."""
    kind = _type(call, record, given)
    for key in REQUIRED.get(kind, ()):
        if given.get(key) in (None, ""):
            raise invalid(f"{key} cannot be nil", f"/campaign/{key}")
    if kind == "seg_attr" and given.get("filters") is not None:
        raise invalid("filters must not be sent with a trigger", "/campaign/filters")
    if kind == "relationship" and given.get("restart_mode"):
        raise invalid("restart_mode must not be sent", "/campaign/restart_mode")
    _check(call, kind, given)
    sent = {key: given[key] for key in ALLOWED[kind] if given.get(key) is not None}
    reset = {key: CAMPAIGN.blank[key] for key in RESET}
    gone = {key: None for key in EXTRA if key in record}
    return {**reset, **gone, **sent, "type": kind}


def _type(call: Call, record: Record, given: dict[str, Any]) -> str:
    asked = given.get("type")
    if record["type"] != "none":
        if asked not in (None, "", record["type"]):
            raise invalid("type cannot be changed", "/campaign/type")
        return str(record["type"])
    if asked in (None, "", "none"):
        raise invalid("type cannot be nil", "/campaign/type")
    return checked_type(call, asked)


def _check(call: Call, kind: str, given: dict[str, Any]) -> None:
    if kind == "seg_attr":
        check_trigger(call, given.get("trigger"))
    for key in ("anchors", "filters"):
        if key in ALLOWED[kind]:
            check_encoded(call, key, given.get(key))
    if kind == "transactional":
        check_attribute_filters(given.get("attribute_filters"))
    audience = given.get("audience")
    if kind == "object" and isinstance(audience, dict) and audience.get("type") == 0:
        raise Refusal(400, "audience Self is not allowed for object campaigns")
