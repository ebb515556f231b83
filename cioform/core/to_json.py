"""Anything that flows, as plain data: what plan files and `--json` answers hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from cioform.core.address import Address
from cioform.core.json_value import JsonValue


def to_json(value: Any, texts: tuple[type, ...] = (Address,)) -> JsonValue:
    """Give dataclasses as mappings, enums by value, sets sorted, and what is of `texts` as text."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, texts):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: to_json(getattr(value, item.name), texts) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(item, texts) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(to_json(item, texts) for item in value)
    if isinstance(value, (list, tuple)):
        return [to_json(item, texts) for item in value]
    return value
