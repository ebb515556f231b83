"""Find unique names that changes take from objects which a plan did not read.

A list shows the identities of all objects, which planning compares. Another unique field, such as
the trigger name of a message, is known only of an object that was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cioform.core.dataclasses import replace
from cioform.core.errors import AuthError, RemoteError
from cioform.core.text.quoted import quoted
from cioform.model.decoding import decode_live
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.plan.change import BlockedChange, Change
from cioform.plan.guards.blocking import block_dependents
from cioform.plan.plan import Plan
from cioform.plan.writes.write_planner import blocked_change
from cioform.run.reading.kind_reader import KindReader, reader_for
from cioform.run.reading.parallel import run_parallel
from cioform.run.reading.reach.audience_size import PeopleCounter


def block_taken_names(plan: Plan, counter: PeopleCounter) -> Plan:
    """Return the plan with changes blocked that take the names of objects it did not read."""
    taking = {
        kind.name: names
        for kind in counter.registry
        if kind.unique_field and not kind.has_unique_names
        if (names := dict(_names_taken(plan, kind, counter)))
    }
    blocked = [
        blocked_change(change, _reason(counter.registry[kind], name, holders[name]))
        for kind, names in taking.items()
        if (holders := _other_holders(counter.registry[kind], counter))
        for name, change in names.items()
        if name in holders
    ]
    return _without(plan, blocked) if blocked else plan


def _names_taken(plan: Plan, kind: Kind, counter: PeopleCounter) -> Iterator[tuple[str, Change]]:
    """Yield the names that objects of a kind get, each with the change that writes it."""
    for change in plan.changes:
        if change.address.kind == kind.name and change.action.writes_values:
            name = (change.wanted or {}).get(kind.unique_field)
            live = counter.live.objects.get(change.address)
            is_new = live is None or live.attributes.get(kind.unique_field) != name
            if is_new and isinstance(name, str) and name:
                yield name, change


def _other_holders(kind: Kind, counter: PeopleCounter) -> Mapping[str, RemoteObject]:
    """Read the objects that the plan did not read, and return them by their unique names."""
    reader = reader_for(kind, counter.provider)
    known = {live.remote_id for a, live in counter.live.objects.items() if a.kind == kind.name}
    listed = counter.live.listing.found.get(kind.name, ())
    rows = [row for row in listed if row.remote_id not in known]
    if reader is None or not rows:
        return {}

    def name_of(row: RemoteObject) -> str:
        return _read_name(reader, row, counter)

    names = run_parallel(name_of, rows, counter.provider.max_parallel)
    return {name: row for name, row in zip(names, rows, strict=True) if name}


def _read_name(reader: KindReader, row: RemoteObject, counter: PeopleCounter) -> str:
    try:
        found = reader.read(row, counter.provider)
    except (AuthError, RemoteError):
        return ""
    attributes = decode_live(reader.kind, found, counter.live.names).attributes
    name = attributes.get(reader.kind.unique_field)
    return name if isinstance(name, str) else ""


def _reason(kind: Kind, name: str, holder: RemoteObject) -> str:
    field = kind.unique_field
    return (
        f"Its {field} {quoted(name)} is taken by another {kind.name}, "
        f"{quoted(holder.identity)} (ID {holder.remote_id}), and no two may have the same. Choose "
        f"another {field}, or change that of the other object first."
    )


def _without(plan: Plan, blocked: list[BlockedChange]) -> Plan:
    addresses = {item.address for item in blocked}
    possible = [change for change in plan.changes if change.address not in addresses]
    changes, all_blocked = block_dependents(possible, [*plan.blocked, *blocked], {})
    in_order = sorted(all_blocked, key=lambda item: item.address)
    return replace(plan, changes=tuple(changes), blocked=tuple(in_order))
