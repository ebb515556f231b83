"""Undo a run: an ordinary plan to what its objects were before, from the backups in its journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import PlanError, UsageError
from cioform.core.text.word_lists import join_words
from cioform.model.objects.snapshot import AppliedState
from cioform.model.resource import Resource
from cioform.plan.change import Change, Drift
from cioform.plan.drift import STATE_PATH
from cioform.plan.omissions import OmittedChange
from cioform.plan.plan import Plan
from cioform.plan.review.omitted import omit_changes
from cioform.plan.selecting.scope import Scope
from cioform.run.former_resources import FormerReader, FormerResources
from cioform.services.context import OpenWorkspace
from cioform.services.planning.plan import PlanOptions, plan_workspace
from cioform.services.reading.read import read_workspace
from cioform.services.reading.recovery import read_recovered_state
from cioform.services.state.administration import StateAdministration
from cioform.state.journal.run_changes import RunChange

_CHANGED_SINCE = "somebody changed it in the workspace since that run"


@dataclass(frozen=True, slots=True)
class Rollback:
    """The plan that undoes a run, and the workspace as if the files said it."""

    plan: Plan
    opened: OpenWorkspace
    files: Mapping[Address, Resource]
    """What the files say, which is not what the plan writes."""


def plan_rollback(opened: OpenWorkspace, run_id: str) -> Rollback:
    """Return the plan that undoes a run; sends reads only.

    The plan lists what has changed since the run as omitted. Raises UsageError if there was no
    such run or its journal was pruned, and PlanError if nothing of it can be undone.
    """
    applied = read_recovered_state(opened)
    changes = _changes_of(opened, run_id)
    former = _former_resources(opened, applied, changes)
    if not former.resources:
        raise _nothing_to_undo_error(run_id, former.left)
    files = opened.configuration.desired.resources
    undone = opened.with_resources(former.resources)
    addresses = tuple(str(address) for address in former.resources)
    options = PlanOptions(Scope(addresses), checks_texts=False, rolls_back=run_id)
    plan = plan_workspace(undone, options)
    reasons = {item.address: _CHANGED_SINCE for item in plan.drift if _is_edited(item)}
    plan = omit_changes(plan, {a: text for a, text in reasons.items() if a in former.resources})
    plan = replace(
        plan,
        header=replace(plan.header, target=()),
        changes=tuple(_with_limits(change, former) for change in plan.changes),
        left=(*plan.left, *former.left),
    )
    return Rollback(plan, undone, files)


def _with_limits(change: Change, former: FormerResources) -> Change:
    """Return a change that says what of the former object it cannot restore."""
    names = former.not_restored.get(change.address)
    if not names:
        return change
    return replace(change, reason=f"{change.reason}; cannot be restored: {join_words(names)}")


def _changes_of(opened: OpenWorkspace, run_id: str) -> Sequence[RunChange]:
    changes = StateAdministration(opened).changes(run_id)
    if changes is None:
        raise UsageError.of(
            "Journal was pruned",
            f"The journal of run {run_id}, with the backups of what it changed, was deleted by "
            "`cioform state prune`. Revert the commit that the run applied, and apply that.",
        )
    return changes


def _former_resources(
    opened: OpenWorkspace, applied: AppliedState, changes: Sequence[RunChange]
) -> FormerResources:
    targets = tuple(change.address for change in changes)
    if not targets:
        return FormerResources()
    matched, _ = read_workspace(opened, applied, Scope(targets))
    reader = FormerReader(
        opened.kinds,
        applied,
        opened.configuration.desired.resources,
        matched.names,
        opened.apis,
    )
    return reader.read(changes)


def _is_edited(drift: Drift) -> bool:
    is_other = drift.gone or drift.new_remote_id is not None
    return is_other or any(item.path != STATE_PATH for item in drift.fields)


def _nothing_to_undo_error(run_id: str, left: Sequence[OmittedChange]) -> PlanError:
    if not left:
        return PlanError.of("Nothing to roll back", f"Run {run_id} changed no object.")
    return PlanError(
        Diagnostic(
            "Cannot be rolled back",
            f"{item.address} cannot be restored to what it was before run {run_id}: {item.reason}. "
            "Nothing was rolled back.",
            item.address,
        )
        for item in left
    )
