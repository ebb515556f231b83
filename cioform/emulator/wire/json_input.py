"""What comes in from outside, made fit to be kept: JSON texts, and numbers written as text."""

import json
import re
from math import isfinite
from typing import Any

LARGEST = 2**63 - 1
"""The largest whole number that the service's Go, and SQLite, can hold."""
DEEPEST = 200
"""Levels of JSON. The real bound is not known; this one leaves every reader of a value room."""

WHOLE = re.compile(r"-?[0-9]+")
SURELY_SMALL = 18
"""So few digits always fit."""
HALF_PAIR = re.compile("[\ud800-\udfff]")


def json_of(raw: bytes | str) -> Any:
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
    if len(text) > 2 * DEEPEST and _is_deep(value):
        raise ValueError("nested too deep")
    halves = "\\" in text and ("\\ud" in text or "\\uD" in text)
    return _mended(value) if halves else value


def whole(text: str) -> int | None:
    """The whole number that `text` spells, None where it spells none.

    ASCII digits only. One beyond 64 bits is as large as can be: no id and no count comes near it.
    """
    if not WHOLE.fullmatch(text):
        return None
    if len(text) <= SURELY_SMALL:
        return int(text)
    digits = text.lstrip("-0")
    size = int(digits or "0") if len(digits) <= SURELY_SMALL else LARGEST
    return -size if text.startswith("-") else size


def _int(text: str) -> int | float:
    if len(text) <= SURELY_SMALL:
        return int(text)
    number = _float(text)
    if abs(number) > LARGEST + 1:
        return number
    exact = int(text)
    return exact if abs(exact) <= LARGEST else number


def _float(text: str) -> float:
    number = float(text)
    if isfinite(number):
        return number
    raise ValueError(f"no number is as large as {text[:20]}")


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


def _is_deep(value: Any) -> bool:
    """Whether there is something on the level below the last: all of each level at once."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for each in level
            for inner in (each.values() if type(each) is dict else each)
            if type(inner) is dict or type(inner) is list
        ]
        if not level:
            return False
    return True


def _mended(value: Any) -> Any:
    """`value` without halves of surrogate pairs, which no UTF-8 can spell."""
    text = json.dumps(value, ensure_ascii=False)
    return json.loads(HALF_PAIR.sub("\ufffd", text)) if HALF_PAIR.search(text) else value


DECODER = json.JSONDecoder(parse_int=_int, parse_float=_float, parse_constant=_no_number)
