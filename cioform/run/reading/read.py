"""Read a workspace: every list once, then in full the objects that a file or a binding names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from cioform.core.address import Address
from cioform.model.decoding import decode_live
from cioform.model.kind import Kind
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.objects.snapshot import AppliedState, DesiredState, Listing, LiveSnapshot
from cioform.model.registry import Registry
from cioform.model.remote_access.capabilities import CreatesOnDemand, NamedInLiquid
from cioform.model.remote_access.conversation import Request, Response
from cioform.plan.matching.pair import MatchedPair, MatchResult
from cioform.plan.selecting.scope import Scope
from cioform.run.events import Listener, ReadProgress, ignore_events
from cioform.run.reading.kind_reader import KindReader, reader_for
from cioform.run.reading.parallel import run_parallel
from cioform.run.reading.recognize_parts import recognize_parts
from cioform.run.reading.unlisted import with_unlisted

if TYPE_CHECKING:
    from cioform.remote.provider import Provider

NO_FILES: Final = DesiredState({})


def kinds_to_list(
    registry: Registry, desired: DesiredState, applied: AppliedState, scope: Scope | None = None
) -> list[Kind]:
    """Return the kinds that a plan has to list.

    These are the kinds in `scope` when none of them refers to others. Otherwise a live object may
    refer to any resource, so they are all kinds that files and bindings name or refer to. Files
    without a binding may describe what exists and uses what is in scope, so their kinds are needed
    too.
    """
    addresses = (*desired.resources, *applied.bindings)
    in_scope = {a.kind for a in addresses if scope is None or scope.includes(a)}
    if not any(registry[name].has_references for name in in_scope):
        unbound = {a.kind for a in desired.resources if a not in applied.bindings}
        needed = in_scope | unbound | _renamed_kinds(registry, desired, applied)
        return [kind for kind in registry if kind.name in needed]
    names = {address.kind for address in addresses}
    for resource in desired.resources.values():
        names.update(reference.kind for reference in resource.references)
    for address, binding in applied.bindings.items():
        wanted = desired.resources.get(address)
        if wanted is not None and wanted.attributes == binding.applied:
            continue  # Its references are those of its file, as nearly always.
        references = registry[address.kind].references(binding.applied or {})
        names.update(reference.kind for reference in references)
    names.update(_kinds_of_new_names(registry, desired, applied))
    return [kind for kind in registry if kind.name in names]


def _kinds_of_new_names(
    registry: Registry, desired: DesiredState, applied: AppliedState
) -> Iterator[str]:
    """Yield the kinds of objects that a file newly refers to and that a write may create."""
    for address, resource in desired.resources.items():
        kind = registry[address.kind]
        if isinstance(kind, CreatesOnDemand):
            binding = applied.bindings.get(address)
            before = set(kind.creates_on_demand((binding and binding.applied) or {}))
            after = kind.creates_on_demand(resource.attributes)
            yield from (name for name, identity in after if (name, identity) not in before)


def _renamed_kinds(registry: Registry, desired: DesiredState, applied: AppliedState) -> set[str]:
    """Return the kinds of what texts name in Liquid, if a file has another name than the state.

    Texts in scope may name it, and then it has to be replaced first.
    """
    kinds = {kind.name: kind for kind in registry if isinstance(kind, NamedInLiquid)}
    return {
        address.kind
        for address, resource in desired.resources.items()
        if (kind := kinds.get(address.kind)) and (bound := applied.bindings.get(address))
        if bound.identity != str(resource.attributes[kind.identity]).strip()
    }


def read_listing(
    kinds: Iterable[Kind],
    applied: AppliedState,
    provider: Provider,
    desired: DesiredState = NO_FILES,
) -> Listing:
    """Return the lists of `kinds`, and the IDs in `desired` that do not exist.

    A kind that no credential can list is absent, which is not the same as an empty list.
    """
    kinds = tuple(kinds)
    readers = [reader for kind in kinds if (reader := reader_for(kind, provider))]
    lists = run_parallel(lambda reader: reader.list(provider), readers, provider.max_parallel)
    found = {
        reader.kind.name: listed + _find_unlisted(reader, listed, applied, provider)
        for reader, listed in zip(readers, lists, strict=True)
    }
    named = [each for resource in desired.resources.values() for each in resource.references]
    return with_unlisted(kinds, Listing(found), named, provider)


def _find_unlisted(
    reader: KindReader, listed: Sequence[RemoteObject], applied: AppliedState, provider: Provider
) -> tuple[RemoteObject, ...]:
    """Return the bound objects that exist although the list does not show them.

    The campaign list drops rows at random (journeys facts, section 9, 6), so an object only
    counts as deleted when it cannot be read by its ID.
    """
    if reader.read_route is None:
        return ()
    listed_ids = {item.remote_id for item in listed}
    absent = [
        binding
        for address, binding in applied.bindings.items()
        if address.kind == reader.kind.name and binding.remote_id not in listed_ids
    ]
    by_id = (reader.read_by_id(b.remote_id, b.identity, provider) for b in absent)
    return tuple(found for found in by_id if found is not None)


def read_live(
    registry: Registry,
    match: MatchResult,
    listing: Listing,
    provider: Provider,
    listener: Listener = ignore_events,
    pairs: Sequence[MatchedPair] | None = None,
) -> LiveSnapshot:
    """Return the objects of `pairs`, or of all matched pairs, in full and decoded."""
    pairs = match.pairs if pairs is None else pairs
    listed = {pair.address: pair.found for pair in pairs if pair.found is not None}
    in_full = _read_in_full(registry, listed, provider, listener)
    resources = {pair.address: pair.resource for pair in pairs}
    objects: dict[Address, LiveObject] = {}
    for address, row in listed.items():
        found, requests = in_full.get(address, (row, 1))
        kind = registry[address.kind]
        live = decode_live(kind, found, match.names, requests)
        objects[address] = recognize_parts(kind, live, resources[address], match.names)
    return LiveSnapshot(listing, objects, match.names, provider.count)


def _read_in_full(
    registry: Registry,
    listed: dict[Address, RemoteObject],
    provider: Provider,
    listener: Listener,
) -> dict[Address, tuple[RemoteObject, int]]:
    """Return the objects that their list does not show in full.

    Each comes with the number of requests that it took, at least one.
    """
    readers = {kind.name: reader_for(kind, provider) for kind in registry}
    jobs = [
        (address, reader)
        for address in listed
        if (reader := readers[address.kind]) and reader.read_route
    ]
    requests_before = provider.count

    def read(job: tuple[Address, KindReader]) -> tuple[RemoteObject, int]:
        address, reader = job
        counted = _CountingProvider(provider)
        found = reader.read(listed[address], counted)
        done = provider.count - requests_before
        listener(ReadProgress(done, max(len(jobs), done)))
        return found, max(1, counted.count)

    addresses = [address for address, _ in jobs]
    results = run_parallel(read, jobs, provider.max_parallel)
    return dict(zip(addresses, results, strict=True))


class _CountingProvider:
    """A provider that counts the requests of one object."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.apis = provider.apis
        self.max_parallel = provider.max_parallel
        self.count = 0

    def send(self, request: Request) -> Response:
        self.count += 1
        return self._provider.send(request)

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        self.count += len(requests)
        return self._provider.send_all(requests)

    def close(self) -> None:
        """Do nothing: the connection is shared."""
