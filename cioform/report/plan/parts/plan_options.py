"""The options for making a plan again."""

from __future__ import annotations

import shlex

from cioform.plan.plan import OnDrift, Plan
from cioform.plan.selecting.selectors import is_address_pattern


def repeated_options(plan: Plan) -> str:
    """Return the options that make a plan of the same scope and preference, after a space."""
    return scope_options(plan) + prefer_option(plan) + _on_drift_option(plan)


def scope_options(plan: Plan) -> str:
    """Return the options that limit a plan to the same scope, each after a space."""
    target, exclude = plan.header.target, plan.header.exclude
    option = "--target" if all(map(is_address_pattern, target)) else "--select"
    selected = "".join(f" {option} {shlex.quote(text)}" for text in target)
    return selected + "".join(f" --exclude {shlex.quote(text)}" for text in exclude)


def prefer_option(plan: Plan) -> str:
    """Return the option that decides conflicts as in the plan, after a space."""
    return f" --prefer {plan.header.prefer.value}" if plan.header.prefer else ""


def _on_drift_option(plan: Plan) -> str:
    header = plan.header
    return "" if header.on_drift is OnDrift.OVERWRITE else f" --on-drift {header.on_drift.value}"
