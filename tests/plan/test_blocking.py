"""Changes that are blocked because another change is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from cioform.core.address import Address
from cioform.model.reach import Reach, ReachState
from cioform.plan.change import Action, BlockedChange, Change, UnmanagedUser
from cioform.plan.guards.blocking import (
    block_deletions_in_use,
    block_deletions_used_by_others,
    block_deletions_used_out_of_scope,
    block_dependents,
    block_missing,
)


def address(name: str) -> Address:
    return Address("segment", name)


def change(name: str, action: Action, needs: str = "") -> Change:
    return Change(address(name), action, depends_on=tuple(map(address, needs)))


def blocked(name: str, action: Action) -> BlockedChange:
    return BlockedChange(address(name), action, (), "a hint")


def remaining_and_blocked(
    changes: Sequence[Change],
    stopped: Sequence[BlockedChange],
    uses: Mapping[str, str] | None = None,
) -> tuple[str, dict[str, str]]:
    """Return the names of the remaining changes, and why each other one is blocked."""
    references = {address(n): tuple(map(address, used)) for n, used in (uses or {}).items()}
    remaining, all_blocked = block_dependents(changes, stopped, references)
    return "".join(c.address.name for c in remaining), {b.address.name: b.hint for b in all_blocked}


def test_changes_that_depend_on_a_blocked_creation_are_blocked() -> None:
    changes = [
        change("b", Action.CREATE, "a"),
        change("c", Action.UPDATE, "b"),
        change("d", Action.CREATE),
    ]
    assert remaining_and_blocked(changes, [blocked("a", Action.CREATE)]) == (
        "d",
        {
            "a": "a hint",
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
            "user": "a hint",
            "a": "It is used by segment.user, which is blocked too.",
            "b": "It is used by segment.a, which is blocked too.",
        },
    )


@pytest.mark.parametrize("action", [Action.DELETE, Action.REPLACE])
@pytest.mark.parametrize(
    ("users", "end"),
    [
        ("u", "used by segment.u, outside of the scope of this plan, and what is in use"),
        ("uv", "used by segment.u and segment.v, outside of the scope of this plan, and what"),
    ],
)
def test_what_is_used_outside_of_the_scope_is_not_deleted(
    action: Action, users: str, end: str
) -> None:
    changes = [change("a", action), change("b", Action.UPDATE), change("c", action)]
    references = {address(user): (address("a"), address("b")) for user in users}
    possible, stopped = block_deletions_used_out_of_scope(changes, references)
    assert [each.address.name for each in possible] == ["b", "c"]
    assert [each.address.name for each in stopped] == ["a"]
    assert end in stopped[0].hint


@pytest.mark.parametrize(
    ("needs", "text"),
    [
        ("x", "It uses segment.x."),
        ("xy", "It uses segment.x. It uses segment.y."),
    ],
)
def test_what_needs_something_left_out_is_blocked(needs: str, text: str) -> None:
    changes = [
        change("a", Action.CREATE, needs),
        change("b", Action.ADOPT, needs),
        change("c", Action.CREATE, "a"),
    ]
    possible, stopped = block_missing(
        changes, {address(each): f"It uses segment.{each}." for each in needs}
    )
    assert [each.address.name for each in possible] == ["b", "c"]
    [blocked_change] = stopped
    assert blocked_change.address.name == "a"
    assert text == blocked_change.hint


def test_what_unmanaged_objects_use_is_not_deleted() -> None:
    used = (UnmanagedUser("campaign", "1", "Old", ReachState.RUNNING),)
    changes = [
        Change(address("a"), Action.DELETE, unmanaged_users=used),
        Change(address("b"), Action.UPDATE, unmanaged_users=used),
        change("c", Action.DELETE),
    ]
    possible, stopped = block_deletions_used_by_others(changes, {})
    assert [each.address.name for each in possible] == ["b", "c"]
    [blocked_change] = stopped
    assert "Old" in blocked_change.hint
    assert blocked_change.hint.endswith("keep the file of segment.a.")


def test_what_needs_a_blocked_replacement_is_blocked_to_the_end_of_the_chain() -> None:
    used = (UnmanagedUser("campaign", "1", "Old", ReachState.RUNNING),)
    changes = [
        Change(address("a"), Action.REPLACE, unmanaged_users=used, in_two_steps=True),
        Change(address("a"), Action.DELETE, unmanaged_users=used),
        change("b", Action.CREATE, "a"),
        change("c", Action.UPDATE, "b"),
        change("d", Action.DELETE, "c"),
        change("e", Action.UPDATE),
    ]
    possible, stopped = block_deletions_used_by_others(changes, {})
    assert [each.address.name for each in possible] == ["e"]
    hints = {each.address.name: each.hint for each in stopped if each.address.name != "a"}
    assert hints == {
        "b": "It refers to segment.a, which is blocked too.",
        "c": "It refers to segment.b, which is blocked too.",
        "d": "It is used by segment.c, which is blocked too.",
    }


SHARED = Reach(ReachState.SHARED)


@pytest.mark.parametrize(
    ("made", "now", "after", "former", "reason"),
    [
        (change("a", Action.DELETE), "u", "", "", ""),
        (change("a", Action.DELETE), "", "u", "", "It is used by segment.u after this plan too"),
        (change("a", Action.UPDATE), "u", "u", "", ""),
        (Change(address("a"), Action.REPLACE, reach=SHARED), "", "u", "", ""),
        (
            Change(address("a"), Action.REPLACE, reach=SHARED), "u", "", "",
            "It would be deleted and created again, and it is used by segment.u",
        ),
        (Change(address("a"), Action.REPLACE, reach=Reach(ReachState.DRAFT)), "u", "", "", ""),
        (Change(address("a"), Action.UPDATE, reach=SHARED), "u", "", "", ""),
        (Change(address("a"), Action.REPLACE, reach=SHARED, in_two_steps=True), "u", "u", "", ""),
        (
            Change(address("a"), Action.REPLACE, in_two_steps=True), "", "", "u",
            "and segment.u still uses its former name",
        ),
        (
            Change(address("a"), Action.REPLACE, in_two_steps=True), "", "", "uv",
            "and segment.u and segment.v still use its former name",
        ),
    ],
)  # fmt: skip
def test_what_stays_in_use_is_not_deleted(
    made: Change, now: str, after: str, former: str, reason: str
) -> None:
    possible, stopped = block_deletions_in_use(
        [made],
        {address(name): (address("a"),) for name in now},
        {address(name): (address("a"),) for name in after},
        {address("a"): [*map(address, former)]} if former else {},
        lambda user, _: str(user),
    )
    assert possible == ([] if reason else [made])
    assert len(stopped) == bool(reason)
    assert all(reason in each.hint for each in stopped)


@pytest.mark.parametrize(
    ("action", "named_in_liquid", "is_blocked"),
    [
        (Action.CREATE, (), True),
        (Action.REPLACE, ("segment",), True),
        (Action.REPLACE, (), False),
        (Action.UPDATE, ("segment",), False),
    ],
)
def test_what_texts_name_is_missing_where_its_replacement_is_blocked(
    action: Action, named_in_liquid: Sequence[str], is_blocked: bool
) -> None:
    user = change("b", Action.CREATE, "a")
    possible, _ = block_dependents([user], [blocked("a", action)], {}, named_in_liquid)
    assert possible == ([] if is_blocked else [user])
