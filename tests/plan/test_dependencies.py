"""The order of changes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cioform.core.address import Address
from cioform.plan.building.dependencies import add_deletion_dependencies, sort_by_dependency
from cioform.plan.change import Action, Change


def change(name: str, action: Action = Action.CREATE, needs: Sequence[str] = ()) -> Change:
    depends_on = tuple(Address("segment", each) for each in needs)
    return Change(Address("segment", name), action, depends_on=depends_on)


def names(changes: Sequence[Change]) -> str:
    return "".join(each.address.name for each in changes)


def test_dependencies_come_first_and_then_addresses_in_order() -> None:
    changes = [change("a", needs="d"), change("c"), change("b"), change("d")]
    assert names(sort_by_dependency(changes)) == "bcda"


def test_deletions_come_last_and_users_before_their_dependencies() -> None:
    changes = [change("a", Action.DELETE), change("b", Action.DELETE), change("c")]
    uses = {Address("segment", "b"): [Address("segment", "a")]}
    assert names(sort_by_dependency(add_deletion_dependencies(changes, uses))) == "cba"


def test_a_deletion_follows_the_update_that_removes_the_reference() -> None:
    changes = [change("a", Action.DELETE), change("b", Action.UPDATE), change("c", Action.NOOP)]
    uses = {Address("segment", name): [Address("segment", "a")] for name in "bc"}
    freed = add_deletion_dependencies(changes, uses)
    assert [each.depends_on for each in freed] == [(Address("segment", "b"),), (), ()]


def test_dependencies_outside_of_the_plan_are_ignored() -> None:
    assert names(sort_by_dependency([change("a", needs="z")])) == "a"


def test_a_cycle_is_a_bug() -> None:
    with pytest.raises(ValueError, match="cycle"):
        sort_by_dependency([change("a", needs="b"), change("b", needs="a")])


@settings(max_examples=100)
@given(
    st.lists(
        st.tuples(st.sampled_from(Action), st.sets(st.integers(0, 9), max_size=3)), max_size=10
    )
)
def test_any_order_respects_the_dependencies(
    drawn: list[tuple[Action, set[int]]],
) -> None:
    """Dependencies have smaller numbers, so that there is no cycle."""
    changes = [
        change(str(n), action, [str(m) for m in needs if m < n])
        for n, (action, needs) in enumerate(drawn)
    ]
    ordered = sort_by_dependency(reversed(changes))
    assert sorted(ordered, key=lambda c: c.address) == sorted(changes, key=lambda c: c.address)
    at = {each.address: place for place, each in enumerate(ordered)}
    for each in ordered:
        for need in each.depends_on:
            if need in at and (
                each.action is Action.DELETE or changes[int(need.name)].action is not Action.DELETE
            ):
                assert at[need] < at[each.address]
