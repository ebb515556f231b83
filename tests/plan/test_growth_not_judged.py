"""Live users of changed conditions whose growth is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.kinds import find_kinds
from cioform.model.objects.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.reach import Reach, ReachState
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Action, Change, UnmanagedUser, User
from cioform.plan.plan import Plan, PlanHeader
from cioform.plan.reach.not_judged import growth_not_judged

BASE, NESTED, C = (Address.parse(each) for each in ("segment.base", "segment.nested", "campaign.c"))
EXISTS = {"attribute": "plan", "exists": True}
IN_BASE: dict[str, Any] = {"segment": "base"}
IN_NESTED: dict[str, Any] = {"segment": "nested"}
WITHOUT_BASE: dict[str, Any] = {"all": [EXISTS, {"not": IN_BASE}]}
MAIL: dict[str, Any] = {"id": "m", "email": {"subject": "s", "body": "b"}}
RUNNING = ReachState.RUNNING
HEADER = PlanHeader("acme", 1, "l", 1, 0)
HIDDEN = UnmanagedUser("campaign", "7", "Hidden", RUNNING)


def live(address: Address, attributes: Attributes) -> LiveObject:
    found = RemoteObject("1", address.name, Api.JOURNEYS, {})
    return LiveObject(address.kind, found, Decoded(attributes))


def change_of_base(*users: User, **more: Any) -> Change:
    """Return a change of conditions that makes a segment smaller."""
    reach = Reach(ReachState.SHARED, 60, 2)
    options = {"reach": reach, "selects_people": True, "users": users, **more}
    return Change(BASE, options.pop("action", Action.UPDATE), **options)


def not_judged(change: Change, campaign: Attributes) -> tuple[str, ...]:
    objects = {C: live(C, campaign), NESTED: live(NESTED, {"conditions": WITHOUT_BASE})}
    return growth_not_judged(Plan(HEADER, (change,)), find_kinds(), objects)


@pytest.mark.parametrize(
    ("fields", "is_named"),
    [
        ({"trigger": IN_BASE}, False),
        ({"trigger": {"event": "e", "audience": IN_BASE}}, False),
        ({"trigger": IN_BASE, "goal": {"segment": "other"}}, False),
        ({"trigger": {"not": IN_BASE}}, True),
        ({"trigger": WITHOUT_BASE}, True),
        ({"trigger": {"all": [EXISTS, IN_BASE]}}, True),
        ({"trigger": {"any": [EXISTS, IN_BASE]}}, True),
        ({"trigger": {"any": [IN_BASE, {"segment": "other"}]}}, True),
        ({"trigger": {"event": "e"}, "exit": {"when": IN_BASE}}, True),
        ({"trigger": IN_BASE, "exit": {"when": IN_BASE}}, True),
        ({"trigger": IN_BASE, "exit": {"when": IN_NESTED}}, True),
        ({"trigger": IN_BASE, "exit": {"when": {"segment": "segment#12"}}}, True),
        ({"trigger": IN_BASE, "workflow": [{**MAIL, "only_if": {"not": IN_BASE}}]}, True),
    ],
)
def test_users_are_named_unless_the_segment_only_lets_people_in(
    fields: dict[str, Any], is_named: bool
) -> None:
    change = change_of_base(User(C, RUNNING))
    assert not_judged(change, {"workflow": [MAIL], **fields}) == ("campaign.c",) * is_named


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (change_of_base(User(C, RUNNING, through=("segment.nested",))), ("campaign.c",)),
        (change_of_base(User(C, ReachState.UNKNOWN)), ("campaign.c",)),
        (change_of_base(User(C, ReachState.DRAFT)), ()),
        (change_of_base(User(C, RUNNING), selects_people=False), ()),
        (change_of_base(User(C, RUNNING), action=Action.CREATE), ()),
        (change_of_base(unmanaged_users=(HIDDEN,)), ('the unmanaged campaign "Hidden"',)),
        (change_of_base(possible_users=(HIDDEN,)), ('the unmanaged campaign "Hidden"',)),
        (change_of_base(User(C, RUNNING), reach=Reach()), ("segment.base", "campaign.c")),
    ],
)
def test_only_users_that_may_be_live_are_named(change: Change, named: tuple[str, ...]) -> None:
    assert not_judged(change, {"trigger": WITHOUT_BASE, "workflow": [MAIL]}) == named
