"""Carry out a plan, within the guards and under the lock."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import partial
from uuid import uuid4

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import PlanError
from cioform.model.remote_access.limits import Guards
from cioform.model.resource import Resource
from cioform.model.snapshot import AppliedState
from cioform.plan.guards.guard import GuardViolation, find_guard_violations
from cioform.plan.plan import Plan
from cioform.run.applying.apply import NO_FILES, apply_plan
from cioform.run.applying.check_files import check_plan_matches_files, planned_resources
from cioform.run.applying.staleness import check_plan_current
from cioform.run.doctor import validate_planned_requests
from cioform.run.events import Outcome
from cioform.services.context import OpenWorkspace
from cioform.services.recovery import load_recovered_state, save_state


def apply_reviewed_plan(
    opened: OpenWorkspace,
    plan: Plan,
    guards: Guards,
    *,
    keep_going: bool,
    check_files: bool = True,
) -> Outcome:
    """Carry out a plan and return how each change ended.

    Raises PlanError, with nothing sent, when a guard refuses the plan, when it was made for another
    workspace or an older state, or, with `check_files`, when it says something else than the files.
    """
    run_id = _new_run_id(opened.clock())
    with opened.store.lock():
        applied = load_recovered_state(opened)
        check_plan_current(plan, opened.name, opened.workspace_id, applied)
        desired = NO_FILES
        if check_files:
            desired = planned_resources(plan, opened.configuration.desired.resources, applied)
            check_plan_matches_files(plan, desired, applied)
        _check_guards(plan, guards)
        if not plan.changes:
            return Outcome(run_id, ())
        validate_planned_requests(
            plan.changes, opened.provider, opened.openapi_cache, opened.clock()
        )
        return _run(opened, plan, applied, desired, run_id, keep_going=keep_going)


def _run(
    opened: OpenWorkspace,
    plan: Plan,
    applied: AppliedState,
    desired: Mapping[Address, Resource],
    run_id: str,
    *,
    keep_going: bool,
) -> Outcome:
    with opened.store.open_journal(run_id, opened.clock) as journal:
        journal.begin_run(workspace=opened.name, lineage=applied.lineage, serial=applied.serial)
        outcome = apply_plan(
            plan, opened.kinds, applied, opened.provider, journal, partial(save_state, opened),
            run_id=run_id, desired=desired,
            listener=opened.listener, keep_going=keep_going,
        )  # fmt: skip
        journal.end_run(complete=outcome.complete)
    return outcome


def _new_run_id(now: float) -> str:
    return f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime(now))}-{uuid4().hex[:6]}"


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
