"""Values of conditions, as people write them and as the remote does: it knows only text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from cioform.core.duration import Duration
from cioform.core.json_value import JsonValue
from cioform.core.timestamps import parse_timestamp

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?")
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_NEGATIVE_SECONDS = re.compile(r"-[1-9][0-9]{0,14}")
_MAX_UNIX_SECONDS: Final = 253_402_300_799
"""9999-12-31T23:59:59Z; Python's calendar ends there."""

MAX_DEPTH: Final = 150
"""How many lists and mappings may stand in one another. Far above what people write, and far
enough below Python's stack that the rest may recurse."""

MAX_WIRE_DEPTH: Final = MAX_DEPTH + 50
"""The same of the remote's forms, which need a few more for the same condition."""

_CONTAINERS: Final = (dict, list)


def is_too_deep(value: JsonValue, max_depth: int = MAX_DEPTH) -> bool:
    """Tell whether lists and mappings in `value` stand deeper than `at_most` in one another,
    without recursing. Asked of every condition several times, so only they are kept of a level."""
    level = [value] if isinstance(value, _CONTAINERS) else []
    for _ in range(max_depth - 1):
        if not level:
            return False
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, _CONTAINERS)
        ]
    return any(level)


def is_scalar(value: JsonValue) -> bool:
    """Tell whether `value` is text, a number or a truth value."""
    return isinstance(value, str | int | float)


def to_wire_text(value: JsonValue) -> str:
    """Give the remote's spelling: `true`, `false`, digits, or the text itself (journeys facts,
    section 3)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def from_wire_text(text: JsonValue) -> JsonValue:
    """Give what a person would write for the remote's spelling; `text_of` undoes it exactly."""
    if not isinstance(text, str):
        return text
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        number: int | float = float(text) if "." in text else int(text)
        if to_wire_text(number) == text:
            return number
    return text


def to_unix_seconds(value: JsonValue) -> int | None:
    """Give the moment a person wrote, as a date, a time or unix seconds; without a zone it is
    UTC. None when it is no moment."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if not isinstance(value, str):
        return None
    if _INTEGER.fullmatch(value):
        return int(value)
    try:
        return parse_timestamp(value)
    except (ValueError, OverflowError):
        return None


def is_date(value: JsonValue) -> bool:
    """Tell whether `value` is a date or time written out, and not a number."""
    return (
        isinstance(value, str)
        and not _INTEGER.fullmatch(value)
        and to_unix_seconds(value) is not None
    )


def from_unix_seconds(text: JsonValue) -> str | int | None:
    """Give the date or time for unix seconds, or the number where no calendar has it; None when
    the text is not the plain spelling of a whole number."""
    if not is_scalar(text) or not _INTEGER.fullmatch(to_wire_text(text)):
        return None
    seconds = int(text)
    if to_wire_text(seconds) != to_wire_text(text):
        return None
    if not 0 <= seconds <= _MAX_UNIX_SECONDS:
        return seconds
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%d" if seconds % 86_400 == 0 else "%Y-%m-%dT%H:%M:%SZ")


def to_relative_seconds(duration: str) -> str:
    """Give the remote's relative date: a signed text of seconds, negative in the past."""
    return str(-Duration.parse(duration).seconds)


def from_relative_seconds(text: JsonValue) -> str | None:
    """Give the duration of a relative date in the past; None for any other."""
    if not is_scalar(text) or not _NEGATIVE_SECONDS.fullmatch(to_wire_text(text)):
        return None
    return str(Duration(-int(text)))
