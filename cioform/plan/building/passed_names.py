"""Block a name in references that passes from one object to another.

Files that refer to it would mean the one before the plan, and the other one after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from cioform.core.address import Address, join_addresses
from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import dataclass
from cioform.core.text.quoted import quoted
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasOwnNames
from cioform.model.resource import Resource
from cioform.plan.building.name_conflicts import cycle_reason
from cioform.plan.change import BlockedChange, Change
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.reference_names import (
    files_that_name,
    names_in_references,
    names_of_row,
    refers_by_name,
)
from cioform.plan.writes.write_planner import split_blocked


@dataclass(frozen=True, slots=True)
class _PassedName:
    """A name that a change takes, and that another object has now."""

    name: str
    taker: Change
    holder_id: str
    holder: Address | None
    """The address of that object, if it has one."""
    giver: Change | None
    """The change by which it gives up the name."""


def block_passed_names(
    changes: Sequence[Change],
    registry: Registry,
    live: LiveSnapshot,
    pairs: Sequence[MatchedPair],
) -> tuple[list[Change], list[BlockedChange]]:
    """Return the changes that can be made, and those of names that files have in references.

    Blocked are the change that takes the name, the one that gives it up, and those that add a
    reference by it.
    """
    reasons = _PassedNames(changes, registry, live, pairs).blocking_reasons()
    return split_blocked(changes, lambda change: reasons.get(change.address))


@dataclass(frozen=True)
class _PassedNames:
    changes: Sequence[Change]
    registry: Registry
    live: LiveSnapshot
    pairs: Sequence[MatchedPair]

    def blocking_reasons(self) -> Mapping[Address, str]:
        """Return why each change is blocked."""
        reasons: dict[Address, str] = {}
        for passed in self._passed:
            kind = self.registry[passed.taker.address.kind]
            users = list(files_that_name(kind, passed.name, self._files, self.registry))
            if not users:
                continue
            adding = [user for user in users if self._uses_more(user, kind, passed)]
            giving = [passed.giver.address] if passed.giver is not None else []
            reason = self._reason(kind, passed, users)
            for address in (passed.taker.address, *giving, *adding):
                reasons.setdefault(address, reason)
        return reasons

    @cached_property
    def _files(self) -> Sequence[Resource]:
        return [pair.resource for pair in self.pairs if pair.resource is not None]

    @cached_property
    def _passed(self) -> Sequence[_PassedName]:
        """Each name that a change takes from the object that has it now."""
        return [
            self._passed_name(name, change, holders[0])
            for change in self.changes
            if change.action.writes_values and change.wanted is not None
            for name in names_in_references(self.registry[change.address.kind], change.wanted)
            if (holders := self._holders.get((change.address.kind, name)))
            and change.remote_id not in holders
        ]

    @cached_property
    def _holders(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """The IDs of objects, by kind and each name that references may call them by now."""
        holders: dict[tuple[str, str], list[str]] = defaultdict(list)
        for kind in {c.address.kind for c in self.changes if c.action.writes_values}:
            for row in self.live.listing.found.get(kind, ()):
                for name in names_of_row(row):
                    holders[kind, name].append(row.remote_id)
        return holders

    def _passed_name(self, name: str, taker: Change, holder_id: str) -> _PassedName:
        kind = taker.address.kind
        holder = self._addresses.get((kind, holder_id))
        giver = self._by_address.get(holder) if holder is not None else None
        if giver is not None and giver.action.writes_values:
            kept = names_in_references(self.registry[kind], giver.wanted or {})
            giver = None if name in kept else giver
        return _PassedName(name, taker, holder_id, holder, giver)

    @cached_property
    def _by_address(self) -> Mapping[Address, Change]:
        return {change.address: change for change in self.changes if change.action.writes}

    @cached_property
    def _addresses(self) -> Mapping[tuple[str, str], Address]:
        return {
            (pair.address.kind, pair.found.remote_id): pair.address
            for pair in self.pairs
            if pair.found
        }

    def _uses_more(self, user: Address, kind: Kind, passed: _PassedName) -> bool:
        """Return whether a change adds a use of the object that has the name now."""
        change, found = self._by_address.get(user), self.live.objects.get(user)
        if change is None or change.wanted is None:
            return False
        before = self._count_uses(user, found.attributes, kind, passed) if found else 0
        return self._count_uses(user, change.wanted, kind, passed) > before

    def _count_uses(
        self, user: Address, attributes: Attributes, kind: Kind, passed: _PassedName
    ) -> int:
        of = self.registry[user.kind]
        ids = [
            self.live.names.find_id(each.kind, each.text)
            for each in of.references(attributes)
            if each.kind == kind.name
        ]
        return ids.count(passed.holder_id) + refers_by_name(of, attributes, (), kind, passed.name)

    def _reason(self, kind: Kind, passed: _PassedName, users: Sequence[Address]) -> str:
        if cycle := self._cycle(passed):
            return cycle_reason(cycle, kind.identity)
        taker, field = passed.taker.address, kind.identity.replace("_", " ")
        holder = passed.holder or f"another {kind.name} (ID {passed.holder_id})"
        refers = "refers" if len(users) == 1 else "refer"
        advice = (
            f"Undo the change of {taker} in the files, with the uses of its new {field}, apply, "
            "and then write it again"
            if passed.giver
            else f"Choose another {field}, or change that of the other object first"
        )
        if isinstance(kind, HasOwnNames):
            advice += f". Or write the name of a file there, such as {quoted(taker.name)}"
        return (
            f"{taker} takes the {field} {quoted(passed.name)}, which {holder} has now, and in the "
            f"files {join_addresses(users)} {refers} to a {kind.name} by it. One plan cannot pass "
            f"on a name that files refer to. {advice}."
        )

    def _cycle(self, start: _PassedName) -> Sequence[Address]:
        """Return the addresses that pass names on to each other, if they come back to the first."""
        path = [start.taker.address]
        giver = start.giver
        while giver is not None and giver.address not in path:
            path.append(giver.address)
            giver = next((p.giver for p in self._passed if p.taker is giver), None)
        return sorted(path) if giver is not None and giver.address == path[0] else ()
