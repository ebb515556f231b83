"""The filters that Customer.io adds to those of its engines (content facts, 1.2)."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from cioform.emulator.liquid.clock import DAY, civil_date, day_number
from cioform.emulator.liquid.filters.filter_type import Filter
from cioform.emulator.liquid.filters.lists import reject, to_json, value_at
from cioform.emulator.liquid.filters.money import currency, format_number, rounded_currency
from cioform.emulator.liquid.javascript import array_of, contains, is_list, parse_number, text_of
from cioform.emulator.wire.json_input import parse_json

_TO_URL: Final = str.maketrans("+/", "-_")
_FROM_URL: Final = str.maketrans("-_", "+/")
_WORD = re.compile(r"\S+")


def own_filters(random: Random) -> Mapping[str, Filter]:
    """Return the filters by name; `random` makes the random numbers."""
    shifts = {
        f"{verb}_{unit}": _shift_filter(unit, sign)
        for verb, sign in (("add", 1), ("subtract", -1))
        for unit in ("day", "month", "year")
    }
    return {"random": lambda limit: random_below(random, limit), **shifts, **_FIXED}


def random_below(random: Random, limit: Any) -> int:
    """Return a whole number from 0 to below `limit`. Raises ValueError if there is none."""
    number = parse_number(limit)
    if not number >= 1:
        raise ValueError(f"random needs a number of at least 1, not {text_of(limit)}")
    return random.randrange(int(number))


def _shift_filter(unit: str, sign: int) -> Filter:
    """Return a filter that shifts a time in Unix seconds by calendar days, months or years."""

    def shift(value: Any, amount: Any) -> int:
        seconds, count = _whole(value), sign * _whole(amount)
        days, rest = divmod(seconds, DAY)
        if unit == "day":
            return (days + count) * DAY + rest
        year, month, day = civil_date(days)
        year, month = divmod(year * 12 + month - 1 + count * (12 if unit == "year" else 1), 12)
        first = day_number(year, month + 1, 1)
        length = day_number(year + (month == 11), (month + 1) % 12 + 1, 1) - first
        return (first + min(day, length) - 1) * DAY + rest

    return shift


def _whole(value: Any) -> int:
    number = parse_number(value)
    if not abs(number) < 1e12:
        raise ValueError(f"{text_of(value)!r} is not a number of seconds or units of time")
    return int(number)


def _pluralize(count: Any, singular: Any, plural: Any = None) -> str:
    """Return a count with the form of a noun: `2 pieces` (corrections 2026-11, Liquid)."""
    number = parse_number(count)
    if number != number:
        raise ValueError(f"{text_of(count)!r} is not a number")
    several = text_of(singular) + "s" if plural is None else text_of(plural)
    return f"{text_of(count)} {text_of(singular) if number == 1 else several}"


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _unique_json(items: Any, path: Any = None) -> list[Any]:
    found: dict[str, Any] = {}
    for item in array_of(items):
        found.setdefault(_key(value_at(item, path) if path else item), item)
    return list(found.values())


def _limit(items: Any, count: Any) -> list[Any]:
    return array_of(items)[: max(_whole(count), 0)]


def _contains(whole: Any, part: Any) -> bool:
    return contains(whole if is_list(whole) else text_of(whole), part)


def _hash(name: str) -> Filter:
    return lambda value: hashlib.new(
        name, text_of(value).encode(), usedforsecurity=False
    ).hexdigest()


def _hmac(name: str) -> Filter:
    return lambda value, key="": hmac.new(
        text_of(key).encode(), text_of(value).encode(), name
    ).hexdigest()


def _encode(value: Any) -> str:
    return base64.b64encode(text_of(value).encode()).decode()


def _decode(value: Any) -> str:
    text = re.sub(r"\s", "", text_of(value)).rstrip("=")
    if len(text) % 4 == 1 or not re.fullmatch("[A-Za-z0-9+/]*", text):
        raise ValueError("invalid base64 provided to base64_decode")
    return base64.b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")


def _title_case(value: Any) -> str:
    return _WORD.sub(lambda match: match[0][:1].upper() + match[0][1:].lower(), text_of(value))


CODE_FILTERS: Mapping[str, Filter] = {
    "base64_encode": _encode,
    "base64_decode": _decode,
    "sha256": _hash("sha256"),
    "hmac_sha256": _hmac("sha256"),
}
"""Those of LiquidJS for encodings and digests."""

_FIXED: Mapping[str, Filter] = {
    "base64": _encode,
    "base64_url_safe_encode": lambda value: _encode(value).translate(_TO_URL),
    "base64_url_safe_decode": lambda value: _decode(text_of(value).translate(_FROM_URL)),
    "contains": _contains,
    "currency": currency,
    "format_number": format_number,
    "from_json": lambda value: parse_json(text_of(value)),
    "hex_base64": lambda value: base64.b64encode(bytes.fromhex(text_of(value))).decode(),
    "hmac_sha1": _hmac("sha1"),
    "json_array_uniq": _unique_json,
    "limit": _limit,
    "md5": _hash("md5"),
    "pluralize": _pluralize,
    "rounded_currency": rounded_currency,
    "sha1": _hash("sha1"),
    "titlecase": _title_case,
    "to_json": to_json,
    "where_not": reject,
}
