"""Changes that are blocked because another change is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cioform.core.address import Address
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.guards.blocking import block_dependents


def address(name: str) -> Address:
    return Address("segment", name)


def change(name: str, action: Action, needs: str = "") -> Change:
    return Change(address(name), action, depends_on=tuple(map(address, needs)))


def blocked(name: str, action: Action) -> BlockedChange:
    return BlockedChange(address(name), action, (), "way out")


def remaining_and_blocked(
    changes: Sequence[Change],
    stopped: Sequence[BlockedChange],
    uses: Mapping[str, str] | None = None,
) -> tuple[str, dict[str, str]]:
    """Return the names of the remaining changes, and why each other one is blocked."""
    references = {address(n): tuple(map(address, used)) for n, used in (uses or {}).items()}
    remaining, all_blocked = block_dependents(changes, stopped, references)
    return "".join(c.address.name for c in remaining), {
        b.address.name: b.way_out for b in all_blocked
    }


def test_changes_that_depend_on_a_blocked_creation_are_blocked() -> None:
    changes = [
        change("b", Action.CREATE, "a"),
        change("c", Action.UPDATE, "b"),
        change("d", Action.CREATE),
    ]
    assert remaining_and_blocked(changes, [blocked("a", Action.CREATE)]) == (
        "d",
        {
            "a": "way out",
            "b": "It refers to segment.a, which is blocked too.",
            "c": "It refers to segment.b, which is blocked too.",
        },
    )


def test_a_blocked_update_does_not_block_references_to_its_object() -> None:
    assert (
        remaining_and_blocked([change("b", Action.CREATE, "a")], [blocked("a", Action.UPDATE)])[0]
        == "b"
    )


def test_state_only_changes_are_never_blocked() -> None:
    assert (
        remaining_and_blocked([change("b", Action.MOVE, "a")], [blocked("a", Action.CREATE)])[0]
        == "b"
    )


def test_an_object_that_a_blocked_change_still_uses_is_not_deleted() -> None:
    changes = [change("a", Action.DELETE), change("b", Action.DELETE)]
    stopped = [blocked("user", Action.UPDATE)]
    assert remaining_and_blocked(changes, stopped, {"user": "a", "a": "b"}) == (
        "",
        {
            "user": "way out",
            "a": "It is used by segment.user, which is blocked too.",
            "b": "It is used by segment.a, which is blocked too.",
        },
    )
