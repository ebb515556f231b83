"""Bindings of objects that were replaced and are not deleted yet, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from cioform.core.address import Address
from cioform.model.objects.snapshot import Binding


def with_former(bindings: Mapping[Address, Binding], former: Binding) -> dict[Address, Binding]:
    """Return the bindings, with the former object at an address that no file has.

    Its new object has its address. If the deletion does not happen in this run, a later plan finds
    a binding without a file, and deletes the object as it deletes any other.
    """
    kind, name = former.address.kind, former.address.name
    names = (f"{name}_former{number if number > 1 else ''}" for number in count(1))
    address = next(a for a in (Address(kind, each) for each in names) if a not in bindings)
    return {**bindings, address: replace(former, address=address)}


def without_object(
    bindings: Mapping[Address, Binding], kind: str, remote_id: str
) -> dict[Address, Binding]:
    """Return the bindings without that of an object, at whatever address."""
    return {a: b for a, b in bindings.items() if (a.kind, b.remote_id) != (kind, remote_id)}
