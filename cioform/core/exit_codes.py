"""One exit code for several outcomes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_WORST_FIRST: Final = (1, 7, 6, 5, 3, 4, 8, 75, 2)
"""The exit code of several outcomes is the first of these that one of them has."""


def worst_exit_code(codes: Iterable[int]) -> int:
    """Return the exit code that stands for several."""
    found = set(codes) - {0}
    known = [code for code in _WORST_FIRST if code in found]
    return next(iter((*known, *sorted(found))), 0)
