"""The nearest valid word to a misspelled one, for every "Did you mean ...?" of the program."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

DEFAULT_CUTOFF: Final = 0.6
"""How similar two words must be, from 0 to 1. This is the default of difflib."""


def closest(
    word: object, candidates: Iterable[object], *, cutoff: float = DEFAULT_CUTOFF
) -> str | None:
    """Return the candidate that is spelled most like `word`, or None if none is close."""
    found = closest_matches(word, candidates, limit=1, cutoff=cutoff)
    return found[0] if found else None


def closest_matches(
    word: object, candidates: Iterable[object], *, limit: int = 3, cutoff: float = DEFAULT_CUTOFF
) -> list[str]:
    """Return up to `limit` candidates that are spelled like `word`, the best first."""
    known = sorted(set(map(str, candidates)))
    return get_close_matches(str(word), known, limit, cutoff)


def did_you_mean(word: object, candidates: Iterable[object], *, limit: int = 1) -> str:
    """Return ` Did you mean `x`?` with its leading space, or an empty text if none is close."""
    found = [f"`{name}`" for name in closest_matches(word, candidates, limit=limit)]
    if not found:
        return ""
    *others, last = found
    return f" Did you mean {', '.join(others)} or {last}?" if others else f" Did you mean {last}?"
