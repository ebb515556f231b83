"""Texts in which the remote encodes conditions, where a file holds them as they are."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote

from cioform.core.json_value import JsonValue

_ENCODED_FIELDS: Final = ("conditions", "preconditions", "filters", "anchors")


def encoded_filters(raw: Mapping[str, JsonValue]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Give the texts in which the remote encodes conditions, with their paths."""
    for name in _ENCODED_FIELDS:
        if isinstance(raw.get(name), str) and raw[name]:
            yield (name,), raw[name]
    many = raw.get("multi_conditions")
    for i, text in enumerate(many if isinstance(many, list) else ()):
        if isinstance(text, str) and text:
            yield ("multi_conditions", i), text


def invalid_encoding_message(text: str) -> str:
    """Give what is wrong with a text that does not decode."""
    return (
        f"{text[:40]!r} is not how Customer.io encodes a condition (base64 of percent-encoded "
        "JSON), and it would be refused. Copy it whole from an import, or say it in words."
    )


def is_decodable(text: str) -> bool:
    """Tell whether the remote could decode a text, be it to nothing (journeys facts, section 2)."""
    try:
        json.loads(unquote(base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()))
    except (binascii.Error, ValueError):
        return False
    return True
