"""Deliveries: one message to one person, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cioform.core.errors import RemoteRefused
from cioform.core.json_value import Plain
from cioform.model.conversation import Api, Request
from cioform.operate.identity import encoded
from cioform.operate.pagination import mapping, whole
from cioform.remote.provider import Provider

_COURSE: Final = (
    *("created", "drafted", "attempted", "deferred", "sent", "delivered", "opened", "converted"),
    *("clicked", "human_opened", "human_clicked", "unsubscribed", "topic_unsubscribed"),
    *("spammed", "bounced", "suppressed", "dropped", "undeliverable", "failed"),
)
"""What can happen to a delivery, in the order in which the later is the more telling."""
FAILED: Final = frozenset({"bounced", "suppressed", "dropped", "undeliverable", "failed"})
_UNDER_WAY: Final = frozenset({"queued", "created", "attempted", "deferred"})
_SENT: Final = "sent"
"""Handed on. Only some channels tell whether it arrives: it is waited for, and not counted on."""
_PAUSE: Final = 1.0
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
        return self.state in FAILED

    @property
    def under_way(self) -> bool:
        """Tell whether Customer.io has still to do something about it."""
        return self.state in _UNDER_WAY


Watcher = Callable[[Delivery], None]


def read_delivery(row: Plain) -> Delivery:
    """Give a delivery as `/v1/messages` and the lists of messages show it."""
    row = mapping(row)
    happened = {name: whole(at) for name, at in mapping(row.get("metrics")).items()}
    metrics = {name: at for name, at in happened.items() if at is not None}
    return Delivery(
        id=str(row.get("id") or ""),
        type=str(row.get("type") or ""),
        state=_state(metrics, str(row.get("failure_message") or "")),
        recipient=str(row.get("recipient") or ""),
        subject=str(row.get("subject") or ""),
        created=whole(row.get("created")),
        why=str(row.get("failure_message") or ""),
        source=_source(row),
        metrics=metrics,
    )


def look(provider: Provider, delivery_id: str) -> Delivery:
    """Give a delivery as it is now. A just queued one may not be listed yet: it is `queued`."""
    path = f"/v1/messages/{encoded(delivery_id)}"
    try:
        body = provider.send(Request(Api.APP, "GET", path)).body
    except RemoteRefused as error:
        if error.status != 404:
            raise
        return Delivery(delivery_id, "", "queued")
    return read_delivery(mapping(body).get("message"))


def watch(
    provider: Provider,
    delivery_id: str,
    *,
    patience: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    watcher: Watcher = lambda _: None,
) -> Delivery:
    """Look at a delivery until it is delivered or has failed, or `patience` seconds have passed,
    and give it as it was last. `watcher` is told each look."""
    end = clock() + patience
    while True:
        delivery = look(provider, delivery_id)
        watcher(delivery)
        settled = not delivery.under_way and delivery.state != _SENT
        if settled or clock() + _PAUSE > end:
            return delivery
        sleep(_PAUSE)


def _state(metrics: Mapping[str, int], why: str) -> str:
    if why and not FAILED & set(metrics):
        return "failed"
    known = [name for name in _COURSE if name in metrics]
    return known[-1] if known else "queued"


def _source(row: Mapping[str, Plain]) -> str:
    for name in ("campaign", "broadcast", "newsletter", "transactional_message"):
        if row.get(f"{name}_id") is not None:
            return f"{name.removesuffix('_message')}#{row[f'{name}_id']}"
    return ""
