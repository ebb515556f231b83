"""After a cut: look at what an unfinished run was doing, and believe only what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cioform.base.address import Address
from cioform.model.kind import Found, Kind, Live
from cioform.model.names import Names
from cioform.model.registry import Registry
from cioform.model.snapshot import Applied, Binding
from cioform.plan import diff
from cioform.plan.change import Action
from cioform.remote.provider import Provider
from cioform.run.read import Reader, reader_of
from cioform.state.recall import OpenChange, Story


def recover(
    runs: Sequence[Story], registry: Registry, applied: Applied, provider: Provider
) -> Applied:
    """Give the bindings as they must be after what `runs` left behind; sends only reads.

    An update needs nothing: the next plan compares three ways and sees what is left of it. An
    object that was being created is bound when it is there, as half-made unless it is whole; one
    that was being deleted is unbound when it is gone."""
    for run in runs:
        for change in run.open_changes:
            applied = _recover_change(change, registry, applied, provider)
    return applied


def _recover_change(
    change: OpenChange, registry: Registry, applied: Applied, provider: Provider
) -> Applied:
    if change.address.kind not in registry:
        return applied
    kind = registry[change.address.kind]
    reader = reader_of(kind, provider)
    if reader is None or change.action == Action.UPDATE:
        return applied
    if change.action == Action.DELETE:
        return _after_delete(change, reader, applied, provider)
    return _after_create(change, kind, reader, applied, provider)


def _after_delete(
    change: OpenChange, reader: Reader, applied: Applied, provider: Provider
) -> Applied:
    assert change.remote_id is not None  # nothing without an id is deleted
    if reader.look(change.remote_id, "", provider) is not None:
        return applied
    return _with(applied, change.address, None)


def _after_create(
    change: OpenChange, kind: Kind, reader: Reader, applied: Applied, provider: Provider
) -> Applied:
    wanted = change.wanted or {}
    identity = str(wanted.get(kind.identity, ""))
    taken = {b.remote_id for a, b in applied.bindings.items() if a != change.address}
    there = [
        found
        for found in reader.list(provider)
        if found.remote_id not in taken
        and (found.remote_id == change.remote_id or found.identity == identity)
    ]
    if len(there) != 1:
        # None: it never came to be. Several: the plan will say which names are ambiguous.
        return applied
    live = _decode(kind, reader.read(there[0], provider), applied)
    whole = not diff.compare(kind, None, wanted, live.attributes)
    binding = Binding(
        change.address,
        live.remote_id,
        identity,
        wanted if whole else None,
        dict(live.decoded.parts),
    )
    return _with(applied, change.address, binding)


def _decode(kind: Kind, found: Found, applied: Applied) -> Live:
    names = Names(
        ids={address: binding.remote_id for address, binding in applied.bindings.items()},
        parts={(a.kind, b.remote_id): b.parts for a, b in applied.bindings.items()},
    )
    return Live(kind.name, found, kind.decode(found, names))


def _with(applied: Applied, address: Address, binding: Binding | None) -> Applied:
    bindings = {a: b for a, b in applied.bindings.items() if a != address}
    if binding is not None:
        bindings[address] = binding
    return replace(applied, bindings=bindings)
