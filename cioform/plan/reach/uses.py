"""Find what objects refer to: the references that kinds declare, and names in Liquid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import TypeAlias

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes, has_unknown
from cioform.core.data.paths import FieldPath, format_path
from cioform.core.data.surrogates import every_value
from cioform.core.dataclasses import dataclass, replace
from cioform.language.liquid.references import names_in_values
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.paths.file_paths import place_of
from cioform.model.references.names import Names, Reference
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import CreatesOnDemand, NamedInLiquid
from cioform.model.remote_access.conversation import Api
from cioform.plan.change import Change
from cioform.plan.compare.diff import with_unmanaged_fields
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.find_uses import find_uses

Used: TypeAlias = Mapping[Address, bool]
"""What an object uses, and whether that is certain."""
_InLiquid: TypeAlias = Mapping[str, Mapping[str, Address]]
"""Addresses by collection and by name."""
_Named: TypeAlias = Mapping[tuple[str, str], Address]
"""Addresses by kind and by name."""


@dataclass(frozen=True, slots=True)
class _AddressResolver:
    """Finds the addresses of what is used."""

    in_liquid: _InLiquid
    by_name: Callable[[], _Named]
    find_referenced: Callable[[Reference], Address | None]

    @property
    def collections(self) -> Iterable[str]:
        return self.in_liquid

    def find_in_liquid(self, collection: str, name: str) -> Address | None:
        return self.in_liquid[collection].get(name)

    def find_starting(self, collection: str, start: str) -> Iterable[Address]:
        return [a for name, a in self.in_liquid[collection].items() if name.startswith(start)]

    def find_named(self, kind: str, name: str) -> Address | None:
        return self.by_name().get((kind, name))


class UseFinder:
    """Finds what objects use as they are in the workspace, and as the plan leaves them."""

    def __init__(
        self, registry: Registry, names: Names, live: LiveSnapshot, pairs: Sequence[MatchedPair]
    ) -> None:
        self._registry = registry
        self._names = names
        self._live = live
        self._by_id = {(a.kind, remote_id): a for a, remote_id in names.ids.items()}
        self._pairs = pairs
        self._use_names(*_addresses_in_liquid(registry, pairs))

    def without_liquid(self) -> UseFinder:
        """Return a finder of what kinds declare alone, which does not search texts."""
        finder = copy(self)
        finder._use_names({}, {})
        return finder

    def _use_names(self, now: _InLiquid, after: _InLiquid) -> None:
        self._named_now = _AddressResolver(now, lambda: self._by_name[0], self._address_of)
        self._named_after = _AddressResolver(after, lambda: self._by_name[1], self._address_of)
        # The texts of an object that does not change have the new names, and it has the same tags.
        self._unchanged = replace(self._named_now, in_liquid=after)
        self._now: dict[Address, Used] = {}

    @cached_property
    def _by_name(self) -> tuple[_Named, _Named]:
        return _addresses_by_name(self._registry, self._pairs)

    def now(self, pair: MatchedPair) -> Used:
        """Return the objects that an object uses now, as far as they are known.

        If the plan did not read the object, its last applied version and its file both count. A
        field that no credential can read counts as last applied, or else as in the file.
        """
        if pair.address not in self._now:
            self._now[pair.address] = self._find_now(pair)
        return self._now[pair.address]

    def after(self, pair: MatchedPair, change: Change | None) -> Used:
        """Return what an object uses after `change`, or without one."""
        if change is not None and change.wanted is not None and change.action.writes:
            attributes = self._attributes_after(pair, change.wanted)
            return self._used(pair.address, attributes, self._named_after)
        live = self._live.objects.get(pair.address)
        if live is None or self._named_now.in_liquid == self._named_after.in_liquid:
            return self.now(pair)
        return self._used(pair.address, live.attributes, self._unchanged)

    def names_after(
        self, pair: MatchedPair, change: Change | None, collection: str, name: str
    ) -> bool:
        """Return whether an object names `name` of a collection in Liquid after `change`."""
        wanted = change.wanted if change and change.wanted is not None else {}
        found = names_in_values(self._attributes_after(pair, wanted), collection)
        return any(each.name == name and each.is_certain for each in found)

    def unmanaged_fields(
        self, pair: MatchedPair, change: Change | None, used: Address
    ) -> Sequence[str]:
        """Return the fields by which an object uses another one after `change`.

        None if its file has a use, too.
        """
        if pair.resource is None or used in self._used_by_file(pair):
            return ()
        kind = self._registry[pair.address.kind]
        attributes = self._attributes_after(pair, (change and change.wanted) or {})
        document = kind.to_document(attributes)
        places = [r.path for r in kind.references(attributes) if self._address_of(r) == used]
        places += self._lists_of_names(kind, attributes, used)
        texts = ((place, each) for place, each in every_value(document) if isinstance(each, str))
        places += [place for place, text in texts if self._mentions(text, used)]
        return [format_path(place_of(kind, document, place)) for place in places]

    def _lists_of_names(self, kind: Kind, attributes: Attributes, used: Address) -> list[FieldPath]:
        """Return the fields that have the name of an object which is created on demand."""
        if not isinstance(kind, CreatesOnDemand):
            return []
        find = self._named_after.find_named
        names = [name for of, name in kind.creates_on_demand(attributes) if find(of, name) == used]
        return [
            (field,)
            for field, value in attributes.items()
            if isinstance(value, list | tuple) and any(name in value for name in names)
        ]

    def _mentions(self, text: str, used: Address) -> bool:
        kind = self._registry[used.kind]
        if not isinstance(kind, NamedInLiquid):
            return False
        found = names_in_values(text, kind.liquid_collection)
        find = self._named_after.find_in_liquid
        return any(find(kind.liquid_collection, each.name) == used for each in found)

    def _attributes_after(self, pair: MatchedPair, wanted: Attributes) -> Attributes:
        live = self._live.objects.get(pair.address)
        if live is None:
            return wanted
        return with_unmanaged_fields(self._registry[pair.address.kind], live.attributes, wanted)

    def _find_now(self, pair: MatchedPair) -> Used:
        live = self._live.objects.get(pair.address)
        if live is None:
            return {**self._used_by_file(pair), **self._used_when_applied(pair)}
        used = self._used(pair.address, live.attributes, self._named_now)
        # The Journeys API shows every use, and a look at all values takes time.
        if live.found.api is Api.JOURNEYS or not has_unknown(live.attributes):
            return used
        is_applied = pair.binding is not None and pair.binding.applied
        known = self._used_when_applied(pair) if is_applied else self._used_by_file(pair)
        return {**known, **used}

    def _used_when_applied(self, pair: MatchedPair) -> Used:
        applied = pair.binding.applied if pair.binding else None
        return self._used(pair.address, applied or {}, self._named_now)

    def _used_by_file(self, pair: MatchedPair) -> Used:
        own = pair.resource.attributes if pair.resource else {}
        return self._used(pair.address, own, self._named_after)

    def _used(self, address: Address, attributes: Attributes, resolver: _AddressResolver) -> Used:
        used = find_uses(self._registry[address.kind], attributes, resolver)
        used.pop(address, None)
        return used

    def _address_of(self, reference: Reference) -> Address | None:
        kind, text = reference.kind, reference.text
        remote_id = self._names.known.get(kind, {}).get(text)
        if remote_id is None and text.startswith(f"{kind}#"):
            remote_id = text.removeprefix(f"{kind}#")
        return self._by_id.get((kind, remote_id or ""), reference.address)


def _addresses_by_name(registry: Registry, pairs: Iterable[MatchedPair]) -> tuple[_Named, _Named]:
    """Return each address by its kind and its name, now and after the plan.

    Both have the other name of an object too, unless another object has that name at the time.
    """
    now: dict[tuple[str, str], Address] = {}
    after: dict[tuple[str, str], Address] = {}
    for pair in pairs:
        kind = registry[pair.address.kind]
        if pair.found is not None:
            now[kind.name, pair.found.identity] = pair.address
        if pair.resource is not None:
            after[kind.name, str(pair.resource.attributes.get(kind.identity))] = pair.address
    return {**after, **now}, {**now, **after}


def _addresses_in_liquid(
    registry: Registry, pairs: Iterable[MatchedPair]
) -> tuple[_InLiquid, _InLiquid]:
    """Return the addresses of what Liquid names now and after the plan.

    Both have the other names of an object too, unless another object has that name at the time.
    """
    now: dict[str, dict[str, Address]] = defaultdict(dict)
    after: dict[str, dict[str, Address]] = defaultdict(dict)
    for pair in pairs:
        kind = registry[pair.address.kind]
        if isinstance(kind, NamedInLiquid):
            if name := _name_now(pair):
                now[kind.liquid_collection].setdefault(name, pair.address)
            if pair.resource is not None:
                wanted = str(pair.resource.attributes[kind.identity]).strip()
                after[kind.liquid_collection].setdefault(wanted, pair.address)
    return _with_other_names(now, after), _with_other_names(after, now)


def _with_other_names(names: _InLiquid, others: _InLiquid) -> _InLiquid:
    return {
        collection: {**others.get(collection, {}), **names.get(collection, {})}
        for collection in (*names, *others)
    }


def _name_now(pair: MatchedPair) -> str | None:
    if pair.found is not None:
        return pair.found.identity
    return pair.binding.identity if pair.binding is not None and pair.resource is None else None
