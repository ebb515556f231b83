"""What comes in from outside, made fit to be kept: JSON texts, and numbers written as text."""

import json
import re
from math import isfinite
from typing import Any

MAX_INT64 = 2**63 - 1
"""The largest whole number that the service's Go, and SQLite, can hold."""
MAX_DEPTH = 200
"""Levels of JSON. The real bound is not known; this one leaves every reader of a value room."""

INTEGER_PATTERN = re.compile(r"-?[0-9]+")
SAFE_DIGITS = 18
"""So few digits always fit."""
LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def parse_json(raw: bytes | str) -> Any:
    """The value of a JSON text; ValueError where it is none.

    It is read as Go reads it into a value of any type: what is not UTF-8, or half a surrogate pair,
    becomes U+FFFD; there is no NaN; a whole number of more than 64 bits becomes a float, and one
    that no float can hold is refused.
    """
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    try:
        value = DECODER.decode(text)
    except RecursionError:
        raise ValueError("nested too deep") from None
    # A batch of thousands comes through here: what a text cannot hold is not looked for in it.
    if len(text) > 2 * MAX_DEPTH and _exceeds_max_depth(value):
        raise ValueError("nested too deep")
    halves = "\\" in text and ("\\ud" in text or "\\uD" in text)
    return _replace_lone_surrogates(value) if halves else value


def parse_integer(text: str) -> int | None:
    """The whole number that `text` spells, None where it spells none.

    ASCII digits only. One beyond 64 bits is as large as can be: no id and no count comes near it.
    """
    if not INTEGER_PATTERN.fullmatch(text):
        return None
    if len(text) <= SAFE_DIGITS:
        return int(text)
    digits = text.lstrip("-0")
    size = int(digits or "0") if len(digits) <= SAFE_DIGITS else MAX_INT64
    return -size if text.startswith("-") else size


def _json_int(text: str) -> int | float:
    if len(text) <= SAFE_DIGITS:
        return int(text)
    number = _json_float(text)
    if abs(number) > MAX_INT64 + 1:
        return number
    exact = int(text)
    return exact if abs(exact) <= MAX_INT64 else number


def _json_float(text: str) -> float:
    number = float(text)
    if isfinite(number):
        return number
    raise ValueError(f"no number is as large as {text[:20]}")


def _reject_constant(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


def _exceeds_max_depth(value: Any) -> bool:
    """Whether there is something on the level below the last: all of each level at once."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for each in level
            for inner in (each.values() if type(each) is dict else each)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return False
    return True


def _replace_lone_surrogates(value: Any) -> Any:
    """`value` without halves of surrogate pairs, which no UTF-8 can spell."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(LONE_SURROGATE.sub("\ufffd", text)) if LONE_SURROGATE.search(text) else value


DECODER = json.JSONDecoder(
    parse_int=_json_int, parse_float=_json_float, parse_constant=_reject_constant
)
