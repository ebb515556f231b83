"""Filters of LiquidJS for dates."""

from collections.abc import Mapping
from typing import Any

from cioform.emulator.liquid.clock import Moment, format_time, parse_time
from cioform.emulator.liquid.filters.filter_type import Filter
from cioform.emulator.liquid.javascript import is_nil, text_of
from cioform.emulator.liquid.time_zones import require_zone, zone_offset

DEFAULT_FORM = "%A, %B %-e, %Y at %-l:%M %P %z"


def moment_of(value: Any, now: int, zone: Any = None) -> Moment | None:
    """Return a value as a time in a zone: a name, or minutes west of UTC; UTC without one.

    Raises ValueError for a zone that does not exist.
    """
    seconds = None if is_nil(value) else parse_time(value, now)
    if seconds is None:
        return None
    if is_nil(zone):
        return Moment(seconds)
    if isinstance(zone, str):
        name = require_zone(zone)
        return Moment(seconds, zone_offset(name, seconds), zone)
    return Moment(seconds, zone)


def date_filters(now: int) -> Mapping[str, Filter]:
    """Return the filters; `now` is the time, in Unix seconds, of the value `now`."""

    def date(value: Any, form: Any = None, zone: Any = None) -> Any:
        moment = moment_of(value, now, zone)
        if moment is None:
            return value
        return format_time(moment, DEFAULT_FORM if is_nil(form) else text_of(form))

    def in_form(form: str) -> Filter:
        return lambda value: date(value, form)

    def in_words(month: str) -> Filter:
        def filter_function(value: Any, kind: Any = None, style: Any = None) -> Any:
            form = f"%d {month} %Y"
            if kind == "ordinal":
                form = f"{month} %-d%q, %Y" if style == "US" else f"%-d%q {month} %Y"
            return date(value, form)

        return filter_function

    return {
        "date": date,
        "date_to_xmlschema": in_form("%Y-%m-%dT%H:%M:%S%:z"),
        "date_to_rfc822": in_form("%a, %d %b %Y %H:%M:%S %z"),
        "date_to_string": in_words("%b"),
        "date_to_long_string": in_words("%B"),
    }
