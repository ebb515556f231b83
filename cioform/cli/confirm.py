"""Asking before something that cannot be taken back."""

from __future__ import annotations

import sys

from cioform.cli.streams import write_stderr
from cioform.core.errors import UsageError


def confirm(question: str, yes: bool) -> bool:
    """Tell whether the person at hand agrees; `yes` says so beforehand. Raises UsageWrong where
    there is nobody to ask."""

    if yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError.of(
            "Nobody to ask",
            "There is no terminal to ask for consent. Say beforehand that you agree with `--yes`. "
            "Nothing was sent.",
        )
    write_stderr(f"{question} Only `yes` is taken as consent: ")
    if sys.stdin.readline().strip() == "yes":
        return True
    write_stderr("Nothing was sent.\n")
    return False
