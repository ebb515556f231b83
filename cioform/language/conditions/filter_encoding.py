"""The encoding in which a campaign's flat arrays travel: base64 of percent-encoded JSON
(journeys facts, section 2)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Final
from urllib.parse import quote, unquote

from cioform.core.json_value import JsonValue

_UNRESERVED: Final = "!'()*~"
"""What JavaScript's encodeURIComponent leaves alone and Python's quote does not."""

_PERCENT_ENCODED = re.compile(r"[A-Za-z0-9\-_.!~*'()%/]*")


def encode_filter(value: JsonValue) -> str:
    """Give base64 of percent-encoded JSON, letter for letter as the remote's own screens do."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(quote(text, safe=_UNRESERVED).encode()).decode()


def decode_filter(text: str) -> JsonValue:
    """Give the value that was encoded; ValueError with the reason when it was not. JSON that was
    not percent-encoded is refused, because the remote takes it for empty."""
    try:
        encoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"{text[:40]!r} is not base64") from error
    if not _PERCENT_ENCODED.fullmatch(encoded):
        raise ValueError(f"{encoded[:40]!r} is not percent-encoded")
    try:
        return json.loads(unquote(encoded, errors="strict"))
    except RecursionError as error:
        raise ValueError(f"{encoded[:40]!r} is nested too deeply") from error
    except ValueError as error:
        raise ValueError(f"{encoded[:40]!r} is not JSON once it is decoded") from error
