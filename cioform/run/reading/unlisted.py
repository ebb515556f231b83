"""Find objects that are in use but missing from the list of their kind.

A list may lack objects that can be used, such as archived segments (corrections 2026-11, row 19).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from cioform.core.errors import AuthError
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import Listing, LiveSnapshot
from cioform.model.references.names import Reference, referenced_id
from cioform.model.registry import Registry
from cioform.plan.matching.pair import MatchedPair
from cioform.run.reading.kind_reader import KindReader, reader_for

if TYPE_CHECKING:
    from cioform.remote.provider import Provider


def with_unlisted(
    kinds: Iterable[Kind], listing: Listing, references: Iterable[Reference], provider: Provider
) -> Listing:
    """Return the lists with the objects that are referred to by ID, and the IDs that do not exist.

    An object that no credential may read is neither.
    """
    found, absent = dict(listing.found), set(listing.absent)
    ids = _named_ids(references)
    for reader in filter(None, (reader_for(kind, provider) for kind in kinds)):
        name = reader.kind.name
        unlisted = ids[name] - {item.remote_id for item in found.get(name, ())}
        for remote_id, item in _read(reader, sorted(unlisted), provider):
            if item is None:
                absent.add((name, remote_id))
            elif name in found:
                found[name] = (*found[name], item)
    return replace(listing, found=found, absent=frozenset(absent))


def with_unlisted_in_use(
    registry: Registry, pairs: Iterable[MatchedPair], live: LiveSnapshot, provider: Provider
) -> Listing:
    """Return the lists with the objects that live objects refer to and a file may describe.

    Otherwise, a plan without a state would create such an object a second time.
    """
    unmatched = {pair.address.kind for pair in pairs if not pair.exists}
    names = unmatched & live.listing.found.keys()
    kinds = [kind for kind in registry if kind.name in names]
    if not kinds:
        return live.listing
    references = (
        reference
        for address, each in live.objects.items()
        for reference in registry[address.kind].references(each.attributes)
    )
    return with_unlisted(kinds, live.listing, references, provider)


def _read(
    reader: KindReader, remote_ids: Iterable[str], provider: Provider
) -> Iterator[tuple[str, RemoteObject | None]]:
    """Yield the objects with some IDs, None for one that does not exist."""
    for remote_id in remote_ids:
        if reader.read_route is None:
            yield remote_id, None  # The list has all that exist.
        else:
            with suppress(AuthError):  # The credential may list the kind.
                yield remote_id, reader.read_by_id(remote_id, "", provider)


def _named_ids(references: Iterable[Reference]) -> defaultdict[str, set[str]]:
    """Return the IDs by kind of the objects that are referred to by ID."""
    ids: defaultdict[str, set[str]] = defaultdict(set)
    for each in references:
        if (remote_id := referenced_id(each)) is not None:
            ids[each.kind].add(remote_id)
    return ids
