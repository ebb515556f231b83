"""Send messages: turn a message and a person into a delivery. Nothing leaves the emulator."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from cioform.emulator.domain.sending.delivery_reports import record_activity
from cioform.emulator.domain.sending.rendering import MessageRenderer
from cioform.emulator.liquid.message import RenderedMessage
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.people import app_api_identifiers
from cioform.emulator.store.profile import is_unsubscribed
from cioform.emulator.store.record_types import Record

CHANNELS_WITHOUT_ADDRESS = ("push", "in_app", "inbox", "webhook", "slack")
"""Channels that need no address of the recipient."""

METRICS_WITHOUT_ACTIVITY = {"created", "human_opened"}


class DeliveryOrigin(TypedDict):
    """The members of a delivery that tell what it was sent for."""

    channel: str
    template_id: int | None
    language: str
    message_data: Mapping[str, Any]
    identifiers: NotRequired[Mapping[str, str]]
    """Required if the recipient is not a known person."""
    transactional_message_id: NotRequired[int | None]
    broadcast_id: NotRequired[int]
    action_id: NotRequired[int]
    trigger_id: NotRequired[int]
    retained: NotRequired[bool]


class LiquidScope(TypedDict):
    """The Liquid variables of a send (content facts, 1.3)."""

    trigger: Mapping[str, Any]
    campaign: Mapping[str, Any]
    message: Mapping[str, Any]


class Mailer:
    """The sender of the messages of one request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._renderer = MessageRenderer(request)

    def send(
        self,
        message: Mapping[str, Any],
        person: Record | None,
        origin: DeliveryOrigin,
        *,
        scope: LiquidScope,
        draft: bool = False,
        send_to_unsubscribed: bool = True,
        send_at: int | None = None,
    ) -> Record:
        """Store and return a delivery.

        `send_at` is a time in Unix seconds; without it, the message is sent now.
        """
        request = self._request
        number, delivery_id = request.workspace_data.deliveries.reserve_id()
        rendered = self._renderer.render(message, person, {**scope, "delivery_id": delivery_id})
        reason = _undeliverable_reason(
            origin["channel"], rendered, None if send_to_unsubscribed else person
        )
        state = _delivery_state(rendered, draft, reason)
        # A time in the past means now: nothing is sent before it was requested.
        metrics = self._metric_timestamps(state, max(send_at or 0, request.now))
        delivery = request.workspace_data.deliveries.add(
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
                "failure_message": str(rendered.failure or reason) or None,
            },
        )
        for metric in metrics.keys() - METRICS_WITHOUT_ACTIVITY:
            record_activity(request, delivery, metric, metrics[metric])
        return delivery

    def _metric_timestamps(self, state: str, send_at: int) -> dict[str, int]:
        """Return the time of each metric; those of a scheduled message are in the future."""
        now = self._request.now
        if state == "drafted":
            return {"created": now, state: now}
        if state != "sent":
            return {"created": now, state: send_at}
        delivered_at = send_at + int(self._request.behavior.delivery_seconds)
        return {"created": now, "attempted": send_at, "sent": send_at, "delivered": delivered_at}


def _delivery_state(rendered: RenderedMessage, draft: bool, reason: str) -> str:
    if rendered.failure:
        return "failed"
    if draft:
        return "drafted"
    return "undeliverable" if reason else "sent"


def _undeliverable_reason(
    channel: str, rendered: RenderedMessage, subscriber: Record | None
) -> str:
    """Return why a message cannot be delivered; "" if it can.

    `subscriber` is the person, or None if the message is sent to unsubscribed people too.
    """
    if subscriber and is_unsubscribed(subscriber):
        return "the person is unsubscribed"
    if rendered.failure or channel in CHANNELS_WITHOUT_ADDRESS or rendered.to:
        return ""
    return "there is no address to send to"
