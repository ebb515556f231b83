"""Exit codes that report an outcome, and one for several; errors have theirs in `core.errors`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

PENDING: Final = 2
"""Changes or drift are pending."""
INVALID_FILES: Final = 3
"""`validate` found an error."""
REFUSED: Final = 4
"""A guard refuses the plan, or the user did not confirm."""
INCOMPLETE: Final = 8
"""Only a part was done, or looked at."""
TRY_AGAIN: Final = 75
"""Nothing was done, and the same command may succeed later."""
INTERRUPTED: Final = 130
"""Somebody pressed Ctrl-C (SIGINT)."""
TERMINATED: Final = 143
"""Somebody asked the process to end (SIGTERM)."""
_WORST_FIRST: Final = (1, 7, 6, 5, 3, 4, 8, 75, 2)
"""The exit code of several outcomes is the first of these that one of them has."""


def worst_exit_code(codes: Iterable[int]) -> int:
    """Return the exit code that stands for several."""
    found = set(codes) - {0}
    known = [code for code in _WORST_FIRST if code in found]
    return next(iter((*known, *sorted(found))), 0)
