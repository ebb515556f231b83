"""Changes that are blocked because something else is: found while planning, not by apply."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from cioform.core.address import Address, join_addresses
from cioform.core.text.quoted import quoted
from cioform.core.text.word_lists import join_words
from cioform.plan.change import Action, BlockedChange, Change, User
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.new_names import NewNames
from cioform.plan.reach.users import SHOWN_USERS, join_unmanaged, join_users
from cioform.plan.writes.write_planner import blocked_change, split_blocked


def block_dependents(
    changes: Sequence[Change],
    blocked: Sequence[BlockedChange],
    references: Mapping[Address, Iterable[Address]],
    named_in_liquid: Collection[str] = (),
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and all that are blocked.

    A change is blocked too if it refers to an object that cannot be created or takes the name of a
    blocked one, and a deletion if a blocked object still uses what it deletes. So is the
    replacement of what a blocked object names.
    """
    possible, all_blocked = list(changes), list(blocked)
    while reasons := {
        change.address: reason
        for change in possible
        if (reason := _blocking_reason(change, all_blocked, references, named_in_liquid))
    }:
        # All changes of an address, such as the deletion of its former object.
        all_blocked += [
            blocked_change(change, reasons[change.address])
            for change in possible
            if change.address in reasons
        ]
        possible = [change for change in possible if change.address not in reasons]
    return possible, all_blocked


def reasons_left_out(
    pairs: Iterable[MatchedPair],
    in_scope: Iterable[MatchedPair],
    new_names: NewNames,
    always_excludes: Callable[[Address], bool],
) -> dict[Address, str]:
    """Return why changes cannot use a resource that does not exist yet, or not by its new name.

    An exclusion keeps it out of the plan; a resource that is only not selected would be added.
    """
    named = {address for names in new_names.values() for address in names.values()}
    included = {pair.address for pair in in_scope}
    return {
        pair.address: _left_out_reason(pair, is_always=always_excludes(pair.address))
        for pair in pairs
        if pair.address not in included
        and pair.resource
        and (not pair.exists or pair.address in named)
    }


def _left_out_reason(pair: MatchedPair, *, is_always: bool) -> str:
    exclusion, advice = (
        ("`exclude` in `workspace.yaml`", "Remove the pattern")
        if is_always
        else ("`--exclude`", "Remove that option")
    )
    used = f"{pair.address}, which does not exist yet and"
    if pair.exists:
        used = f"the new name of {pair.address}, which"
    return f"It uses {used} is left out by {exclusion}. {advice} or the reference."


