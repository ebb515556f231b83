"""The format numbers of the files that cioform writes."""

from __future__ import annotations

from typing import TypeGuard


def is_format_number(number: object) -> TypeGuard[int]:
    """Return whether `number` can be a format: a whole number from 1."""
    return isinstance(number, int) and not isinstance(number, bool) and number >= 1
