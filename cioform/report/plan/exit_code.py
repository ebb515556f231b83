"""The exit code that drift stands for."""

from __future__ import annotations

from typing import Final

from cioform.plan.drift import DriftReport

_DRIFTED: Final = 2
_NOT_FULLY_LOOKED_AT: Final = 8


def drift_exit_code(report: DriftReport, strict: bool = False) -> int:
    """Return the exit code of drift; with `strict`, fields that cannot be read count too."""
    if report.is_blind or (strict and report.unreadable):
        return _NOT_FULLY_LOOKED_AT
    return _DRIFTED if report.drift else 0
