"""Names in Liquid that no object has yet: files describe one that is new, or has a new name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from cioform.core.address import Address
from cioform.core.data.json_value import Json
from cioform.language.liquid.references import names_in_values
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import NamedInLiquid
from cioform.plan.matching.pair import MatchedPair

NewNames: TypeAlias = Mapping[str, Mapping[str, Address]]
"""The address that will have a name, by collection and name."""


def find_new_names(registry: Registry, pairs: Iterable[MatchedPair]) -> NewNames:
    """Return the names in files whose objects do not exist or have another name."""
    found: dict[str, dict[str, Address]] = defaultdict(dict)
    for pair in pairs:
        kind = registry[pair.address.kind]
        if pair.resource is not None and isinstance(kind, NamedInLiquid):
            name = str(pair.resource.attributes[kind.identity]).strip()
            if name != _name_now(pair):
                found[kind.liquid_collection].setdefault(name, pair.address)
    return found


def uses_of_new_names(names: NewNames, value: Json) -> set[Address]:
    """Return the addresses whose new names the texts of a value use."""
    return {
        named[use.name]
        for collection, named in names.items()
        for use in names_in_values(value, collection)
        if use.name in named
    }


def _name_now(pair: MatchedPair) -> str | None:
    if pair.found is not None:
        return pair.found.identity.strip()
    if pair.is_unlistable and pair.binding is not None:
        return pair.binding.identity.strip()
    return None
