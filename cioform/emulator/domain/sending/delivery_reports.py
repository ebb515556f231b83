"""Record what happened to a delivery after it was sent: opened, clicked, bounced and so on."""

import json
from collections.abc import Mapping
from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.record_types import Record
from cioform.emulator.validation.track_rules import TrackValidationError, checked_timestamp

DEVICE_METRICS = ("opened", "converted", "delivered")
REPORTABLE_METRICS = (
    "bounced",
    "clicked",
    "converted",
    "deferred",
    "delivered",
    "dropped",
    "opened",
    "spammed",
)
FAILURE_METRICS = ("bounced", "dropped", "deferred")
ACTIVITY_CHANNELS = {"inbox": "in_app", "whatsapp": "twilio"}
"""Channels whose activities carry the name of another channel."""

MAX_SUBJECT_LENGTH = 100


def checked_metric(report: Mapping[str, Any], field: str, allowed: tuple[str, ...]) -> str:
    """Return the metric under `field`. Raises TrackValidationError unless it is allowed."""
    if report.get(field) not in allowed:
        raise TrackValidationError("invalid", field, f"{field} must be one of {', '.join(allowed)}")
    return str(report[field])


def record_metric(request: Request, report: Mapping[str, Any], metric: str) -> None:
    """Record a metric on the delivery that `report` names; an unknown delivery is ignored."""
    timestamp = checked_timestamp(report.get("timestamp"), request.now)
    delivery = request.workspace_data.deliveries.get(str(report.get("delivery_id") or ""))
    if delivery is None:
        return
    delivery["metrics"].setdefault(metric, timestamp)
    if metric == "clicked" and isinstance(report.get("href"), str):
        _record_click(delivery, report["href"], timestamp)
    if metric in FAILURE_METRICS and report.get("reason"):
        delivery["failure_message"] = str(report["reason"])
    request.workspace_data.deliveries.save(delivery)
    record_activity(request, delivery, metric, timestamp)


def record_activity(request: Request, delivery: Record, metric: str, timestamp: int) -> None:
    """Store the activity of a metric: `sent_email`, `opened_push` and so on."""
    channel = ACTIVITY_CHANNELS.get(delivery["channel"], delivery["channel"])
    row = (
        delivery["person"],
        None,
        f"{metric}_{channel}",
        str(delivery.get("subject") or "")[:MAX_SUBJECT_LENGTH],
        timestamp,
        None,
        delivery["delivery_id"],
        json.dumps({"delivery_id": delivery["delivery_id"]}),
    )
    request.workspace_data.activities.add([row])


def _record_click(delivery: Record, href: str, timestamp: int) -> None:
    link = next((each for each in delivery["links"] if each["href"] == href), None)
    if link is None:
        link = {"href": href, "clicked": []}
        delivery["links"].append(link)
    link["clicked"].append(timestamp)
