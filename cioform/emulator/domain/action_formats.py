"""How steps read back where no source records it: each documented or likely spelling in turn."""

from typing import Any

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.store.record_types import Record

DAY_NAMES = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DATA_STEP_TYPES = (
    "attribute_update_action",
    "create_event_action",
    "static_seg_update_action",
    "batch_update_action",
    "collection_query_action",
)
DATA_STEP_DEFAULTS = {"data_version": 2, "on_error": {"retry": True}}
"""Members that nobody sent; stands for what we do not know of these steps."""


def format_action(rules: Behavior, action: Record) -> Record:
    """The step as the service would show it; people in it are counted elsewhere."""
    shown = {key: value for key, value in action.items() if key != "people"}
    if action["type"] == "delay_time_window_action" and rules.window_format != "as sent":
        unit = 60 if rules.window_format == "seconds" else 1
        for key in ("start_time", "end_time"):
            shown[key] = _since_midnight(shown.get(key), unit)
        shown["days"] = [DAY_NAMES[d] if isinstance(d, int) else d for d in shown.get("days") or []]
    if action["type"] == "static_seg_update_action" and rules.segment_step_format == "remove":
        shown["remove"] = (
            shown.pop("operation", "remove" if shown.get("remove") else "") == "remove"
        )
    if action["type"] in DATA_STEP_TYPES and rules.data_step_extra_members:
        shown = {**DATA_STEP_DEFAULTS, **shown}
    return shown


def _since_midnight(value: Any, units_per_minute: int) -> Any:
    if not isinstance(value, str):
        return value
    hours, minutes = value.split(":")[:2]
    return (int(hours) * 60 + int(minutes)) * units_per_minute
