"""Deletions and replacements: blocked where something stays in use, and after its users changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass
from cioform.core.text.word_lists import join_words
from cioform.model.remote_access.capabilities import NamedInLiquid
from cioform.plan.building.changes_builder import ChangesBuilder
from cioform.plan.change import Action, BlockedChange, Change
from cioform.plan.guards.blocking import block_deletions_in_use, block_deletions_used_out_of_scope
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.uses import Used, UseFinder


@dataclass(frozen=True)
class Removals:
    """What a plan deletes or replaces, and who uses it before and after the plan."""

    changes: Sequence[Change]
    blocked: Sequence[BlockedChange]
    all_pairs: Sequence[MatchedPair]
    pairs: Sequence[MatchedPair]
    """Those in the scope of the plan."""
    builder: ChangesBuilder
    uses: UseFinder

    @cached_property
    def references(self) -> Mapping[Address, Sequence[Address]]:
        """What each object refers to now; empty for a plan that removes nothing."""
        if not any(change.action in (Action.DELETE, Action.REPLACE) for change in self.changes):
            return {}
        return {
            pair.address: _certain(self.uses.now(pair)) for pair in self.all_pairs if pair.exists
        }

    def block_used(self) -> tuple[list[Change], list[BlockedChange]]:
        """Return the changes that can be made, and the removals of what stays in use."""
        if not self.references:
            return list(self.changes), []
        in_scope = {pair.address for pair in self.pairs}
        outside = {a: used for a, used in self.references.items() if a not in in_scope}
        after = {
            pair.address: _certain(self.uses.after(pair, self._changes.get(pair.address)))
            for pair in self._remaining()
        }
        possible, used_outside = block_deletions_used_out_of_scope(self.changes, outside)
        former = self._users_of_former_names(possible)
        possible, in_use = block_deletions_in_use(
            possible, self.references, after, former, self._user_text
        )
        return possible, [*used_outside, *in_use]

    def with_former_objects(self, changes: Sequence[Change]) -> tuple[Change, ...]:
        """Return the changes, and after them the deletions of what they replaced in two steps."""
        deletions = (
            self.builder.former_object_deletion(change, self._users_among(changes, change.address))
            for change in changes
            if change.in_two_steps
        )
        return (*changes, *(each for each in deletions if isinstance(each, Change)))

    @cached_property
    def _changes(self) -> Mapping[Address, Change]:
        return {change.address: change for change in self.changes}

    def _remaining(self) -> Iterator[MatchedPair]:
        """Yield what exists after the plan and is as the plan leaves it."""
        is_blocked = {item.address for item in self.blocked}
        for pair in self.pairs:
            change = self._changes.get(pair.address)
            is_deleted = change is not None and change.action is Action.DELETE
            exists = pair.exists or pair.resource is not None
            if exists and not is_deleted and pair.address not in is_blocked:
                yield pair

    def _user_text(self, user: Address, used: Address) -> str:
        """Return the address of a user, with the fields of a use that its file does not have."""
        pair = next(pair for pair in self.pairs if pair.address == user)
        fields = self.uses.unmanaged_fields(pair, self._changes.get(user), used)
        return f"{user} (in {join_words(fields)}, not in its file)" if fields else str(user)

    def _users_of_former_names(self, changes: Iterable[Change]) -> dict[Address, list[Address]]:
        """Return the users that would still name each removed object, perhaps by coincidence."""
        return {
            change.address: list(self._users_of_former_name(change, kind.liquid_collection))
            for change in changes
            if change.in_two_steps or change.action is Action.DELETE
            if isinstance(kind := self.builder.registry[change.address.kind], NamedInLiquid)
        }

    def _users_of_former_name(self, change: Change, collection: str) -> Iterator[Address]:
        found = self.builder.live.objects.get(change.address)
        if found is None:
            return
        for pair in self._remaining():
            user_change = self._changes.get(pair.address)
            if pair.address != change.address and self.uses.names_after(
                pair, user_change, collection, found.found.identity
            ):
                yield pair.address

    def _users_among(self, changes: Iterable[Change], used: Address) -> list[Address]:
        return [c.address for c in changes if used in self.references.get(c.address, ())]


def _certain(used: Used) -> tuple[Address, ...]:
    return tuple(address for address, is_certain in used.items() if is_certain)
