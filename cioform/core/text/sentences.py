"""Sentences of a message."""

from __future__ import annotations

from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern

_FIRST: Final = lazy_pattern(r'(?:`[^`]*`|"[^"]*"|[^`".]|\.(?!\s|$))*\.')


def first_sentence(text: str) -> str:
    """Return a message up to its first full stop outside of code and quotes.

    The first sentence of a message says what is wrong, and the rest what to write instead.
    """
    found = _FIRST.match(text)
    return found[0] if found else text
