"""The guards that refuse a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from cioform.core.address import Address
from cioform.model.reach import Reach, ReachState
from cioform.model.remote_access.conversation import Api
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action, Change, FieldChange, Origin, UnmanagedUser, User
from cioform.plan.guards.guard import find_guard_violations
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.plan import Plan, PlanHeader, PreferredSide
from cioform.plan.policy_violation import PolicyViolation
from tests.support.sandbox_project import BOTH_APIS, SandboxProject

HEADER = PlanHeader("acme", 1, "l", 1, 0)
OPEN = Guards(
    allow_delete=True, allow_live=True, allow_replace=True, max_deletes=None, max_percent=100
)


def change(action: Action, name: str = "a", **more: Any) -> Change:
    return Change(Address("segment", name), action, **more)


def many(action: Action, count: int) -> list[Change]:
    return [change(action, f"s{n}") for n in range(count)]


def violations(changes: Sequence[Change], guards: Guards = OPEN, **plan: Any) -> list[str]:
    header = plan.pop("header", HEADER)
    return [
        each.guard for each in find_guard_violations(Plan(header, tuple(changes), **plan), guards)
    ]


@pytest.mark.parametrize(
    ("action", "guard"), [(Action.DELETE, "allow_delete"), (Action.REPLACE, "allow_replace")]
)
def test_delete_and_replace_are_refused_by_default(action: Action, guard: str) -> None:
    assert violations([change(action)], Guards()) == [guard]
    assert violations([change(action)]) == []


@pytest.mark.parametrize("action", [Action.DELETE, Action.REPLACE])
@pytest.mark.parametrize("held", ["protect", "protected"])
def test_a_protection_cannot_be_overridden(action: Action, held: str) -> None:
    protected: dict[str, Any] = {held: True}
    assert violations([change(action, **protected)]) == ["protect"]
    assert violations([change(Action.UPDATE, **protected)]) == []


def test_forgetting_deletes_nothing() -> None:
    assert violations([change(Action.FORGET, protected=True)], Guards()) == []


@pytest.mark.parametrize("state", [ReachState.RUNNING, ReachState.LIVE])
def test_a_running_campaign_needs_a_flag(state: ReachState) -> None:
    touching = change(Action.UPDATE, reach=Reach(state))
    assert violations([touching], Guards()) == ["allow_live"]
    assert violations([touching]) == []
    assert violations([change(Action.ADOPT, reach=Reach(state))], Guards()) == []


@pytest.mark.parametrize("action", [Action.UPDATE, Action.REPLACE, Action.DELETE])
def test_an_unknown_status_needs_the_same_flag(action: Action) -> None:
    touching = change(action, remote_id="1")
    allowed = Guards(allow_delete=True, allow_replace=True)
    assert violations([touching], allowed) == ["allow_live"]
    assert violations([touching], allowed.with_overrides(allow_live=True)) == []
    [refusal] = find_guard_violations(Plan(HEADER, (touching,)), allowed)
    assert refusal.detail.startswith("segment.a is not known to be a draft: ")


def test_a_new_resource_is_a_draft() -> None:
    assert violations([change(Action.CREATE)], Guards()) == []


@pytest.mark.parametrize(
    "apis", [{Api.APP}, {Api.JOURNEYS}, BOTH_APIS], ids=["app", "journeys", "both"]
)
@pytest.mark.parametrize("state", ["active", "draft"])
def test_an_active_message_is_guarded_with_either_credential(
    project: SandboxProject, apis: set[Api], state: str
) -> None:
    project.replace_documents(
        {"transactional/receipt.yaml": {"name": "Receipt", "email": {"subject": "Thanks"}}}
    )
    project.apply()
    [message] = project.content()["transactional_messages"]
    project.seed(transactional_messages=[{**message, "state": state}])
    project.write(
        "transactional/receipt.yaml", {"name": "Receipt", "email": {"subject": "Thank you"}}
    )
    plan = project.plan(frozenset(apis))
    assert [each.action for each in plan.changes] == [Action.UPDATE]
    # The App API does not return the state of a message.
    free = state == "draft" and Api.JOURNEYS in apis
    expected = [] if free else ["allow_live"]
    assert [each.guard for each in find_guard_violations(plan, Guards())] == expected


@pytest.mark.parametrize(
    ("path", "after"),
    [
        (("messages", "hello", "sending"), "automatic"),
        (("messages",), {"hello": {"type": "email", "sending": "automatic"}}),
        (("workflow",), [{"email": {"sending": "automatic"}}]),
    ],
)
def test_automatic_sending_needs_a_flag_at_any_depth(path: Any, after: Any) -> None:
    sending = change(Action.CREATE, fields=(FieldChange(path, None, after),))
    assert violations([sending], Guards()) == ["allow_live"]


def test_a_message_that_programs_send_needs_no_flag() -> None:
    new = FieldChange(("email",), None, {"sending": "automatic"})
    changed = FieldChange(("email", "sending"), "draft", "automatic")
    for action, field in ((Action.CREATE, new), (Action.UPDATE, changed)):
        assert violations([change(action, fields=(field,))], Guards()) == []


def test_drafts_need_no_flag() -> None:
    fields = (FieldChange(("messages", "hello", "sending"), "automatic", "draft"),)
    assert violations([change(Action.UPDATE, fields=fields)], Guards()) == []


def test_flags_only_add_permissions() -> None:
    own = Guards(allow_delete=True, max_changes=3)
    assert own.with_overrides() == own
    assert own.with_overrides(allow_live=True) == Guards(
        allow_delete=True, allow_live=True, max_changes=3
    )
    assert Guards().with_overrides(allow_delete=True, allow_replace=True) == Guards(
        allow_delete=True, allow_replace=True
    )


def test_the_settings_are_the_guards(project: SandboxProject) -> None:
    project.write(
        "workspace.yaml",
        "format: 1\nguards: {allow_delete: true, max_changes: 3, max_percent: 10}\n",
    )
    with project.open() as session:
        assert session.guards(allow_live=True) == Guards(
            allow_delete=True, allow_live=True, max_changes=3, max_percent=10
        )


def test_a_conflict_needs_a_preference() -> None:
    fields = (FieldChange(("name",), "a", "b", Origin.CONFLICT),)
    conflict = change(Action.UPDATE, fields=fields)
    assert violations([conflict]) == ["conflict"]
    prefer_config = PlanHeader("acme", 1, "l", 1, 0, prefer=PreferredSide.CONFIG)
    assert violations([conflict], header=prefer_config) == []


def test_the_limits_of_changes() -> None:
    assert violations(many(Action.DELETE, 6), Guards(allow_delete=True, max_percent=100)) == [
        "max_deletes"
    ]
    assert violations(many(Action.CREATE, 3), Guards(max_changes=2)) == ["max_changes"]
    assert violations(many(Action.ADOPT, 3), Guards(max_changes=2)) == []


@pytest.mark.parametrize(
    ("changed", "unchanged", "expected"),
    [(5, 0, []), (6, 6, []), (6, 5, ["max_percent"]), (6, 0, ["max_percent"])],
)
def test_the_limit_of_the_percentage(changed: int, unchanged: int, expected: list[str]) -> None:
    found = violations(many(Action.UPDATE, changed), Guards(), unchanged=unchanged)
    assert found == expected


def test_creations_and_state_only_changes_do_not_lower_the_percentage() -> None:
    edits = many(Action.UPDATE, 6)
    made = [change(Action.CREATE, f"c{n}") for n in range(20)]
    adopted = [change(Action.NOOP, f"n{n}") for n in range(5)]
    assert violations([*edits, *made], Guards()) == ["max_percent"]
    assert violations([*edits, *adopted], Guards(), unchanged=5) == ["max_percent"]


def test_the_limit_of_people() -> None:
    wide = change(Action.UPDATE, reach=Reach(ReachState.SHARED, 1001))
    assert violations([wide], Guards(max_people=1000)) == ["max_people"]
    assert violations([wide], Guards(max_people=1001)) == []
    assert violations([change(Action.UPDATE)], Guards(max_people=0)) == []


@pytest.mark.parametrize(
    ("state", "guards"),
    [
        (ReachState.RUNNING, ["allow_live"]),
        (ReachState.LIVE, ["allow_live"]),
        (ReachState.UNKNOWN, ["allow_live"]),
        (ReachState.DRAFT, []),
        (ReachState.STOPPED, []),
        (ReachState.NOT_READ, []),
    ],
)
def test_a_shared_object_is_as_live_as_its_users(state: ReachState, guards: list[str]) -> None:
    user = User(Address("campaign", "welcome"), state)
    changed = change(Action.UPDATE, reach=Reach(ReachState.SHARED), users=(user,))
    assert violations([changed], Guards()) == guards
    assert violations([changed]) == []


def breaches(
    count: int, *, needs_approval: bool, through: str = "a"
) -> tuple[PolicyViolation, ...]:
    address = Address("segment", through)
    return tuple(
        PolicyViolation("no-canals", needs_approval, "No canals.", f"No. {n}.", address, (address,))
        for n in range(count)
    )


@pytest.mark.parametrize(
    ("needs_approval", "hint", "flag"),
    [(True, "Pass --approve no-canals", "--approve=no-canals"), (False, "nobody can approve", "")],
)
def test_a_breach_of_a_policy_says_whether_it_can_be_approved(
    needs_approval: bool, hint: str, flag: str
) -> None:
    plan = Plan(HEADER, (change(Action.UPDATE),))
    found = replace(plan, breaches=breaches(1, needs_approval=needs_approval))
    [violation] = find_guard_violations(found, OPEN)
    assert (violation.guard, violation.flag) == ("policy no-canals", flag)
    assert hint in violation.hint
    assert violation.detail == "No canals. No. 0."
    approved = replace(OPEN, approved=frozenset({"no-canals"}))
    assert bool(find_guard_violations(found, approved)) is not needs_approval


@pytest.mark.parametrize(("count", "more"), [(3, "No. 2."), (4, "No. 2. And 1 more.")])
def test_only_the_first_breaches_of_a_policy_are_shown(count: int, more: str) -> None:
    plan = Plan(HEADER, (change(Action.UPDATE),))
    found = replace(plan, breaches=breaches(count, needs_approval=False))
    [violation] = find_guard_violations(found, OPEN)
    assert violation.detail.endswith(more)


def test_a_breach_that_no_change_of_the_plan_makes_refuses_nothing() -> None:
    plan = Plan(HEADER, (change(Action.UPDATE),))
    others = breaches(1, needs_approval=False, through="other")
    assert find_guard_violations(replace(plan, breaches=others), OPEN) == ()


def only_violation(*changes: Change, guards: Guards = OPEN, **more: Any) -> GuardViolation:
    [violation] = find_guard_violations(Plan(HEADER, changes, **more), guards)
    return violation


def test_as_many_deletions_as_the_limit_are_allowed() -> None:
    limited = replace(OPEN, max_deletes=5)
    assert violations(many(Action.DELETE, 5), limited) == []
    assert violations(many(Action.DELETE, 6), limited) == ["max_deletes"]


def test_a_replacement_of_something_with_steps_says_that_people_leave() -> None:
    guards = replace(OPEN, allow_replace=False)
    with_steps = change(Action.REPLACE, "welcome", parts={"a": "1"})
    without = change(Action.REPLACE, "imprint")
    detail = only_violation(with_steps, without, guards=guards).detail
    assert detail.endswith(f" The people in {with_steps.address} would leave.")
    assert only_violation(without, guards=guards).detail.endswith("one.")


def test_only_of_a_replacement_of_what_sends_metrics_are_lost() -> None:
    guards = replace(OPEN, allow_replace=False)
    shared = change(Action.REPLACE, "imprint", reach=Reach(ReachState.SHARED))
    sends = change(Action.REPLACE, "welcome", reach=Reach(ReachState.DRAFT))
    assert "metrics" not in only_violation(shared, guards=guards).detail
    detail = only_violation(shared, sends, guards=guards).detail
    assert f"{sends.address} would be replaced by a new object, without the metrics" in detail
    assert f"{shared.address} would be replaced by a new object with another ID." in detail


def test_only_what_reaches_people_is_named_as_live() -> None:
    user = User(Address("campaign", "welcome"), ReachState.RUNNING)
    automatic = FieldChange(("messages", "hello", "sending"), "draft", "automatic")
    reaching = [
        change(Action.UPDATE, "running", reach=Reach(ReachState.RUNNING)),
        change(Action.UPDATE, "live", reach=Reach(ReachState.LIVE)),
        change(Action.UPDATE, "used", reach=Reach(ReachState.SHARED), users=(user,)),
        change(
            Action.UPDATE, "used_by_other", reach=Reach(ReachState.SHARED),
            unmanaged_users=(UnmanagedUser("campaign", "1", "Old", ReachState.RUNNING),),
        ),
        change(Action.UPDATE, "automatic", fields=(automatic,)),
    ]  # fmt: skip
    others = [
        change(Action.UPDATE, "draft", reach=Reach(ReachState.DRAFT)),
        change(
            Action.UPDATE, "used_by_draft", reach=Reach(ReachState.SHARED),
            unmanaged_users=(UnmanagedUser("campaign", "1", "Old", ReachState.DRAFT),),
        ),
        change(Action.ADOPT, "adopted", reach=Reach(ReachState.RUNNING)),
    ]  # fmt: skip
    violation = only_violation(*reaching, *others, guards=replace(OPEN, allow_live=False))
    assert violation.addresses == tuple(each.address for each in reaching)
    assert "segment.running is running. segment.live is live: " in violation.detail
    assert "segment.automatic has messages with `sending: automatic`" in violation.detail
    assert "segment.used is used by campaign.welcome" in violation.detail
    assert "segment.used_by_other is used by " in violation.detail
    assert "used_by_draft" not in violation.detail


@pytest.mark.parametrize(
    ("prefer", "guards"),
    [(None, ["rolled_back"]), (PreferredSide.LIVE, ["rolled_back"]), (PreferredSide.CONFIG, [])],
)
def test_what_was_rolled_back_is_not_applied_again(
    prefer: PreferredSide | None, guards: list[str]
) -> None:
    header = replace(HEADER, prefer=prefer)
    rolled_back = {"segment.a": "r1"}
    both = [change(Action.UPDATE), change(Action.UPDATE, "b")]
    assert violations(both, header=header, rolled_back=rolled_back) == guards
    assert violations(both[1:], header=header, rolled_back=rolled_back) == []
