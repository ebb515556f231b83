"""Parsing of JSON and of integers in requests, limited to values that SQLite can store."""

import json
import re
from math import isfinite
from typing import Any

MAX_INT64 = 2**63 - 1
"""The largest integer of Go, in which the service is written, and of SQLite."""
MAX_DEPTH = 200
"""The maximum nesting of JSON. The real limit is unknown; this one is safe for recursive code."""

INTEGER_PATTERN = re.compile(r"-?[0-9]+")
SAFE_DIGITS = 18
"""An integer of at most this many digits always fits into 64 bits."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_json(raw: bytes | str) -> Any:
    """Return the value of a JSON text. Raises ValueError if it is not valid JSON.

    It is parsed as Go parses JSON into a value of any type: invalid UTF-8 and lone surrogates
    become U+FFFD; NaN is invalid; an integer of more than 64 bits becomes a float, and one that no
    float can represent is invalid.
    """
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    try:
        value = DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    # A batch can be large: do not search for what its text cannot contain.
    if len(text) > 2 * MAX_DEPTH and _exceeds_max_depth(value):
        raise ValueError("nested too deeply")
    may_have_surrogates = "\\" in text and ("\\ud" in text or "\\uD" in text)
    return _replace_lone_surrogates(value) if may_have_surrogates else value


def parse_integer(text: str) -> int | None:
    """Return the integer that `text` represents in ASCII digits, or None.

    An integer beyond 64 bits becomes the largest or smallest one, which no ID and no count reaches.
    """
    if not INTEGER_PATTERN.fullmatch(text):
        return None
    if len(text) <= SAFE_DIGITS:
        return int(text)
    digits = text.lstrip("-0")
    magnitude = int(digits or "0") if len(digits) <= SAFE_DIGITS else MAX_INT64
    return -magnitude if text.startswith("-") else magnitude


def _json_int(text: str) -> int | float:
    if len(text) <= SAFE_DIGITS:
        return int(text)
    number = _json_float(text)
    if abs(number) > MAX_INT64 + 1:
        return number
    integer = int(text)
    return integer if abs(integer) <= MAX_INT64 else number


def _json_float(text: str) -> float:
    number = float(text)
    if isfinite(number):
        return number
    raise ValueError(f"number too large: {text[:20]}")


def _reject_constant(text: str) -> float:
    raise ValueError(f"{text} is not valid JSON")


def _exceeds_max_depth(value: Any) -> bool:
    """Return whether `value` has more than MAX_DEPTH levels, without recursion."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _replace_lone_surrogates(value: Any) -> Any:
    """Return `value` with lone surrogates, which UTF-8 cannot encode, replaced."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(LONE_SURROGATE.sub("\ufffd", text)) if LONE_SURROGATE.search(text) else value


DECODER = json.JSONDecoder(
    parse_int=_json_int, parse_float=_json_float, parse_constant=_reject_constant
)
