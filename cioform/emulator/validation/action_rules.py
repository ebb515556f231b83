"""The steps of a workflow: their types, defaults, and what each may not be (journeys facts, 4)."""

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
"""Message steps, and the type of their template."""

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

# The bodies of data steps are an open fact (journeys facts, 10.8): what is sent is kept.
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


def action_fields(request: Request, given: dict[str, Any]) -> Record:
    """All members of a step from what was sent; those not sent take their defaults."""
    kind = given.get("type")
    if kind not in ACTION_TYPES:
        raise ApiError(400, "action type is missing or unknown")
    sent = {
        key: value
        for key, value in given.items()
        if key not in (*IMMUTABLE_FIELDS, *DERIVED_FIELDS)
    }
    step: Record = {
        **DEFAULT_FIELDS,
        **({"sending_state": "automatic"} if kind in MESSAGE_CHANNELS else {}),
        **sent,
    }
    _check_conditions(request, step)
    _check_type_rules(step)
    return step


def checked_replacement(request: Request, record: Record, given: dict[str, Any]) -> Record:
    """The members after a PUT: full replace, type fixed (journeys facts, 4)."""
    if not given.get("type"):
        raise ApiError(400, "action type is missing or unknown")
    if given["type"] != record["type"]:
        raise ApiError(500, "internal error")
    missing = [key for key in REQUIRED_FIELDS if given.get(key) is None]
    if missing:
        raise unprocessable(f"{missing[0]} cannot be nil", f"/action/{missing[0]}")
    if given["sub_type"] != record["sub_type"]:
        raise ApiError(500, "internal error")
    return action_fields(request, given)


def _check_conditions(request: Request, step: Record) -> None:
    waiting = step["type"] == "conditional_wait_action"
    for key in ("preconditions", "conditions"):
        check_encoded_filter(request, key, step[key])
    many = step["multi_conditions"] or []
    if not isinstance(many, list):
        raise unprocessable("multi_conditions must be a list", "/action/multi_conditions")
    for text in many:
        check_encoded_filter(request, "multi_conditions", text, in_wait=waiting)


def _check_type_rules(step: Record) -> None:
    kind = step["type"]
    if kind in MESSAGE_CHANNELS and step["sending_state"] not in ("automatic", "draft", "off"):
        raise unprocessable("sending_state is not included in the list", "/action/sending_state")
    if kind == "conditional_wait_action":
        _check_wait(step)
    if kind == "random_cohort_branch_action" and sum(step.get("cohorts") or []) != 1000:
        raise unprocessable("cohorts must add up to 1000", "/action/cohorts")
    if kind == "split_randomized_action" and sum(step.get("allocations") or [100]) != 100:
        raise unprocessable("allocations must add up to 100", "/action/allocations")
    if kind == "randomized_delay_action" and step.get("min_delay", 0) > step.get("max_delay", 0):
        raise unprocessable("min_delay must not be above max_delay", "/action/min_delay")


def _check_wait(step: Record) -> None:
    if step["exit_type"] not in ("never", "continue"):
        raise unprocessable("exit_type is not included in the list", "/action/exit_type")
    if step["exit_type"] == "continue" and not step.get("delay"):
        raise unprocessable("delay must be above 0", "/action/delay")
