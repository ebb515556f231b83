"""What is shown of a run that ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cioform.plan.change import Action
from cioform.report.plan.view import Item, count
from cioform.report.styling import Tone
from cioform.run.events import Outcome, Result, Status

STATUS_SIGNS = {
    Status.DONE: ("✓", Tone.GOOD),
    Status.FAILED: ("✗", Tone.ALARM),
    Status.IN_DOUBT: ("?", Tone.ALARM),
    Status.STALE: ("!", Tone.CAUTION),
    Status.SKIPPED: ("·", Tone.QUIET),
}
_MEANING = {
    Status.FAILED: "failed",
    Status.IN_DOUBT: "in doubt: it may have happened or not",
    Status.STALE: "not sent: somebody changed it since the plan",
    Status.SKIPPED: "not started",
}
_PAST = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
    Action.MOVE: "moved",
    Action.ADOPT: "adopted",
    Action.FORGET: "forgotten",
}


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """A finished run as it is shown."""

    troubles: tuple[Item, ...]
    """The changes that did not end well, in the order they were tried."""
    summary: str
    facts: str
    tone: Tone
    next: tuple[str, ...]


def view_outcome(workspace: str, outcome: Outcome) -> OutcomeView:
    """Give what to show of a finished run."""
    shown = [result for result in outcome.results if result.action is not Action.NOOP]
    done = Counter(_PAST[r.action] for r in shown if r.status is Status.DONE)
    made = [f"{done[word]:,} {word}" for word in _PAST.values() if done[word]]
    failed: Counter[Status] = Counter(r.status for r in shown if r.status is not Status.DONE)
    missed = [f"{failed[status]:,} {status.value}" for status in _MEANING if failed[status]]
    told = "; ".join(filter(None, (", ".join(made), ", ".join(missed)))) or "nothing to do"
    word = "Applied to" if outcome.complete else "Only partly applied to"
    return OutcomeView(
        troubles=tuple(_trouble(r) for r in outcome.results if r.status is not Status.DONE),
        summary=f"{word} {workspace}: {told}.",
        facts=f"{count(outcome.requests, 'request', 'requests')}; run {outcome.run}",
        tone=Tone.GOOD if outcome.complete else Tone.ALARM,
        next=() if outcome.complete else (f"cioform plan {workspace}",),
    )


def result_text(result: Result) -> str:
    """Give how a change ended, in a word or a few: `updated`, `in doubt: ...`."""
    if result.status is Status.DONE:
        return _PAST.get(result.action, "unchanged")
    return _MEANING[result.status]


def _trouble(result: Result) -> Item:
    sign, tone = STATUS_SIGNS[result.status]
    detail = "\n\n".join(f"{d.summary}\n{d.detail}" for d in result.diagnostics)
    return Item(sign, tone, str(result.address), result_text(result), detail=detail)
