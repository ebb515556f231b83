"""Block the change of a name that a file still has in a reference.

The next plan would not find the object by the former name, or create another one of that name.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from cioform.core.address import Address, join_addresses
from cioform.core.dataclasses import dataclass
from cioform.core.text.quoted import quoted
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.reference_names import (
    files_that_name,
    names_in_references,
    names_of_row,
    refers_by_name,
)
from cioform.plan.writes.write_planner import split_blocked


@dataclass(frozen=True, slots=True)
class _FormerName:
    """A name that an object gives up, and that files still have."""

    address: Address
    kind: Kind
    name: str
    new_name: str
    users: Sequence[Address]

    @property
    def reason(self) -> str:
        """Why the object cannot give it up."""
        verb = "refers" if len(self.users) == 1 else "refer"
        return (
            f"In the files, {join_addresses(self.users)} still {verb} to it as "
            f"{quoted(self.name)}. Write {quoted(self.new_name)} there, too: one plan makes both "
            "changes."
        )

    @property
    def reason_of_users(self) -> str:
        """Why nothing can be given the object by that name."""
        return (
            f"It refers to {self.address} as {quoted(self.name)}, and the file of {self.address} "
            f"says {quoted(self.new_name)}. Write one of the two in both files."
        )


def block_former_names(
    changes: Sequence[Change],
    registry: Registry,
    live: LiveSnapshot,
    pairs: Sequence[MatchedPair],
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and those of names that files still have.

    Blocked with them are the changes that would add a use by such a name.
    """
    files = [pair.resource for pair in pairs if pair.resource is not None]
    found = (_former_name(each, registry, live, files, changes) for each in changes)
    reasons: dict[Address, str] = {}
    for former in filter(None, found):
        reasons[former.address] = former.reason
        for change in changes:
            if change.address in former.users and _adds_use(change, former, registry, live):
                reasons.setdefault(change.address, former.reason_of_users)
    return split_blocked(changes, lambda change: reasons.get(change.address))


def _former_name(
    change: Change,
    registry: Registry,
    live: LiveSnapshot,
    files: Sequence[Resource],
    changes: Sequence[Change],
) -> _FormerName | None:
    kind, found = registry[change.address.kind], live.objects.get(change.address)
    if change.action is not Action.UPDATE or change.wanted is None or found is None:
        return None
    names = names_in_references(kind, change.wanted)
    former = [name for name in names_in_references(kind, found.attributes) if name not in names]
    after = _names_after(kind, changes, live) if names and former else ()
    for name in former if names else ():
        users = [] if name in after else list(files_that_name(kind, name, files, registry))
        if users:
            return _FormerName(change.address, kind, name, names[0], users)
    return None


def _adds_use(change: Change, former: _FormerName, registry: Registry, live: LiveSnapshot) -> bool:
    kind, found = registry[change.address.kind], live.objects.get(change.address)
    before, after = found.attributes if found else {}, change.wanted or {}
    uses = [refers_by_name(kind, each, (), former.kind, former.name) for each in (before, after)]
    return uses == [False, True]


def _names_after(kind: Kind, changes: Sequence[Change], live: LiveSnapshot) -> Set[str]:
    """Return the names that the objects of a kind have after some changes."""
    writes = [c for c in changes if c.address.kind == kind.name and c.action.writes]
    written = {change.remote_id for change in writes}
    rows = live.listing.found.get(kind.name, ())
    staying = (names_of_row(row) for row in rows if row.remote_id not in written)
    wanted = (names_in_references(kind, c.wanted) for c in writes if c.wanted is not None)
    return {name for names in (*staying, *wanted) for name in names}
