"""The event that started a job of GitHub Actions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cioform.core.data.json_value import Json

_MAX_BYTES: Final = 32 * 2**20
"""GitHub sends no event of more than 25 MB."""

Event = Mapping[str, Json]


def read_event(environment: Mapping[str, str]) -> Event:
    """Return the event in the file that the environment names, empty where there is none."""
    try:
        path = Path(environment["GITHUB_EVENT_PATH"])
        if path.stat().st_size > _MAX_BYTES:
            return {}
        event = json.loads(path.read_bytes())
    except (KeyError, ValueError, OSError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def part(value: Json, *names: str) -> Json:
    """Return what is at a path of names in an event or a response, None where there is nothing."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def text_at(value: Json, *names: str) -> str | None:
    """Return the text at a path of names, None where there is none."""
    found = part(value, *names)
    return found if isinstance(found, str) and found else None


def number_at(value: Json, *names: str) -> int | None:
    """Return the number at a path of names, None where there is none."""
    found = part(value, *names)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
