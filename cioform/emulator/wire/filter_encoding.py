"""The filter encoding of campaigns: base64 of percent-encoded JSON (journeys facts, 2)."""

import base64
import binascii
import json
from typing import Any
from urllib.parse import quote, unquote

from cioform.emulator.wire.json_input import parse_json


def encode_filter(value: Any) -> str:
    """Return `value` encoded as the browser encodes it."""
    text = quote(json.dumps(value, separators=(",", ":")), safe="!'()*~-_.")
    return base64.b64encode(text.encode()).decode()


def decode_filter(text: str) -> Any:
    """Return the decoded value of `text`. Raises ValueError if it does not decode.

    Base64 of JSON that is not percent-encoded is accepted but read as an empty list (journeys
    facts, 2).
    """
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from None
    if "%" not in decoded and decoded[:1] in ("[", "{"):
        return []
    return parse_json(unquote(decoded))
