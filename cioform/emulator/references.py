"""Who uses what: segments named in campaigns, templates that stand in a layout or have a sender."""

from collections.abc import Iterator
from typing import Any

from cioform.emulator.call import Call
from cioform.emulator.encoding import decoded
from cioform.emulator.things import ACTION, CAMPAIGN, SEGMENT, TEMPLATE, Record

ENCODED = ("anchors", "filters", "conditions", "preconditions")
RAW = ("trigger", "attribute_filters", "global_exit_conditions")


def segments_in(value: Any) -> Iterator[int]:
    """Segment ids in any decoded condition, of whichever grammar."""
    if isinstance(value, list):
        for item in value:
            yield from segments_in(item)
    elif isinstance(value, dict):
        inner = value.get("segment")
        if isinstance(inner, dict) and isinstance(inner.get("id"), int):
            yield inner["id"]
        if value.get("type") == "segments_negatable":
            yield from (each for each in value.get("segments", []) if isinstance(each, int))
        for item in value.values():
            yield from segments_in(item)


def segments_of(record: Record) -> set[int]:
    """Segment ids that a campaign or action names in one of its conditions."""
    found: set[int] = set()
    texts = [record.get(key) for key in ENCODED] + list(record.get("multi_conditions") or [])
    for text in texts:
        if isinstance(text, str) and text:
            found.update(segments_in(decoded(text)))
    for key in RAW:
        found.update(segments_in(record.get(key)))
    if isinstance(record.get("segment_id"), int):
        found.add(record["segment_id"])
    return found


def campaigns_with_segment(call: Call, number: int) -> list[Record]:
    """Campaigns whose trigger, filter, exit or any step names the segment."""
    ids = {each["campaign_id"] for each in call.space.all(ACTION) if number in segments_of(each)}
    campaigns = call.space.all(CAMPAIGN)
    return [each for each in campaigns if each["id"] in ids or number in segments_of(each)]


def segments_with_segment(call: Call, number: int) -> list[Record]:
    """Segments whose conditions name the segment."""
    every = call.space.all(SEGMENT)
    return [each for each in every if number in set(segments_in(each["conditions"]))]


def templates_with(call: Call, keys: tuple[str, ...], number: int) -> list[Record]:
    """Templates where one of `keys` (`layout_id`, `from_identity_id`, ...) is that id."""
    every = call.space.all(TEMPLATE)
    return [each for each in every if any(each.get(key) == number for key in keys)]
