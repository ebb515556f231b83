"""Values as JavaScript treats them, in which "latest" is written (content facts, 1.1)."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import inf, isfinite, isnan, nan
from typing import Any, Final

from liquid.builtin.expressions.primitive import Blank, Empty
from liquid.undefined import Undefined

MAX_SAFE_INTEGER = 2**53 - 1
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WITH_BASE = re.compile(r"0(x[0-9a-f]+|o[0-7]+|b[01]+)", re.IGNORECASE)
_BLANKS = re.compile(r"\s*")


class Nothing:
    """The result of a filter that finds nothing. A name for it is missing, unlike for null."""

    def __str__(self) -> str:
        return ""


NOTHING: Final = Nothing()


def is_nil(value: Any) -> bool:
    """Return whether a value is missing or null."""
    return value is None or value is NOTHING or isinstance(value, Undefined)


def is_list(value: Any) -> bool:
    """Return whether a value is an array, as a range is."""
    return isinstance(value, list | tuple | range)


def text_of(value: Any) -> str:
    """Return what is printed of a value; "" for null."""
    if isinstance(value, str):
        return value
    if is_nil(value):
        return str(value) if isinstance(value, Undefined) else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if is_list(value):
        return "".join(map(text_of, value))
    if type(value) is dict:
        return "[object Object]"
    return str(value)


def number_text(value: float) -> str:
    """Return a number as JavaScript prints it: without an exponent from 1e-6 to 1e21."""
    if isinstance(value, int) and abs(value) <= MAX_SAFE_INTEGER:
        return str(value)
    number = float(value)
    if not isfinite(number):
        return "NaN" if isnan(number) else "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    text = repr(number)
    if 1e-6 <= abs(number) < 1e21:
        return format(Decimal(text), "f").removesuffix(".0")
    mantissa, _, exponent = text.partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent):+d}"


def plain_number(value: float) -> float:
    """Return a whole number as an integer; there is one type of numbers."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= MAX_SAFE_INTEGER:
        return int(value)
    return value


def parse_number(value: Any) -> float:
    """Return a value as a number; NaN if it is none."""
    if isinstance(value, int | float):
        return plain_number(value + 0)
    if is_nil(value):
        return 0 if value is None else nan
    if is_list(value):
        return 0 if not value else parse_number(value[0]) if len(value) == 1 else nan
    if not isinstance(value, str):
        return nan
    text = value.strip()
    if not text:
        return 0
    if _DECIMAL.fullmatch(text):
        return plain_number(float(text))
    if _WITH_BASE.fullmatch(text):
        return int(text, 0)
    return {"Infinity": inf, "+Infinity": inf, "-Infinity": -inf}.get(text, nan)


def number_of(value: Any) -> float:
    """Return a value as a number; 0 if it is none."""
    number = parse_number(value)
    return 0 if isnan(number) else number


def array_of(value: Any) -> list[Any]:
    """Return a list of a value: itself, or one with it; an empty list for null."""
    if is_nil(value):
        return []
    return list(value) if is_list(value) else [value]


def items_of(value: Any) -> list[Any]:
    """Return what a loop over a value sees: the pairs of an object, a text as one item."""
    if is_list(value):
        return list(value)
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, Mapping):
        return [[key, item] for key, item in value.items()]
    return []


def is_equal(left: Any, right: Any) -> bool:
    """Return whether two values are the same: objects by identity, lists item by item."""
    for special, other in ((left, right), (right, left)):
        if isinstance(special, Blank):
            return _is_blank(other)
        if isinstance(special, Empty):
            return _is_empty(other)
    if is_nil(left) or is_nil(right):
        return is_nil(left) and is_nil(right)
    if is_list(left):
        return is_list(right) and len(left) == len(right) and all(map(is_equal, left, right))
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return left is right or (isinstance(left, str) and isinstance(right, str) and left == right)


def is_less(left: Any, right: Any, *, or_equal: bool = False) -> bool:
    """Return whether one value is less than another; texts that are no numbers never are."""
    if isinstance(left, Blank | Empty) or isinstance(right, Blank | Empty):
        return False
    if isinstance(left, str) and isinstance(right, str):
        return left <= right if or_equal else left < right
    first, second = parse_number(left), parse_number(right)
    return first <= second if or_equal else first < second


def contains(whole: Any, part: Any) -> bool:
    """Return whether a list has an item, or a text another one."""
    if is_list(whole):
        return any(is_equal(item, part) for item in whole)
    if isinstance(whole, str):
        return ("undefined" if isinstance(part, Undefined) else text_for_key(part)) in whole
    return False


def text_for_key(value: Any) -> str:
    """Return a value as JavaScript itself turns it into a text: null is `null`."""
    if value is None:
        return "null"
    if is_list(value):
        return join(value, ",")
    return text_of(value)


def join(items: Sequence[Any], separator: str) -> str:
    """Return the texts of items with a separator between them; null is an empty text."""
    return separator.join("" if is_nil(item) else text_for_key(item) for item in items)


def _is_empty(value: Any) -> bool:
    return isinstance(value, str | list | tuple | range | Mapping) and len(value) == 0


def _is_blank(value: Any) -> bool:
    if is_nil(value) or value is False:
        return True
    if isinstance(value, str):
        return _BLANKS.fullmatch(value) is not None
    return _is_empty(value)
