"""The exit codes that a plan, an apply and drift stand for."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.exit_codes import INCOMPLETE, PENDING, REFUSED, worst_exit_code
from cioform.plan.drift import DriftReport
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.plan import Plan
from cioform.run.events import Outcome


def plan_exit_code(plan: Plan, violations: Sequence[GuardViolation]) -> int:
    """Return the detailed exit code of a plan."""
    if violations:
        return REFUSED
    return 0 if plan.is_empty else PENDING


def apply_exit_code(plan: Plan, outcome: Outcome | None) -> int:
    """Return the exit code of an apply; without an outcome, nothing had to be done.

    A part that was made makes it incomplete. If nothing was made, the most serious reason decides.
    """
    left = [INCOMPLETE] if plan.leaves_config else []
    if outcome is None or outcome.complete:
        return worst_exit_code(left)
    if outcome.may_have_written:
        return INCOMPLETE
    return worst_exit_code([*left, *(each.exit_code for each in outcome.results)]) or INCOMPLETE


def drift_exit_code(report: DriftReport, strict: bool = False) -> int:
    """Return the exit code of drift; with `strict`, fields that cannot be compared count too."""
    if report.is_incomplete or (strict and (report.has_unreadable_fields or report.unrecorded)):
        return INCOMPLETE
    return PENDING if report.drift else 0
