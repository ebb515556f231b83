"""Rules for the steps of a workflow: types, defaults, checks (journeys facts, section 4)."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.protocol.route import (
    ANY,
    BOOLEAN,
    INTEGER,
    NULLABLE_STRING,
    STRING,
    Shape,
    array_of,
)
from cioform.emulator.store.record_types import Record
from cioform.emulator.validation.campaign_filters import check_encoded_filter
from cioform.emulator.wire.errors import ApiError, unprocessable

MESSAGE_CHANNELS: Mapping[str, str] = {
    "email_action": "email",
    "push_action": "push",
    "twilio_action": "twilio",
    "whatsapp_action": "whatsapp",
    "slack_action": "slack",
    "in_app_action": "in_app",
    "webhook_action": "webhook",
}
"""The type of the template of each message step."""

ACTION_TYPES = (
    *MESSAGE_CHANNELS,
    "delay_seconds_action",
    "delay_time_window_action",
    "randomized_delay_action",
    "conditional_wait_action",
    "conditional_branch_action",
    "multi_split_branch_action",
    "random_cohort_branch_action",
    "split_randomized_action",
    "multi_lang_branch_action",
    "attribute_update_action",
    "batch_update_action",
    "create_event_action",
    "collection_query_action",
    "static_seg_update_action",
    "llm_action",
    "filter_match_delay_action",
    "grace_period_action",
    "exit_action",
)
SYSTEM_ACTION_TYPES = ("filter_match_delay_action", "grace_period_action")
REQUIRED_FIELDS = (
    "sub_type",
    "tracked",
    "can_convert",
    "send_to_unsubscribed",
    "frequency_cap_mode",
)
IMMUTABLE_FIELDS = ("id", "campaign_id", "template_id", "created", "updated")
DERIVED_FIELDS = ("subject", "has_content", "has_subject")
SENDING_STATES = ("automatic", "draft", "off")

DEFAULT_FIELDS: Mapping[str, Any] = {
    "name": "",
    "sub_type": "",
    "tracked": True,
    "can_convert": True,
    "send_to_unsubscribed": False,
    "frequency_cap_mode": "no_cap",
    "preconditions": "",
    "conditions": "",
    "multi_conditions": [],
    "exit_type": "",
}

# The bodies of data steps are an open fact (journeys facts, 10.8), so every member is kept.
SHAPE: Shape = {
    "type": "object",
    "additionalProperties": True,
    "properties": {
        "id": {"type": ["integer", "string"]},
        "type": STRING,
        "sub_type": STRING,
        "name": STRING,
        "sending_state": STRING,
        "tracked": BOOLEAN,
        "can_convert": BOOLEAN,
        "send_to_unsubscribed": BOOLEAN,
        "frequency_cap_mode": STRING,
        "preconditions": NULLABLE_STRING,
        "conditions": NULLABLE_STRING,
        "multi_conditions": array_of(STRING),
        "exit_type": STRING,
        "delay": INTEGER,
        "min_delay": INTEGER,
        "max_delay": INTEGER,
        "start_time": ANY,
        "end_time": ANY,
        "days": ANY,
        "zone": STRING,
        "fallback_zone": STRING,
        "cohorts": array_of(INTEGER),
        "cohort_names": array_of(STRING),
        "action_ids": array_of(INTEGER),
        "allocations": array_of(INTEGER),
    },
}


def action_fields(request: Request, fields: dict[str, Any]) -> Record:
    """Return every member of a step: `fields`, completed with defaults.

    Raises ApiError if the type is unknown or a rule of its type is broken.
    """
    action_type = fields.get("type")
    if action_type not in ACTION_TYPES:
        raise ApiError(400, "action type is missing or unknown")
    sent = {
        key: value
        for key, value in fields.items()
        if key not in (*IMMUTABLE_FIELDS, *DERIVED_FIELDS)
    }
    action: Record = {
        **DEFAULT_FIELDS,
        **({"sending_state": "automatic"} if action_type in MESSAGE_CHANNELS else {}),
        **sent,
    }
    _check_conditions(request, action)
    _check_type_rules(action)
    return action


def checked_replacement(request: Request, record: Record, fields: dict[str, Any]) -> Record:
    """Return the members after a PUT: a full replace with a fixed type (journeys facts, 4)."""
    if not fields.get("type"):
        raise ApiError(400, "action type is missing or unknown")
    if fields["type"] != record["type"]:
        raise ApiError(500, "internal error")
    missing = [key for key in REQUIRED_FIELDS if fields.get(key) is None]
    if missing:
        raise unprocessable(f"{missing[0]} cannot be nil", f"/action/{missing[0]}")
    if fields["sub_type"] != record["sub_type"]:
        raise ApiError(500, "internal error")
    return action_fields(request, fields)


def check_sending_state(state: Any, pointer: str) -> None:
    """Raise 422 unless a message can have that sending state."""
    if state not in SENDING_STATES:
        raise unprocessable("sending_state is not included in the list", pointer)


def _check_conditions(request: Request, action: Record) -> None:
    in_wait = action["type"] == "conditional_wait_action"
    for key in ("preconditions", "conditions"):
        check_encoded_filter(request, key, action[key])
    branch_conditions = action["multi_conditions"] or []
    if not isinstance(branch_conditions, list):
        raise unprocessable("multi_conditions must be a list", "/action/multi_conditions")
    for text in branch_conditions:
        check_encoded_filter(request, "multi_conditions", text, in_wait=in_wait)


def _check_type_rules(action: Record) -> None:
    action_type = action["type"]
    if action_type in MESSAGE_CHANNELS:
        check_sending_state(action["sending_state"], "/action/sending_state")
    if action_type == "conditional_wait_action":
        _check_wait(action)
    if action_type == "random_cohort_branch_action" and sum(action.get("cohorts") or []) != 1000:
        raise unprocessable("cohorts must add up to 1000", "/action/cohorts")
    if action_type == "split_randomized_action" and sum(action.get("allocations") or [100]) != 100:
        raise unprocessable("allocations must add up to 100", "/action/allocations")
    if action_type == "randomized_delay_action":
        _check_random_delay(action)


def _check_random_delay(action: Record) -> None:
    if action.get("min_delay", 0) > action.get("max_delay", 0):
        raise unprocessable("min_delay must not be above max_delay", "/action/min_delay")


def _check_wait(action: Record) -> None:
    if action["exit_type"] not in ("never", "continue"):
        raise unprocessable("exit_type is not included in the list", "/action/exit_type")
    if action["exit_type"] == "continue" and not action.get("delay"):
        raise unprocessable("delay must be above 0", "/action/delay")
