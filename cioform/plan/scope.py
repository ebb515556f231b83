"""Which addresses a plan is about: `--target` and `--exclude`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from cioform.core.address import Address
from cioform.core.diagnostic import Diagnostic
from cioform.core.errors import UsageError
from cioform.core.suggest import did_you_mean
from cioform.plan.dependencies import referenced_addresses
from cioform.plan.match import MatchedPair


@dataclass(frozen=True, slots=True)
class Scope:
    """Patterns such as `segment.*` or `campaign.welcome`. No target means everything."""

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def includes(self, address: Address) -> bool:
        """Tell whether `address` is within the scope."""
        return (not self.target or _matches_any(self.target, address)) and not _matches_any(
            self.exclude, address
        )

    def check(self, known: Iterable[Address]) -> None:
        """Raise UsageWrong unless each target fits one of the addresses there are: what it is
        about was misspelt, and doing nothing would look like success."""
        there = sorted(set(known))
        lost = [p for p in self.target if not any(_matches_any((p,), address) for address in there)]
        if lost:
            kinds = dict.fromkeys(f"{address.kind}.*" for address in there)
            raise UsageError(
                Diagnostic(
                    "Target fits nothing",
                    f"No address fits `{pattern}`."
                    + (
                        did_you_mean(pattern, [*there, *kinds], limit=3)
                        or f" There are: {', '.join(kinds)}."
                    ),
                )
                for pattern in lost
            )


def pairs_in_scope(scope: Scope, pairs: Sequence[MatchedPair]) -> list[MatchedPair]:
    """Give the pairs in scope, and those that they refer to and that are not made yet: a target
    cannot be written with a hole in it."""
    by_address = {pair.address: pair for pair in pairs}
    todo = [pair.address for pair in pairs if scope.includes(pair.address)]
    taken = set(todo)
    while todo:
        resource = by_address[todo.pop()].resource
        for address in referenced_addresses(resource.references if resource else ()):
            if address in by_address and address not in taken and not by_address[address].exists:
                taken.add(address)
                todo.append(address)
    return [pair for pair in pairs if pair.address in taken]


def _matches_any(patterns: tuple[str, ...], address: Address) -> bool:
    return any(fnmatchcase(str(address), pattern) for pattern in patterns)
