"""Values of conditions, as people write them and as the remote does: it knows only text."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from cioform.core.json_value import Duration, Plain

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_BACK = re.compile(r"-[1-9][0-9]{0,14}")
_LAST_SECOND: Final = 253_402_300_799
"""9999-12-31T23:59:59Z; Python's calendar ends there."""

DEEPEST: Final = 150
"""How many lists and mappings may stand in one another. Far above what people write, and far
enough below Python's stack that the rest may recurse."""

DEEPEST_WIRE: Final = DEEPEST + 50
"""The same of the remote's forms, which need a few more for the same condition."""

_NESTS: Final = (dict, list)


def is_deep(value: Plain, at_most: int = DEEPEST) -> bool:
    """Tell whether lists and mappings in `value` stand deeper than `at_most` in one another,
    without recursing. Asked of every condition several times, so only they are kept of a level."""
    level = [value] if isinstance(value, _NESTS) else []
    for _ in range(at_most - 1):
        if not level:
            return False
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, _NESTS)
        ]
    return any(level)


def is_scalar(value: Plain) -> bool:
    """Tell whether `value` is text, a number or a truth value."""
    return isinstance(value, str | int | float)


def text_of(value: Plain) -> str:
    """Give the remote's spelling: `true`, `false`, digits, or the text itself (journeys facts,
    section 3)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def value_of(text: Plain) -> Plain:
    """Give what a person would write for the remote's spelling; `text_of` undoes it exactly."""
    if not isinstance(text, str):
        return text
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        number: int | float = float(text) if "." in text else int(text)
        if text_of(number) == text:
            return number
    return text


def unix_seconds(value: Plain) -> int | None:
    """Give the moment a person wrote, as a date, a time or unix seconds; without a zone it is
    UTC. None when it is no moment."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if not isinstance(value, str):
        return None
    if _WHOLE.fullmatch(value):
        return int(value)
    try:
        moment = datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return int(moment.timestamp())
    except (ValueError, OverflowError):
        return None


def is_date(value: Plain) -> bool:
    """Tell whether `value` is a date or time written out, and not a number."""
    return (
        isinstance(value, str) and not _WHOLE.fullmatch(value) and unix_seconds(value) is not None
    )


def moment_of(text: Plain) -> str | int | None:
    """Give the date or time for unix seconds, or the number where no calendar has it; None when
    the text is not the plain spelling of a whole number."""
    if not is_scalar(text) or not _WHOLE.fullmatch(text_of(text)):
        return None
    seconds = int(text)
    if text_of(seconds) != text_of(text):
        return None
    if not 0 <= seconds <= _LAST_SECOND:
        return seconds
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%d" if seconds % 86_400 == 0 else "%Y-%m-%dT%H:%M:%SZ")


def seconds_back(duration: str) -> str:
    """Give the remote's relative date: a signed text of seconds, negative in the past."""
    return str(-Duration.parse(duration).seconds)


def duration_back(text: Plain) -> str | None:
    """Give the duration of a relative date in the past; None for any other."""
    if not is_scalar(text) or not _BACK.fullmatch(text_of(text)):
        return None
    return str(Duration(-int(text)))
