"""Take a name that somebody changed in the workspace into all files that call the object by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.model.objects.snapshot import LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.renamed_objects import renamed_in
from cioform.plan.matching.pair import MatchedPair
from cioform.plan.reach.reference_names import names_of_row
from cioform.run.applying.renames import renames_of


def with_new_names(
    values: Mapping[Address, Attributes],
    pairs: Iterable[MatchedPair],
    registry: Registry,
    live: LiveSnapshot,
) -> dict[Address, Attributes]:
    """Return the values of files, with those that call a pulled object by its former name.

    Otherwise these files would name something that does not exist.
    """
    own = {pair.address: pair.resource.attributes for pair in pairs if pair.resource}
    taken = dict(values)
    for name, renames in _renames_by_kind(values, own, registry, live).items():
        for address, attributes in own.items():
            before = taken.get(address, attributes)
            after = renamed_in(registry[address.kind], before, registry[name], renames)
            if after != before:
                taken[address] = after
    return taken


def _renames_by_kind(
    values: Mapping[Address, Attributes],
    own: Mapping[Address, Attributes],
    registry: Registry,
    live: LiveSnapshot,
) -> dict[str, dict[str, str]]:
    """Return the new names of pulled objects by their kinds and former names.

    A former name that another object has by now is not among them: references may mean that one.
    """
    renames: dict[str, dict[str, str]] = {}
    for address, attributes in values.items():
        if found := renames_of(registry[address.kind], own[address], attributes):
            rows = live.listing.found.get(address.kind, ())
            held = frozenset[str]().union(*map(names_of_row, rows))
            free = {old: new for old, new in found.items() if old not in held}
            renames[address.kind] = renames.get(address.kind, {}) | free
    return renames
