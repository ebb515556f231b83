"""The confirmation before something that cannot be undone."""

from __future__ import annotations

import sys

from cioform.cli.streams import write_stderr
from cioform.core.errors import UsageError


def confirm(question: str, approved: bool, declined: str = "Nothing was sent.") -> bool:
    """Ask for confirmation and return whether the answer is yes.

    Nothing is asked if it was `approved` by `--yes`. Raises UsageError if stdin is not a terminal.
    """
    if approved:
        return True
    if not is_interactive():
        raise UsageError.of(
            "Confirmation required",
            "stdin is not a terminal, so cioform cannot ask for confirmation. Pass --yes to "
            "continue without asking. Nothing was sent.",
        )
    write_stderr(f"{question} Only 'yes' will be accepted: ")
    if sys.stdin.readline().strip() == "yes":
        return True
    write_stderr(f"{declined}\n")
    return False


def is_interactive() -> bool:
    """Return whether there is a terminal to ask on."""
    return sys.stdin is not None and sys.stdin.isatty()
