"""The approvals that a plan needs from the owners of what it changes and of what that reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, replace
from cioform.core.text.word_lists import join_first
from cioform.model.part_change import PartAction
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import IsSeenByRecipients
from cioform.model.settings.owners import FieldClass, Owner, classes_of
from cioform.plan.change import Action, Change

_UNSEEN_FIELDS: Final = frozenset({"name", "description", "tags"})
"""The fields that no recipient of a message sees, unless the kind says otherwise."""


@dataclass(frozen=True, slots=True)
class NeededApproval:
    """What one owner has to approve."""

    owner: str
    people: tuple[str, ...]
    """Who may approve it."""
    approvals: int
    """How many of them have to."""
    because: tuple[str, ...]
    """What it owns of the plan: `campaign.welcome (audience)`."""
    approved_by: tuple[str, ...] = ()

    @property
    def is_given(self) -> bool:
        """Whether enough people have approved it."""
        return len(self.approved_by) >= self.approvals

    def with_approvals(self, people: Collection[str]) -> NeededApproval:
        """Return it with those of `people` who may approve it."""
        return replace(self, approved_by=tuple(each for each in self.people if each in people))


def needed_approvals(
    registry: Registry,
    changes: Iterable[Change],
    owners: Iterable[Owner],
    former: Mapping[Address, Sequence[Address]] | None = None,
    removed: Iterable[Address] = (),
    waiting: Sequence[Change] = (),
) -> tuple[NeededApproval, ...]:
    """Return for each owner concerned which changes need an approval.

    `former` are the addresses that renamed objects have in the state and on the target branch.
    `removed` are the addresses that only documents of the target branch have. `waiting` are changes
    of the files that this plan leaves out; no owner is asked again when a later one makes them.
    """
    earlier = former or {}
    # A rename may write nothing: it is a move or, if no state has the object, an adoption.
    concerned = [c for c in changes if c.action.writes or c.address in earlier]
    deleted = {change.address for change in concerned if change.action.writes}
    missing = [address for address in removed if address not in deleted]
    needed = []
    for owner in owners:
        reasons = [t for c in concerned for t in _reasons(registry, owner, c, earlier)]
        reasons += [
            f"{text}, not part of this plan"
            for change in waiting
            for text in _reasons(registry, owner, change, earlier)
        ]
        # Nobody would ask the owner about an object that is managed under another address later.
        reasons += [f"{each}, missing from the files" for each in missing if owner.owns(each)]
        if because := tuple(dict.fromkeys(reasons)):
            needed.append(NeededApproval(owner.name, owner.people, owner.approvals, because))
    return tuple(needed)


def _reasons(
    registry: Registry,
    owner: Owner,
    change: Change,
    former: Mapping[Address, Sequence[Address]],
) -> Iterator[str]:
    """Yield what of a change an owner has to approve."""
    was_owned = next(filter(owner.owns, former.get(change.address, ())), None)
    if was_owned is not None and not owner.owns(change.address):
        # Whatever else changes: nobody would ask the owner about the object any more.
        yield f"{change.address}, renamed from {was_owned}"
        return
    is_seen = isinstance(registry[change.address.kind], IsSeenByRecipients)
    unseen = frozenset() if is_seen else _UNSEEN_FIELDS
    own = _touched_classes(change, unseen).intersection(owner.classes)
    if not change.action.writes or (owner.classes and not own):
        return
    about = f" ({', '.join(sorted(own))})" if owner.classes else ""
    reached = [
        user.address
        for user in change.users
        if any(map(owner.owns, (user.address, *former.get(user.address, ()))))
    ]
    if owner.owns(change.address):
        yield f"{change.address}{about}"
    elif reached:
        yield f"{change.address}{about}, used by {join_first(reached, 1)}"


def _touched_classes(change: Change, unseen: Collection[str]) -> frozenset[FieldClass]:
    if change.action in (Action.DELETE, Action.REPLACE):
        return frozenset(FieldClass)
    # The author of the file chooses the IDs of parts, so they are no names of fields.
    parts = {each.part for each in change.changed_parts}
    is_shorter = any(each.action is PartAction.REMOVE for each in change.changed_parts)
    found = {FieldClass.AUDIENCE} if is_shorter else set()
    for item in change.fields:
        if item.is_order:
            found.add(FieldClass.AUDIENCE)
        else:
            path = tuple(step for step in item.path if step not in parts)
            found |= classes_of(path, item.before, item.after, unseen)
    # A text that messages share is a footer, or contains one.
    if FieldClass.COPY in found and change.users:
        found.add(FieldClass.LEGAL)
    return frozenset(found)
