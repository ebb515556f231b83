"""What is shown of a run that ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cioform.plan.change import Action
from cioform.report.plan.view import ItemView, pluralize
from cioform.report.styling import Tone
from cioform.run.events import ChangeResult, ChangeStatus, Outcome

STATUS_SIGNS = {
    ChangeStatus.DONE: ("✓", Tone.SUCCESS),
    ChangeStatus.FAILED: ("✗", Tone.ERROR),
    ChangeStatus.OUTCOME_UNKNOWN: ("?", Tone.ERROR),
    ChangeStatus.STALE: ("!", Tone.WARNING),
    ChangeStatus.SKIPPED: ("·", Tone.DIM),
}
_STATUS_TEXT = {
    ChangeStatus.FAILED: "failed",
    ChangeStatus.OUTCOME_UNKNOWN: "in doubt: it may have happened or not",
    ChangeStatus.STALE: "not sent: somebody changed it since the plan",
    ChangeStatus.SKIPPED: "not started",
}
_PAST_TENSE = {
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

    problems: tuple[ItemView, ...]
    """The changes that did not end well, in the order they were tried."""
    summary: str
    facts: str
    tone: Tone
    next_commands: tuple[str, ...]


def view_outcome(workspace: str, outcome: Outcome) -> OutcomeView:
    """Give what to show of a finished run."""
    shown = [result for result in outcome.results if result.action is not Action.NOOP]
    done = Counter(_PAST_TENSE[r.action] for r in shown if r.status is ChangeStatus.DONE)
    made = [f"{done[word]:,} {word}" for word in _PAST_TENSE.values() if done[word]]
    failed: Counter[ChangeStatus] = Counter(
        r.status for r in shown if r.status is not ChangeStatus.DONE
    )
    missed = [f"{failed[status]:,} {status.value}" for status in _STATUS_TEXT if failed[status]]
    told = "; ".join(filter(None, (", ".join(made), ", ".join(missed)))) or "nothing to do"
    word = "Applied to" if outcome.complete else "Only partly applied to"
    return OutcomeView(
        problems=tuple(
            _view_problem(r) for r in outcome.results if r.status is not ChangeStatus.DONE
        ),
        summary=f"{word} {workspace}: {told}.",
        facts=f"{pluralize(outcome.requests, 'request', 'requests')}; run {outcome.run}",
        tone=Tone.SUCCESS if outcome.complete else Tone.ERROR,
        next_commands=() if outcome.complete else (f"cioform plan {workspace}",),
    )


def result_text(result: ChangeResult) -> str:
    """Give how a change ended, in a word or a few: `updated`, `in doubt: ...`."""
    if result.status is ChangeStatus.DONE:
        return _PAST_TENSE.get(result.action, "unchanged")
    return _STATUS_TEXT[result.status]


def _view_problem(result: ChangeResult) -> ItemView:
    sign, tone = STATUS_SIGNS[result.status]
    detail = "\n\n".join(f"{d.summary}\n{d.detail}" for d in result.diagnostics)
    return ItemView(sign, tone, str(result.address), result_text(result), detail=detail)
