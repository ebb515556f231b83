"""Sentences about a text that is not JSON, in place of those of Python's parser."""

from __future__ import annotations

from json import JSONDecodeError
from typing import Final

_SENTENCES: Final = (
    ("Expecting property name", "a name in double quotes is expected here"),
    ("Illegal trailing comma", "nothing follows this comma"),
    ("Expecting value", "a value is expected here, and text needs double quotes"),
    ("Expecting ',' delimiter", "a comma or a closing bracket is expected here"),
    ("Expecting ':' delimiter", "a colon is expected here"),
    ("Extra data", "the JSON ends here, but more text follows"),
    ("Unterminated string", "the text that begins here has no closing quote"),
    ("Invalid control character", r"a line break or tab in a text is written as `\n` or `\t`"),
    ("Invalid \\", "there is no such escape; a backslash itself is written as two"),
    ("Unexpected UTF-8 BOM", "the text begins with a byte order mark"),
)
"""How a message of the parser begins, and what it means."""


def describe_json_error(error: ValueError | RecursionError) -> str:
    """Return why a text is not JSON, with the place, as a clause without a full stop."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeError):
        return "it has an incomplete Unicode character"
    if not isinstance(error, JSONDecodeError):
        has_constant = "Out of range" in str(error)
        return "NaN and Infinity are not JSON" if has_constant else "a number is too long"
    text = next((text for start, text in _SENTENCES if error.msg.startswith(start)), error.msg)
    return f"{text} ({_place(error)})"


def _place(error: JSONDecodeError) -> str:
    """Return where the parser stopped; without the line if there is only one."""
    if not error.doc[error.pos :].strip():
        return "at the end"
    line = f"line {error.lineno}, " if "\n" in error.doc.strip() else ""
    return f"{line}column {error.colno}"
