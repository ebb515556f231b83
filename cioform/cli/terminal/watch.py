"""Following what was sent until it arrives: how long that may take, and what if nobody can look."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cioform.cli.streams import write_stderr
from cioform.cli.terminal.status import StatusLine
from cioform.core.errors import CioformError, IncompleteError


@contextmanager
def warn_if_interrupted(subject: str, inspect_command: str) -> Iterator[None]:
    """Tell of an interrupt inside that `what` may have gone out all the same."""
    try:
        yield
    except KeyboardInterrupt:
        write_stderr(
            f"\n{subject} may have been sent. Look before you send it again:\n\n    {inspect_command}\n"
        )
        raise


@contextmanager
def watching(subject: str, inspect_command: str, timeout: float) -> Iterator[Callable[[str], None]]:
    """Give what shows a state while it is looked at, for `patience` seconds at most. What goes
    wrong inside is told as what it is: `what` was sent all the same. `look` is the command that
    shows it later."""
    line, end = StatusLine(), time.monotonic() + timeout
    try:
        yield lambda state: line.show(f"{subject}: {state}", end - time.monotonic())
    except CioformError as error:
        # Only why: its way out is for what can be done again.
        why = error.diagnostics[0].summary
        raise IncompleteError.of(
            "Sent, and not followed",
            f"{subject} was accepted by Customer.io. Only looking at what became of it failed "
            f"({why}), so do not send it again. Look later:\n\n    {inspect_command}",
        ) from error
    except KeyboardInterrupt:
        line.end()
        write_stderr(
            f"\n{subject} was accepted, do not send it again. Look later:\n\n    {inspect_command}\n"
        )
        raise
    finally:
        line.end()


def timed_out_error(subject: str, state: str, inspect_command: str) -> IncompleteError:
    """Give the error of what has not arrived when patience ends."""
    return IncompleteError.of(
        "Not there yet",
        f"{subject} is {state}; it was accepted, and Customer.io is not done with it. Do not send it "
        f"again. Look later, or wait longer with `--timeout`:\n\n    {inspect_command}",
    )
