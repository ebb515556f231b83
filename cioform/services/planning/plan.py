"""Make the plan that turns the workspace into what the files say."""

from __future__ import annotations

import os
from collections.abc import Iterable

from cioform.config.load import default_problems
from cioform.config.one_workspace import one_workspace_problems
from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.diagnostic import Location
from cioform.core.errors import ConfigError
from cioform.model.objects.snapshot import AppliedState, LiveSnapshot
from cioform.model.remote_access.conversation import Api
from cioform.model.settings.limits import Guards
from cioform.plan.approvals import needed_approvals
from cioform.plan.change import Action, BlockedChange
from cioform.plan.fields_in_file import field_location
from cioform.plan.guards.live_edits import with_live_edits
from cioform.plan.guards.managed_elsewhere import with_managed_elsewhere
from cioform.plan.matching.base_documents import former_addresses, moves_of
from cioform.plan.plan import OnDrift, Plan, PlanHeader, PreferredSide
from cioform.plan.planner import make_plan
from cioform.plan.reach.not_judged import growth_not_judged, people_not_judged
from cioform.plan.reach.users import users_not_read, with_user_states
from cioform.plan.review.on_drift import without_reverts
from cioform.plan.review.rolled_back import with_rolled_back
from cioform.plan.review.waiting import waiting_changes
from cioform.plan.selecting.scope import Scope, pairs_in_scope
from cioform.run.reading.history.audit import with_editors
from cioform.run.reading.obstacles import find_obstacles
from cioform.run.reading.reach.audience_size import PeopleCounter, with_audience_sizes
from cioform.run.reading.reach.estimates import with_estimates
from cioform.run.reading.reach.unmanaged_users import with_unmanaged_users
from cioform.run.reading.reach.user_states import read_users
from cioform.run.reading.taken_names import block_taken_names
from cioform.services.context import OpenWorkspace
from cioform.services.linting.check import check_written_texts
from cioform.services.lookup.selection import resolve_scope
from cioform.services.planning.recorded_settings import changed_since_apply
from cioform.services.planning.text_warnings import text_warnings
from cioform.services.policies.changed import changed_policies
from cioform.services.policies.check import check_approvals, with_policies
from cioform.services.project.git import checked_out_commit
from cioform.services.project.stamps import check_repository, managed_elsewhere
from cioform.services.reading.read import read_workspace
from cioform.services.reading.recovery import read_recovered_state
from cioform.services.reading.state_checks import check_compared_values, values_of_state_checked


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a plan covers, and which side wins where the files and the workspace differ."""

    scope: Scope = field(default_factory=Scope)
    prefer: PreferredSide | None = None
    on_drift: OnDrift = OnDrift.OVERWRITE
    checks_texts: bool = True
    """Whether errors in the texts that the plan writes refuse it."""
    warns: bool = False
    """Whether the texts that the plan writes are checked for more than errors."""
    rolls_back: str | None = None
    """The run that the plan undoes, if it undoes one."""


def plan_workspace(opened: OpenWorkspace, options: PlanOptions) -> Plan:
    """Read the workspace and return the plan; sends reads only."""
    problems = list(default_problems(opened.configuration, opened.kinds))
    settings = opened.configuration.settings
    problems += one_workspace_problems(opened.root, opened.name, settings, os.environ)
    if problems:
        raise ConfigError(problems)
    applied = read_recovered_state(opened)
    options = replace(options, scope=opened.scope_of(options.scope))
    with values_of_state_checked(opened, applied):
        plan = plan_against(opened, applied, options)
    differing = {change.moved_from or change.address for change in plan.changes}
    check_compared_values(opened, applied, differing | {each.address for each in plan.drift})
    return plan


def plan_against(opened: OpenWorkspace, applied: AppliedState, options: PlanOptions) -> Plan:
    """Return the plan of a state that was recovered, as `plan_workspace` does."""
    scope = resolve_scope(opened, options.scope, applied)
    check_repository(opened.root, opened.configuration)
    matched, live = read_workspace(opened, applied, scope)
    opened = opened.with_moves(moves_of(matched.pairs))
    scope = opened.scope_of(scope)
    pairs = pairs_in_scope(scope, matched.pairs, opened.kinds)
    obstacles = find_obstacles(opened.kinds, pairs, opened.provider)
    header = _header(opened, applied, options)
    complete = make_plan(opened.kinds, matched, live, header, scope, obstacles)
    plan = without_reverts(with_managed_elsewhere(complete, _places(opened, applied, live)))
    plan = with_rolled_back(plan, applied, opened.configuration.desired.resources)
    findings = () if not options.checks_texts else check_written_texts(
        opened.root, opened.configuration, opened.kinds, _written_addresses(plan),
        errors_only=not options.warns, base_addresses=opened.base.addresses,
    )  # fmt: skip
    plan, live = _with_users_out_of_scope(opened, plan, live)
    editors = with_editors(
        plan.drift, matched.pairs, opened.kinds, opened.provider, live.objects,
        opened.store.history,
    )  # fmt: skip
    counter = PeopleCounter(opened.kinds, live, opened.provider)
    plan = with_unmanaged_users(block_taken_names(plan, counter), counter)
    plan = with_live_edits(plan, opened.kinds)
    counted = with_audience_sizes(replace(plan, drift=editors), counter)
    known = (*opened.configuration.desired.resources, *applied.bindings)
    plan = replace(with_estimates(counted, counter), excluded=scope.count_always_excluded(known))
    plan = _with_not_judged(opened, plan, live)
    plan = with_policies(opened, _with_locations(opened, plan))
    removed = tuple(sorted(filter(scope.includes, opened.base.removed)))
    plan = _with_approvals(opened, plan, complete, removed)
    if not options.warns:
        return plan
    written = set(_written_addresses(plan))
    return replace(plan, warnings=text_warnings(opened, applied, written, findings))


def _with_approvals(
    opened: OpenWorkspace, plan: Plan, complete: Plan, removed: Iterable[Address]
) -> Plan:
    """Return the plan with the approvals that it needs; `complete` is the one without omissions."""
    owners = opened.configuration.settings.owners
    waiting = tuple(waiting_changes(complete, plan))
    former = former_addresses((*plan.changes, *waiting), opened.base)
    approvals = needed_approvals(opened.kinds, plan.changes, owners, former, removed, waiting)
    return replace(plan, approvals=approvals)


def _with_not_judged(opened: OpenWorkspace, plan: Plan, live: LiveSnapshot) -> Plan:
    """Return the plan with what the guards that count people cannot judge."""
    guards = opened.configuration.settings.guards
    if guards.max_audience_growth is not None:
        unknown = growth_not_judged(plan, opened.kinds, live.objects)
        plan = replace(plan, growth_not_judged=unknown)
    if guards.max_people is not None:
        plan = replace(plan, people_not_judged=people_not_judged(plan))
    return plan


def _with_locations(opened: OpenWorkspace, plan: Plan) -> Plan:
    """Return the plan with the locations of blocked changes in the files."""

    def location(item: BlockedChange) -> Location | None:
        resource = opened.configuration.desired.resources.get(item.address)
        fields = item.fields if item.action is Action.UPDATE else ()
        kind = opened.kinds[item.address.kind]
        return None if resource is None else field_location(kind, resource, fields)

    return replace(plan, blocked=tuple(replace(b, location=location(b)) for b in plan.blocked))


def _places(opened: OpenWorkspace, applied: AppliedState, live: LiveSnapshot) -> dict[Address, str]:
    """Return where objects are managed that another project or workspace manages."""
    ids = {(address.kind, each.remote_id) for address, each in applied.bindings.items()}
    bound = {a for a, each in live.objects.items() if (a.kind, each.remote_id) in ids}
    stamps = {address: each.decoded.stamp for address, each in live.objects.items()}
    return managed_elsewhere(opened.root, opened.configuration, stamps, bound)


def _written_addresses(plan: Plan) -> list[Address]:
    """Return the addresses whose texts a plan writes."""
    return [c.address for c in plan.changes if c.action.writes_values]


def _with_users_out_of_scope(
    opened: OpenWorkspace, plan: Plan, live: LiveSnapshot
) -> tuple[Plan, LiveSnapshot]:
    """Return the plan with the state of all users of what it changes, and those users.

    A scope limits what a plan changes, not whom it reaches.
    """
    users = users_not_read(plan.changes)
    if not users:
        return plan, live
    found = read_users(users, opened.kinds, live.names, opened.provider, live.listing)
    changes = with_user_states(plan.changes, found)
    objects = {**{a: one for a, one in found.items() if one is not None}, **live.objects}
    return replace(plan, changes=changes), replace(live, objects=objects)


def workspace_guards(
    opened: OpenWorkspace,
    *,
    allow_delete: bool,
    allow_live: bool,
    allow_replace: bool,
    approved: Iterable[str] = (),
    window_override: str = "",
) -> Guards:
    """Return the guards of `workspace.yaml`, relaxed by what the caller allows.

    Raises UsageError for an approval of a policy that does not exist or cannot be approved.
    """
    return opened.configuration.settings.guards.with_overrides(
        allow_delete=allow_delete, allow_live=allow_live, allow_replace=allow_replace,
        approved=check_approvals(opened, approved), window_override=window_override,
    )  # fmt: skip


def _header(opened: OpenWorkspace, applied: AppliedState, options: PlanOptions) -> PlanHeader:
    settings = opened.configuration.settings.rate
    rates = {Api.APP: settings.app, Api.JOURNEYS: settings.journeys}
    return PlanHeader(
        workspace=opened.name,
        workspace_id=opened.workspace_id,
        lineage=applied.lineage,
        serial=applied.serial,
        made_at=int(opened.clock()),
        commit=checked_out_commit(opened.root),
        apis=tuple(sorted(opened.apis)),
        target=options.scope.target,
        exclude=options.scope.exclude,
        prefer=options.prefer,
        on_drift=options.on_drift,
        rolls_back=options.rolls_back,
        rate=min(rate for api, rate in rates.items() if api in opened.apis),
        live_edits=opened.configuration.settings.live_edits,
        settings_from=opened.configuration.settings.base_commit,
        changed_settings=(
            *opened.configuration.settings.changed_since_base,
            *changed_policies(opened),
        ),
        changed_since_apply=changed_since_apply(opened, applied),
        live_edits_refused_at=applied.live_edits_refused_at,
        window=opened.configuration.settings.apply_window.status(opened.clock()),
    )
