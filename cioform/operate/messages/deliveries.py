"""Deliveries: one message to one person, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cioform.core.errors import RemoteError
from cioform.core.json_value import JsonValue
from cioform.model.conversation import Api, Request
from cioform.operate.identity import encode_path_segment
from cioform.operate.pagination import as_int, as_mapping
from cioform.remote.provider import Provider

_STATES_IN_ORDER: Final = (
    *("created", "drafted", "attempted", "deferred", "sent", "delivered", "opened", "converted"),
    *("clicked", "human_opened", "human_clicked", "unsubscribed", "topic_unsubscribed"),
    *("spammed", "bounced", "suppressed", "dropped", "undeliverable", "failed"),
)
"""What can happen to a delivery, in the order in which the later is the more telling."""
FAILED_STATES: Final = frozenset({"bounced", "suppressed", "dropped", "undeliverable", "failed"})
_PENDING_STATES: Final = frozenset({"queued", "created", "attempted", "deferred"})
_SENT: Final = "sent"
"""Handed on. Only some channels tell whether it arrives: it is waited for, and not counted on."""
_POLL_INTERVAL: Final = 1.0
"""Seconds between two looks at a delivery."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one person."""

    id: str
    type: str
    state: str
    """The most telling thing that happened to it: `sent`, `delivered`, `failed`."""
    recipient: str = ""
    subject: str = ""
    created: int | None = None
    why: str = ""
    """What Customer.io says of a failure; it names the variable that Liquid missed."""
    source: str = ""
    """What sent it, as in `campaign#3`."""
    metrics: Mapping[str, int] = field(default_factory=dict)
    """When each thing happened to it, in Unix seconds."""

    @property
    def failed(self) -> bool:
        """Tell whether it will never reach anybody."""
        return self.state in FAILED_STATES

    @property
    def is_pending(self) -> bool:
        """Tell whether Customer.io has still to do something about it."""
        return self.state in _PENDING_STATES


DeliveryListener = Callable[[Delivery], None]


def parse_delivery(row: JsonValue) -> Delivery:
    """Give a delivery as `/v1/messages` and the lists of messages show it."""
    row = as_mapping(row)
    happened = {name: as_int(at) for name, at in as_mapping(row.get("metrics")).items()}
    metrics = {name: at for name, at in happened.items() if at is not None}
    return Delivery(
        id=str(row.get("id") or ""),
        type=str(row.get("type") or ""),
        state=_latest_state(metrics, str(row.get("failure_message") or "")),
        recipient=str(row.get("recipient") or ""),
        subject=str(row.get("subject") or ""),
        created=as_int(row.get("created")),
        why=str(row.get("failure_message") or ""),
        source=_parse_source(row),
        metrics=metrics,
    )


def fetch_delivery(provider: Provider, delivery_id: str) -> Delivery:
    """Give a delivery as it is now. A just queued one may not be listed yet: it is `queued`."""
    path = f"/v1/messages/{encode_path_segment(delivery_id)}"
    try:
        body = provider.send(Request(Api.APP, "GET", path)).body
    except RemoteError as error:
        if error.status != 404:
            raise
        return Delivery(delivery_id, "", "queued")
    return parse_delivery(as_mapping(body).get("message"))


def watch(
    provider: Provider,
    delivery_id: str,
    *,
    timeout: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    listener: DeliveryListener = lambda _: None,
) -> Delivery:
    """Look at a delivery until it is delivered or has failed, or `patience` seconds have passed,
    and give it as it was last. `watcher` is told each look."""
    end = clock() + timeout
    while True:
        delivery = fetch_delivery(provider, delivery_id)
        listener(delivery)
        settled = not delivery.is_pending and delivery.state != _SENT
        if settled or clock() + _POLL_INTERVAL > end:
            return delivery
        sleep(_POLL_INTERVAL)


def _latest_state(metrics: Mapping[str, int], why: str) -> str:
    if why and not FAILED_STATES & set(metrics):
        return "failed"
    known = [name for name in _STATES_IN_ORDER if name in metrics]
    return known[-1] if known else "queued"


def _parse_source(row: Mapping[str, JsonValue]) -> str:
    for name in ("campaign", "broadcast", "newsletter", "transactional_message"):
        if row.get(f"{name}_id") is not None:
            return f"{name.removesuffix('_message')}#{row[f'{name}_id']}"
    return ""
