"""The verdict: one sentence about whether a plan or drift needs attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cioform.core.dataclasses import dataclass
from cioform.core.text.quantities import pluralize
from cioform.plan.plan import Plan
from cioform.report.styling import Tone

if TYPE_CHECKING:
    from cioform.plan.guards.violation import GuardViolation


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sentence, and the tone in which it is shown."""

    text: str
    tone: Tone


def plan_verdict(plan: Plan, violations: Sequence[GuardViolation]) -> Verdict:
    """Return whether apply would make the changes, and whether people receive them at once."""
    if violations:
        guards = pluralize(len(violations), "guard refuses", "guards refuse")
        return Verdict(f"Apply would refuse this plan: {guards} it.", Tone.ERROR)
    if plan.is_empty:
        return Verdict("Nothing to apply.", Tone.SUCCESS)
    if plan.blocked:
        blocked = pluralize(len(plan.blocked), "change is", "changes are")
        return Verdict(f"{blocked} blocked and would not be applied.", Tone.WARNING)
    window = plan.header.window
    if plan.visible_changes and window is not None and not window.is_open:
        return Verdict(f"Cannot be applied now: {window.text}.", Tone.WARNING)
    live = sum(c.action.writes and c.may_be_live for c in plan.visible_changes)
    if live:
        changes = pluralize(live, "change reaches", "changes reach")
        return Verdict(f"Can be applied. {changes} what is running or in use.", Tone.WARNING)
    if plan.visible_changes:
        return Verdict("Can be applied. Nothing that is running is changed.", Tone.SUCCESS)
    return Verdict("There is nothing to apply, but the workspace differs.", Tone.WARNING)
