"""The exit codes of plans and drift."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.cli.exit_codes import INCOMPLETE, PENDING, REFUSED
from cioform.plan.drift import DriftReport
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.plan import Plan


def plan_exit_code(plan: Plan, violations: Sequence[GuardViolation]) -> int:
    """Return the detailed exit code of a plan."""
    if violations:
        return REFUSED
    return 0 if plan.is_empty else PENDING


def drift_exit_code(report: DriftReport, strict: bool) -> int:
    """Return the exit code of drift; with `strict`, fields that cannot be read count too."""
    if report.is_blind or (strict and report.unreadable):
        return INCOMPLETE
    return PENDING if report.drift else 0
