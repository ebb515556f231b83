"""The trigger of a campaign, as far as the App API shows it (corrections 2026-11, row 21)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import UNKNOWN, JsonValue
from cioform.language.time_zone import PERSON_ZONE

_UNREADABLE_EVENT_FIELDS: Final = ("where", "audience")
_UNREADABLE_DATE_FIELDS: Final = ("fallback_time_zone", "days_before", "days_after", "audience")


def decode_app_trigger(campaign: Mapping[str, JsonValue]) -> JsonValue:
    """Return the trigger with UNKNOWN for each field that the API does not show, or UNKNOWN.

    Only the name of an event and the attribute and times of a date are shown exactly. A trigger of
    segments is shown as the IDs of the segments in it, which do not tell its condition.
    """
    if campaign.get("type") == "event" and campaign.get("event_name"):
        hidden = dict.fromkeys(_UNREADABLE_EVENT_FIELDS, UNKNOWN)
        return {"event": campaign["event_name"], **hidden}
    if campaign.get("type") == "date" and campaign.get("date_attribute"):
        return {
            "date": campaign["date_attribute"],
            "repeats": campaign.get("frequency") or UNKNOWN,
            "at": _decode_time(campaign),
            "time_zone": _decode_zone(campaign),
            **dict.fromkeys(_UNREADABLE_DATE_FIELDS, UNKNOWN),
        }
    return UNKNOWN


def _decode_time(campaign: Mapping[str, JsonValue]) -> JsonValue:
    hour, minutes = campaign.get("start_hour"), campaign.get("start_minutes")
    if isinstance(hour, int) and isinstance(minutes, int):
        return f"{hour:02}:{minutes:02}"
    return UNKNOWN


def _decode_zone(campaign: Mapping[str, JsonValue]) -> JsonValue:
    if campaign.get("use_customer_timezone") is True:
        return PERSON_ZONE
    return campaign.get("timezone") or UNKNOWN
