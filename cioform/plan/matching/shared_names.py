"""The names that several objects have, so that a reference by one of them means none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cioform.model.objects.live_object import RemoteObject
from cioform.model.objects.snapshot import Listing
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import HasOwnNames
from cioform.plan.matching.pair import MatchedPair


def texts_by_shared_name(
    registry: Registry, pairs: Sequence[MatchedPair], listing: Listing
) -> dict[tuple[str, str], Sequence[str]]:
    """Return what to write for each object that shares a name, by kind and name.

    That is the name of its file, or another name of it.
    """
    holders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind in registry:
        if isinstance(kind, HasOwnNames):
            own = [pair for pair in pairs if pair.address.kind == kind.name]
            for name, text in _in_workspace(listing.found.get(kind.name, ()), own, kind.name):
                holders[kind.name, name].add(text)
            for pair in own:
                for name in kind.own_names(pair.resource.attributes) if pair.resource else ():
                    holders[kind.name, name].add(pair.address.name)
    return {key: sorted(texts) for key, texts in holders.items() if len(texts) > 1}


def _in_workspace(
    rows: Iterable[RemoteObject], pairs: Iterable[MatchedPair], kind: str
) -> Iterator[tuple[str, str]]:
    """Yield the name of each object, and what to write for the object."""
    in_files: Mapping[str, str] = {
        pair.found.remote_id: pair.address.name for pair in pairs if pair.found and pair.resource
    }
    for row in rows:
        other = row.aliases[0] if row.aliases else f"{kind}#{row.remote_id}"
        yield row.identity, in_files.get(row.remote_id, other)
