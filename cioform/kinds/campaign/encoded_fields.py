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
    """Return a problem for each text in verbatim members that is not an encoded condition."""
    found = ((path, _encoding_problem(text)) for path, text in encoded_filters(raw))
    return [(path, text) for path, text in found if text]


def _encoding_problem(text: str) -> str:
    """Return why a text is not a condition in Customer.io's encoding; empty if it is one.

    A text that is not percent-encoded is accepted, although Customer.io decodes it to nothing
    (journeys facts, 2). A condition is an array (journeys facts, 4).
    """
    try:
        decoded = unquote(base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode())
        value = json.loads(decoded)
    except (binascii.Error, ValueError, RecursionError):
        what = "is not a condition in Customer.io's encoding (base64 of percent-encoded JSON)"
    else:
        if isinstance(value, list):
            return ""
        what = f"decodes to {quoted(decoded[:40])}, but a condition is an array"
    return (
        f"{quoted(text[:40])} {what}, so Customer.io would refuse it. Copy the whole text from an "
        "import, or write it as a condition."
    )
