"""Block the change of a name that a file still has in a reference.

The next plan would not find the object by the former name, or create another one of that name.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from cioform.core.address import join_addresses
from cioform.core.text.quoted import quoted
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.reference_names import files_that_name, names_in_references, names_of_row
from cioform.plan.writes.write_planner import split_blocked


def block_former_names(
    changes: Sequence[Change],
    registry: Registry,
    live: LiveSnapshot,
    pairs: Sequence[MatchedPair],
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and those of names that files still have."""
    files = [pair.resource for pair in pairs if pair.resource is not None]
    return split_blocked(changes, lambda each: _reason(each, registry, live, files, changes))


def _reason(
    change: Change,
    registry: Registry,
    live: LiveSnapshot,
    files: Sequence[Resource],
    changes: Sequence[Change],
) -> str:
    kind, found = registry[change.address.kind], live.objects.get(change.address)
    if change.action is not Action.UPDATE or change.wanted is None or found is None:
        return ""
    names = names_in_references(kind, change.wanted)
    former = [name for name in names_in_references(kind, found.attributes) if name not in names]
    if not names or not former:
        return ""
    after = _names_after(kind, changes, live)
    for name in former:
        users = [] if name in after else list(files_that_name(kind, name, files, registry))
        if users:
            verb = "refers" if len(users) == 1 else "refer"
            return (
                f"In the files, {join_addresses(users)} still {verb} to it as {quoted(name)}. "
                f"Write {quoted(names[0])} there, too: one plan makes both changes."
            )
    return ""


def _names_after(kind: Kind, changes: Sequence[Change], live: LiveSnapshot) -> Set[str]:
    """Return the names that the objects of a kind have after some changes."""
    writes = [c for c in changes if c.address.kind == kind.name and c.action.writes]
    written = {change.remote_id for change in writes}
    rows = live.listing.found.get(kind.name, ())
    staying = (names_of_row(row) for row in rows if row.remote_id not in written)
    wanted = (names_in_references(kind, c.wanted) for c in writes if c.wanted is not None)
    return {name for names in (*staying, *wanted) for name in names}
