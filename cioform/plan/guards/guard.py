"""Guards: rules that refuse a plan unless an option or a setting allows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.data.paths import FieldPath
from cioform.core.dataclasses import replace
from cioform.core.text.quantities import pluralize
from cioform.model.reach import ReachState
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action, Change, UnmanagedUser, User
from cioform.plan.guards.counts import check_audience_growth, check_counts, check_people
from cioform.plan.guards.managed_elsewhere import check_managed_elsewhere
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.guards.wording import (
    SHOWN_ADDRESSES,
    addresses_of,
    has,
    is_,
    names,
    was,
)
from cioform.plan.plan import OnDrift, Plan, PreferredSide, is_conflict
from cioform.plan.policy_violation import PolicyViolation
from cioform.plan.reach.users import SHOWN_USERS, join_unmanaged, join_users
from cioform.plan.review.on_drift import reverting_changes

_REMOVING_ACTIONS: Final = (Action.DELETE, Action.REPLACE)


def find_guard_violations(plan: Plan, guards: Guards) -> tuple[GuardViolation, ...]:
    """Return a violation for every guard that refuses `plan`; empty if it may be applied."""
    return (
        *_check_protection(plan),
        *_check_deletions(plan, guards),
        *_check_replacements(plan, guards),
        *_check_rebuilds(plan, guards),
        *_check_live(plan, guards),
        *_check_conflicts(plan),
        *_check_drift(plan),
        *_check_rolled_back(plan),
        *check_managed_elsewhere(plan),
        *check_counts(plan, guards),
        *check_people(plan, guards),
        *check_audience_growth(plan, guards),
        *_check_policies(plan, guards),
    )


def _check_protection(plan: Plan) -> Iterator[GuardViolation]:
    # No option overrides a protection.
    protected = [
        c
        for c in plan.counted_changes
        if c.action in _REMOVING_ACTIONS and (c.protected or c.protect)
    ]
    if protected:
        yield GuardViolation(
            "protect",
            f"{names(protected)} would be deleted, but {is_(protected)} protected. Protection "
            "stays in force after the file is removed.",
            "Restore the file with `protect: false`, apply that, then remove the file.",
            addresses_of(protected),
        )


def _check_deletions(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    removed = [c for c in plan.counted_changes if c.action in _REMOVING_ACTIONS]
    deleted = [c for c in removed if c.action is Action.DELETE]
    if deleted and not guards.allow_delete:
        yield GuardViolation(
            "allow_delete",
            f"{names(deleted)} would be deleted, and deletions are not allowed.",
            "Pass --allow-delete to allow it.",
            addresses_of(deleted),
        )
    if guards.max_deletes is not None and len(removed) > guards.max_deletes:
        yield GuardViolation(
            "max_deletes",
            f"{pluralize(len(removed), 'object', 'objects')} would be deleted; the limit is "
            f"{guards.max_deletes}.",
            "Raise guards.max_deletes in workspace.yaml, or delete in steps with --target.",
            addresses_of(removed),
        )


def _check_replacements(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    replaced = [c for c in plan.changes if c.action is Action.REPLACE]
    if replaced and not guards.allow_replace:
        yield GuardViolation(
            "allow_replace",
            " ".join(_losses_of_replacements(replaced)),
            "Pass --allow-replace to allow it.",
            addresses_of(replaced),
        )


def _losses_of_replacements(replaced: Sequence[Change]) -> Iterator[str]:
    # Shared objects have no metrics, and only objects that consist of steps have people in them.
    shared = [change for change in replaced if change.reach.is_shared]
    others = [change for change in replaced if change not in shared]
    if others:
        yield (
            f"{names(others)} would be replaced by a new object, without the metrics and the "
            "history of the old one."
        )
    if left := [change for change in others if change.parts]:
        yield f"The people in {names(left)} would leave."
    if shared:
        yield f"{names(shared)} would be replaced by a new object with another ID."


def _check_rebuilds(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    rebuilt = [change for change in plan.changes if str(change.address) in plan.rebuilds]
    if rebuilt and not guards.allow_replace:
        yield GuardViolation(
            "rebuilds_steps",
            f"{names(rebuilt)} {is_(rebuilt)} not in the state, so cioform cannot tell which "
            "existing steps are those of the file. Some would be removed and added again, and "
            "people who are at them would lose their place.",
            "Restore the state if it was lost. Otherwise give the steps in the file the IDs that "
            f"they have in the workspace: cioform show {plan.header.workspace} "
            f"{rebuilt[0].address} --live. Pass --allow-replace to remove and add them.",
            addresses_of(rebuilt),
        )


def _check_live(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    if guards.allow_live:
        return
    writes = [c for c in plan.changes if c.action.writes]
    running = [c for c in writes if c.reach.state is ReachState.RUNNING]
    live = [c for c in writes if c.reach.is_live and c not in running]
    automatic = [c for c in writes if _sends_automatically(c)]
    reasons = [
        *([f"{names(running)} {is_(running)} running."] if running else []),
        *([f"{names(live)} {is_(live)} live: the next send uses the change."] if live else []),
        *([f"{names(automatic)} {has(automatic)} messages with `sending: automatic`."]
          if automatic else []),
        *(_users_text(change) for change in writes if _live_users(change)),
        *(_unmanaged_text(change) for change in writes if _live_unmanaged(change)),
    ]  # fmt: skip
    if reasons:
        sending = [
            c
            for c in writes
            if c.reach.is_live or c in automatic or _live_users(c) or _live_unmanaged(c)
        ]
        detail = " ".join(reasons)
        yield GuardViolation(
            "allow_live", detail, "Pass --allow-live to allow it.", addresses_of(sending)
        )
    # A state that cannot be read may be a running one.
    unknown = [c for c in writes if c.has_unknown_state and c not in automatic]
    if unknown:
        yield GuardViolation(
            "allow_live",
            f"{names(unknown)} {is_(unknown)} not known to be a draft: the given credentials "
            "cannot read the state. A service account token can.",
            "Pass --allow-live to allow it.",
            addresses_of(unknown),
        )
    yield from _check_unknown_users(writes)


def _check_unknown_users(writes: Iterable[Change]) -> Iterator[GuardViolation]:
    reached = [change for change in writes if change.unknown_users_may_be_live]
    if reached:
        users = dict.fromkeys(u for c in reached for u in c.possible_users if u.state.may_be_live)
        among = (
            f"Among them may be {join_unmanaged([*users], SHOWN_USERS)}."
            if users
            else "Some of them may reach people, or have a state that cannot be read."
        )
        yield GuardViolation(
            "allow_live",
            f"Not every unmanaged object that uses {names(reached)} can be listed. {among}",
            "Pass --allow-live to allow it.",
            addresses_of(reached),
        )


def _live_users(change: Change) -> list[User]:
    return [user for user in change.users if user.state.may_be_live]


def _users_text(change: Change) -> str:
    users = _live_users(change)
    if any(user.is_certain for user in users):
        return f"{change.address} is used by {join_users(users, SHOWN_USERS)}."
    uncertain = join_users([replace(user, is_certain=True) for user in users], SHOWN_USERS)
    return (
        f"{change.address} may be used by {uncertain}: Liquid there computes a name, or has it in "
        "`raw`, in a comment or in broken Liquid. A name that is written out makes this certain."
    )


def _live_unmanaged(change: Change) -> list[UnmanagedUser]:
    return [user for user in change.unmanaged_users if user.state.may_be_live]


def _unmanaged_text(change: Change) -> str:
    return f"{change.address} is used by {join_unmanaged(_live_unmanaged(change), SHOWN_USERS)}."


def _sends_automatically(change: Change) -> bool:
    return any(_has_automatic_sending(item.path, item.after) for item in change.fields)


def _has_automatic_sending(path: FieldPath, value: Json) -> bool:
    if isinstance(value, dict):
        return any(_has_automatic_sending((*path, key), item) for key, item in value.items())
    if isinstance(value, list):
        return any(_has_automatic_sending((*path, i), item) for i, item in enumerate(value))
    # An object that is one message itself has `sending` in its block, two names down. Only a
    # program sends it, so that nobody receives it because of an apply.
    return path[-1] == "sending" and value == "automatic" and len(path) > 2


def _check_conflicts(plan: Plan) -> Iterator[GuardViolation]:
    conflicts = [change for change in plan.changes if is_conflict(change)]
    if conflicts and plan.header.prefer is None:
        yield GuardViolation(
            "conflict",
            f"{names(conflicts)} {was(conflicts)} changed both in the files and in the "
            "workspace, to different values.",
            "Make the plan again with --prefer config to use the files, or with --prefer live to "
            "keep the workspace as it is.",
            addresses_of(conflicts),
        )


def _check_drift(plan: Plan) -> Iterator[GuardViolation]:
    if plan.header.on_drift is OnDrift.STOP and (undone := list(reverting_changes(plan))):
        yield GuardViolation(
            "on_drift",
            f"{names(undone)} {was(undone)} changed in the workspace since the last apply, and "
            "the plan would undo that.",
            "Pull the edits into the files, plan with --on-drift keep, or plan and apply with "
            "--on-drift overwrite.",
            addresses_of(undone),
        )


def _check_rolled_back(plan: Plan) -> Iterator[GuardViolation]:
    again = [change for change in plan.changes if str(change.address) in plan.rolled_back]
    if again and plan.header.prefer is not PreferredSide.CONFIG:
        run = plan.rolled_back[str(again[0].address)]
        is_short = len(again) <= SHOWN_ADDRESSES
        pulled = " ".join(str(change.address) for change in again) if is_short else "--all"
        yield GuardViolation(
            "rolled_back",
            f"{names(again)} {was(again)} rolled back by run {run}, and the files still have "
            "what was undone.",
            f"Undo it in the files too: `cioform pull {plan.header.workspace} {pulled}` does that, "
            "or says what to edit. Pass --prefer config to apply it again.",
            addresses_of(again),
        )


def _check_policies(plan: Plan, guards: Guards) -> Iterator[GuardViolation]:
    planned = {change.address for change in plan.changes}
    by_policy: dict[str, list[PolicyViolation]] = {}
    for breach in plan.breaches:
        if planned.intersection(breach.through):
            by_policy.setdefault(breach.policy, []).append(breach)
    for policy, breaches in by_policy.items():
        needs_approval = breaches[0].needs_approval
        if needs_approval and policy in guards.approved:
            continue
        shown = " ".join(breach.detail for breach in breaches[:SHOWN_ADDRESSES])
        more = len(breaches) - SHOWN_ADDRESSES
        yield GuardViolation(
            f"policy {policy}",
            f"{breaches[0].text} {shown}" + (f" And {more} more." if more > 0 else ""),
            f"Pass --approve {policy} to approve it; the history records who did."
            if needs_approval
            else "Change the files: nobody can approve it.",
            tuple(dict.fromkeys(breach.address for breach in breaches)),
            policy if needs_approval else "",
        )
