"""Following what was sent until it arrives: how long that may take, and what if nobody can look."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cioform.base.diagnostic import Diagnostic
from cioform.base.errors import CioformError, Incomplete
from cioform.cli.status import StatusLine


@contextmanager
def following(what: str, look: str, patience: float) -> Iterator[Callable[[str], None]]:
    """Give what shows a state while it is looked at, for `patience` seconds at most. What goes
    wrong inside is told as what it is: `what` was sent all the same. `look` is the command that
    shows it later."""
    line, end = StatusLine(), time.monotonic() + patience
    try:
        yield lambda state: line.show(f"{what}: {state}", end - time.monotonic())
    except CioformError as error:
        sent = Diagnostic(
            "Sent, and not followed",
            f"{what} was accepted by Customer.io. Only looking at what became of it failed, so do "
            f"not send it again. Look later:\n\n    {look}",
        )
        raise Incomplete([sent, *error.diagnostics]) from error
    finally:
        line.end()


def not_yet(what: str, state: str, look: str) -> Incomplete:
    """Give the error of what has not arrived when patience ends."""
    return Incomplete.of(
        "Not there yet",
        f"{what} is {state}; it was accepted, and Customer.io is not done with it. Do not send it "
        f"again. Look later, or wait longer with `--timeout`:\n\n    {look}",
    )
