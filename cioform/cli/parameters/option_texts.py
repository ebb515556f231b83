"""Texts on the command line that are recorded and therefore have to be UTF-8."""

from __future__ import annotations

from cioform.core.errors import UsageError
from cioform.core.text.visible_bytes import is_utf8, with_visible_bytes


def check_text(text: str, option: str) -> str:
    """Return the text of an option. Raises UsageError if it is not UTF-8."""
    if is_utf8(text):
        return text
    raise UsageError.of(
        "Invalid text",
        f"The value of `{option}` is not UTF-8: {with_visible_bytes(text)}. Set the encoding of "
        "the terminal, or of the job, to UTF-8.",
    )
