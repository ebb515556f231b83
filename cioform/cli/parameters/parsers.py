"""Parsers for values on the command line: JSON, assignments, times."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from cioform.config.read.parsing.scalars import parse_plain_scalar
from cioform.core.data.json_errors import describe_json_error
from cioform.core.data.json_value import Json
from cioform.core.errors import UsageError
from cioform.core.text.quoted import quoted
from cioform.operate.timestamps import to_seconds
from cioform.operate.track_payloads import encode_json
from cioform.storage.user_files import read_text


def parse_json_object(text: str | None, option: str) -> dict[str, Json]:
    """Return the JSON object that an option holds, as text or as `@file`; empty without the option.

    Raises UsageError for anything else, and for what JSON cannot hold: NaN or half a surrogate
    pair.
    """
    if text is None:
        return {}
    if text.startswith("@"):
        text = read_text(Path(text[1:])).removeprefix("\ufeff")
    try:
        value = json.loads(text)
        encode_json(value)
    except (ValueError, RecursionError) as error:
        reason = describe_json_error(error)
        raise UsageError.of(
            "Invalid JSON", f"The value of `{option}` is not JSON: {reason}."
        ) from None
    if not isinstance(value, dict):
        raise UsageError.of(
            "Invalid JSON object",
            f'The value of `{option}` must be a JSON object, for example \'{{"plan": "pro"}}\'.',
        )
    return value


def parse_assignments(pairs: Iterable[str]) -> dict[str, Json]:
    """Return attributes written as `name=value`.

    Numbers, `true` and `false` get their JSON type, unless the spelling of a number would change; a
    value that begins with a quotation mark, bracket or brace is read as JSON; everything else is
    text.
    """
    return dict(map(_parse_assignment, pairs))


def split_assignment(pair: str, example: str) -> tuple[str, str]:
    """Return the two sides of `name=value`. Raises UsageError if it has another form."""
    name, equals, value = pair.partition("=")
    if not (name and equals):
        raise UsageError.of(
            "Invalid assignment",
            f"{quoted(pair)} does not have the form NAME=VALUE, for example {example}.",
        )
    return name, value


def parse_timestamp(text: str | None, option: str) -> int | None:
    """Return the Unix seconds of a time that an option holds. Raises UsageError if it is none."""
    try:
        return None if text is None else to_seconds(text)
    except ValueError as error:
        raise UsageError.of(
            "Invalid time", f"`{option}` cannot be {quoted(text)}. {error}"
        ) from None


def validate_timeout(timeout: float) -> float:
    """Return a timeout in seconds. Raises UsageError if it is negative or not a number."""
    if not 0 <= timeout < 10**9:  # also false for NaN
        raise UsageError.of(
            "Invalid time", f"`--timeout` must be a number of seconds, 0 or more; got {timeout:g}."
        )
    return timeout


def _parse_assignment(pair: str) -> tuple[str, Json]:
    name, text = split_assignment(pair, "plan=trial")
    if text[:1] in ('"', "[", "{"):
        try:
            return name, json.loads(text)
        except (ValueError, RecursionError) as error:
            reason = describe_json_error(error)
            raise UsageError.of(
                "Invalid JSON",
                f"The value of `{name}` begins like JSON but is not valid JSON: {reason}.",
            ) from None
    value = parse_plain_scalar(text)
    # A person may be called Null. To JSON, 1.0 is the number 1, so that its spelling would change.
    is_text = value is None or (isinstance(value, float) and value.is_integer())
    return name, text if is_text else value
