"""The encoding of a campaign's flat arrays: percent-encoded JSON in base64.

Source: journeys facts, section 2.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Final
from urllib.parse import quote, unquote

from cioform.core.data.json_value import JsonValue
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.quoted import quoted
from cioform.language.conditions.values import MAX_WIRE_DEPTH, is_too_deep

_UNRESERVED: Final = "!'()*~"
"""The characters that JavaScript's encodeURIComponent keeps and Python's quote does not."""

_PERCENT_ENCODED = lazy_pattern(r"[A-Za-z0-9\-_.!~*'()%/]*")


def encode_filter(value: JsonValue) -> str:
    """Return percent-encoded JSON in base64, exactly as Customer.io's own screens write it."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(quote(text, safe=_UNRESERVED).encode()).decode()


def decode_filter(text: str) -> JsonValue:
    """Return the value that was encoded. Raises ValueError with the reason.

    JSON that is not percent-encoded is rejected, because Customer.io treats it as empty.
    """
    try:
        encoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"{quoted(text[:40])} is not base64") from error
    if not _PERCENT_ENCODED.fullmatch(encoded):
        raise ValueError(f"{quoted(encoded[:40])} is not percent-encoded")
    return _parse(encoded)


def _parse(encoded: str) -> JsonValue:
    """Return the value of percent-encoded JSON. Raises ValueError with the reason."""
    start = quoted(encoded[:40])
    try:
        value: JsonValue = json.loads(unquote(encoded, errors="strict"))
    except RecursionError as error:
        raise ValueError(f"{start} is nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"{start} does not decode to JSON") from error
    if is_too_deep(value, MAX_WIRE_DEPTH):
        raise ValueError(f"{start} is nested too deeply")
    return value
