"""What became of a delivery after it was sent: opened, clicked, converted, bounced, ..."""

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


def checked_metric(given: Mapping[str, Any], field: str, allowed: tuple[str, ...]) -> str:
    """The metric that is told under `field`."""
    if given.get(field) not in allowed:
        raise TrackValidationError("invalid", field, f"{field} must be one of {', '.join(allowed)}")
    return str(given[field])


def record_metric(request: Request, given: Mapping[str, Any], metric: str) -> None:
    """Put a metric on the delivery that `given` names; an unknown delivery is passed over."""
    at = checked_timestamp(given.get("timestamp"), request.now)
    record = request.workspace_data.deliveries.get(str(given.get("delivery_id") or ""))
    if record is None:
        return
    record["metrics"].setdefault(metric, at)
    if metric == "clicked" and isinstance(given.get("href"), str):
        _record_click(record, given["href"], at)
    if metric in ("bounced", "dropped", "deferred") and given.get("reason"):
        record["failure_message"] = str(given["reason"])
    request.workspace_data.deliveries.save(record)
    record_activity(request, record, metric, at)


def record_activity(request: Request, record: Record, metric: str, at: int) -> None:
    """Keep the activity `sent_email`, `opened_push` and so on."""
    channel = {"inbox": "in_app", "whatsapp": "twilio"}.get(record["channel"], record["channel"])
    data = json.dumps({"delivery_id": record["delivery_id"]})
    name = str(record.get("subject") or "")[:100]
    row = (
        record["person"],
        None,
        f"{metric}_{channel}",
        name,
        at,
        None,
        record["delivery_id"],
        data,
    )
    request.workspace_data.activities.add([row])


def _record_click(record: Record, href: str, at: int) -> None:
    link = next((each for each in record["links"] if each["href"] == href), None)
    if link is None:
        link = {"href": href, "clicked": []}
        record["links"].append(link)
    link["clicked"].append(at)
