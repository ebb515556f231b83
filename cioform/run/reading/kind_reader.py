"""Read the objects of one kind with the credentials that are set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cioform.core.dataclasses import dataclass
from cioform.core.errors import RemoteError
from cioform.model.decoding import invalid_object_problem
from cioform.model.kind import Kind
from cioform.model.objects.live_object import RemoteObject
from cioform.model.router import choose_route
from cioform.model.routing.routes import ListRoute, ReadRoute
from cioform.run.reading.driver import run_conversation

if TYPE_CHECKING:
    from cioform.remote.provider import Provider


@dataclass(frozen=True, slots=True)
class KindReader:
    """The routes that read a kind."""

    kind: Kind
    list_route: ListRoute
    read_route: ReadRoute | None
    """None where the list already returns objects in full."""

    def list(self, provider: Provider) -> tuple[RemoteObject, ...]:
        """Return every object of the kind, as far as the list shows it."""
        return tuple(run_conversation(self.list_route.operation(), provider))

    def read(self, listed: RemoteObject, provider: Provider) -> RemoteObject:
        """Return an object in full."""
        if self.read_route is None:
            return listed
        found = run_conversation(self.read_route.operation(listed), provider)
        if found.remote_id != listed.remote_id:
            what = f"its ID in the response is {found.remote_id}"
            raise RemoteError([invalid_object_problem(self.kind, listed, what)])
        return found

    def read_by_id(self, remote_id: str, identity: str, provider: Provider) -> RemoteObject | None:
        """Return the object with an ID as it is now, or None when it does not exist."""
        if self.read_route is None:
            listed = self.list(provider)
            return next((each for each in listed if each.remote_id == remote_id), None)
        stub = RemoteObject(remote_id, identity, self.list_route.api, {"id": remote_id})
        try:
            return self.read(stub, provider)
        except RemoteError as error:
            if error.status == 404:
                return None
            raise


def reader_for(kind: Kind, provider: Provider) -> KindReader | None:
    """Return the reader of a kind, or None when no credential that is set can list it."""
    list_route = choose_route(kind, ListRoute, provider.apis)
    if list_route is None:
        return None
    reads = (
        route
        for route in kind.routes
        if isinstance(route, ReadRoute) and route.api is list_route.api
    )
    return KindReader(kind, list_route, next(reads, None))
