"""Read a workspace: every list once, then in full the objects that a file or a binding names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from cioform.core.address import Address
from cioform.core.errors import RemoteError
from cioform.model.conversation import Request, Response
from cioform.model.kind import Kind
from cioform.model.live_object import LiveObject, RemoteObject
from cioform.model.registry import Registry
from cioform.model.router import choose_route
from cioform.model.routes import ListRoute, ReadRoute
from cioform.model.snapshot import AppliedState, DesiredState, Listing, LiveSnapshot
from cioform.plan.match import MatchedPair, MatchResult
from cioform.plan.scope import Scope
from cioform.remote.provider import Provider
from cioform.run.driver import run_conversation
from cioform.run.events import Listener, ReadProgress, ignore_events

_MAX_PARALLEL = 10
"""As many connections as the door keeps (DESIGN 13: more collapse its pool)."""

T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class KindReader:
    """How a kind is read with the credentials at hand."""

    kind: Kind
    list_route: ListRoute
    read_route: ReadRoute | None

    def list(self, provider: Provider) -> tuple[RemoteObject, ...]:
        """Give every object of the kind, as listed."""
        return tuple(run_conversation(self.list_route.operation(), provider))

    def read(self, found: RemoteObject, provider: Provider) -> RemoteObject:
        """Give an object in full."""
        return (
            found
            if self.read_route is None
            else run_conversation(self.read_route.operation(found), provider)
        )

    def read_by_id(self, remote_id: str, identity: str, provider: Provider) -> RemoteObject | None:
        """Give the object with an id as it is now, or None when it is gone."""
        if self.read_route is None:
            return next((f for f in self.list(provider) if f.remote_id == remote_id), None)
        stub = RemoteObject(remote_id, identity, self.list_route.api, {"id": remote_id})
        try:
            return self.read(stub, provider)
        except RemoteError as error:
            if error.status == 404:
                return None
            raise


def reader_for(kind: Kind, provider: Provider) -> KindReader | None:
    """Give how to read a kind, or None when no credential at hand can list it."""
    listing = choose_route(kind, ListRoute, provider.apis)
    if listing is None:
        return None
    reads = (r for r in kind.routes if isinstance(r, ReadRoute) and r.api is listing.api)
    return KindReader(kind, listing, next(reads, None))


def kinds_to_list(
    registry: Registry, desired: DesiredState, applied: AppliedState, scope: Scope | None = None
) -> list[Kind]:
    """Give the kinds a plan has to list: those in `scope` alone when they refer to nothing, else
    all that files and bindings name or refer to, since a live object may name any of them."""
    addresses = (*desired.resources, *applied.bindings)
    near = {a.kind for a in addresses if scope is None or scope.includes(a)}
    if not any(registry[name].has_references for name in near):
        return [kind for kind in registry if kind.name in near]
    names = {address.kind for address in addresses}
    for resource in desired.resources.values():
        names.update(reference.kind for reference in resource.references)
    for address, binding in applied.bindings.items():
        kind = registry[address.kind]
        names.update(reference.kind for reference in kind.references(binding.applied or {}))
    return [kind for kind in registry if kind.name in names]


def read_listing(kinds: Iterable[Kind], applied: AppliedState, provider: Provider) -> Listing:
    """Give all that the lists of `kinds` say. A kind that no credential at hand can list is left
    out, which is not the same as an empty list."""
    readers = [reader for kind in kinds if (reader := reader_for(kind, provider))]
    found = _run_parallel(lambda reader: reader.list(provider), readers)
    return Listing(
        {
            reader.kind.name: items + _find_unlisted(reader, items, applied, provider)
            for reader, items in zip(readers, found, strict=True)
        }
    )


def _find_unlisted(
    reader: KindReader, listed: Sequence[RemoteObject], applied: AppliedState, provider: Provider
) -> tuple[RemoteObject, ...]:
    """Give the bound objects that a list did not show. The campaign list drops rows at random
    (journeys facts, section 9, 6), so absence is only believed when asked for by id."""
    if reader.read_route is None:
        return ()
    seen = {item.remote_id for item in listed}
    absent = [
        binding
        for address, binding in applied.bindings.items()
        if address.kind == reader.kind.name and binding.remote_id not in seen
    ]
    looked = (reader.read_by_id(b.remote_id, b.identity, provider) for b in absent)
    return tuple(found for found in looked if found is not None)


def read_live(
    registry: Registry,
    match: MatchResult,
    listing: Listing,
    provider: Provider,
    listener: Listener = ignore_events,
    pairs: Sequence[MatchedPair] | None = None,
) -> LiveSnapshot:
    """Give the live snapshot: every object of `pairs`, or else all that are matched, in full and
    decoded."""
    pairs = match.pairs if pairs is None else pairs
    found = {pair.address: pair.found for pair in pairs if pair.found is not None}
    readers = {kind.name: reader_for(kind, provider) for kind in registry}
    progress = _ProgressReader(provider, listener)
    full: dict[Address, tuple[RemoteObject, int]] = {}

    def read(address: Address) -> None:
        reader = readers[address.kind]
        assert reader is not None  # it was listed
        full[address] = progress.read(reader, found[address])

    details = [a for a in found if (reader := readers[a.kind]) and reader.read_route]
    progress.expected = len(details)
    _run_parallel(read, details)
    objects: dict[Address, LiveObject] = {}
    for address, listed in found.items():
        wire, requests = full.get(address, (listed, 1))
        decoded = registry[address.kind].decode(wire, match.names)
        objects[address] = LiveObject(address.kind, wire, decoded, requests)
    return LiveSnapshot(listing, objects, match.names, provider.count)


class _ProgressReader:
    """Reads objects in full, counting what each costs and telling how far it is."""

    def __init__(self, provider: Provider, listener: Listener) -> None:
        self._provider = provider
        self._listener = listener
        self._before = provider.count
        self.expected = 0

    def read(self, reader: KindReader, found: RemoteObject) -> tuple[RemoteObject, int]:
        """Give an object in full, and the requests it took, at least one."""
        counted = _CountingProvider(self._provider)
        wire = reader.read(found, counted)
        done = self._provider.count - self._before
        self._listener(ReadProgress(done, max(self.expected, done)))
        return wire, max(1, counted.count)


class _CountingProvider:
    """A provider that counts the requests of one object."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.apis = provider.apis
        self.count = 0

    def send(self, request: Request) -> Response:
        self.count += 1
        return self._provider.send(request)

    def send_all(self, requests: Sequence[Request]) -> list[Response]:
        self.count += len(requests)
        return self._provider.send_all(requests)

    def close(self) -> None:
        """Leave the door open: it belongs to somebody else."""


def _run_parallel(work: Callable[[S], T], items: Iterable[S]) -> list[T]:
    """Give the results in order; after a failure or an interrupt no further item is begun."""
    todo = list(enumerate(items))
    done: dict[int, T] = {}
    left = iter(todo)
    stopped = threading.Event()

    def worker() -> None:
        # One job a worker and not one an item: at 10,000 items the pool's own work is felt.
        for number, item in left:
            if stopped.is_set():
                return
            with _set_on_failure(stopped):
                done[number] = work(item)

    # An interrupt reaches only the thread that waits.
    with ThreadPoolExecutor(_MAX_PARALLEL) as pool, _set_on_failure(stopped):
        for future in [pool.submit(worker) for _ in range(min(_MAX_PARALLEL, len(todo)))]:
            future.result()
    return [done[number] for number, _ in todo]


@contextmanager
def _set_on_failure(stopped: threading.Event) -> Iterator[None]:
    """Set `stopped` when what is done here does not come to its end."""
    try:
        yield
    except BaseException:
        stopped.set()
        raise
