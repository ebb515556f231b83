"""Which changes Customer.io may refuse because they reach people: blocked, or first in order."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.kinds import find_kinds
from cioform.model.reach import Reach, ReachState
from cioform.model.remote_access.conversation import Api
from cioform.model.settings.limits import LiveEdits
from cioform.plan.change import Action, BlockedChange, Change, UnmanagedUser, User
from cioform.plan.guards.live_edits import with_live_edits
from cioform.plan.plan import Plan, PlanHeader

KINDS = find_kinds()
USER = Address("campaign", "user")
RUNNING, DRAFT = Reach(ReachState.RUNNING), Reach(ReachState.DRAFT)


def change(address: str, action: Action = Action.UPDATE, **more: Any) -> Change:
    return Change(Address.parse(address), action, **{"api": Api.JOURNEYS, "reach": DRAFT, **more})


def judged(*changes: Change, live_edits: LiveEdits = LiveEdits.UNKNOWN, **more: Any) -> Plan:
    header = PlanHeader("acme", 1, "l", 1, 0, live_edits=live_edits)
    return with_live_edits(Plan(header, changes, **more), KINDS)


def user(state: ReachState) -> User:
    return User(USER, state)


def unmanaged(state: ReachState) -> UnmanagedUser:
    return UnmanagedUser("campaign", "1", "Old", state)


@pytest.mark.parametrize(
    ("made", "is_gated"),
    [
        (change("campaign.a", reach=RUNNING), True),
        (change("campaign.a", Action.DELETE, reach=RUNNING), True),
        (change("campaign.a"), False),
        (change("campaign.a", Action.ADOPT, reach=RUNNING), False),
        (change("campaign.a", reach=RUNNING, api=Api.APP), False),
        (change("snippet.a", reach=RUNNING), False),
        (change("segment.a", users=(user(ReachState.DRAFT), user(ReachState.RUNNING))), True),
        (change("segment.a", users=(user(ReachState.DRAFT),)), False),
        (
            change(
                "segment.a",
                unmanaged_users=(unmanaged(ReachState.DRAFT), unmanaged(ReachState.RUNNING)),
            ),
            True,
        ),
        (change("segment.a", unmanaged_users=(unmanaged(ReachState.DRAFT),)), False),
    ],
)
def test_what_a_running_campaign_reaches_may_be_refused(made: Change, is_gated: bool) -> None:
    [found] = judged(made).changes
    assert found.is_gated is is_gated
    allowed = judged(made, live_edits=LiveEdits.NO)
    assert len(allowed.blocked) == is_gated


def test_what_may_be_refused_comes_first_with_what_it_needs() -> None:
    gated = change("campaign.z", reach=RUNNING, depends_on=(Address("layout", "b"),))
    plan = judged(change("layout.a"), change("layout.b"), gated, change("segment.c"))
    assert [str(each.address) for each in plan.changes] == [
        "layout.b", "campaign.z", "layout.a", "segment.c",
    ]  # fmt: skip


def test_deletions_of_what_a_blocked_change_would_have_let_go_are_blocked_too() -> None:
    gated = change("campaign.b", reach=RUNNING)
    used = change("segment.c", Action.DELETE, depends_on=(gated.address,))
    inner = change("segment.a", Action.DELETE, depends_on=(used.address, Address("segment", "x")))
    free = change("segment.free", Action.DELETE, depends_on=(Address("segment", "x"),))
    kept = change("segment.kept", Action.UPDATE, depends_on=(gated.address,))
    earlier = BlockedChange(Address("topic", "t"), Action.CREATE, (), "No API.")
    plan = judged(gated, used, inner, free, kept, live_edits=LiveEdits.NO, blocked=(earlier,))
    assert [str(each.address) for each in plan.changes] == ["segment.free", "segment.kept"]
    assert [(str(each.address), each.hint.partition(",")[0]) for each in plan.blocked] == [
        ("campaign.b", plan.blocked[0].hint.partition(",")[0]),
        ("segment.a", "It is used by segment.c"),
        ("segment.c", "It is used by campaign.b"),
        ("topic.t", "No API."),
    ]
    assert "live_edits: yes" in plan.blocked[0].hint
