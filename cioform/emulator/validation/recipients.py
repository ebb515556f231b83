"""What starts a campaign: `update_type` recipients, a full replace (journeys facts, section 4)."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.protocol.route import ANY, INTEGER, NULLABLE_STRING, STRING, Shape
from cioform.emulator.store.record_types import CAMPAIGN, Record
from cioform.emulator.validation.campaign_filters import (
    check_attribute_filters,
    check_encoded_filter,
    check_trigger,
)
from cioform.emulator.wire.errors import ApiError, unprocessable

REENTRY_FIELDS = ("restart_mode", "restart_min_interval", "frequency_cap_mode")
SCHEDULE_FIELDS = (
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
ALLOWED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "seg_attr": ("trigger", *REENTRY_FIELDS),
    "behavioral": ("anchors", "filters", *REENTRY_FIELDS),
    "transactional": (
        "event",
        "event_type",
        "anchors",
        "filters",
        "attribute_filters",
        *REENTRY_FIELDS,
    ),
    "date": (*SCHEDULE_FIELDS, "filters", *REENTRY_FIELDS),
    "form": ("event", "filters", *REENTRY_FIELDS),
    "object": (
        "object_campaign",
        "object_attribute_triggers",
        "audience",
        "filters",
        *REENTRY_FIELDS,
    ),
    "relationship": ("relationship_campaign", "audience", "filters"),
    "webhook": ("webhook_id", "filters", *REENTRY_FIELDS),
    "api_triggered": ("filters",),
    "triggered_broadcast": ("filters",),
}
REQUIRED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "seg_attr": ("trigger",),
    "behavioral": ("anchors",),
    "transactional": ("event",),
    "date": ("date_triggered_attribute",),
    "form": ("event",),
    "object": ("object_campaign",),
    "relationship": ("relationship_campaign",),
    "webhook": ("webhook_id",),
}
SPARSE_FIELDS = (
    *SCHEDULE_FIELDS,
    "object_campaign",
    "object_attribute_triggers",
    "relationship_campaign",
    "audience",
    "webhook_id",
)
"""Fields that a campaign carries only when they were sent."""

RESET_FIELDS = (
    "event",
    "event_type",
    "anchors",
    "filters",
    "trigger",
    "attribute_filters",
    *REENTRY_FIELDS,
)
FIELD_SHAPES: Mapping[str, Shape] = {
    "event": STRING,
    "event_type": STRING,
    "anchors": NULLABLE_STRING,
    "filters": NULLABLE_STRING,
    # Both are judged by the handler: a string is 422, not a wrong type (journeys facts, 2).
    "trigger": {"type": ["object", "null"], "additionalProperties": True, "x-judged": True},
    "attribute_filters": {
        "type": ["object", "null"],
        "additionalProperties": True,
        "x-judged": True,
    },
    "restart_mode": STRING,
    "restart_min_interval": INTEGER,
    "frequency_cap_mode": STRING,
    **dict.fromkeys(SPARSE_FIELDS, ANY),
}


def checked_campaign_type(request: Request, kind: Any) -> str:
    """A campaign type that may be chosen now."""
    if kind not in ALLOWED_FIELDS and kind != "none":
        raise unprocessable("type is not included in the list", "/campaign/type")
    if kind in ("api_triggered", "triggered_broadcast") and request.behavior.api_trigger not in (
        "either",
        kind,
    ):
        raise unprocessable("type is not included in the list", "/campaign/type")
    if kind == "behavioral" and not request.behavior.allow_behavioral:
        raise unprocessable("behavioral campaigns can no longer be created", "/campaign/type")
    return str(kind)


def fields_after_update(request: Request, record: Record, given: dict[str, Any]) -> Record:
    """The members of the campaign after the write: all that is not sent is reset in silence."""
    kind = _resolve_campaign_type(request, record, given)
    for key in REQUIRED_FIELDS.get(kind, ()):
        if given.get(key) in (None, ""):
            raise unprocessable(f"{key} cannot be nil", f"/campaign/{key}")
    if kind == "seg_attr" and given.get("filters") is not None:
        raise unprocessable("filters must not be sent with a trigger", "/campaign/filters")
    if kind == "relationship" and given.get("restart_mode"):
        raise unprocessable("restart_mode must not be sent", "/campaign/restart_mode")
    _check_conditions(request, kind, given)
    sent = {key: given[key] for key in ALLOWED_FIELDS[kind] if given.get(key) is not None}
    reset = {key: CAMPAIGN.defaults[key] for key in RESET_FIELDS}
    gone = {key: None for key in SPARSE_FIELDS if key in record}
    return {**reset, **gone, **sent, "type": kind}


def _resolve_campaign_type(request: Request, record: Record, given: dict[str, Any]) -> str:
    asked = given.get("type")
    if record["type"] != "none":
        if asked not in (None, "", record["type"]):
            raise unprocessable("type cannot be changed", "/campaign/type")
        return str(record["type"])
    if asked in (None, "", "none"):
        raise unprocessable("type cannot be nil", "/campaign/type")
    return checked_campaign_type(request, asked)


def _check_conditions(request: Request, kind: str, given: dict[str, Any]) -> None:
    if kind == "seg_attr":
        check_trigger(request, given.get("trigger"))
    for key in ("anchors", "filters"):
        if key in ALLOWED_FIELDS[kind]:
            check_encoded_filter(request, key, given.get(key))
    if kind == "transactional":
        check_attribute_filters(given.get("attribute_filters"))
    audience = given.get("audience")
    if kind == "object" and isinstance(audience, dict) and audience.get("type") == 0:
        raise ApiError(400, "audience Self is not allowed for object campaigns")
