"""The guards that count: at the limit, one above it, and what they say."""

from __future__ import annotations

from typing import Any

import pytest

from cioform.core.address import Address
from cioform.model.reach import Reach, ReachState
from cioform.model.settings.limits import Guards
from cioform.plan.change import Action, Change, FieldChange
from cioform.plan.guards.counts import check_audience_growth, check_counts, check_people
from cioform.plan.guards.violation import GuardViolation
from cioform.plan.plan import Plan, PlanHeader

HEADER = PlanHeader("acme", 1, "l", 1, 0)
CONDITIONS = (FieldChange(("conditions",), {"attribute": "a"}, {"attribute": "b"}),)


def plan_of(*changes: Change, **more: Any) -> Plan:
    return Plan(HEADER, changes, **more)


def change(name: str, action: Action = Action.UPDATE, **more: Any) -> Change:
    return Change(Address("segment", name), action, **more)


def grows(name: str, before: int | None, after: int | None, **more: Any) -> Change:
    """Return a change of the conditions of a segment."""
    more = {"selects_people": True, "fields": CONDITIONS, **more}
    return change(name, reach=Reach(ReachState.SHARED, before, after), **more)


def named(violation: GuardViolation) -> list[str]:
    return [address.name for address in violation.addresses]


def test_as_many_changes_as_the_limit_are_allowed() -> None:
    changes = (change("a"), change("b", Action.CREATE), change("c", Action.ADOPT))
    assert [*check_counts(plan_of(*changes), Guards(max_changes=2))] == []
    [violation] = check_counts(plan_of(*changes), Guards(max_changes=1))
    assert violation.guard == "max_changes"
    assert violation.detail == "2 objects would change; the limit is 1."
    assert named(violation) == ["a", "b"]


@pytest.mark.parametrize(("unchanged", "is_refused"), [(10, False), (9, True)])
def test_the_percentage_is_of_the_objects_that_exist(unchanged: int, is_refused: bool) -> None:
    changes = [change(f"s{n}") for n in range(10)]
    created = [change(f"c{n}", Action.CREATE) for n in range(30)]
    found = [*check_counts(plan_of(*changes, *created, unchanged=unchanged), Guards())]
    assert [violation.guard for violation in found] == ["max_percent"] * is_refused
    for violation in found:
        assert violation.detail.startswith("10 of 19 existing objects would change, which is 53%")
        assert len(named(violation)) == 10


@pytest.mark.parametrize(
    ("changes", "detail", "names"),
    [
        ([change("a", reach=Reach(ReachState.SHARED, 11))], "segment.a reaches 11 people", ["a"]),
        (
            [
                change("a", reach=Reach(ReachState.SHARED, 11)),
                change("b", reach=Reach(ReachState.SHARED, 12)),
                change("c", reach=Reach(ReachState.SHARED, 10)),
                change("d", Action.ADOPT, reach=Reach(ReachState.SHARED, 99)),
            ],
            "segment.a and segment.b reach up to 12 people",
            ["a", "b"],
        ),
    ],
)
def test_what_reaches_more_people_than_the_limit(
    changes: list[Change], detail: str, names: list[str]
) -> None:
    [violation] = check_people(plan_of(*changes), Guards(max_people=10))
    assert violation.detail == f"{detail}; the limit is 10."
    assert named(violation) == names
    assert [*check_people(plan_of(*changes), Guards(max_people=None))] == []


@pytest.mark.parametrize(
    "item",
    [
        grows("a", 100, 150),
        grows("a", 100, 200, action=Action.CREATE),
        grows("a", 100, 200, selects_people=False),
        grows("a", None, 200),
        grows("a", 0, 0),
    ],
)
def test_an_audience_may_grow_as_far_as_the_limit(item: Change) -> None:
    assert [*check_audience_growth(plan_of(item), Guards(max_audience_growth=50))] == []


def test_without_a_limit_audiences_may_grow() -> None:
    assert [*check_audience_growth(plan_of(grows("a", 1, 999)), Guards())] == []


@pytest.mark.parametrize(("count", "end"), [(3, "from 2 to 1,002 people."), (4, " and 1 more.")])
def test_audiences_that_grow_more_are_named_with_their_sizes(count: int, end: str) -> None:
    changes = [grows(f"s{n}", n, 1000 + n) for n in range(count)]
    [violation] = check_audience_growth(plan_of(*changes), Guards(max_audience_growth=50))
    start = "The audience would grow by more than 50%: segment.s0 from 0 to 1,000 people, "
    assert violation.detail.startswith(start)
    assert violation.detail.endswith(end)
    assert len(named(violation)) == count


def test_audiences_that_were_not_estimated_are_named_too() -> None:
    changes = (grows("a", 1, 9), grows("b", 1, None), grows("c", 9, 1))
    plan = plan_of(*changes, growth_not_judged=("segment.b", "campaign.c"))
    [violation] = check_audience_growth(plan, Guards(max_audience_growth=50))
    assert violation.detail.endswith("from 1 to 9 people. Not estimated: segment.b and campaign.c.")
    assert named(violation) == ["a"]
