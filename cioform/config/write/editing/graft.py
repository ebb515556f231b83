"""A new value in the place of an old one, with every part of the old one that is still in it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence

from cioform.config.write.yaml.typed_documents import RoundTripDocument, with_own_styles
from cioform.core.json_value import JsonValue


def graft(old: RoundTripDocument, new: JsonValue) -> RoundTripDocument:
    """Return `new` as a document has it, and keep what of `old` is the same.

    Fields and items that stay are the objects that they were, so that their comments and styles
    are found again. Items of a list are the same if they are equal or have the same `id`.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [key for key in old if key not in new]:
            del old[key]
        for key, value in new.items():
            old[key] = graft(old[key], value) if key in old else value
        return old
    if isinstance(old, list) and isinstance(new, list):
        items = list(_grafted_items(list(old), new))
        old.clear()
        old.extend(items)
        return with_own_styles(old)
    is_same = old == new and isinstance(old, bool) == isinstance(new, bool)
    return old if is_same and isinstance(old, type(new)) else new


def _grafted_items(old: list[RoundTripDocument], new: Sequence[JsonValue]) -> Iterator[JsonValue]:
    known = defaultdict(list)
    for name, item in zip(_names(old), old, strict=True):
        known[name].append(item)
    same = [known[name].pop(0) if known.get(name) else None for name in _names(new)]
    left = {id(item) for items in known.values() for item in items}
    for at, (item, value) in enumerate(zip(same, new, strict=True)):
        if item is None and at < len(old) and id(old[at]) in left:
            item = old[at]  # changed, at its place
        yield value if item is None else graft(item, value)


def _names(items: Sequence[JsonValue]) -> list[str]:
    """Return what identifies each item of a list."""
    return [
        f"id {item['id']}"
        if isinstance(item, dict) and "id" in item
        else json.dumps(item, sort_keys=True, default=str)
        for item in items
    ]
