"""Values that are typed on a command line: JSON, assignments, files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cioform.config.read.scalars import parse_plain_scalar
from cioform.core.errors import UsageError
from cioform.operate.timestamps import to_seconds
from cioform.operate.track_payloads import encode_json
from cioform.storage.user_files import read_text


def parse_json_object(text: str | None, option: str) -> dict[str, Any]:
    """Give the object that an option holds: as JSON, or as `@file`; empty without the option.
    Raises UsageWrong for anything else, and for what no JSON can hold: NaN, half a character."""

    if text is None:
        return {}
    if text.startswith("@"):
        text = read_text(Path(text[1:])).removeprefix("\ufeff")
    try:
        value = json.loads(text)
        encode_json(value)
    except (ValueError, RecursionError) as error:
        raise UsageError.of("Not JSON", f"`{option}` is not JSON: {error}.") from None
    if not isinstance(value, dict):
        raise UsageError.of(
            "Not a JSON object", f'`{option}` should be an object, as in \'{{"plan": "pro"}}\'.'
        )
    return value


def parse_assignments(pairs: Iterable[str]) -> dict[str, Any]:
    """Give attributes written as `name=value`. Numbers, true and false are that; what is in
    quotation marks, brackets or braces is read as JSON; all else is text."""
    return dict(map(_parse_assignment, pairs))


def parse_timestamp(text: str | None, option: str) -> int | None:
    """Give the Unix seconds of a time that an option holds, or raise UsageWrong."""

    try:
        return None if text is None else to_seconds(text)
    except ValueError as error:
        raise UsageError.of("Not a time", f"`{option}`: {error}") from None


def validate_timeout(timeout: float) -> float:
    """Give how long to follow something, or raise UsageWrong for what is no length of time."""
    if not 0 <= timeout < 10**9:  # no comparison holds for what is no number
        raise UsageError.of("Not a time", "`--timeout` is a number of seconds from 0 on.")
    return timeout


def _parse_assignment(pair: str) -> tuple[str, Any]:

    name, equals, text = pair.partition("=")
    if not (name and equals):
        raise UsageError.of(
            "Not an assignment", f"{pair!r} is not of the form name=value, as in plan=trial."
        )
    if text[:1] in ('"', "[", "{"):
        try:
            return name, json.loads(text)
        except (ValueError, RecursionError):
            raise UsageError.of(
                "Not JSON", f"The value of `{name}` begins like JSON and is none."
            ) from None
    if text == "" or text.startswith("+"):  # a plus begins a telephone number
        return name, text
    value = parse_plain_scalar(text)
    # Somebody may be called Null, and 0x10 is a code; only an empty value unsets.
    return name, text if value is None or text[1:2] in ("x", "o") else value
