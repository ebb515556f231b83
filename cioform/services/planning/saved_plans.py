"""Plan again what a saved or confirmed plan has: what still holds is carried out as planned now.

A plan file is data: anyone who can edit it can compute its checksum again. So it only says which
changes somebody has reviewed. What each of them sends, whom it reaches and what the guards judge is
found out again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.errors import PlanError
from cioform.model.objects.snapshot import AppliedState
from cioform.model.resource import Resource
from cioform.plan.change import Action, Change
from cioform.plan.guards.wording import names
from cioform.plan.plan import OnDrift, Plan, PreferredSide, is_conflict
from cioform.plan.reach.users import (
    identity_of,
    live_users,
    name_of_user,
    state_of_user,
    watched_users,
)
from cioform.plan.review.decisions import Decisions
from cioform.plan.review.digest import change_digest
from cioform.plan.selecting.scope import Scope
from cioform.services.context import OpenWorkspace
from cioform.services.planning.plan import PlanOptions, plan_against

_OTHER_CHANGE: Final = "a new plan makes another change than this plan."
_NO_CHANGE: Final = "a new plan has nothing to change there."


@dataclass(frozen=True, slots=True)
class ConfirmedPlan:
    """A saved plan with each change as it is planned now, if it is the same."""

    plan: Plan
    unconfirmed: Mapping[Address, str] = field(default_factory=lambda: MappingProxyType({}))
    """The addresses whose changes are not the same, each with the reason as a sentence."""


def confirm_plan(
    opened: OpenWorkspace,
    saved: Plan,
    applied: AppliedState,
    decisions: Decisions,
    check_files: bool,
    rolls_back: str | None = None,
) -> ConfirmedPlan:
    """Return a saved plan as it is planned now; sends reads only.

    With `check_files` it is planned from the files, otherwise from the values that it has itself.
    `rolls_back` is the run that it undoes, which a plan file cannot say.

    Raises PlanError if the plan decides what only `decisions` may.
    """
    again = _plan_again(opened, saved, applied, check_files, rolls_back)
    unconfirmed = dict(_differing(saved, again))
    fresh = {(c.address, c.action): c for c in again.changes if c.address not in unconfirmed}
    changes = [fresh.get((each.address, each.action), each) for each in saved.changes]
    order = {(c.address, c.action): place for place, c in enumerate(again.changes)}
    changes.sort(key=lambda change: order.get((change.address, change.action), -1))
    header = replace(
        again.header,
        target=saved.header.target,
        exclude=saved.header.exclude,
        prefer=decisions.prefer,
        on_drift=_on_drift(saved, decisions),
    )
    plan = replace(
        again,
        header=header,
        changes=tuple(changes),
        unchanged=min(saved.unchanged, _most_unchanged(opened, saved, applied)),
    )
    _check_decided(plan, saved, applied, unconfirmed)
    return ConfirmedPlan(plan, unconfirmed)


def _plan_again(
    opened: OpenWorkspace,
    saved: Plan,
    applied: AppliedState,
    check_files: bool,
    rolls_back: str | None,
) -> Plan:
    if not check_files:
        opened = opened.with_resources(dict(_planned_resources(opened, saved)))
    known = {*opened.configuration.desired.resources, *applied.bindings}
    targets = tuple(str(c.address) for c in saved.changes if c.address in known)
    if not targets:
        return replace(saved, changes=())
    options = PlanOptions(
        opened.scope_of(Scope(targets)), prefer=saved.header.prefer, checks_texts=False,
        rolls_back=rolls_back,
    )  # fmt: skip
    plan = plan_against(opened, applied, options)
    return plan if check_files else _with_kept(plan, saved)


def _with_kept(plan: Plan, saved: Plan) -> Plan:
    """Return a plan with the kept fields of the saved one, which only the files can tell."""
    kept = {change.address: change.kept for change in saved.changes}
    changes = (replace(c, kept=kept.get(c.address, c.kept)) for c in plan.changes)
    return replace(plan, changes=tuple(changes))


def _planned_resources(
    opened: OpenWorkspace, saved: Plan
) -> Iterator[tuple[Address, Resource | None]]:
    """Yield what the plan says instead of the files; None for what it removes."""
    for change in saved.changes:
        if change.deletes_former:
            continue
        if change.moved_from is not None:
            yield change.moved_from, None
        if change.wanted is None:
            yield change.address, None
            continue
        own = opened.configuration.desired.resources.get(change.address)
        planned = opened.kinds.with_attributes(own or Resource(change.address, {}), change.wanted)
        yield change.address, replace(planned, protect=change.protect, ignore=())


def _differing(saved: Plan, again: Plan) -> Iterator[tuple[Address, str]]:
    """Yield the addresses whose changes are not what they are now, each with the reason."""
    fresh = {(change.address, change.action): change for change in again.changes}
    blocked = {item.address: item.hint for item in again.blocked}
    for change in saved.changes:
        now = fresh.get((change.address, change.action))
        if now is None:
            is_changed = any(each.address == change.address for each in again.changes)
            reason = _OTHER_CHANGE if is_changed else _NO_CHANGE
            yield change.address, blocked.get(change.address, reason)
        elif change_digest(change) != change_digest(now):
            yield change.address, _OTHER_CHANGE
        elif text := _new_reach(change, now):
            yield change.address, text


def _new_reach(change: Change, now: Change) -> str:
    """Return a sentence about a user that reaches people now and did not in the plan.

    It is empty if there is none.
    """
    known, before = {identity_of(user) for user in watched_users(change)}, live_users(change)
    for each, user in live_users(now).items():
        if each in before or (change.unknown_users_may_be_live and user in now.possible_users):
            continue
        if each in known:
            return f"{name_of_user(user)}, which uses it, was started since the plan was made."
        uses = "may use it" if user in now.possible_users else "uses it"
        state = state_of_user(user)
        return f"{name_of_user(user)} ({state}) {uses} now, but the plan does not list it."
    if now.unknown_users_may_be_live and not change.unknown_users_may_be_live:
        return "An object that reaches people may use it now, but the plan does not list one."
    return ""


def _on_drift(saved: Plan, decisions: Decisions) -> OnDrift:
    """Return how changes that would undo an edit are treated: a saved plan has left others out."""
    choices = {saved.header.on_drift, decisions.on_drift}
    return OnDrift.OVERWRITE if choices == {OnDrift.OVERWRITE} else OnDrift.STOP


def _check_decided(
    plan: Plan, saved: Plan, applied: AppliedState, unconfirmed: Collection[Address]
) -> None:
    """Raise PlanError if the plan file decides a conflict that `apply` was not given."""
    side, confirmed = saved.header.prefer, [c for c in plan.changes if c.address not in unconfirmed]
    keeping = [change for change in confirmed if _keeps_more(change, applied)]
    if side is plan.header.prefer and (side is PreferredSide.LIVE or not keeping):
        return
    decided = keeping or [change for change in confirmed if is_conflict(change)]
    if not decided and plan.header.prefer is None:
        return
    which = f"{names(decided)} changed on both sides, and a" if decided else "A"
    made = f"The plan was made with `--prefer {side}`" if side else "The plan decides no conflict"
    hint = f"pass `--prefer {side}` to apply as well" if side else "make a new plan"
    raise PlanError.of(
        "Conflict not decided",
        f"{made}. {which} plan file cannot decide a conflict by itself. Nothing was changed. Look "
        f"at the plan, then {hint}.",
    )


def _keeps_more(change: Change, applied: AppliedState) -> bool:
    """Return whether a change keeps fields that the state does not keep yet."""
    binding = applied.bindings.get(change.moved_from or change.address)
    return bool(change.kept.items() - (binding.kept.items() if binding else set()))


def _most_unchanged(opened: OpenWorkspace, saved: Plan, applied: AppliedState) -> int:
    """Return how many objects in the plan's scope can be unchanged at most."""
    scope = opened.scope_of(Scope(saved.header.target, saved.header.exclude)).upper_bound
    changed = {change.address for change in saved.changes if change.action is not Action.NOOP}
    return sum(scope.includes(address) and address not in changed for address in applied.bindings)
