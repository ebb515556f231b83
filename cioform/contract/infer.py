"""Infer what messages need, through their layouts, snippets and translations."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Final, TypeAlias

from cioform.contract.evidence import data_path, type_of_use
from cioform.contract.needs import (
    Contract,
    MessageContract,
    Need,
    NeedPlace,
    Status,
    merge_needs,
    needs_by_path,
)
from cioform.core.address import Address
from cioform.language.liquid.parse import parse_liquid
from cioform.language.liquid.parsed import Segments, Use, has_liquid
from cioform.model.contents import (
    Content,
    ContentText,
    DataSource,
    HasContents,
    ProvidedData,
    TriggerData,
)
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import NamedInLiquid
from cioform.model.resource import Resource

DATA_ROOTS: Final = frozenset({"customer", "event", "trigger", "journey", "objects"})
"""The variables with data that a contract is about. Customer.io sets the others itself."""

_Places: TypeAlias = tuple[Segments, tuple[NeedPlace, ...]]
"""A path that a text uses, and where."""


class ContractFinder:
    """Infers the contracts of the resources of a workspace."""

    def __init__(self, resources: Mapping[Address, Resource], registry: Registry) -> None:
        self._resources = resources
        self._registry = registry
        self._shared: dict[Address, tuple[Need, ...]] = {}

    @cached_property
    def _named(self) -> dict[str, dict[str, Address]]:
        return named_in_liquid(self._resources, self._registry)

    def contracts(self, scope: Container[Address] | None = None) -> Iterator[Contract]:
        """Yield the contracts of everything that is sent, or of what is in `scope`, by address."""
        for address in sorted(self._resources):
            if scope is not None and address not in scope:
                continue
            if self._is_sent(address) and (contract := self.contract_of(address)) is not None:
                yield contract

    def started_by(self, source: DataSource, name: str | None = None) -> Iterator[Contract]:
        """Yield the contracts of what data of a source starts: all, or those of one name."""
        for address in sorted(self._resources):
            trigger = self.trigger_of(address)
            if trigger is None or trigger.source is not source or name not in (None, trigger.name):
                continue
            if (contract := self.contract_of(address)) is not None:
                yield contract

    def trigger_of(self, address: Address) -> TriggerData | None:
        """Return the data that starts the messages of a resource."""
        kind = self._registry[address.kind]
        if not isinstance(kind, HasContents):
            return None
        return kind.trigger_data(self._resources[address].attributes)

    def contract_of(self, address: Address) -> Contract | None:
        """Return what a resource needs; None for a kind that says nothing to people."""
        resource, kind = self._resources[address], self._registry[address.kind]
        if not isinstance(kind, HasContents):
            return None
        attributes = resource.attributes
        provided = tuple(kind.provided_data(attributes))
        messages = tuple(
            MessageContract(
                content.path,
                content.channel,
                content.language,
                tuple(_with_provider(need, provided) for need in self._needs(resource, content)),
            )
            for content in kind.contents(attributes)
        )
        return Contract(address, messages, kind.trigger_data(attributes), provided)

    def _is_sent(self, address: Address) -> bool:
        """Return whether a resource is sent, and not a piece that messages share."""
        kind = self._registry[address.kind]
        return isinstance(kind, HasContents) and any(
            content.roots is not None
            for content in kind.contents(self._resources[address].attributes)
        )

    def _needs(self, resource: Resource, content: Content) -> tuple[Need, ...]:
        found: dict[Segments, list[NeedPlace]] = {}
        for path, places in self._places(resource, content):
            group = found.setdefault(path, [])
            group += [place for place in places if place not in group]
        return needs_by_path(found)

    def _places(self, resource: Resource, content: Content) -> Iterator[_Places]:
        """Yield what the texts of a content use, and its layout and snippets."""
        for text in content.texts:
            if has_liquid(text.value):
                yield from self._places_in(resource.address, text)
        for address in _frames(resource, content):
            if address in self._resources:
                yield from ((need.path, need.places) for need in self._shared_needs(address))

    def _shared_needs(self, address: Address) -> tuple[Need, ...]:
        """Return what a layout or a snippet needs. One that contains itself counts once."""
        if address not in self._shared:
            self._shared[address] = ()
            kind, resource = self._registry[address.kind], self._resources[address]
            if isinstance(kind, HasContents):
                found = [self._needs(resource, each) for each in kind.contents(resource.attributes)]
                self._shared[address] = merge_needs(need for needs in found for need in needs)
        return self._shared[address]

    def _places_in(self, address: Address, text: ContentText) -> Iterator[_Places]:
        parsed = parse_liquid(text.value)
        for use in (*parsed.uses, *parsed.indirect_uses):
            root = use.root
            if root in DATA_ROOTS and len(use.path) > 1:
                known = data_path(use.path)
                kind, evidence = type_of_use(use, known)
                yield known, (NeedPlace(address, text, use.offset, _status(use), kind, evidence),)
            elif root in self._named and len(use.path) > 1:
                used = self._named[root].get(str(use.path[1]))
                for need in self._shared_needs(used) if used else ():
                    yield need.path, _within(need, use)


def named_in_liquid(
    resources: Mapping[Address, Resource], registry: Registry
) -> dict[str, dict[str, Address]]:
    """Return the addresses of what texts name in Liquid, by collection and by name."""
    return {
        kind.liquid_collection: {
            str(resource.attributes[kind.identity]).strip(): address
            for address, resource in resources.items()
            if address.kind == kind.name
        }
        for kind in registry
        if isinstance(kind, NamedInLiquid)
    }


def _frames(resource: Resource, content: Content) -> Iterator[Address]:
    """Yield what a content refers to, such as its layout; a translation has that of its message."""
    places = [content.path[:-2]] if content.language else []
    found: dict[str, Address] = {}
    for place in (*places, content.path):
        for reference in resource.references:
            if reference.path[:-1] == place and reference.address is not None:
                found[str(reference.path[-1])] = reference.address
    yield from found.values()


def _status(use: Use) -> Status:
    if not use.is_strict or use.is_guarded:
        return Status.GUARDED
    return Status.CONDITIONAL if use.is_conditional else Status.REQUIRED


def _within(need: Need, use: Use) -> tuple[NeedPlace, ...]:
    """Return where the need of a snippet arises in the text that uses the snippet."""
    most = Status.CONDITIONAL if use.is_conditional else Status.REQUIRED
    return tuple(each._replace(status=min(each.status, most)) for each in need.places)


def _with_provider(need: Need, provided: tuple[ProvidedData, ...]) -> Need:
    for each in provided:
        if _starts_with(need.path, each.path):
            return replace(need, provided_by=each.step)
    return need


def _starts_with(path: Segments, start: Segments) -> bool:
    return path[: len(start)] == start
