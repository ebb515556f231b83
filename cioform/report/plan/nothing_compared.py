"""Sentences for a comparison without objects, which says nothing about drift."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.plan.drift import DriftReport, NothingBound

_REASONS: Final[Mapping[NothingBound, str]] = {
    NothingBound.NO_FILES: (
        "{0} has no files and no object that was applied or imported, so changes cannot be "
        "detected."
    ),
    NothingBound.NOT_APPLIED: (
        "{0} has files, but its state has no object that was applied or imported, so "
        "changes cannot be detected. `plan` shows which objects exist already, and `apply` records "
        "them. If the files were applied before, the state was lost or is on another machine: "
        "restore it first. `doctor` shows where it is expected."
    ),
    NothingBound.OUT_OF_SCOPE: (
        "No object that was selected was applied or imported, so changes cannot be detected. "
        "`state list` shows which objects of {0} were."
    ),
    NothingBound.NOT_SELECTED: "Nothing in {0} was selected.",
}
_COMMANDS: Final[Mapping[NothingBound, tuple[str, ...]]] = {
    NothingBound.NO_FILES: ("import",),
    NothingBound.NOT_APPLIED: ("plan", "doctor"),
    NothingBound.OUT_OF_SCOPE: ("state list", "plan"),
    NothingBound.NOT_SELECTED: (),
}


def reason_for_nothing(workspace: str, report: DriftReport) -> str:
    """Return why nothing was compared, in sentences.

    Return an empty text if something was compared or could not be read.
    """
    if report.compared or report.not_looked_at:
        return ""
    return _REASONS[report.nothing_bound].format(workspace)


def commands_for_nothing(workspace: str, report: DriftReport) -> Iterator[str]:
    """Yield the commands that help where nothing was compared."""
    if not (report.compared or report.not_looked_at):
        for command in _COMMANDS[report.nothing_bound]:
            yield f"cioform {command} {workspace}"
