"""The two streams: data goes to stdout, messages for people go to stderr."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def write_stdout(text: str) -> None:
    """Write data, which is all that a pipe receives."""
    _write(sys.stdout, text)


def write_stderr(text: str) -> None:
    """Write a message for the person who runs the command."""
    _write(sys.stderr, text)


def _write(stream: TextIO | None, text: str) -> None:
    """Write text and flush it.

    A reader that has gone away, as `head` does, is not an error. Raises IncompleteError if the
    text cannot be written for another reason: what it reports has been done by then.
    """
    if stream is None or stream.closed:
        return
    try:
        _write_with_fallback(stream, text)
        stream.flush()
    except BrokenPipeError:
        # The flush at exit must not meet the broken pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError as error:
        from cioform.core.errors import IncompleteError  # `--version` need not wait for it

        stream.close()
        raise IncompleteError.of(
            "Output cannot be written",
            f"The command has done its work, but its output could not be written: "
            f"{error.strerror}. Check the result before you run the command again.",
        ) from None


def _write_with_fallback(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:  # the terminal's encoding lacks some of the characters
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
