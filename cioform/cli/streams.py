"""The two streams: data goes to stdout, messages for people go to stderr."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from cioform.core.errors import IncompleteError
from cioform.core.os_errors import os_reason

_may_be_lost = False
"""Whether output that cannot be written is dropped instead of ending the command."""


@contextmanager
def output_may_be_lost() -> Iterator[None]:
    """Let the block go on if its output cannot be written, or if its terminal is closed.

    What it does matters more than what it prints: a run ends with its journal and its exit code.
    """
    global _may_be_lost
    before, _may_be_lost = _may_be_lost, True
    is_main = threading.current_thread() is threading.main_thread()
    # A terminal that is closed sends SIGHUP, which would end the process; Windows has none.
    hang_up = getattr(signal, "SIGHUP", None) if is_main else None
    handler = signal.signal(hang_up, signal.SIG_IGN) if hang_up is not None else None
    try:
        yield
    finally:
        _may_be_lost = before
        if hang_up is not None:
            signal.signal(hang_up, handler)


def write_stdout(text: str) -> None:
    """Write data to stdout; nothing else goes there."""
    write_to(sys.stdout, text)


def write_stderr(text: str) -> None:
    """Write a message for the person who runs the command."""
    write_to(sys.stderr, text)


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether a stream is a terminal; one that was closed is none."""
    return stream is not None and not stream.closed and stream.isatty()


def write_to(stream: TextIO | None, text: str) -> None:
    """Write text and flush it.

    A reader that has gone away, as `head` does, is not an error, and neither is a message for
    people that is lost. Raises IncompleteError if data cannot be written for another reason than a
    closed pipe: what it reports has been done by then.
    """
    if stream is None or stream.closed:
        return
    try:
        _write_with_fallback(stream, text)
        stream.flush()
    except BrokenPipeError:
        _discard(stream)
    except OSError as error:
        if _may_be_lost or stream is sys.stderr:
            _discard(stream)
            return
        stream.close()
        raise lost_output_error(error) from None


def lost_output_error(error: OSError) -> IncompleteError:
    """Return the error of data that cannot be written to stdout."""
    return IncompleteError.of(
        "Output not writable",
        f"The command has done its work, but its output could not be written: {os_reason(error)}. "
        "Check the result before you run the command again.",
    )


def _discard(stream: TextIO) -> None:
    """Drop what a stream still holds and what will be written to it.

    The flush at exit must not fail again.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _write_with_fallback(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:  # the terminal's encoding lacks some of the characters
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
