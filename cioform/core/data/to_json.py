"""Dataclasses as JSON data, for plan files and `--json` output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import cast

from cioform.core.address import Address
from cioform.core.data.json_value import Json, JsonValue


def to_json(value: object, text_types: tuple[type, ...] = (Address,)) -> Json:
    """Return dataclasses as mappings, enums as their values and sets as sorted lists.

    Instances of `text_types` become text; other values stay as they are.
    """
    if isinstance(value, Enum):
        return cast(Json, value.value)
    if isinstance(value, text_types):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_json(getattr(value, item.name), text_types) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item, text_types) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        items: list[JsonValue] = [to_json(item, text_types) for item in value]
        return sorted(items)
    if isinstance(value, (list, tuple)):
        return [to_json(item, text_types) for item in value]
    return cast(Json, value)
