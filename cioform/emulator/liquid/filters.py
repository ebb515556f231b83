"""Filters that the service documents and python-liquid lacks or does otherwise (content facts,
1.2). One that is not here and not in python-liquid fails the message, and says so."""

import base64
import calendar
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from liquid.filter import sequence_filter
from liquid.undefined import Undefined

from cioform.emulator.wire.json_input import json_of, whole
from cioform.emulator.wire.time_zones import zone_of

Work = Callable[..., Any]
MOST_PLACES = 100
"""After the point; as many as JavaScript writes."""


def filters(now: int) -> Mapping[str, Work]:
    """Filter name -> function. `now` stands for the word now."""

    def date(value: Any, form: str = "%Y-%m-%d", zone: Any = None) -> Any:
        moment = _moment(_known(value), now)
        placed = _placed(moment, _zone(zone))
        if moment is None or placed is None:
            return value
        return str(int(moment.timestamp())) if form == "%s" else placed.strftime(form)

    return {"date": date, **FIXED, **_shifts(now)}


def _shifts(now: int) -> dict[str, Work]:
    """`add_day`, `subtract_month` and so on: unix seconds moved by a number of units."""

    def shift(unit: str, sign: int) -> Work:
        def work(value: Any, amount: Any) -> int:
            moment = _moment(_known(value), now) or datetime.fromtimestamp(now, UTC)
            return int(_moved(moment, unit, sign * int(amount)).timestamp())

        return work

    words = {"add": 1, "subtract": -1}
    units = ("day", "month", "year")
    return {f"{word}_{unit}": shift(unit, sign) for word, sign in words.items() for unit in units}


def _moved(moment: datetime, unit: str, amount: int) -> datetime:
    if unit == "day":
        return moment + timedelta(days=amount)
    months = moment.year * 12 + moment.month - 1 + amount * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def _moment(value: Any, now: int) -> datetime | None:
    if value in ("now", "today"):
        return datetime.fromtimestamp(now, UTC)
    text = str(value)
    try:
        number = whole(text)
        if number is not None:
            return datetime.fromtimestamp(number, UTC)
        parsed = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _placed(moment: datetime | None, zone: tzinfo) -> datetime | None:
    """A moment on the clocks of a zone; None for one that no calendar of Python has there."""
    try:
        return moment.astimezone(zone) if moment else None
    except OverflowError:
        return None


def _zone(zone: Any) -> tzinfo:
    """A named zone, or minutes to the west of Greenwich (content facts, 1.1); UTC otherwise."""
    if isinstance(zone, int):
        return timezone(timedelta(minutes=-zone))
    return (zone_of(str(zone)) if zone else None) or UTC


def _known(value: Any) -> Any:
    """The value; one that is missing raises, as any use of it does."""
    if isinstance(value, Undefined):
        str(value)
    return value


def _text(work: Callable[[str], Any]) -> Work:
    def filter_(value: Any) -> Any:
        return work(str(_known(value)))

    return filter_


def _to_json(value: Any) -> str:
    return json.dumps(_known(value), ensure_ascii=False, default=str)


def _pluralize(count: Any, singular: str, plural: str = "") -> str:
    return singular if float(_known(count)) == 1 else plural or singular + "s"


def _format_number(value: Any, places: Any = 0) -> str:
    digits = int(places)
    if not 0 <= digits <= MOST_PLACES:
        raise ValueError(f"no number has {digits} places")
    return f"{float(_known(value)):,.{digits}f}"


def _currency(value: Any, *_: Any) -> str:
    return f"${float(_known(value)):,.2f}"


def _rounded_currency(value: Any, *_: Any) -> str:
    return f"${float(_known(value)):,.0f}"


@sequence_filter
def _sort(items: Any, key: Any = None) -> list[Any]:
    """In ascending order, by a member where one is named. A list with a null, or with what does
    not compare, stays as it is (content facts, 1.1)."""
    values: list[Any] = [
        each.get(key) if isinstance(each, Mapping) and key else each for each in items
    ]
    if any(each is None for each in values):
        return list(items)
    try:
        order = sorted(range(len(values)), key=values.__getitem__)
    except TypeError:
        return list(items)
    return [items[place] for place in order]


def _hmac(name: str) -> Work:
    def filter_(value: Any, key: Any = "") -> str:
        return hmac.new(str(key).encode(), str(_known(value)).encode(), name).hexdigest()

    return filter_


FIXED: Mapping[str, Work] = {
    "sort": _sort,
    "to_json": _to_json,
    "from_json": _text(json_of),
    "titlecase": _text(str.title),
    "md5": _text(lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()),
    "sha1": _text(lambda text: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()),
    "sha256": _text(lambda text: hashlib.sha256(text.encode()).hexdigest()),
    "base64": _text(lambda text: base64.b64encode(text.encode()).decode()),
    "hmac_sha1": _hmac("sha1"),
    "hmac_sha256": _hmac("sha256"),
    "number_of_words": _text(lambda text: len(text.split())),
    "normalize_whitespace": _text(lambda text: " ".join(text.split())),
    "pluralize": _pluralize,
    "format_number": _format_number,
    "currency": _currency,
    "rounded_currency": _rounded_currency,
}
