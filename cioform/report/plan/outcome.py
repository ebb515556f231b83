"""The view of a finished run, for every output format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from cioform.core.dataclasses import dataclass
from cioform.core.text.quantities import pluralize
from cioform.core.text.word_lists import join_first
from cioform.report.plan.parts.items import ItemView
from cioform.report.styling import Tone
from cioform.run.events import ChangeResult, ChangeStatus, Outcome
from cioform.state.actions import PAST_TENSE

STATUS_SIGNS = {
    ChangeStatus.DONE: ("✓", Tone.SUCCESS),
    ChangeStatus.FAILED: ("✗", Tone.ERROR),
    ChangeStatus.OUTCOME_UNKNOWN: ("?", Tone.ERROR),
    ChangeStatus.STALE: ("!", Tone.WARNING),
    ChangeStatus.SKIPPED: ("·", Tone.DIM),
}
_SHOWN_ADDRESSES = 20
_STATUS_TEXT = {
    ChangeStatus.FAILED: "failed",
    ChangeStatus.OUTCOME_UNKNOWN: "outcome unknown: it may or may not have been applied",
    ChangeStatus.STALE: "stale: changed since the plan; nothing was sent",
    ChangeStatus.SKIPPED: "skipped",
}
_STATUS_NAMES = {
    ChangeStatus.FAILED: "failed",
    ChangeStatus.OUTCOME_UNKNOWN: "outcome unknown",
    ChangeStatus.STALE: "stale",
    ChangeStatus.SKIPPED: "skipped",
}


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """A finished run as it is shown."""

    problems: tuple[ItemView, ...]
    """The changes that were not made, in the order of the run."""
    summary: str
    parts: tuple[tuple[str, str], ...]
    """Which objects are in which state after a run that is not complete: `done`, `half-made`."""
    facts: str
    tone: Tone
    next_commands: tuple[str, ...]


def view_outcome(workspace: str, outcome: Outcome, options: str = "") -> OutcomeView:
    """Return what is shown of a finished run.

    `options` are those that the suggested command needs, after a space.
    """
    problems = tuple(r for r in outcome.results if r.status is not ChangeStatus.DONE)
    return OutcomeView(
        problems=tuple(map(_view_problem, problems)),
        summary=f"{_verdict(outcome)} {workspace}: {_counts_text(outcome)}.",
        parts=() if outcome.complete else tuple(_parts(outcome)),
        facts=f"{pluralize(outcome.requests, 'request', 'requests')}; run {outcome.run}",
        tone=Tone.SUCCESS if outcome.complete else Tone.ERROR,
        next_commands=() if outcome.complete else (f"cioform apply {workspace}{options}",),
    )


def result_text(result: ChangeResult) -> str:
    """Return how a change ended: `updated`, `outcome unknown: ...`."""
    if result.status is ChangeStatus.DONE:
        return PAST_TENSE.get(result.action, "unchanged")
    return _STATUS_TEXT[result.status]


def _verdict(outcome: Outcome) -> str:
    if outcome.complete:
        return "Applied to"
    is_any_done = any(r.half_made or r.status is ChangeStatus.DONE for r in outcome.results)
    return "Partly applied to" if is_any_done else "Not applied to"


def _parts(outcome: Outcome) -> Iterator[tuple[str, str]]:
    """Yield what is in which state, those that need a look first."""
    visible = outcome.counted
    for name, results in (
        ("half-made", [r for r in visible if r.half_made]),
        ("not known", [r for r in visible if r.status is ChangeStatus.OUTCOME_UNKNOWN]),
        ("not done", [r for r in visible if _is_untouched(r)]),
        ("done", [r for r in visible if r.status is ChangeStatus.DONE]),
    ):
        if results:
            yield name, join_first([r.address for r in results], _SHOWN_ADDRESSES)


def _is_untouched(result: ChangeResult) -> bool:
    touched = (ChangeStatus.DONE, ChangeStatus.OUTCOME_UNKNOWN)
    return result.status not in touched and not result.half_made


def _counts_text(outcome: Outcome) -> str:
    """Return how many changes ended in which way: `2 created, 1 updated; 1 failed`."""
    visible = outcome.counted
    by_action = Counter(PAST_TENSE[r.action] for r in visible if r.status is ChangeStatus.DONE)
    by_status = Counter(r.status for r in visible)
    made = [f"{by_action[word]:,} {word}" for word in PAST_TENSE.values() if by_action[word]]
    missed = [
        f"{by_status[status]:,} {name}"
        for status, name in _STATUS_NAMES.items()
        if by_status[status]
    ]
    return "; ".join(filter(None, (", ".join(made), ", ".join(missed)))) or "nothing to do"


def _view_problem(result: ChangeResult) -> ItemView:
    sign, tone = STATUS_SIGNS[result.status]
    is_skipped = result.status is ChangeStatus.SKIPPED  # its summary only repeats the status
    detail = "\n\n".join(
        d.detail if is_skipped else f"{d.summary}\n{d.detail}" for d in result.diagnostics
    )
    return ItemView(sign, tone, str(result.address), result_text(result), detail=detail)
