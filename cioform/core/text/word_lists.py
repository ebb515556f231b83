"""Words in a sentence: lists, and nouns with their article."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice


def join_words(words: Iterable[str], conjunction: str = "and") -> str:
    """Return words as a list in a sentence: `a`, `a and b`, `a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def join_names(names: Iterable[object], conjunction: str = "") -> str:
    """Return names, each marked as code, as a list: "`a`, `b`", with "or": "`a` or `b`"."""
    marked = [f"`{name}`" for name in names]
    return join_words(marked, conjunction) if conjunction else ", ".join(marked)


def join_first(words: Collection[object], limit: int) -> str:
    """Return the first words as a list, and how many more there are: `a, b and 2 more`."""
    shown = [str(word) for word in islice(words, limit)]
    more = len(words) - len(shown)
    return join_words([*shown, f"{more:,} more"] if more else shown or [""])


def with_article(noun: str) -> str:
    """Return a noun after `a` or `an`, by its first letter: `an object_type`."""
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"
