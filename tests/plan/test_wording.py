"""How guards name changes."""

from __future__ import annotations

import pytest

from cioform.core.address import Address
from cioform.plan.change import Action, Change
from cioform.plan.guards.wording import has, is_, names, was


def changes(count: int) -> list[Change]:
    return [Change(Address("segment", f"s{n}"), Action.UPDATE) for n in range(count)]


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, "segment.s0"),
        (3, "segment.s0, segment.s1 and segment.s2"),
        (4, "segment.s0, segment.s1, segment.s2 and 1 more"),
    ],
)
def test_the_first_addresses_are_named(count: int, expected: str) -> None:
    assert names(changes(count)) == expected


def test_the_verbs_fit_the_number() -> None:
    assert [verb(changes(1)) for verb in (is_, was, has)] == ["is", "was", "has"]
    assert [verb(changes(2)) for verb in (is_, was, has)] == ["are", "were", "have"]
