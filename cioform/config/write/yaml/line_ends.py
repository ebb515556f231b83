"""The byte order mark and the line ends of a file, which a tool that rewrites it keeps."""

from __future__ import annotations

from cioform.config.read.files import BYTE_ORDER_MARK


def without_bom(text: str) -> str:
    """Return the text of a file without its byte order mark, with Unix line ends."""
    return text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n")


def with_line_ends_of(text: str, new: str) -> str:
    """Return a new text with the byte order mark and the line ends of `text`."""
    if "\r\n" in text:
        new = new.replace("\r\n", "\n").replace("\n", "\r\n")
    return BYTE_ORDER_MARK + new if text.startswith(BYTE_ORDER_MARK) else new
