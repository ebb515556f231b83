"""The documents of the target branch of a pull request, by which its changes are judged.

`owners`, policies and `exclude` name objects by address, and a document says what is protected and
ignored. The author of a pull request could escape these by changing an address or a document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cioform.core.address import Address
from cioform.core.dataclasses import dataclass, field, replace
from cioform.model.registry import Registry
from cioform.model.resource import Resource
from cioform.plan.change import Change
from cioform.plan.matching.pair import MatchedPair


@dataclass(frozen=True, slots=True)
class BaseDocuments:
    """The documents of the target branch; empty outside of a pull request."""

    resources: Mapping[Address, Resource] = field(default_factory=dict)
    addresses: Mapping[Address, Address] = field(default_factory=dict)
    """The address there of each document of the files that has another one now."""
    removed: frozenset[Address] = frozenset()
    """The addresses there of documents that the files do not have under any address."""

    @classmethod
    def of(
        cls, base: Mapping[Address, Resource], files: Mapping[Address, Resource], registry: Registry
    ) -> BaseDocuments:
        """Return the documents of the base, with the documents of the files that were renamed.

        A renamed document has `was`, or the ID or the name of a document that the files lack.
        """
        kept = {_key(each, registry) for a, each in files.items() if a in base}
        keys = {_key(each, registry): address for address, each in base.items()}
        # A document may also keep its address and get the name of another object.
        gone = {key: address for key, address in keys.items() if key not in kept}
        gone |= {
            (address.kind, each.remote_id): address
            for address, each in base.items()
            if address not in files and each.remote_id is not None
        }
        found = {
            address: former
            for address, each in files.items()
            if address not in base and (former := _former(each, base, gone, registry)) is not None
        }
        return cls(base, found, frozenset(base.keys() - files.keys() - {*found.values()}))

    def with_moves(self, moves: Mapping[Address, Address]) -> BaseDocuments:
        """Return it with the moves that the state knows, which is more certain."""
        known = {address: old for address, old in moves.items() if old in self.resources}
        if not known:
            return self
        removed = self.removed.difference(known.values())
        return replace(self, addresses={**self.addresses, **known}, removed=removed)

    def judged(self, resource: Resource) -> Resource:
        """Return a document with `protect` and `ignore` as in the base, if the base has it."""
        address = resource.address
        base = self.resources.get(self.addresses.get(address, address))
        if base is None:
            return resource
        return replace(
            resource,
            protect=base.protect or resource.protect,
            ignore=base.ignore,
            ignored_until=base.ignored_until,
            because=base.because or resource.because,
        )


def moves_of(items: Iterable[MatchedPair | Change]) -> dict[Address, Address]:
    """Return the addresses in the state of objects that have other addresses in the files."""
    return {each.address: each.moved_from for each in items if each.moved_from is not None}


def former_addresses(
    changes: Iterable[Change], base: BaseDocuments
) -> dict[Address, tuple[Address, ...]]:
    """Return the addresses that renamed objects have in the state and on the target branch."""
    found: dict[Address, tuple[Address, ...]] = {a: (old,) for a, old in base.addresses.items()}
    for address, old in moves_of(changes).items():
        found[address] = tuple(dict.fromkeys((old, *found.get(address, ()))))
    return found


def _key(resource: Resource, registry: Registry) -> tuple[str, str]:
    kind = registry[resource.address.kind]
    return f"{kind.name} by name", str(resource.attributes[kind.identity])


def _former(
    resource: Resource,
    base: Mapping[Address, Resource],
    gone: Mapping[tuple[str, str], Address],
    registry: Registry,
) -> Address | None:
    by_id = (resource.address.kind, resource.remote_id or "")
    return next(
        (
            found
            for found in (*resource.was, gone.get(by_id), gone.get(_key(resource, registry)))
            if found is not None and found in base
        ),
        None,
    )
