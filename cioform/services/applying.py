"""Carry out a plan, within the guards and under the lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from cioform.config.read.sensitive_places import misplaced_texts
from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import PlanError
from cioform.model.remote_access.limits import Guards
from cioform.model.resource import Resource
from cioform.model.snapshot import AppliedState
from cioform.plan.change import Action
from cioform.plan.digest import content_digest
from cioform.plan.guards.guard import GuardViolation, find_guard_violations
from cioform.plan.plan import Plan
from cioform.run.applying.apply import NO_FILES, apply_plan
from cioform.run.applying.check_files import (
    check_plan_matches_files,
    check_plan_values,
    planned_resources,
)
from cioform.run.applying.run_summary import intended_changes, summarize_run
from cioform.run.applying.staleness import check_plan_current, plan_again
from cioform.run.doctor import validate_planned_requests
from cioform.run.events import Outcome
from cioform.services.context import OpenWorkspace
from cioform.services.plan_users import with_missing_users
from cioform.services.recovery import load_recovered_state, save_state
from cioform.services.run_origin import describe_run
from cioform.services.source_commits import check_not_older
from cioform.state.runs import RunInfo


def apply_reviewed_plan(
    opened: OpenWorkspace,
    plan: Plan,
    guards: Guards,
    *,
    keep_going: bool,
    check_files: bool = True,
    allow_older: bool = False,
) -> Outcome:
    """Carry out a plan and return how each change ended.

    Raises PlanError, with nothing sent, when a guard refuses the plan, when it was made for another
    workspace or an older state, with `check_files` when it says something else than the files, or,
    unless `allow_older`, when newer files were applied to a shared state.
    """
    run = describe_run(opened, "apply", content_digest(plan))
    with opened.store.lock(run):
        applied = load_recovered_state(opened)
        check_not_older(opened, run, allow_older=allow_older)
        check_plan_current(plan, opened.name, opened.workspace_id, applied)
        check_plan_values(plan, opened.kinds)
        _check_sensitive_values(opened, plan)
        desired = NO_FILES
        if check_files:
            desired = planned_resources(plan, opened.configuration.desired.resources, applied)
            check_plan_matches_files(plan, desired, applied)
        plan = with_missing_users(opened, plan, applied)
        _check_guards(plan, guards)
        if not plan.changes:
            return Outcome(run.id, ())
        validate_planned_requests(
            plan.changes, opened.provider, opened.openapi_cache, opened.clock()
        )
        return _run(opened, plan, applied, desired, run, keep_going=keep_going)


def _run(
    opened: OpenWorkspace,
    plan: Plan,
    applied: AppliedState,
    desired: Mapping[Address, Resource],
    run: RunInfo,
    *,
    keep_going: bool,
) -> Outcome:
    began_at = opened.clock()
    with opened.store.open_journal(run.id, opened.clock) as journal:
        journal.begin_run(
            workspace=opened.name,
            lineage=applied.lineage,
            serial=applied.serial,
            changes=intended_changes(plan),
        )
        outcome = apply_plan(
            plan, opened.kinds, applied, opened.provider, journal, partial(save_state, opened),
            run_id=run.id, desired=desired,
            listener=opened.listener, keep_going=keep_going,
        )  # fmt: skip
        journal.end_run(complete=outcome.complete)
    opened.store.append_run(summarize_run(run, outcome, began_at, opened.clock()))
    return outcome


def _check_sensitive_values(opened: OpenWorkspace, plan: Plan) -> None:
    """Raise PlanError unless every sensitive value is the one of the plan, and in a place for it.

    A plan file has only placeholders, and whoever can edit it could move them.
    """
    for change in plan.changes:
        if change.action is Action.DELETE or change.wanted is None:
            continue
        opened.provider.sensitive.check_known(change.wanted)
        if any(misplaced_texts(opened.kinds[change.address.kind], change.wanted)):
            raise PlanError.of(
                "Plan cannot be applied",
                "The plan would write a sensitive value to a place where people see it. Nothing "
                f"was changed. {plan_again(plan.header.workspace)}",
                address=change.address,
            )


def _check_guards(plan: Plan, guards: Guards) -> None:
    violations = find_guard_violations(plan, guards)
    if violations:
        details = [f"{v.guard}: {v.detail} Nothing was sent. {v.hint}" for v in violations]
        details[-1] += _command_to_allow(plan.header.workspace, violations)
        raise PlanError(
            Diagnostic(
                "Refused by a guard",
                detail,
                item.addresses[0] if len(item.addresses) == 1 else None,
            )
            for item, detail in zip(violations, details, strict=True)
        )


def _command_to_allow(workspace: str, violations: Sequence[GuardViolation]) -> str:
    """Return the command that allows all of it, if options can."""
    if not all(violation.flag for violation in violations):
        return ""
    flags = dict.fromkeys(violation.flag for violation in violations)
    return f"\n\n    cioform apply {workspace} {' '.join(flags)}"