def block_missing(
    changes: Sequence[Change], left_out: Mapping[Address, str]
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and those that need what is `left_out`."""

    def reason(change: Change) -> str:
        reasons = (left_out[each] for each in change.depends_on if each in left_out)
        return " ".join(reasons) if change.action.writes else ""

    return split_blocked(changes, reason)


def block_deletions_used_out_of_scope(
    changes: Sequence[Change], references: Mapping[Address, Iterable[Address]]
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and the deletions of what the plan leaves in use.

    `references` has what the objects outside of the plan's scope refer to.
    """

    def reason(change: Change) -> str:
        users = _users(change, references)
        if not users or change.action not in (Action.DELETE, Action.REPLACE):
            return ""
        # A rollback has no options that could name them.
        return (
            f"It is used by {join_addresses(users)}, outside of the scope of this plan, and what "
            "is in use cannot be deleted. Remove that use first, or plan both together."
        )

    return split_blocked(changes, reason)


def block_deletions_used_by_others(
    changes: Sequence[Change], found: Mapping[Address, Sequence[User]]
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and the blocked removals of objects that are in use.

    `found` has managed users that only an API shows, neither files nor objects; they block a
    removal, too. Changes that depend on a blocked removal are blocked as well.
    """
    reasons = {
        change.address: reason
        for change in changes
        if (reason := _reason_of_others(change, _staying(changes, found.get(change.address, ()))))
    }
    # All changes of an address, such as the deletion of its former object.
    possible, blocked = split_blocked(changes, lambda change: reasons.get(change.address, ""))
    used_by = defaultdict(set)
    for change in possible:
        if change.action is Action.DELETE:  # It comes after the changes of what uses it.
            for user in change.depends_on:
                used_by[user].add(change.address)
    in_liquid = {change.address.kind for change in changes if change.in_two_steps}
    return block_dependents(possible, blocked, used_by, in_liquid)


def _staying(changes: Iterable[Change], users: Sequence[User]) -> Sequence[User]:
    """Return the users that the plan does not delete."""
    deleted = {c.address for c in changes if c.action is Action.DELETE} if users else set()
    return [user for user in users if user.address not in deleted]


def _reason_of_others(change: Change, found: Sequence[User]) -> str:
    users = [user for user in change.unmanaged_users if not user.through]
    if not (users or found) or change.action not in (Action.DELETE, Action.REPLACE):
        return ""
    texts = [join_users(found, SHOWN_USERS)] if found else []
    texts += [join_unmanaged(users, SHOWN_USERS)] if users else []
    named = " and ".join(texts)
    rule = "what is in use cannot be deleted. Remove that use in Customer.io first, or"
    if change.in_two_steps:
        return (
            f"It cannot be renamed, only replaced, and {named} may name it: {rule} keep its name."
        )
    if change.action is Action.REPLACE:
        return (
            f"It would be deleted and created again, and it is used by {named}: {rule} undo that."
        )
    return f"It is used by {named}, and {rule} keep the file of {change.address}."


def block_deletions_in_use(
    changes: Sequence[Change],
    now: Mapping[Address, Iterable[Address]],
    after: Mapping[Address, Iterable[Address]],
    former: Mapping[Address, Sequence[Address]],
    user_text: Callable[[Address, Address], str],
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and the deletions of what stays in use.

    `now` and `after` have what each object refers to before and after the plan, `former` who names
    the former object of an address after it. `user_text` names a user of an object. A shared object
    that is replaced in one step is deleted before its users change.
    """

    def reason(change: Change) -> str:
        # Until another object takes over a name, texts with that name use the present object.
        users = _users(change, after) or former.get(change.address, ())
        if change.action is Action.DELETE and users:
            named = join_words(user_text(user, change.address) for user in sorted(users))
            return (
                f"It is used by {named} after this plan too, and what is in use "
                "cannot be deleted. Remove that use first, or keep the file of "
                f"{change.address}."
            )
        if change.in_two_steps:
            still_using = former.get(change.address)
            return _former_name_reason(change, still_using) if still_using else ""
        is_shared_replacement = change.action is Action.REPLACE and change.reach.is_shared
        if is_shared_replacement and (users := _users(change, now)):
            return (
                "It would be deleted and created again, and it is used by "
                f"{join_addresses(users)}: what is in use cannot be deleted. Write the new one in "
                "a file of its own, let them use that, apply, and then remove the file of "
                f"{change.address}."
            )
        return ""

    return split_blocked(changes, reason)


def _former_name_reason(change: Change, users: Sequence[Address]) -> str:
    still_uses = "still uses" if len(users) == 1 else "still use"
    return (
        f"It cannot be renamed, only replaced, and {join_addresses(users)} {still_uses} its former "
        f"name after this plan. Use {quoted(change.identity)} there, or keep the former name."
    )


def _users(change: Change, references: Mapping[Address, Iterable[Address]]) -> list[Address]:
    return [user for user, used in references.items() if change.address in used]


def _blocking_reason(
    change: Change,
    blocked: Sequence[BlockedChange],
    references: Mapping[Address, Iterable[Address]],
    named_in_liquid: Collection[str],
) -> str:
    if not change.action.writes:
        return ""
    if change.action is Action.DELETE or change.in_two_steps:
        users = [b.address for b in blocked if change.address in references.get(b.address, ())]
        if users:
            return f"It is used by {join_blocked(users)}"
    if change.name_from is not None and any(b.address == change.name_from for b in blocked):
        return f"It takes a name from {join_blocked([change.name_from])}"
    if change.action is Action.DELETE:
        return ""
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
    return f"It refers to {join_blocked(missing)}" if missing else ""


def join_blocked(addresses: Sequence[Address]) -> str:
    """Return addresses in the words that end a sentence: `tag.vip, which is blocked too.`."""
    unique = {*addresses}  # An address may have two changes.
    verb = "is" if len(unique) == 1 else "are"
    return f"{join_addresses(unique)}, which {verb} blocked too."
