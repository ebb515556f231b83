"""Block the change of a name that a file still has in a reference.

The next plan would not find the object by the former name, or create another one of that name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cioform.core.address import Address, join_addresses
from cioform.core.data.json_value import Attributes
from cioform.core.text.quoted import quoted
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import CreatesOnDemand, HasOwnNames
from cioform.model.resource import Resource
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.writes.write_planner import blocked_change


def names_in_references(kind: Kind, attributes: Attributes) -> Sequence[str]:
    """Return the names by which references call an object, the shortest first."""
    if isinstance(kind, HasOwnNames):
        return kind.own_names(attributes)
    name = attributes.get(kind.identity)
    return (name,) if isinstance(name, str) else ()


def block_former_names(
    changes: Sequence[Change],
    registry: Registry,
    live: LiveSnapshot,
    pairs: Sequence[MatchedPair],
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and those of names that files still have."""
    possible: list[Change] = []
    blocked: list[BlockedChange] = []
    files = [pair.resource for pair in pairs if pair.resource is not None]
    for change in changes:
        reason = _reason(change, registry, live, files)
        if reason:
            blocked.append(blocked_change(change, reason))
        else:
            possible.append(change)
    return possible, blocked


def _reason(
    change: Change, registry: Registry, live: LiveSnapshot, files: Sequence[Resource]
) -> str:
    kind, found = registry[change.address.kind], live.objects.get(change.address)
    if change.action is not Action.UPDATE or change.wanted is None or found is None:
        return ""
    names = names_in_references(kind, change.wanted)
    former = [name for name in names_in_references(kind, found.attributes) if name not in names]
    if not names or not former:
        return ""
    declared = {
        name
        for file in files
        if file.address.kind == kind.name
        for name in names_in_references(kind, file.attributes)
    }
    for name in former:
        users = [] if name in declared else list(_users(kind, name, files, registry))
        if users:
            verb = "refers" if len(users) == 1 else "refer"
            return (
                f"In the files, {join_addresses(users)} still {verb} to it as {quoted(name)}. "
                f"Write {quoted(names[0])} there, too: one plan makes both changes."
            )
    return ""


def _users(
    kind: Kind, name: str, files: Iterable[Resource], registry: Registry
) -> Iterator[Address]:
    """Yield the addresses of the files that call an object by a name."""
    for file in files:
        user = registry[file.address.kind]
        by_reference = isinstance(kind, HasOwnNames) and any(
            (each.kind, each.text) == (kind.name, name) for each in file.references
        )
        on_demand = isinstance(user, CreatesOnDemand) and (kind.name, name) in (
            *user.creates_on_demand(file.attributes),
        )
        if by_reference or on_demand:
            yield file.address
