"""Carry out a plan, within the guards and under the lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from cioform.config.read.checks.sensitive_places import misplaced_texts
from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass, replace
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import ClosedWindowError, PlanError
from cioform.model.objects.snapshot import AppliedState
from cioform.model.objects.stamp import Stamp
from cioform.model.resource import Resource
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.matching.base_documents import moves_of
from cioform.plan.plan import Plan
from cioform.plan.review.decisions import Decisions
from cioform.plan.review.digest import content_digest
from cioform.plan.review.rolled_back import record_rollback, without_resolved
from cioform.run.applying.apply import NO_FILES, apply_plan
from cioform.run.applying.check_files import (
    check_plan_matches_files,
    check_plan_values,
    planned_resources,
)
from cioform.run.applying.run_summary import intended_changes, summarize_run
from cioform.run.applying.staleness import check_plan_current, plan_again
from cioform.run.doctor import validate_planned_requests
from cioform.run.events import Outcome, WorkspaceNotConfirmed
from cioform.services.context import OpenWorkspace
from cioform.services.notifying.notify import notify_apply
from cioform.services.planning.recorded_settings import recorded_settings
from cioform.services.planning.saved_plans import ConfirmedPlan, confirm_plan
from cioform.services.policies.check import with_policies
from cioform.services.project.stamps import stamps_to_write
from cioform.services.reading.recovery import load_recovered_state, save_state
from cioform.services.revisions.run_origin import describe_run
from cioform.services.revisions.source_commits import check_not_older
from cioform.state.runs import RunInfo


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How a plan is carried out."""

    keep_going: bool = False
    """Whether a failure leaves the changes that do not depend on it."""
    check_files: bool = True
    """Whether a plan is refused that says something else than the files."""
    allow_older: bool = False
    """Whether a plan is carried out although newer files were applied to a shared state."""
    saved: Decisions | None = None
    """The decisions of a plan that a person confirmed, or that was read from a file, which somebody
    may have edited. It is planned again with them, and only what is still the same is carried
    out."""
    files: Mapping[Address, Resource] | None = None
    """What the files really say, for a rollback, which has its own idea of it."""


def apply_reviewed_plan(
    opened: OpenWorkspace, plan: Plan, guards: Guards | None, options: ApplyOptions
) -> Outcome:
    """Carry out a plan, notify the webhooks, and return how each change ended.

    The guards of `workspace.yaml` hold unless others are given. Raises PlanError, with nothing
    sent, when a guard or an option refuses the plan, or when it was made for another workspace or
    an older state.
    """
    outcome = _apply_under_lock(
        opened,
        plan,
        opened.configuration.settings.guards if guards is None else guards,
        options,
    )
    notify_apply(opened, plan, outcome)
    return outcome


def _apply_under_lock(
    opened: OpenWorkspace, plan: Plan, guards: Guards, options: ApplyOptions
) -> Outcome:
    rolls_back = plan.header.rolls_back
    run = describe_run(opened, "rollback" if rolls_back else "apply", content_digest(plan))
    approved = tuple(sorted(guards.approved))
    consent = {"approved": approved, "window_override": guards.window_override}
    run = run.model_copy(update={"rolls_back": rolls_back, **consent})
    with opened.store.lock(run):
        applied = load_recovered_state(opened, run.id)
        check_not_older(opened, run, allow_older=options.allow_older)
        check_plan_current(plan, opened.name, opened.workspace_id, applied)
        check_plan_values(plan, opened.kinds)
        opened = opened.with_moves(moves_of(plan.changes))
        _check_sensitive_values(opened, plan)
        desired = NO_FILES
        if options.check_files:
            desired = planned_resources(plan, opened.configuration.desired.resources, applied)
            check_plan_matches_files(plan, desired, applied)
        confirmed = ConfirmedPlan(plan)
        if options.saved is not None:
            undone = rolls_back if options.files is not None else None
            confirmed = confirm_plan(
                opened, plan, applied, options.saved, options.check_files, undone
            )
            plan = confirmed.plan
        _check_guards(with_policies(opened, plan), guards)
        _check_window(opened, plan, run)
        applied = _with_rollbacks(opened, plan, applied, run, options.files)
        if not plan.changes:
            return Outcome(run.id, ())
        applied = replace(applied, settings=recorded_settings(opened))
        if not applied.bindings:
            _warn_of_unconfirmed_workspace(opened)
        validate_planned_requests(
            plan.changes, opened.provider, opened.openapi_cache, opened.clock()
        )
        resources = {**opened.configuration.desired.resources, **(options.files or {})}
        stamps = stamps_to_write(opened.root, opened.configuration, resources)
        return _run(opened, confirmed, applied, desired, stamps, run, keep_going=options.keep_going)


