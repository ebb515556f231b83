"""Words in a sentence: lists, and nouns with their article."""

from __future__ import annotations

from collections.abc import Iterable


def join_words(words: Iterable[str], conjunction: str = "and") -> str:
    """Return words as a list in a sentence: `a`, `a and b`, `a, b and c`."""
    *others, last = words
    return f"{', '.join(others)} {conjunction} {last}" if others else last


def with_article(noun: str) -> str:
    """Return a noun after `a` or `an`, by its first letter: `an object_type`."""
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"
