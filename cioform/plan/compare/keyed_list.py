"""Lists whose items have an ID, as mappings from ID to item.

In a comparison of mappings, an inserted item is one addition and not a change of every item after
it. The order of the list is one more value of the mapping, under a key that no ID can have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

from cioform.core.data.json_value import Json
from cioform.model.paths.file_paths import ORDER_KEY as ORDER_KEY

_SEPARATOR: Final = " > "

T = TypeVar("T")


def ids_of(items: Sequence[Json]) -> list[str] | None:
    """Return the IDs of the items, or None unless every item has one and all are different."""
    ids = [str(item["id"]) for item in items if isinstance(item, dict) and "id" in item]
    return ids if ids and len(ids) == len(items) == len(set(ids)) else None


def keyed(value: Json, format_text: Callable[[str], str] = str) -> Json:
    """Return a value with lists of items with IDs as mappings, and each text formatted."""
    if isinstance(value, str):
        return format_text(value)
    if isinstance(value, Mapping):
        return {key: keyed(item, format_text) for key, item in value.items()}
    if not isinstance(value, list):
        return value
    items = [keyed(item, format_text) for item in value]
    ids = ids_of(value)
    if ids is None:
        return items
    return dict(zip(ids, items, strict=True)) | {ORDER_KEY: encode_order(ids)}


def decode_order(order: str) -> list[str]:
    """Return the IDs in a value of ORDER_KEY."""
    return order.split(_SEPARATOR)


def encode_order(ids: Iterable[str]) -> str:
    """Return the value of ORDER_KEY."""
    return _SEPARATOR.join(ids)


def items_in_order(keyed: Mapping[str, T], order: str) -> list[T]:
    """Return the items of a keyed list in `order`; items that it does not name come last."""
    position = {key: at for at, key in enumerate(order.split(_SEPARATOR))}
    return [keyed[key] for key in sorted(keyed, key=lambda key: position.get(key, len(position)))]
