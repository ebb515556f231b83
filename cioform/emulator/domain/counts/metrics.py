"""Count the metrics of deliveries in time buckets (app facts, 5.7).

It is an open fact that a bucket counts what happened in it, whenever the message was sent. The
members of `series` and of links are those of the official Go client.
"""

from collections.abc import Iterable, Iterator

from cioform.emulator.domain.counts.time_buckets import BucketEdges, bucket_index
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
    """Return the count of each metric in each bucket, the oldest first."""
    series = {name: [0] * (len(edges) - 1) for name in METRIC_NAMES}
    for delivery in deliveries:
        for name, timestamp in delivery["metrics"].items():
            bucket = bucket_index(edges, timestamp)
            if bucket is not None and timestamp <= now and name in series:
                series[name][bucket] += 1
    return series


def link_series(
    deliveries: Iterable[Record], edges: BucketEdges, now: int, *, unique: bool
) -> list[dict[str, object]]:
    """Return the clicks on each link in each bucket; `unique` counts a delivery once per link."""
    series: dict[str, list[int]] = {}
    for delivery in deliveries:
        for link in delivery["links"]:
            counts = series.setdefault(link["href"], [0] * (len(edges) - 1))
            clicks = [each for each in link["clicked"] if each <= now][: 1 if unique else None]
            for bucket in (bucket_index(edges, timestamp) for timestamp in clicks):
                if bucket is not None:
                    counts[bucket] += 1
    return [
        {"link": {"id": number, "href": href}, "metric": {"series": {"clicked": series[href]}}}
        for number, href in enumerate(sorted(series), 1)
    ]


def journey_series(
    deliveries: Iterable[Record], edges: BucketEdges, now: int
) -> dict[str, list[int]]:
    """Return the count of people at each stage of a campaign in each bucket.

    The emulator does not run workflows, so the stages follow from the deliveries: a person starts,
    is activated and is messaged when the first message is sent to them. A person for whom a
    message was only drafted is never activated.
    """
    first_times: dict[tuple[str, int], int] = {}
    for index, delivery in enumerate(deliveries):
        # Each delivery without a person counts as a person of its own.
        person = delivery["person"] if delivery["person"] is not None else -1 - index
        for name, timestamp in _journey_stages(delivery, now):
            key = (name, person)
            first_times[key] = min(timestamp, first_times.get(key, timestamp))
    series = {name: [0] * (len(edges) - 1) for name in JOURNEY_METRIC_NAMES}
    for (name, _), timestamp in first_times.items():
        bucket = bucket_index(edges, timestamp)
        if bucket is not None:
            series[name][bucket] += 1
    return series


def _journey_stages(delivery: Record, now: int) -> Iterator[tuple[str, int]]:
    metrics: dict[str, int] = {name: at for name, at in delivery["metrics"].items() if at <= now}
    started_at: int = metrics["created"] if "created" in metrics else delivery["queued_at"]
    yield "started", started_at
    if "sent" in metrics:
        for name in ("activated", "messaged", "finished"):
            yield name, metrics["sent"]
    elif "drafted" in metrics:
        yield "never_activated", metrics["drafted"]
    if "converted" in metrics:
        yield "converted", metrics["converted"]
