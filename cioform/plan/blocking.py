"""What cannot be done because something else cannot: said in the plan, not found out by apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cioform.core.address import Address
from cioform.plan.change import Action, BlockedChange, Change


def block_dependents(
    changes: Sequence[Change],
    blocked: Sequence[BlockedChange],
    references: Mapping[Address, Iterable[Address]],
) -> tuple[list[Change], list[BlockedChange]]:
    """Give the changes that can be made and all that are blocked: also what refers to an object
    that cannot be made, and the deletion of what a blocked object goes on using."""
    kept, stopped = list(changes), list(blocked)
    while stuck := {
        c.address: why for c in kept if (why := _blocking_reason(c, stopped, references))
    }:
        stopped += [
            BlockedChange(change.address, change.action, change.fields, stuck[change.address])
            for change in kept
            if change.address in stuck
        ]
        kept = [change for change in kept if change.address not in stuck]
    return kept, stopped


def block_deletions_used_out_of_scope(
    changes: Sequence[Change], references: Mapping[Address, Iterable[Address]]
) -> tuple[list[Change], list[BlockedChange]]:
    """Give the changes that can be made, and the deletions of what is used by objects outside of
    the plan's scope: those would lose what they refer to."""
    kept: list[Change] = []
    blocked: list[BlockedChange] = []
    for change in changes:
        users = [user for user, used in references.items() if change.address in used]
        if not users or change.action not in (Action.DELETE, Action.REPLACE):
            kept.append(change)
            continue
        why = (
            f"It is used by {_join_addresses(users)}, which the scope of this plan leaves out. Plan them "
            "together."
        )
        blocked.append(BlockedChange(change.address, change.action, change.fields, why))
    return kept, blocked


def _blocking_reason(
    change: Change,
    blocked: Sequence[BlockedChange],
    references: Mapping[Address, Iterable[Address]],
) -> str | None:
    """Give why a change cannot be made beside what is blocked, or None when it can."""
    if not change.action.writes:
        return None
    if change.action is Action.DELETE:
        users = [b.address for b in blocked if change.address in references.get(b.address, ())]
        return (
            f"It is used by {_join_addresses(users)}, which is blocked itself." if users else None
        )
    missing = [
        b.address for b in blocked if b.action is Action.CREATE and b.address in change.depends_on
    ]
    return f"It refers to {_join_addresses(missing)}, which is blocked itself." if missing else None


def _join_addresses(addresses: Iterable[Address]) -> str:
    return ", ".join(map(str, sorted(addresses)))
