"""The exit code that drift stands for."""

from __future__ import annotations

from cioform.core.exit_codes import INCOMPLETE, PENDING
from cioform.plan.drift import DriftReport


def drift_exit_code(report: DriftReport, strict: bool = False) -> int:
    """Return the exit code of drift; with `strict`, fields that cannot be read count too."""
    if report.is_blind or (strict and report.unreadable):
        return INCOMPLETE
    return PENDING if report.drift else 0
