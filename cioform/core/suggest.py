"""The nearest valid word to a misspelled one, for every "Did you mean ...?" of the program."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from cioform.core.address import Address
from cioform.core.text.word_lists import join_words

DEFAULT_CUTOFF: Final = 0.6
"""How similar two words must be, from 0 to 1. This is the default of difflib."""
_MAX_ADDRESSES: Final = 5


def closest(
    word: object, candidates: Iterable[object], *, cutoff: float = DEFAULT_CUTOFF
) -> str | None:
    """Return the candidate that is most similar to `word`, or None if none is close."""
    found = closest_matches(word, candidates, limit=1, cutoff=cutoff)
    return found[0] if found else None


def closest_matches(
    word: object, candidates: Iterable[object], *, limit: int = 3, cutoff: float = DEFAULT_CUTOFF
) -> list[str]:
    """Return up to `limit` candidates that are similar to `word`, the best first."""
    known = sorted(set(map(str, candidates)))
    return get_close_matches(str(word), known, limit, cutoff)


def did_you_mean(
    word: object,
    candidates: Iterable[object],
    *,
    limit: int = 1,
    cutoff: float = DEFAULT_CUTOFF,
) -> str:
    """Return ` Did you mean `x`?` with its leading space, or an empty text if none is close."""
    return suggest(*closest_matches(word, candidates, limit=limit, cutoff=cutoff))


def did_you_mean_address(word: object, candidates: Iterable[Address]) -> str:
    """Return a question as `did_you_mean` does: all addresses with that name, else the closest."""
    known = sorted(candidates)
    named = [str(address) for address in known if address.name == str(word)]
    if not named and "." not in str(word):
        near = closest_matches(word, (address.name for address in known))
        named = [str(address) for address in known if address.name in near]
    return suggest(*named[:_MAX_ADDRESSES]) or did_you_mean(word, known)


def suggest(*words: str) -> str:
    """Return the question of `did_you_mean` for words that are already found."""
    if not words:
        return ""
    return f" Did you mean {join_words((f'`{word}`' for word in words), 'or')}?"
