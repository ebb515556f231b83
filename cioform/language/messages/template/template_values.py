"""The values in a template that are JSON texts: headers and bodies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue

_NO_HEADERS: Final[tuple[JsonValue, ...]] = (None, "", "[]", [])


def encode_headers(headers: Mapping[str, str]) -> str:
    """Return headers as the JSON text that both APIs take (app facts, section 4.2)."""
    return json.dumps([{"name": name, "value": value} for name, value in headers.items()])


def decode_headers(text: JsonValue) -> dict[str, str]:
    """Return headers by name, from the JSON text of either API or from the parsed list.

    Headers that no file can have, such as one without a name, are left out.
    """
    return _headers_in(_header_pairs(text))


def is_json_object(text: JsonValue) -> bool:
    """Return whether a value is an object, or the JSON text of one."""
    try:
        return isinstance(json.loads(text) if isinstance(text, str) else text, dict)
    except ValueError:
        return False


def are_plain_headers(text: JsonValue) -> bool:
    """Return whether headers are pairs of a name and a text, each name once, or absent."""
    pairs = _header_pairs(text)
    plain = [{"name": name, "value": value} for name, value in _headers_in(pairs).items()]
    return bool(pairs == plain)


def _header_pairs(text: JsonValue) -> JsonValue:
    """Return what stands for headers: a list of pairs, unless it was written by another tool."""
    if text in _NO_HEADERS:  # nearly every message
        return []
    try:
        return json.loads(text) if isinstance(text, str) else text
    except ValueError:
        return None


def _headers_in(pairs: JsonValue) -> dict[str, str]:
    if not isinstance(pairs, list):
        return {}
    named = [pair for pair in pairs if isinstance(pair, Mapping) and "name" in pair]
    found = ((str(pair["name"]), str(pair.get("value", ""))) for pair in named)
    return {name: value for name, value in found if name.strip() and _is_line(name + value)}


def _is_line(text: str) -> bool:
    return "\n" not in text and "\r" not in text


def parse_json_object(text: JsonValue) -> dict[str, JsonValue]:
    """Return the object that a value is or is the JSON text of; an empty one for anything else."""
    try:
        value = json.loads(text) if isinstance(text, str) and text else text
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def normalize_html(text: str) -> str:
    """Return HTML without a byte order mark and without blanks at its end.

    Editors add those. Blanks at the beginning stay, because only people write them.
    """
    return text.rstrip().strip("\ufeff").rstrip()
