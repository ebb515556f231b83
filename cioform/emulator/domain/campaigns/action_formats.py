"""Formats in which actions read back where no source records one (journeys facts, 10.8)."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.store.record_types import Record
from cioform.emulator.validation.action_rules import MESSAGE_CHANNELS

DAY_NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DATA_STEP_TYPES = (
    "attribute_update_action",
    "create_event_action",
    "static_seg_update_action",
    "batch_update_action",
    "collection_query_action",
)
APP_ACTION_TYPES: Mapping[str, str] = {
    **MESSAGE_CHANNELS,
    **{each: each.removesuffix("_action") for each in DATA_STEP_TYPES},
}
"""The type in the App API of each action that it lists.

Recorded are messages and `attribute_update`; that the other data steps are listed too is an
inference (corrections 2026-11, row 4).
"""
DATA_STEP_DEFAULTS = {"data_version": 2, "on_error": {"retry": True}}
"""Members that no client sent. They stand for what is unknown about data steps."""


def format_action(behavior: Behavior, action: Record) -> Record:
    """Return the action in the format that `behavior` selects, without its count of people."""
    response = {key: value for key, value in action.items() if key != "people"}
    if action["type"] == "delay_time_window_action" and behavior.window_format != "as sent":
        unit = 60 if behavior.window_format == "seconds" else 1
        for key in ("start_time", "end_time"):
            response[key] = _since_midnight(response.get(key), unit)
        response["days"] = [
            DAY_NAMES[day] if isinstance(day, int) else day for day in response.get("days") or []
        ]
    if action["type"] == "static_seg_update_action" and behavior.segment_step_format == "remove":
        default_operation = "remove" if response.get("remove") else ""
        response["remove"] = response.pop("operation", default_operation) == "remove"
    if action["type"] in DATA_STEP_TYPES and behavior.data_step_extra_members:
        response = {**DATA_STEP_DEFAULTS, **response}
    return response


def _since_midnight(value: Any, units_per_minute: int) -> Any:
    if not isinstance(value, str):
        return value
    hours, minutes = value.split(":")[:2]
    return (int(hours) * 60 + int(minutes)) * units_per_minute
