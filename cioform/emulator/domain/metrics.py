"""Metrics counted from deliveries, in steps of time (app facts, 5.7).

That a step counts what happened in it, whenever the message was sent, is an open fact. The
members of `series` and of links are those of the official Go client.
"""

from collections.abc import Iterable

from cioform.emulator.domain.time_buckets import BucketEdges, bucket_index
from cioform.emulator.store.record_types import Record

METRIC_NAMES = (
    "attempted",
    "bounced",
    "clicked",
    "converted",
    "created",
    "deferred",
    "delivered",
    "drafted",
    "dropped",
    "failed",
    "opened",
    "sent",
    "spammed",
    "topic_unsubscribed",
    "undeliverable",
    "unsubscribed",
)
JOURNEY_METRIC_NAMES = (
    "started",
    "activated",
    "exited_early",
    "finished",
    "converted",
    "never_activated",
    "messaged",
)


def delivery_series(
    deliveries: Iterable[Record], edges: BucketEdges, now: int
) -> dict[str, list[int]]:
    """How often each metric came in each step, the oldest first."""
    counted = {name: [0] * (len(edges) - 1) for name in METRIC_NAMES}
    for record in deliveries:
        for name, at in record["metrics"].items():
            step = bucket_index(edges, at)
            if step is not None and at <= now and name in counted:
                counted[name][step] += 1
    return counted


def link_series(
    deliveries: Iterable[Record], edges: BucketEdges, now: int, *, unique: bool
) -> list[dict[str, object]]:
    """How often each link was clicked in each step; `unique` counts a delivery once a link."""
    counted: dict[str, list[int]] = {}
    for record in deliveries:
        for link in record["links"]:
            steps = counted.setdefault(link["href"], [0] * (len(edges) - 1))
            clicks = [at for at in link["clicked"] if at <= now][: 1 if unique else None]
            for step in (bucket_index(edges, at) for at in clicks):
                if step is not None:
                    steps[step] += 1
    return [
        {"link": {"id": number, "href": href}, "metric": {"series": {"clicked": counted[href]}}}
        for number, href in enumerate(sorted(counted), 1)
    ]


def journey_series(
    deliveries: Iterable[Record], edges: BucketEdges, now: int
) -> dict[str, list[int]]:
    """The way of people through a campaign, as far as its deliveries tell: no workflow runs here.

    A person starts, is activated and messaged with the first message sent to them; who was only
    drafted a message is never activated.
    """
    counted = {name: [0] * (len(edges) - 1) for name in JOURNEY_METRIC_NAMES}
    firsts: dict[tuple[str, int], int] = {}
    for place_in_list, record in enumerate(deliveries):
        person = record["person"] if record["person"] is not None else -1 - place_in_list
        for name, at in _journey_stages(record, now):
            key = (name, person)
            firsts[key] = min(at, firsts.get(key, at))
    for (name, _), at in firsts.items():
        step = bucket_index(edges, at)
        if step is not None:
            counted[name][step] += 1
    return counted


def _journey_stages(record: Record, now: int) -> Iterable[tuple[str, int]]:
    metrics: dict[str, int] = {n: at for n, at in record["metrics"].items() if at <= now}
    begun: int = metrics["created"] if "created" in metrics else record["queued_at"]
    yield "started", begun
    if "sent" in metrics:
        for name in ("activated", "messaged", "finished"):
            yield name, metrics["sent"]
    elif "drafted" in metrics:
        yield "never_activated", metrics["drafted"]
    if "converted" in metrics:
        yield "converted", metrics["converted"]
