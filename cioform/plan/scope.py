"""The part of a workspace that a plan is limited to: `--target` and `--exclude`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import UsageError
from cioform.core.graph import reachable
from cioform.core.suggest import did_you_mean, did_you_mean_address
from cioform.model.registry import Registry
from cioform.plan.dependencies import referenced_addresses
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.new_names import find_new_names, uses_of_new_names


@dataclass(frozen=True, slots=True)
class Scope:
    """Patterns such as `segment.*` or `campaign.welcome`. No target means everything."""

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    always_exclude: tuple[str, ...] = ()
    """The patterns of `exclude` in the settings, which no option lifts."""

    def includes(self, address: Address) -> bool:
        """Return whether `address` is in the scope."""
        return self._is_targeted(address) and not self._is_excluded(address)

    def excludes(self, address: Address) -> bool:
        """Return whether `address` would be in the scope but for an exclusion."""
        return self._is_targeted(address) and self._is_excluded(address)

    def count_always_excluded(self, known: Iterable[Address]) -> dict[str, int]:
        """Return how many of the `known` addresses each pattern of the settings leaves out."""
        addresses = set(known)
        return {
            pattern: sum(_matches_any((pattern,), address) for address in addresses)
            for pattern in self.always_exclude
        }

    def _is_targeted(self, address: Address) -> bool:
        return not self.target or _matches_any(self.target, address)

    def _is_excluded(self, address: Address) -> bool:
        return _matches_any((*self.exclude, *self.always_exclude), address)

    def check(self, known: Iterable[Address]) -> None:
        """Raise UsageError unless each target matches one of the `known` addresses.

        A target that matches nothing is misspelled, and doing nothing would look like success.
        """
        addresses = sorted(set(known))
        if unmatched := _unmatched(self.target, addresses):
            raise _unmatched_error("Target matches nothing", unmatched, addresses)

    def check_exclusions(self, known: Iterable[Address], kinds: Iterable[str]) -> None:
        """Raise UsageError unless each exclusion matches one of the `known` addresses.

        A misspelled exclusion would change more than was asked for. One that names a whole kind,
        `sender.*`, may match nothing: the same command serves many workspaces.
        """
        addresses = sorted(set(known))
        whole_kinds = {f"{kind}.*" for kind in kinds}
        unmatched = [p for p in _unmatched(self.exclude, addresses) if p not in whole_kinds]
        if unmatched:
            raise _unmatched_error("Exclusion matches nothing", unmatched, addresses)


def pairs_in_scope(
    scope: Scope, pairs: Sequence[MatchedPair], registry: Registry
) -> list[MatchedPair]:
    """Return the pairs in scope, and those that they refer to and that do not exist yet.

    Without the latter, what is in scope could not be written, or its texts would name nothing.
    What the settings exclude stays out.
    """
    by_address = {pair.address: pair for pair in pairs}
    new_names = find_new_names(registry, pairs)

    def missing_references(address: Address) -> list[Address]:
        resource = by_address[address].resource
        if resource is None:
            return []
        used = referenced_addresses(resource.references)
        missing = [a for a in used if a in by_address and not by_address[a].exists]
        if new_names:
            missing += uses_of_new_names(new_names, resource.attributes)
        return [a for a in missing if not _matches_any(scope.always_exclude, a)]

    targets = (pair.address for pair in pairs if scope.includes(pair.address))
    included = reachable(targets, missing_references)
    return [pair for pair in pairs if pair.address in included]


def _unmatched(patterns: Iterable[str], addresses: Sequence[Address]) -> list[str]:
    return [p for p in patterns if not any(_matches_any((p,), a) for a in addresses)]


def _unmatched_error(
    summary: str, patterns: Iterable[str], addresses: Sequence[Address]
) -> UsageError:
    kinds = dict.fromkeys(f"{address.kind}.*" for address in addresses)
    return UsageError(
        Diagnostic(
            summary,
            f"No address matches `{pattern}`."
            + (
                (did_you_mean_address(pattern, addresses) if "." not in pattern else "")
                or did_you_mean(pattern, [*addresses, *kinds], limit=3)
                or (f" Valid patterns: {', '.join(kinds)}." if kinds else "")
            ),
        )
        for pattern in patterns
    )


def _matches_any(patterns: tuple[str, ...], address: Address) -> bool:
    return any(fnmatchcase(str(address), pattern) for pattern in patterns)
