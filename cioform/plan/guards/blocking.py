"""Changes that are blocked because something else is: found while planning, not by apply."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from cioform.core.address import Address
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.new_names import NewNames
from cioform.plan.reach.users import SHOWN_USERS, join_unmanaged


def block_dependents(
    changes: Sequence[Change],
    blocked: Sequence[BlockedChange],
    references: Mapping[Address, Iterable[Address]],
    named_in_liquid: Collection[str] = (),
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and all that are blocked.

    A change is blocked too if it refers to an object that cannot be created, and a deletion if a
    blocked object still uses what it deletes. So is the replacement of what a blocked object names.
    """
    possible, all_blocked = list(changes), list(blocked)
    while reasons := {
        change.address: reason
        for change in possible
        if (reason := _blocking_reason(change, all_blocked, references, named_in_liquid))
    }:
        all_blocked += [
            _blocked(change, reasons[change.address])
            for change in possible
            if change.address in reasons
        ]
        possible = [change for change in possible if change.address not in reasons]
    return possible, all_blocked


def addresses_left_out(
    pairs: Iterable[MatchedPair], in_scope: Iterable[MatchedPair], new_names: NewNames
) -> set[Address]:
    """Return what does not exist, or not by its new name, and is out of the plan's scope."""
    named = {address for names in new_names.values() for address in names.values()}
    absent = {p.address for p in pairs if p.resource and (not p.exists or p.address in named)}
    return absent - {pair.address for pair in in_scope}


def block_missing(
    changes: Sequence[Change], left_out: Collection[Address]
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and those that need what is `left_out`."""
    possible: list[Change] = []
    blocked: list[BlockedChange] = []
    for change in changes:
        missing = [a for a in change.depends_on if a in left_out]
        if missing and change.action.writes:
            verb, is_ = ("does", "is") if len(missing) == 1 else ("do", "are")
            reason = (
                f"It uses {_join(missing)}, which {verb} not exist yet and "
                f"{is_} left out by `exclude` in `workspace.yaml`. Remove that pattern, or the use."
            )
            blocked.append(_blocked(change, reason))
        else:
            possible.append(change)
    return possible, blocked


def block_deletions_used_out_of_scope(
    changes: Sequence[Change], references: Mapping[Address, Iterable[Address]]
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and the deletions of what the plan leaves in use.

    `references` has what the objects outside of the plan's scope refer to.
    """
    possible: list[Change] = []
    blocked: list[BlockedChange] = []
    for change in changes:
        users = _users(change, references)
        if users and change.action in (Action.DELETE, Action.REPLACE):
            # A rollback has no options that could name them.
            reason = (
                f"It is used by {_join(users)}, outside of the scope of this plan, and what is in "
                "use cannot be deleted. Remove that use first, or plan both together."
            )
            blocked.append(_blocked(change, reason))
        else:
            possible.append(change)
    return possible, blocked


def block_deletions_used_by_unmanaged(
    changes: Iterable[Change],
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and the deletions of what unmanaged objects use."""
    possible: list[Change] = []
    blocked: list[BlockedChange] = []
    for change in changes:
        if change.unmanaged_users and change.action is Action.DELETE:
            reason = (
                f"It is used by {join_unmanaged(change.unmanaged_users, SHOWN_USERS)}, and what is "
                "in use cannot be deleted. Remove that use in Customer.io first, or keep the file "
                f"of {change.address}."
            )
            blocked.append(_blocked(change, reason))
        else:
            possible.append(change)
    return possible, blocked


def block_deletions_in_use(
    changes: Sequence[Change],
    now: Mapping[Address, Iterable[Address]],
    after: Mapping[Address, Iterable[Address]],
    former: Mapping[Address, Sequence[Address]],
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and the deletions of what stays in use.

    `now` and `after` have what each object refers to before and after the plan, `former` who names
    the former object of an address after it. A shared object that is replaced in one step is
    deleted before its users change.
    """
    possible: list[Change] = []
    blocked: list[BlockedChange] = []
    for change in changes:
        if change.action is Action.DELETE and (users := _users(change, after)):
            reason = (
                f"It is used by {_join(users)} after this plan too, and what is in use cannot be "
                f"deleted. Remove that use first, or keep the file of {change.address}."
            )
            blocked.append(_blocked(change, reason))
        elif change.in_two_steps:
            if still_using := former.get(change.address):
                blocked.append(_blocked(change, _former_name_reason(change, still_using)))
            else:
                possible.append(change)
        elif (
            change.action is Action.REPLACE and change.reach.is_shared
            and (users := _users(change, now))
        ):  # fmt: skip
            reason = (
                f"It would be deleted and created again, and it is used by {_join(users)}: what is "
                "in use cannot be deleted. Write the new one in a file of its own, let them use "
                f"that, apply, and then remove the file of {change.address}."
            )
            blocked.append(_blocked(change, reason))
        else:
            possible.append(change)
    return possible, blocked


def _former_name_reason(change: Change, users: Sequence[Address]) -> str:
    still_uses = "still uses" if len(users) == 1 else "still use"
    return (
        f"It cannot be renamed, only replaced, and {_join(users)} {still_uses} its former name "
        f"after this plan. Use {change.identity!r} there, or keep the former name."
    )


def _users(change: Change, references: Mapping[Address, Iterable[Address]]) -> list[Address]:
    return [user for user, used in references.items() if change.address in used]


def _blocking_reason(
    change: Change,
    blocked: Sequence[BlockedChange],
    references: Mapping[Address, Iterable[Address]],
    named_in_liquid: Collection[str],
) -> str | None:
    if not change.action.writes:
        return None
    if change.action is Action.DELETE or change.in_two_steps:
        users = [b.address for b in blocked if change.address in references.get(b.address, ())]
        if users:
            return f"It is used by {_join_blocked(users)}"
    if change.action is Action.DELETE:
        return None
    # What texts name is there only under its new name, so a blocked replacement is missing too.
    missing = [
        b.address
        for b in blocked
        if b.address in change.depends_on
        and (
            b.action is Action.CREATE
            or (b.action is Action.REPLACE and b.address.kind in named_in_liquid)
        )
    ]
    return f"It refers to {_join_blocked(missing)}" if missing else None


def _blocked(change: Change, reason: str) -> BlockedChange:
    return BlockedChange(change.address, change.action, change.fields, reason)


def _join_blocked(addresses: Sequence[Address]) -> str:
    verb = "is" if len(addresses) == 1 else "are"
    return f"{_join(addresses)}, which {verb} blocked too."


def _join(addresses: Iterable[Address]) -> str:
    return ", ".join(map(str, sorted(addresses)))
