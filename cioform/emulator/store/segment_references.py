"""The segments that the conditions of a record refer to."""

from collections.abc import Iterator
from typing import Any

from cioform.emulator.store.record_types import Record
from cioform.emulator.wire.filter_encoding import decode_filter

ENCODED_FIELDS = ("anchors", "filters", "conditions", "preconditions")
JSON_FIELDS = ("trigger", "attribute_filters", "global_exit_conditions", "conditions")


def find_segment_ids(value: Any) -> Iterator[int]:
    """Yield the segment IDs in a decoded condition of any format."""
    if isinstance(value, list):
        for item in value:
            yield from find_segment_ids(item)
    elif isinstance(value, dict):
        inner = value.get("segment")
        if isinstance(inner, dict) and isinstance(inner.get("id"), int):
            yield inner["id"]
        if value.get("type") == "segments_negatable":
            yield from (each for each in value.get("segments", []) if isinstance(each, int))
        for item in value.values():
            yield from find_segment_ids(item)


def referenced_segment_ids(record: Record) -> set[int]:
    """Return the IDs of the segments in the conditions of a campaign, a step or a segment."""
    segment_ids: set[int] = set()
    texts = [record.get(key) for key in ENCODED_FIELDS] + list(record.get("multi_conditions") or [])
    for text in texts:
        if isinstance(text, str) and text:
            segment_ids.update(find_segment_ids(_decode_or_none(text)))
    for key in JSON_FIELDS:
        segment_ids.update(find_segment_ids(record.get(key)))
    if isinstance(record.get("segment_id"), int):
        segment_ids.add(record["segment_id"])
    return segment_ids


def _decode_or_none(text: str) -> Any:
    """Return a decoded filter, or None for one that does not decode, as seeds may contain."""
    try:
        return decode_filter(text)
    except ValueError:
        return None
