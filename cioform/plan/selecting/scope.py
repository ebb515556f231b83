"""The part of a workspace that a command is limited to: `--select` and `--exclude`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field, replace
from cioform.core.graph import reachable
from cioform.model.registry import Registry
from cioform.plan.building.dependencies import referenced_addresses
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.new_names import find_new_names, uses_of_new_names
from cioform.plan.selecting.selection import SelectionFacts, fits, select, select_excluded
from cioform.plan.selecting.selectors import is_address_pattern, parse_selectors


@dataclass(frozen=True, slots=True)
class Scope:
    """Selectors such as `segment.*` or `kind:campaign,tag:eu`. No target means everything."""

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    always_exclude: tuple[str, ...] = ()
    """The patterns of `exclude` in the settings, which no option lifts."""
    base_addresses: Mapping[Address, Address] = field(default_factory=dict)
    """The addresses on the target branch, to which these patterns apply instead."""
    may_be_empty: bool = False
    """Whether `target` may name nothing in a workspace, because the same command serves others."""
    targeted: frozenset[Address] | None = None
    """What `target` names in a workspace; None before that was looked up."""
    excluded: frozenset[Address] | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return not (self.target or self.exclude or self.always_exclude)

    def includes(self, address: Address) -> bool:
        """Return whether `address` is in the scope."""
        return self._is_targeted(address) and not self.leaves_out(address)

    def excludes(self, address: Address) -> bool:
        """Return whether `address` would be in the scope but for an exclusion."""
        return self._is_targeted(address) and self.leaves_out(address)

    def leaves_out(self, address: Address) -> bool:
        """Return whether an exclusion, of an option or of the settings, names `address`."""
        if self.excluded is not None:
            excluded = address in self.excluded
        else:
            excluded = fits(parse_selectors(self.exclude), address)
        return excluded or self.always_excludes(address)

    def count_always_excluded(self, known: Iterable[Address]) -> dict[str, int]:
        """Return how many of the `known` addresses each pattern of the settings leaves out."""
        addresses = set(known)
        return {
            pattern: sum(self._matches_any((pattern,), address) for address in addresses)
            for pattern in self.always_exclude
        }

    def resolve(self, facts: SelectionFacts) -> Scope:
        """Return the scope with the addresses that its selectors name.

        Raises UsageError if one of them is not valid or names nothing.
        """
        targets, exclusions = parse_selectors(self.target), parse_selectors(self.exclude)
        return replace(
            self,
            targeted=select(targets, facts, may_be_empty=self.may_be_empty) if targets else None,
            excluded=select_excluded(exclusions, facts) if exclusions else None,
        )

    @property
    def upper_bound(self) -> Scope:
        """The smallest scope with at least the same addresses that needs no look-up."""
        is_plain = all(map(is_address_pattern, (*self.target, *self.exclude)))
        return self if is_plain else Scope(always_exclude=self.always_exclude)

    def _is_targeted(self, address: Address) -> bool:
        if self.targeted is not None:
            return address in self.targeted
        return not self.target or fits(parse_selectors(self.target), address)

    def always_excludes(self, address: Address) -> bool:
        """Return whether the settings exclude `address`."""
        return self._matches_any(self.always_exclude, address)

    def _matches_any(self, patterns: tuple[str, ...], address: Address) -> bool:
        judged = str(self.base_addresses.get(address, address))
        return any(fnmatchcase(judged, pattern) for pattern in patterns)


def pairs_in_scope(
    scope: Scope, pairs: Sequence[MatchedPair], registry: Registry
) -> list[MatchedPair]:
    """Return the pairs in scope, and the pairs they refer to that do not exist yet.

    Without these, the pairs in scope could not be written, or their texts would name nothing.
    Excluded pairs stay out.
    """
    if scope.is_everything:
        return list(pairs)
    by_address = {pair.address: pair for pair in pairs}
    new_names = find_new_names(registry, pairs)

    def missing_references(address: Address) -> list[Address]:
        resource = by_address[address].resource
        if resource is None:
            return []
        used = referenced_addresses(resource.references)
        missing = [a for a in used if a in by_address and not by_address[a].exists]
        missing += uses_of_new_names(new_names, resource.attributes)
        return [a for a in missing if not scope.leaves_out(a)]

    targets = (pair.address for pair in pairs if scope.includes(pair.address))
    included = reachable(targets, missing_references)
    return [pair for pair in pairs if pair.address in included]
