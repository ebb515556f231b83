"""The length of a text in UTF-16 units, in which GitHub counts."""

from __future__ import annotations


def utf16_length(text: str) -> int:
    """Return the number of UTF-16 units of a text."""
    return len(text) + sum(character > "\uffff" for character in text)


def clip_utf16(text: str, limit: int, ending: str = "") -> str:
    """Return a text of at most `limit` UTF-16 units; one that is cut has `ending` at its end."""
    if utf16_length(text) <= limit:
        return text
    room = limit - utf16_length(ending)
    encoded = text.encode("utf-16-le", "surrogatepass")[: 2 * room]
    return encoded.decode("utf-16-le", "ignore") + ending
