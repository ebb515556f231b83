"""A new value in the place of an old one, with every part of the old one that is still in it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from cioform.config.write.yaml.typed_documents import RoundTripDocument, with_own_styles
from cioform.core.data.json_value import JsonValue
from cioform.core.dataclasses import dataclass


def _unchanged(value: RoundTripDocument) -> RoundTripDocument:
    return value


@dataclass(frozen=True, slots=True)
class Grafting:
    """How the values of a document are compared with plain data, and made of it."""

    read: Callable[[RoundTripDocument], JsonValue] = _unchanged
    """Returns what a value of the document says."""
    style: Callable[[JsonValue], RoundTripDocument] = _unchanged
    """Returns a value as the document has it."""

    def graft(self, old: RoundTripDocument, new: JsonValue) -> RoundTripDocument:
        """Return `new` as a document has it, and keep what of `old` is the same.

        Fields and items that stay are the objects that they were, so that their comments and styles
        are found again. Items of a list are the same if they are equal or have the same `id`.
        """
        if isinstance(old, dict) and isinstance(new, dict):
            for key in [key for key in old if key not in new]:
                del old[key]
            added = self.style({key: value for key, value in new.items() if key not in old})
            for key in old:
                old[key] = self.graft(old[key], new[key])
            for key, value in added.items():
                old[key] = value
            return old
        if isinstance(old, list) and isinstance(new, list):
            items = list(self._items(list(old), new))
            old.clear()
            old.extend(items)
            return with_own_styles(old)
        old_value = self.read(old)
        is_same = old_value == new and isinstance(old_value, bool) == isinstance(new, bool)
        return old if is_same and isinstance(old_value, type(new)) else self.style(new)

    def _items(
        self, old: list[RoundTripDocument], new: Sequence[JsonValue]
    ) -> Iterator[RoundTripDocument]:
        known = defaultdict(list)
        for name, item in zip(_names(list(map(self.read, old))), old, strict=True):
            known[name].append(item)
        same = [known[name].pop(0) if known.get(name) else None for name in _names(new)]
        left = {id(item) for items in known.values() for item in items}
        for at, (item, value) in enumerate(zip(same, new, strict=True)):
            if item is None and at < len(old) and id(old[at]) in left:
                item = old[at]  # changed, at its place
            yield self.style(value) if item is None else self.graft(item, value)


def _names(items: Sequence[JsonValue]) -> list[str]:
    """Return what identifies each item of a list."""
    return [
        f"id {item['id']}"
        if isinstance(item, dict) and "id" in item
        else json.dumps(item, sort_keys=True, default=str)
        for item in items
    ]
