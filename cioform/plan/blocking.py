"""What cannot be done because something else cannot: said in the plan, not found out by apply."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cioform.core.address import Address
from cioform.plan.change import Action, Blocked, Change


def block_dependents(
    changes: Sequence[Change],
    blocked: Sequence[Blocked],
    uses: Mapping[Address, Iterable[Address]],
) -> tuple[list[Change], list[Blocked]]:
    """Give the changes that can be made and all that are blocked: also what refers to an object
    that cannot be made, and the deletion of what a blocked object goes on using."""
    kept, stopped = list(changes), list(blocked)
    while stuck := {c.address: why for c in kept if (why := _obstacle(c, stopped, uses))}:
        stopped += [
            Blocked(change.address, change.action, change.fields, stuck[change.address])
            for change in kept
            if change.address in stuck
        ]
        kept = [change for change in kept if change.address not in stuck]
    return kept, stopped


def block_used_outside(
    changes: Sequence[Change], uses: Mapping[Address, Iterable[Address]]
) -> tuple[list[Change], list[Blocked]]:
    """Give the changes that can be made, and the deletions of what is used by objects outside of
    the plan's scope: those would lose what they refer to."""
    kept: list[Change] = []
    blocked: list[Blocked] = []
    for change in changes:
        users = [user for user, used in uses.items() if change.address in used]
        if not users or change.action not in (Action.DELETE, Action.REPLACE):
            kept.append(change)
            continue
        why = (
            f"It is used by {_list(users)}, which the scope of this plan leaves out. Plan them "
            "together."
        )
        blocked.append(Blocked(change.address, change.action, change.fields, why))
    return kept, blocked


def _obstacle(
    change: Change, blocked: Sequence[Blocked], uses: Mapping[Address, Iterable[Address]]
) -> str | None:
    """Give why a change cannot be made beside what is blocked, or None when it can."""
    if not change.action.writes:
        return None
    if change.action is Action.DELETE:
        users = [b.address for b in blocked if change.address in uses.get(b.address, ())]
        return f"It is used by {_list(users)}, which is blocked itself." if users else None
    missing = [
        b.address for b in blocked if b.action is Action.CREATE and b.address in change.depends_on
    ]
    return f"It refers to {_list(missing)}, which is blocked itself." if missing else None


def _list(addresses: Iterable[Address]) -> str:
    return ", ".join(map(str, sorted(addresses)))
