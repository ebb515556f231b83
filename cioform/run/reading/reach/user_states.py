"""Read the users of shared objects: whether people receive what those contain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from cioform.core.address import Address
from cioform.model.decoding import decode_live
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.objects.snapshot import Listing
from cioform.model.references.names import Names
from cioform.model.registry import Registry
from cioform.model.routing.operations import ObjectId
from cioform.plan.change import User
from cioform.remote.provider import Provider
from cioform.run.reading.kind_reader import KindReader, reader_for
from cioform.run.reading.parallel import run_parallel
from cioform.run.reading.reach.listed_rows import decode_row, list_if_readable
from cioform.run.reading.reach.newsletters import NEWSLETTER, list_newsletters, read_newsletters

LiveUsers: TypeAlias = Mapping[Address, LiveObject | None]
"""Users as they are now, None for one that does not exist. What cannot be read is absent."""


def read_users(
    users: Iterable[User],
    registry: Registry,
    names: Names,
    provider: Provider,
    listing: Listing | None = None,
) -> LiveUsers:
    """Return the users as they are now, with their state and perhaps without their content."""
    ids = {u.address: ObjectId(u.address.kind, u.remote_id) for u in users if u.remote_id}
    found = read_objects(ids.values(), registry, names, provider, listing)
    return {address: found[each] for address, each in ids.items() if each in found}


def read_objects(
    objects: Iterable[ObjectId],
    registry: Registry,
    names: Names,
    provider: Provider,
    listing: Listing | None = None,
    *,
    is_required: bool = False,
) -> Mapping[ObjectId, LiveObject | None]:
    """Return objects as they are now, with their state and perhaps without their content.

    A list shows the states of all objects of a kind, so it is read once, unless `listing` has it.
    An object is read by its ID only if the list does not show it or its state. Kinds that cannot be
    listed are absent; with `is_required`, AuthError or RemoteError is raised.
    """
    by_kind: dict[str, list[ObjectId]] = defaultdict(list)
    for each in objects:
        by_kind[each.kind].append(each)
    found: dict[ObjectId, LiveObject | None] = {}
    for name, wanted in by_kind.items():
        if name == NEWSLETTER:
            rows = (list_newsletters if is_required else read_newsletters)(provider) or {}
            found |= {each: rows[each.remote_id] for each in wanted if each.remote_id in rows}
            continue
        reader = reader_for(registry[name], provider)
        if reader is None:
            continue
        listed = listing.found.get(name) if listing is not None else None
        if listed is None:
            listed = reader.list(provider) if is_required else list_if_readable(reader, provider)
        if listed is not None:
            found |= _read_kind(reader, wanted, names, provider, listed)
    return found


def _read_kind(
    reader: KindReader,
    wanted: Sequence[ObjectId],
    names: Names,
    provider: Provider,
    listed: Sequence[RemoteObject],
) -> dict[ObjectId, LiveObject | None]:
    kind = reader.kind
    rows = {row.remote_id: row for row in listed}

    def read(each: ObjectId) -> LiveObject | None:
        row = rows.get(each.remote_id)
        live = decode_row(kind, row, names) if row else None
        if live is not None and live.decoded.reach.is_known:
            return live
        found = reader.read_by_id(each.remote_id, "", provider)
        return decode_live(kind, found, names) if found else None

    found = run_parallel(read, wanted, provider.max_parallel)
    return dict(zip(wanted, found, strict=True))
