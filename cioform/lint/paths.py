"""Whether the path of a variable can be missing."""

from __future__ import annotations

from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.parsed import Segments, Use

_ALWAYS_PRESENT: Final[frozenset[Segments]] = frozenset(
    {("customer", name) for name in ("id", "email", "phone", "cio_id")}
)
"""What identifies the recipient. A delivery without it has no recipient either."""
_IDENTIFIER: Final = lazy_pattern(r"id|.*_id")
_DATA_ROOTS: Final = frozenset({"customer", "event", "journey", "objects"})


def can_be_missing(use: Use) -> bool:
    """Return whether a used value may be missing, so that a strict engine fails.

    The data of `trigger` and all identifiers are duties of the program that sends them.
    """
    return (
        use.root in _DATA_ROOTS
        and len(use.path) > 1
        and use.path not in _ALWAYS_PRESENT
        and use.path[-1] != "size"
        and not _IDENTIFIER.fullmatch(str(use.path[-1]))
    )