def _warn_of_unconfirmed_workspace(opened: OpenWorkspace) -> None:
    """Report, at the first apply, why the App API key may be that of another workspace."""
    if reason := opened.provider.own_workspace.unconfirmed_reason():
        text = f"Check that the App API key belongs to workspace {opened.workspace_id}: {reason}."
        opened.listener(WorkspaceNotConfirmed(opened.name, text))


def _run(
    opened: OpenWorkspace,
    confirmed: ConfirmedPlan,
    applied: AppliedState,
    desired: Mapping[Address, Resource],
    stamps: Mapping[Address, Stamp],
    run: RunInfo,
    *,
    keep_going: bool,
) -> Outcome:
    began_at, plan = opened.clock(), confirmed.plan
    with opened.store.open_journal(run.id, opened.clock) as journal:
        journal.begin_run(
            workspace=opened.name,
            lineage=applied.lineage,
            serial=applied.serial,
            changes=intended_changes(plan),
            who=run.who,
            command=run.command,
            commit=run.commit,
            rolls_back=run.rolls_back,
            **_recorded_consent(run),
        )
        outcome = apply_plan(
            plan, opened.kinds, applied, opened.provider, journal, partial(save_state, opened),
            run_id=run.id, desired=desired, unconfirmed=confirmed.unconfirmed,
            stamps=stamps, listener=opened.listener, keep_going=keep_going,
            why_closed=partial(_why_closed, opened, run),
        )  # fmt: skip
        journal.end_run(complete=outcome.complete)
    opened.store.append_run(summarize_run(run, outcome, began_at, opened.clock()))
    return outcome


def _check_sensitive_values(opened: OpenWorkspace, plan: Plan) -> None:
    """Raise PlanError unless every sensitive value is the one of the plan, and in a place for it.

    A plan file has only placeholders, and anyone who can edit it could move them.
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


def _with_rollbacks(
    opened: OpenWorkspace,
    plan: Plan,
    applied: AppliedState,
    run: RunInfo,
    files: Mapping[Address, Resource] | None,
) -> AppliedState:
    """Return the state with what this run rolls back, or without what is resolved; save it."""
    if files is not None:
        written = [change.address for change in plan.changes if change.action.writes]
        updated = record_rollback(applied, written, files, run.id)
    else:
        updated = without_resolved(applied, opened.configuration.desired.resources, plan)
    return applied if updated == applied else save_state(opened, updated)


def _check_guards(plan: Plan, guards: Guards) -> None:
    violations = find_guard_violations(plan, guards)
    if violations:
        details = [f"{v.guard}: {v.detail} Nothing was sent. {v.hint}" for v in violations]
        details[-1] += _command_to_allow(plan.header.apply_command, violations)
        raise PlanError(
            Diagnostic(
                "Refused by a guard",
                detail,
                item.addresses[0] if len(item.addresses) == 1 else None,
            )
            for item, detail in zip(violations, details, strict=True)
        )


def _check_window(opened: OpenWorkspace, plan: Plan, run: RunInfo) -> None:
    """Raise ClosedWindowError if the settings do not allow applying plans now.

    Raises another PlanError if they never do: to try again later would not help.
    """
    if not plan.changes or not (reason := _why_closed(opened, run)):
        return
    status = opened.configuration.settings.apply_window.status(opened.clock())
    error: type[PlanError] = ClosedWindowError
    summary, hint = "Apply window closed", "Apply the plan then."
    if status is not None and status.until is None:
        error, summary = PlanError, "Apply window never opens"
        hint = "Correct `apply_window` and `blackout` in workspace.yaml."
    raise error.of(
        summary,
        f"Nothing was sent: {reason}. {hint} If it cannot wait, say why with --override-window; "
        f"the history records it:\n\n    {plan.header.apply_command} "
        '--override-window "REASON"',
    )


def _why_closed(opened: OpenWorkspace, run: RunInfo) -> str:
    """Return why nothing may be applied at this moment; empty if it may."""
    window, now = opened.configuration.settings.apply_window, opened.clock()
    # Every change asks. When the window closes or opens next takes much longer to find out.
    if run.window_override or window.is_open(now) or (status := window.status(now)) is None:
        return ""
    return status.text


def _recorded_consent(run: RunInfo) -> dict[str, Json]:
    """Return what somebody allowed for this run, for its journal."""
    approved = {"approved": list(run.approved)} if run.approved else {}
    override = {"window_override": run.window_override} if run.window_override else {}
    return {**approved, **override}


def _command_to_allow(command: str, violations: Sequence[GuardViolation]) -> str:
    """Return the command that allows all of it, if options can."""
    if not all(violation.flag for violation in violations):
        return ""
    flags = dict.fromkeys(violation.flag for violation in violations)
    return f"\n\n    {command} {' '.join(flags)}"
