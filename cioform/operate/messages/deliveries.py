"""Read and watch deliveries: one message to one person, and its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from cioform.core.data.json_value import Json, as_mapping
from cioform.core.dataclasses import dataclass, field
from cioform.core.errors import RemoteError
from cioform.model.remote_access.conversation import Api, Request
from cioform.operate import response_schemas as schemas
from cioform.operate.identity import encode_path_segment
from cioform.operate.pagination import as_int
from cioform.remote.provider import Provider
from cioform.remote.responses.response_check import send_checked

_STATES_IN_ORDER: Final = (
    *("created", "drafted", "attempted", "deferred", "sent", "delivered", "opened", "converted"),
    *("clicked", "human_opened", "human_clicked", "unsubscribed", "topic_unsubscribed"),
    *("spammed", "bounced", "suppressed", "dropped", "undeliverable", "failed"),
)
"""The states of a delivery. The last one that applies describes the delivery best."""
FAILED_STATES: Final = frozenset({"bounced", "suppressed", "dropped", "undeliverable", "failed"})
_PENDING_STATES: Final = frozenset({"queued", "created", "attempted", "deferred"})
_SENT: Final = "sent"
"""Only some channels report more than this state. It is not final, and not a pending state."""
_POLL_INTERVAL: Final = 1.0
"""Seconds between two requests."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to one person."""

    id: str
    type: str
    state: str
    """The state that describes it best: `sent`, `delivered`, `failed`."""
    recipient: str = ""
    subject: str = ""
    created: int | None = None
    why: str = ""
    """Customer.io's message about a failure. It names the variable that Liquid missed."""
    source: str = ""
    """What sent it: `campaign#3`."""
    metrics: Mapping[str, int] = field(default_factory=dict)
    """When it reached each state, in Unix seconds."""

    @property
    def failed(self) -> bool:
        """Return whether it will never arrive."""
        return self.state in FAILED_STATES

    @property
    def is_pending(self) -> bool:
        """Return whether Customer.io is still processing it."""
        return self.state in _PENDING_STATES


@dataclass(frozen=True, slots=True)
class ArchivedMessage:
    """What was sent in a delivery, as it was rendered."""

    subject: str = ""
    preheader: str = ""
    sender: str = ""
    recipient: str = ""
    body: str = ""


DeliveryListener = Callable[[Delivery], None]


def parse_delivery(row: Json) -> Delivery:
    """Return the delivery in a row of `/v1/messages` or of another list of messages."""
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
    """Return the current status of a delivery: `queued` if Customer.io does not list it yet."""
    path = f"/v1/messages/{encode_path_segment(delivery_id)}"
    try:
        request = Request(Api.APP, "GET", path, schema=schemas.DELIVERY)
        body = send_checked(provider, request).body
    except RemoteError as error:
        if error.status != 404:
            raise
        return Delivery(delivery_id, "", "queued")
    return parse_delivery(as_mapping(body).get("message"))


def fetch_archived(provider: Provider, delivery_id: str) -> ArchivedMessage | None:
    """Return what was sent in a delivery; None if Customer.io keeps no copy of it.

    Customer.io allows 100 of these requests a day (app facts, section 2).
    """
    path = f"/v1/messages/{encode_path_segment(delivery_id)}/archived_message"
    try:
        body = provider.send(Request(Api.APP, "GET", path)).body
    except RemoteError as error:
        if error.status != 404:
            raise
        return None
    row = as_mapping(as_mapping(body).get("archived_message"))
    members = ("subject", "preheader", "from", "recipient", "body")
    return ArchivedMessage(*(str(row.get(member) or "") for member in members))


def watch(
    provider: Provider,
    delivery_id: str,
    *,
    timeout: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    listener: DeliveryListener = lambda _: None,
) -> Delivery:
    """Poll a delivery until it is delivered or failed, and return its last status.

    Gives up after `timeout` seconds. `listener` is called with each status.
    """
    end = clock() + timeout
    while True:
        delivery = fetch_delivery(provider, delivery_id)
        listener(delivery)
        is_final = not delivery.is_pending and delivery.state != _SENT
        if is_final or clock() + _POLL_INTERVAL > end:
            return delivery
        sleep(_POLL_INTERVAL)


def _latest_state(metrics: Mapping[str, int], why: str) -> str:
    if why and not FAILED_STATES & set(metrics):
        return "failed"
    known = [name for name in _STATES_IN_ORDER if name in metrics]
    return known[-1] if known else "queued"


def _parse_source(row: Mapping[str, Json]) -> str:
    for name in ("campaign", "broadcast", "newsletter", "transactional_message"):
        if row.get(f"{name}_id") is not None:
            return f"{name.removesuffix('_message')}#{row[f'{name}_id']}"
    return ""
