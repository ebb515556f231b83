"""The exit code of a plan."""

from __future__ import annotations

from collections.abc import Sequence

from cioform.core.exit_codes import PENDING, REFUSED
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.plan import Plan


def plan_exit_code(plan: Plan, violations: Sequence[GuardViolation]) -> int:
    """Return the detailed exit code of a plan."""
    if violations:
        return REFUSED
    return 0 if plan.is_empty else PENDING
