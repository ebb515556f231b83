"""Whose people are counted: those of what a plan changes, and of what may send its changes."""

from __future__ import annotations

from typing import Any

from cioform.core.address import Address
from cioform.model.objects.snapshot import Listing, LiveSnapshot
from cioform.model.reach import PeopleCount, ReachState
from cioform.model.references.names import Names
from cioform.plan.change import Action, Change, User
from cioform.plan.plan import Plan, PlanHeader
from cioform.run.reading.reach.audience_size import with_audience_sizes
from tests.support.fake_provider import FakeProvider

VIP, NEW = Address("segment", "vip"), Address("segment", "new")
RUNNING, DRAFT, UNREAD = (Address("campaign", name) for name in ("running", "draft", "unread"))


class Counter:
    """Counts the people that it was notified of, and keeps whom it was asked about."""

    def __init__(self, people: dict[Address, int | None]) -> None:
        objects: dict[Address, Any] = {address: address for address in people}
        self.live = LiveSnapshot(Listing({}), objects, Names())
        self.provider = FakeProvider()
        self.people = people
        self.asked: list[Address] = []

    def count(self, live_object: Any) -> PeopleCount | None:
        self.asked.append(live_object)
        people = self.people[live_object]
        return None if people is None else PeopleCount(people)


def counted(counter: Any, *changes: Change) -> list[Change]:
    plan = Plan(PlanHeader("acme", 1, "l", 1, 0), changes)
    return list(with_audience_sizes(plan, counter).changes)


def test_only_users_that_may_send_a_change_are_counted() -> None:
    users = (
        User(RUNNING, ReachState.RUNNING),
        User(DRAFT, ReachState.DRAFT),
        User(UNREAD, ReachState.RUNNING),
    )
    counter = Counter({VIP: 5, RUNNING: 7, DRAFT: 9})
    [change] = counted(counter, Change(VIP, Action.UPDATE, users=users))
    assert change.reach.people == 5
    assert [user.people for user in change.users] == [7, None, None]
    assert sorted(counter.asked) == [RUNNING, VIP]


def test_what_is_new_or_not_written_is_not_counted() -> None:
    counter = Counter({VIP: 5})
    changes = (Change(NEW, Action.CREATE), Change(VIP, Action.ADOPT))
    assert counted(counter, *changes) == list(changes)
    assert counter.asked == []


def test_a_user_that_the_plan_changes_is_counted_once() -> None:
    counter = Counter({VIP: None, RUNNING: 7})
    user = Change(RUNNING, Action.UPDATE)
    used = Change(VIP, Action.UPDATE, users=(User(RUNNING, ReachState.RUNNING),))
    first, second = counted(counter, used, user)
    assert first.reach.people is None
    assert (first.users[0].people, second.reach.people) == (7, 7)
    assert sorted(counter.asked) == [RUNNING, VIP]
