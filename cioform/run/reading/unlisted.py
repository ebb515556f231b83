"""Objects that are in use although their list leaves them out.

A list may lack what can be used, such as archived segments (corrections 2026-11, row 19).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import Listing, LiveSnapshot
from cioform.model.references.names import Reference
from cioform.model.registry import Registry
from cioform.plan.matching.pair import MatchedPair
from cioform.run.reading.kind_reader import reader_for

if TYPE_CHECKING:
    from cioform.remote.provider import Provider


def with_unlisted(
    kinds: Iterable[Kind], listing: Listing, references: Iterable[Reference], provider: Provider
) -> Listing:
    """Return the lists with what is referred to by its ID, and which of these IDs do not exist."""
    found, absent = dict(listing.found), set(listing.absent)
    ids = _named_ids(references)
    for kind in kinds:
        listed = {item.remote_id for item in found.get(kind.name, ())}
        for remote_id in sorted(ids.get(kind.name, set()) - listed):
            if (item := _read(kind, remote_id, provider)) is None:
                absent.add((kind.name, remote_id))
            elif kind.name in found:
                found[kind.name] = (*found[kind.name], item)
    return replace(listing, found=found, absent=frozenset(absent))


def with_unlisted_in_use(
    registry: Registry, pairs: Iterable[MatchedPair], live: LiveSnapshot, provider: Provider
) -> Listing:
    """Return the lists with what live objects refer to and a file may describe.

    Without it, an object of which no state has the ID would be created a second time.
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


def _read(kind: Kind, remote_id: str, provider: Provider) -> RemoteObject | None:
    reader = reader_for(kind, provider)
    if reader is None or reader.read_route is None:
        return None
    return reader.read_by_id(remote_id, "", provider)


def _named_ids(references: Iterable[Reference]) -> Mapping[str, set[str]]:
    """Return the IDs by kind of what is referred to by its ID."""
    ids: dict[str, set[str]] = defaultdict(set)
    for each in references:
        if each.text.startswith(f"{each.kind}#"):
            ids[each.kind].add(each.text.removeprefix(f"{each.kind}#"))
    return ids
