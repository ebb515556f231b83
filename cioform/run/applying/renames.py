"""Record the renames of a run in objects that refer by name, so that they are not drift."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from cioform.core.address import Address
from cioform.core.data.json_value import Attributes
from cioform.core.dataclasses import replace
from cioform.model.kind import Kind
from cioform.model.objects.snapshot import Binding
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasOwnNames
from cioform.model.renamed_objects import renamed_in
from cioform.plan.reach.reference_names import names_in_references


def renames_of(kind: Kind, before: Attributes, after: Attributes) -> dict[str, str]:
    """Return the new name of an object by each name that references had for it."""
    names = names_in_references(kind, after)
    former = names_in_references(kind, before)
    return {
        old: names[min(at, len(names) - 1)]
        for at, old in enumerate(former)
        if old not in names and names
    }


def shared_names(
    kind: Kind, after: Attributes, remote_id: str, names: Names, bound: Iterable[Binding]
) -> dict[str, str]:
    """Return another name of an object for each of its names that a written one has now too.

    That is a reference with its ID if it has no other name.
    `bound` are the bindings of the kind: what was applied means objects by the names in these.
    """
    if not after or not isinstance(kind, HasOwnNames):
        return {}
    own = kind.own_names(after)
    names_by_id = _names_by_id(names.known.get(kind.name, {}))
    names_by_id |= {each.remote_id: kind.own_names(each.applied) for each in bound if each.applied}
    return {
        name: next((each for each in held if each not in own), f"{kind.name}#{holder}")
        for holder, held in names_by_id.items()
        if holder != remote_id
        for name in held
        if name in own
    }


def _names_by_id(known: Mapping[str, str]) -> dict[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, remote_id in known.items():
        found[remote_id].append(name)
    return {**found}


def names_not_held(
    kind: HasOwnNames, known: Mapping[str, str], bound: Iterable[Binding]
) -> dict[str, str]:
    """Return a name that an object has, by each name that only the plan has for it.

    The plan calls an object by the name in its file. It does not get that name if its change is
    blocked, out of scope, or still to come.
    """
    held = {each.remote_id: kind.own_names(each.applied) for each in bound if each.applied}
    return {
        name: own[-1]  # The longest one is the least ambiguous.
        for name, remote_id in known.items()
        if (own := held.get(remote_id)) and name not in own
    }


def unambiguous_renames(
    renames: Mapping[str, str],
    kind: Kind,
    after: Attributes,
    others: Mapping[Address, Binding],
    by_id: str,
) -> dict[str, str]:
    """Return renames with another new name where one of the other objects has that name too.

    It is `by_id`, a reference with the ID, if the object shares all of its names. A former name
    that another object has means that one. Names of kinds without references are unique.
    """
    if not isinstance(kind, HasOwnNames):
        return dict(renames)
    taken = {
        name
        for address, binding in others.items()
        if address.kind == kind.name and binding.applied
        for name in names_in_references(kind, binding.applied)
    }
    own = [name for name in names_in_references(kind, after) if name not in taken] or [by_id]
    return {
        old: own[0] if new in taken else new for old, new in renames.items() if old not in taken
    }


def with_renames(
    bindings: Mapping[Address, Binding], registry: Registry, kind: Kind, renames: Mapping[str, str]
) -> dict[Address, Binding]:
    """Return the bindings with the new names of what was renamed in what was last applied."""
    return {
        address: replace(
            binding,
            applied=renamed_in(registry[address.kind], binding.applied, kind, renames),
        )
        if binding.applied is not None and address.kind in registry
        else binding
        for address, binding in bindings.items()
    }
