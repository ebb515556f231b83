"""The trigger of a campaign: `update_type` recipients, a full replace (journeys facts, 4)."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.protocol.route import ANY, INTEGER, NULLABLE_STRING, STRING, Shape
from cioform.emulator.store.record_types import BROADCAST_CAMPAIGN_TYPES, CAMPAIGN, Record
from cioform.emulator.validation.body_validation import present_fields
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
"""Fields that a campaign has only if they were sent."""

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
    # The handler checks both: a string returns 422, not as a wrong type
    # (journeys facts, 2).
    "trigger": {
        "type": ["object", "null"],
        "additionalProperties": True,
        "x-checked-by-handler": True,
    },
    "attribute_filters": {
        "type": ["object", "null"],
        "additionalProperties": True,
        "x-checked-by-handler": True,
    },
    "restart_mode": STRING,
    "restart_min_interval": INTEGER,
    "frequency_cap_mode": STRING,
    **dict.fromkeys(SPARSE_FIELDS, ANY),
}


def checked_campaign_type(request: Request, campaign_type: Any) -> str:
    """Return the campaign type. Raises 422 if a campaign cannot be given it."""
    if campaign_type not in ALLOWED_FIELDS and campaign_type != "none":
        raise unprocessable("type is not included in the list", "/campaign/type")
    if campaign_type in BROADCAST_CAMPAIGN_TYPES and request.behavior.api_trigger not in (
        "either",
        campaign_type,
    ):
        raise unprocessable("type is not included in the list", "/campaign/type")
    if campaign_type == "behavioral" and not request.behavior.allow_behavioral:
        raise unprocessable("behavioral campaigns can no longer be created", "/campaign/type")
    return str(campaign_type)


def fields_after_update(request: Request, record: Record, fields: dict[str, Any]) -> Record:
    """Return the campaign's members after a write of `fields`; those not sent are reset."""
    campaign_type = _resolve_campaign_type(request, record, fields)
    for key in REQUIRED_FIELDS.get(campaign_type, ()):
        if fields.get(key) in (None, ""):
            raise unprocessable(f"{key} cannot be nil", f"/campaign/{key}")
    if campaign_type == "seg_attr" and fields.get("filters") is not None:
        raise unprocessable("filters must not be sent with a trigger", "/campaign/filters")
    if campaign_type == "relationship" and fields.get("restart_mode"):
        raise unprocessable("restart_mode must not be sent", "/campaign/restart_mode")
    _check_conditions(request, campaign_type, fields)
    sent = present_fields(fields, ALLOWED_FIELDS[campaign_type])
    reset = {key: CAMPAIGN.defaults[key] for key in RESET_FIELDS}
    removed = {key: None for key in SPARSE_FIELDS if key in record}
    return {**reset, **removed, **sent, "type": campaign_type}


def _resolve_campaign_type(request: Request, record: Record, fields: dict[str, Any]) -> str:
    requested = fields.get("type")
    if record["type"] != "none":
        if requested not in (None, "", record["type"]):
            raise unprocessable("type cannot be changed", "/campaign/type")
        return str(record["type"])
    if requested in (None, "", "none"):
        raise unprocessable("type cannot be nil", "/campaign/type")
    return checked_campaign_type(request, requested)


def _check_conditions(request: Request, campaign_type: str, fields: dict[str, Any]) -> None:
    if campaign_type == "seg_attr":
        check_trigger(request, fields.get("trigger"))
    for key in ("anchors", "filters"):
        if key in ALLOWED_FIELDS[campaign_type]:
            check_encoded_filter(request, key, fields.get(key))
    if campaign_type == "transactional":
        check_attribute_filters(fields.get("attribute_filters"))
    audience = fields.get("audience")
    if campaign_type == "object" and isinstance(audience, dict) and audience.get("type") == 0:
        raise ApiError(400, "audience Self is not allowed for object campaigns")
