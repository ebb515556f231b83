"""Conditions in Customer.io's own encoding, where a file holds them verbatim."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import unquote

from cioform.core.data.json_value import JsonValue
from cioform.core.text.quoted import quoted
from cioform.model.values.value_errors import Problem

_ENCODED_FIELDS: Final = ("conditions", "preconditions", "filters", "anchors")
ENCODED_CONDITIONS: Final = ("conditions", "preconditions", "multi_conditions")
"""The members of an action that hold conditions."""


def encoded_filters(raw: Mapping[str, JsonValue]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the path and the text of every encoded condition in verbatim members."""
    for name in _ENCODED_FIELDS:
        if isinstance(raw.get(name), str) and raw[name]:
            yield (name,), raw[name]
    several = raw.get("multi_conditions")
    for i, text in enumerate(several if isinstance(several, list) else ()):
        if isinstance(text, str) and text:
            yield ("multi_conditions", i), text


def encoding_problems(raw: Mapping[str, JsonValue]) -> list[Problem]:
    """Return a problem for each encoded condition in verbatim members that does not decode."""
    return [
        (path, invalid_encoding_message(text))
        for path, text in encoded_filters(raw)
        if not is_decodable(text)
    ]


def invalid_encoding_message(text: str) -> str:
    """Return the message for a text that does not decode."""
    return (
        f"{quoted(text[:40])} is not a condition in Customer.io's encoding (base64 of "
        "percent-encoded JSON), so it would be refused. Copy the whole text from an import, or "
        "write it as a condition."
    )


def is_decodable(text: str) -> bool:
    """Return whether Customer.io could decode a text, even to nothing (journeys facts, 2)."""
    try:
        json.loads(unquote(base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()))
    except (binascii.Error, ValueError):
        return False
    return True
