"""Read a workspace: every list once, then in full the objects that a file or a binding names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from cioform.core.address import Address
from cioform.core.errors import RemoteRefused
from cioform.model.conversation import Request, Response
from cioform.model.kind import Found, Kind, Live, Route, Verb
from cioform.model.registry import Registry
from cioform.model.router import choose
from cioform.model.snapshot import Applied, Desired, Listing, LiveSnapshot
from cioform.plan.match import Match, Pair
from cioform.plan.scope import Scope
from cioform.remote.provider import Provider
from cioform.run.driver import drive
from cioform.run.events import Listener, Reading, ignore

_AT_ONCE = 10
"""As many connections as the door keeps (DESIGN 13: more collapse its pool)."""

T = TypeVar("T")
S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Reader:
    """How a kind is read with the credentials at hand."""

    kind: Kind
    list_route: Route
    read_route: Route | None

    def list(self, provider: Provider) -> tuple[Found, ...]:
        """Give every object of the kind, as listed."""
        return tuple(drive(self.list_route.talk(), provider))

    def read(self, found: Found, provider: Provider) -> Found:
        """Give an object in full."""
        return found if self.read_route is None else drive(self.read_route.talk(found), provider)

    def look(self, remote_id: str, identity: str, provider: Provider) -> Found | None:
        """Give the object with an id as it is now, or None when it is gone."""
        if self.read_route is None:
            return next((f for f in self.list(provider) if f.remote_id == remote_id), None)
        stub = Found(remote_id, identity, self.list_route.api, {"id": remote_id})
        try:
            return self.read(stub, provider)
        except RemoteRefused as error:
            if error.status == 404:
                return None
            raise


def reader_of(kind: Kind, provider: Provider) -> Reader | None:
    """Give how to read a kind, or None when no credential at hand can list it."""
    listing = choose(kind, Verb.LIST, provider.apis)
    if listing is None:
        return None
    reads = (r for r in kind.routes if r.verb is Verb.READ and r.api is listing.api)
    return Reader(kind, listing, next(reads, None))


def needed_kinds(
    registry: Registry, desired: Desired, applied: Applied, scope: Scope | None = None
) -> list[Kind]:
    """Give the kinds a plan has to list: those in `scope` alone when they refer to nothing, else
    all that files and bindings name or refer to, since a live object may name any of them."""
    addresses = (*desired.resources, *applied.bindings)
    near = {a.kind for a in addresses if scope is None or scope.includes(a)}
    if not any(registry[name].refers for name in near):
        return [kind for kind in registry if kind.name in near]
    names = {address.kind for address in addresses}
    for resource in desired.resources.values():
        names.update(reference.kind for reference in resource.references)
    for address, binding in applied.bindings.items():
        kind = registry[address.kind]
        names.update(reference.kind for reference in kind.references(binding.applied or {}))
    return [kind for kind in registry if kind.name in names]


def read_listing(kinds: Iterable[Kind], applied: Applied, provider: Provider) -> Listing:
    """Give all that the lists of `kinds` say. A kind that no credential at hand can list is left
    out, which is not the same as an empty list."""
    readers = [reader for kind in kinds if (reader := reader_of(kind, provider))]
    found = _side_by_side(lambda reader: reader.list(provider), readers)
    return Listing(
        {
            reader.kind.name: items + _missed(reader, items, applied, provider)
            for reader, items in zip(readers, found, strict=True)
        }
    )


def _missed(
    reader: Reader, listed: Sequence[Found], applied: Applied, provider: Provider
) -> tuple[Found, ...]:
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
    looked = (reader.look(b.remote_id, b.identity, provider) for b in absent)
    return tuple(found for found in looked if found is not None)


def read_live(
    registry: Registry,
    match: Match,
    listing: Listing,
    provider: Provider,
    listener: Listener = ignore,
    pairs: Sequence[Pair] | None = None,
) -> LiveSnapshot:
    """Give the live snapshot: every object of `pairs`, or else all that are matched, in full and
    decoded."""
    pairs = match.pairs if pairs is None else pairs
    found = {pair.address: pair.found for pair in pairs if pair.found is not None}
    readers = {kind.name: reader_of(kind, provider) for kind in registry}
    progress = _Progress(provider, listener)
    full: dict[Address, tuple[Found, int]] = {}

    def read(address: Address) -> None:
        reader = readers[address.kind]
        assert reader is not None  # it was listed
        full[address] = progress.read(reader, found[address])

    details = [a for a in found if (reader := readers[a.kind]) and reader.read_route]
    progress.expected = len(details)
    _side_by_side(read, details)
    objects: dict[Address, Live] = {}
    for address, listed in found.items():
        wire, requests = full.get(address, (listed, 1))
        decoded = registry[address.kind].decode(wire, match.names)
        objects[address] = Live(address.kind, wire, decoded, requests)
    return LiveSnapshot(listing, objects, match.names, provider.count)


class _Progress:
    """Reads objects in full, counting what each costs and telling how far it is."""

    def __init__(self, provider: Provider, listener: Listener) -> None:
        self._provider = provider
        self._listener = listener
        self._before = provider.count
        self.expected = 0

    def read(self, reader: Reader, found: Found) -> tuple[Found, int]:
        """Give an object in full, and the requests it took, at least one."""
        counted = _Counted(self._provider)
        wire = reader.read(found, counted)
        done = self._provider.count - self._before
        self._listener(Reading(done, max(self.expected, done)))
        return wire, max(1, counted.count)


class _Counted:
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


def _side_by_side(work: Callable[[S], T], items: Iterable[S]) -> list[T]:
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
            with _telling(stopped):
                done[number] = work(item)

    # An interrupt reaches only the thread that waits.
    with ThreadPoolExecutor(_AT_ONCE) as pool, _telling(stopped):
        for future in [pool.submit(worker) for _ in range(min(_AT_ONCE, len(todo)))]:
            future.result()
    return [done[number] for number, _ in todo]


@contextmanager
def _telling(stopped: threading.Event) -> Iterator[None]:
    """Set `stopped` when what is done here does not come to its end."""
    try:
        yield
    except BaseException:
        stopped.set()
        raise
