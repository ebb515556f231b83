"""Following what was sent until it arrives: how long that may take, and what if nobody can look."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cioform.cli.output import tell
from cioform.cli.terminal.status import StatusLine
from cioform.core.errors import CioformError, Incomplete


@contextmanager
def sending(what: str, look: str) -> Iterator[None]:
    """Tell of an interrupt inside that `what` may have gone out all the same."""
    try:
        yield
    except KeyboardInterrupt:
        tell(f"\n{what} may have been sent. Look before you send it again:\n\n    {look}\n")
        raise


@contextmanager
def following(what: str, look: str, patience: float) -> Iterator[Callable[[str], None]]:
    """Give what shows a state while it is looked at, for `patience` seconds at most. What goes
    wrong inside is told as what it is: `what` was sent all the same. `look` is the command that
    shows it later."""
    line, end = StatusLine(), time.monotonic() + patience
    try:
        yield lambda state: line.show(f"{what}: {state}", end - time.monotonic())
    except CioformError as error:
        # Only why: its way out is for what can be done again.
        why = error.diagnostics[0].summary
        raise Incomplete.of(
            "Sent, and not followed",
            f"{what} was accepted by Customer.io. Only looking at what became of it failed "
            f"({why}), so do not send it again. Look later:\n\n    {look}",
        ) from error
    except KeyboardInterrupt:
        line.end()
        tell(f"\n{what} was accepted, do not send it again. Look later:\n\n    {look}\n")
        raise
    finally:
        line.end()


def not_yet(what: str, state: str, look: str) -> Incomplete:
    """Give the error of what has not arrived when patience ends."""
    return Incomplete.of(
        "Not there yet",
        f"{what} is {state}; it was accepted, and Customer.io is not done with it. Do not send it "
        f"again. Look later, or wait longer with `--timeout`:\n\n    {look}",
    )
