"""Waiting for the result of something that was sent, and what to say if that fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from cioform.cli.streams import write_stderr
from cioform.cli.terminal.status import StatusLine
from cioform.core.errors import CioformError, IncompleteError

_INTERRUPTS: Final = (KeyboardInterrupt, SystemExit)
"""What Ctrl-C and SIGTERM raise."""


@contextmanager
def warn_if_interrupted(subject: str, inspect_command: str = "") -> Iterator[None]:
    """Warn on an interrupt inside the block that `subject` may have been sent all the same."""
    try:
        yield
    except _INTERRUPTS:
        where = f":\n\n    {inspect_command}" if inspect_command else ", in Customer.io."
        write_stderr(f"\n{subject} may have been sent. Check before you send it again{where}\n")
        raise


@contextmanager
def watching(subject: str, inspect_command: str, timeout: float) -> Iterator[Callable[[str], None]]:
    """Yield a function that shows the latest state, with the seconds left until `timeout`.

    Raises IncompleteError for an error inside the block: `subject` was sent all the same, and
    `inspect_command` shows its outcome later.
    """
    line, end = StatusLine(), time.monotonic() + timeout
    try:
        yield lambda state: line.show(f"{subject}: {state}", end - time.monotonic())
    except CioformError as error:
        # Only the cause: the error's own hint is for something that can be done again.
        cause = error.diagnostics[0].summary
        raise IncompleteError.of(
            "Sent, but the result is unknown",
            f"Customer.io accepted {subject}, but its result could not be read ({cause}). Do not "
            f"send it again. Check the result later:\n\n    {inspect_command}",
        ) from error
    except _INTERRUPTS:
        line.end()
        write_stderr(
            f"\nCustomer.io accepted {subject}; do not send it again. Check the result later:\n\n"
            f"    {inspect_command}\n"
        )
        raise
    finally:
        line.end()


def timed_out_error(subject: str, state: str, inspect_command: str) -> IncompleteError:
    """Return the error of a result that did not arrive before the timeout."""
    return IncompleteError.of(
        "Timed out",
        f"Customer.io accepted {subject} but has not finished processing it (state: {state}). Do "
        f"not send it again. Check the result later, or wait longer with --timeout:\n\n"
        f"    {inspect_command}",
    )
