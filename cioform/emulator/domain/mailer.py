"""Sending: from a message and a person to a delivery with a state. Nothing leaves."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.domain.delivery_reports import record_activity
from cioform.emulator.domain.rendering import MessageRenderer, RenderedMessage
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.people import app_api_identifiers
from cioform.emulator.store.profile import is_unsubscribed
from cioform.emulator.store.record_types import Record

CHANNELS_WITHOUT_ADDRESS = ("push", "in_app", "inbox", "webhook", "slack")
"""Channels that need no address of the recipient."""


class Mailer:
    """Sends the messages of one request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._renderer = MessageRenderer(request)

    def send(
        self,
        message: Mapping[str, Any],
        person: Record | None,
        origin: Mapping[str, Any],
        *,
        scope: Mapping[str, Any],
        draft: bool = False,
        send_to_unsubscribed: bool = True,
        send_at: int | None = None,
    ) -> Record:
        """Keep a delivery. `origin` is what it comes from, with `channel`, `identifiers` and so
        on; `at` is when it leaves, if not now."""
        request = self._request
        number, delivery_id = request.workspace_data.deliveries.reserve_id()
        names = {**scope, "delivery_id": delivery_id}
        rendered = self._renderer.render(message, person, names)
        channel = str(origin["channel"])
        reason = "" if send_to_unsubscribed else _unsubscribed_reason(person)
        reason = reason or _unreachable_reason(channel, rendered)
        state = _delivery_state(rendered, draft, reason)
        # A time that is over is now: nothing is sent before it was asked for.
        metrics = self._metric_timestamps(state, max(send_at or 0, request.now))
        record = request.workspace_data.deliveries.add(
            number,
            {
                **origin,
                "delivery_id": delivery_id,
                "person": person["number"] if person else None,
                "identifiers": app_api_identifiers(person) if person else origin["identifiers"],
                "to": rendered.to or None,
                "from": rendered.sender or None,
                "subject": rendered.subject or str(message.get("subject") or ""),
                "preheader": rendered.preheader,
                "body": rendered.body,
                "queued_at": request.now,
                "metrics": metrics,
                "failure_message": rendered.failure or reason or None,
            },
        )
        for metric in metrics.keys() - {"created", "human_opened"}:
            record_activity(request, record, metric, metrics[metric])
        return record

    def _metric_timestamps(self, state: str, at: int) -> dict[str, int]:
        """When what happens to it; a message to be sent later has its stamps in the future."""
        if state != "sent":
            return {
                "created": self._request.now,
                state: at if state != "drafted" else self._request.now,
            }
        later = at + int(self._request.behavior.delivery_seconds)
        return {"created": self._request.now, "attempted": at, "sent": at, "delivered": later}


def _delivery_state(rendered: RenderedMessage, draft: bool, reason: str) -> str:
    if rendered.failure:
        return "failed"
    if draft:
        return "drafted"
    return "undeliverable" if reason else "sent"


def _unsubscribed_reason(person: Record | None) -> str:
    return "the person is unsubscribed" if person and is_unsubscribed(person) else ""


def _unreachable_reason(channel: str, rendered: RenderedMessage) -> str:
    if rendered.failure or channel in CHANNELS_WITHOUT_ADDRESS or rendered.to:
        return ""
    return "there is no address to send to"
