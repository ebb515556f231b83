"""The objects that a condition refers to, also those that its `raw` forms name by their IDs.

The places of IDs in `raw` forms are those of journeys facts, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.language.conditions.encoding.filter_encoding import decode_filter
from cioform.language.conditions.grammar import OBJECT_TYPE, REFERENCES, leaves
from cioform.model.references.names import Reference

_IDS: Final = {"type_id": OBJECT_TYPE, "etype": "event_type"}
"""The members that hold an ID, with the kind of its object. Nothing lists event types."""


def references(condition: Mapping[str, JsonValue], path: FieldPath = ()) -> Iterator[Reference]:
    """Yield a reference for every segment and object type in a condition that is at `path`."""
    for leaf_path, leaf in leaves(condition, path):
        if "raw" in leaf:
            yield from raw_references(leaf["raw"], (*leaf_path, "raw"))
        for field, kind in REFERENCES.items():
            if field in leaf:
                yield Reference(kind, leaf[field], (*leaf_path, field))


def raw_references(raw: JsonValue, path: FieldPath) -> Iterator[Reference]:
    """Yield a reference such as `segment#12` for each ID in the raw form at `path`."""
    for kind, text in dict.fromkeys(_named_ids(raw)):
        yield Reference(kind, f"{kind}#{text}", path, in_raw=True)


def _named_ids(value: JsonValue) -> Iterator[tuple[str, str]]:
    """Yield the kind and the ID of each object, also those in encoded texts."""
    if isinstance(value, str):
        value = _decoded(value)
    if isinstance(value, dict):
        found = [(kind, value.get(name)) for name, kind in _IDS.items()]
        if isinstance(segment := value.get("segment"), dict):
            found.append((REFERENCES["segment"], segment.get("id")))
        if isinstance(segments := value.get("segments"), list):
            found += [(REFERENCES["segment"], each) for each in segments]
        yield from ((kind, str(each)) for kind, each in found if _is_id(each))
    for child in value.values() if isinstance(value, dict) else value or ():
        if isinstance(child, dict | list | str):
            yield from _named_ids(child)


def _decoded(text: str) -> JsonValue:
    """Return the value that a text encodes, None if it is not encoded."""
    try:
        value = decode_filter(text)
    except ValueError:
        return None
    return value if isinstance(value, dict | list) else None


def _is_id(value: JsonValue) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and str(value).isdecimal()
