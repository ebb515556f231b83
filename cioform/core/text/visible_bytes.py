"""Check and show texts of the environment and the command line, which need not be UTF-8."""

from __future__ import annotations


def is_utf8(text: str) -> bool:
    """Return whether a text is UTF-8; Python keeps other bytes as surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def with_visible_bytes(text: str) -> str:
    """Return a text in which bytes that are not UTF-8 are written as escapes."""
    return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
