"""The operations of a plain REST collection: list, read, create, update and delete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar
from urllib.parse import quote

from cioform.core.data.json_value import Json, as_list, as_mapping
from cioform.core.dataclasses import dataclass
from cioform.core.errors import PlanError
from cioform.core.text.quoted import quoted
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.remote_access.conversation import (
    Api,
    Conversation,
    Paging,
    Request,
    WireObject,
    ask,
)
from cioform.model.remote_access.response_schema import WithId
from cioform.model.resource import ResourceModel
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.routes import CreateRoute, DeleteRoute, ListRoute, Route, UpdateRoute

ModelT = TypeVar("ModelT", bound=ResourceModel)
V = TypeVar("V")


def encode_model(wanted: ResourceModel, _context: WriteContext) -> WireObject:
    """Return the fields of a model under their own names."""
    return wanted.to_fields()


@dataclass(frozen=True)
class RestCollection(Generic[ModelT]):
    """A collection on one API.

    A kind takes the operations that fit and writes the others itself: each is a method that can
    be used in a route or called from another operation with `yield from`.
    """

    api: Api
    path: str
    """The path of the collection, `~/tags`. One object is at `~/tags/{id}`."""
    items: str
    """The key of the list in a response: `tags`."""
    item: str = ""
    """The key of one object in requests and responses: `tag`. Empty when it has no wrapper."""
    encode: Callable[[ModelT, WriteContext], WireObject] = encode_model
    """Returns the fields of a write, without the wrapper."""
    id_field: str = "id"
    """The member of an object that is its remote ID."""
    path_field: str = ""
    """The member of an object that its path ends with, where that is not the remote ID."""
    identity_field: str = "name"
    """The member of an object that is its identity."""
    has_own_names: bool = False
    """Whether references call an object by its identity (see `HasOwnNames`)."""
    paging: Paging = Paging.NONE
    row: object = dict[str, Json]
    """The type of one object in responses, a TypedDict of the members that the kind relies on."""

    def routes(self) -> tuple[Route[ModelT], ...]:
        """Return the routes of a collection that lists its objects whole."""
        return (
            ListRoute(self.api, self.list_all),
            CreateRoute(self.api, self.create),
            UpdateRoute(self.api, self.update),
            DeleteRoute(self.api, self.delete),
        )

    def rows(self) -> Conversation[list[WireObject]]:
        """List the wire form of every object."""
        body = yield from ask(
            Request(
                self.api,
                "GET",
                self.path,
                paging=self.paging,
                items=self._paged_items,
                schema={self.items: list[self.row]},  # type: ignore[name-defined]
            )
        )
        return [as_mapping(row) for row in as_list(as_mapping(body)[self.items])]

    def list_all(self) -> Conversation[list[RemoteObject]]:
        """List every object."""
        rows = yield from self.rows()
        return [self.remote_object(row) for row in rows]

    def read(self, found: RemoteObject, /) -> Conversation[RemoteObject]:
        """Read one object."""
        schema = {self.item: self.row}
        body = yield from ask(Request(self.api, "GET", self.object_path(found), schema=schema))
        return self.remote_object(self.unwrap(body))

    def create(self, wanted: ModelT, context: WriteContext, /) -> Conversation[WriteResult]:
        """Create an object with one POST."""
        fields = self.encode(wanted, context)
        if self.id_field in fields:  # the ID is part of the body, like the name of a snippet
            yield from ask(Request(self.api, "POST", self.path, self.wrap(fields)))
            return WriteResult(str(fields[self.id_field]))
        request = Request(
            self.api,
            "POST",
            self.path,
            self.wrap(fields),
            dry_run_response=self.wrap({self.id_field: f"(id of this {self.item or 'object'})"}),
            schema={self.item: WithId},
        )
        body = yield from ask(request)
        return WriteResult(str(self.unwrap(body)[self.id_field]))

    def update(
        self, live: LiveObject, wanted: ModelT, context: WriteContext, /
    ) -> Conversation[WriteResult]:
        """Replace all fields of an object with one PUT."""
        body = self.wrap(self.encode(wanted, context))
        yield from ask(Request(self.api, "PUT", self.object_path(live.found), body))
        return WriteResult(live.remote_id)

    def delete(self, live: LiveObject, /) -> Conversation[None]:
        """Delete an object."""
        yield from ask(Request(self.api, "DELETE", self.object_path(live.found)))

    def object_path(self, found: RemoteObject) -> str:
        """Return the path of one object. Raises PlanError for a name that no path can have."""
        last = str(found.wire[self.path_field] if self.path_field else found.remote_id)
        if last in (".", ".."):
            raise PlanError.of(
                "Object cannot be changed",
                f"The name {quoted(last)} has a special meaning in the path of a request. Change "
                "the object by hand in Customer.io.",
            )
        is_plain = last.isascii() and last.isalnum()  # as nearly all IDs are
        return f"{self.path}/{last if is_plain else quote(last, safe='')}"

    def remote_object(self, wire: WireObject) -> RemoteObject:
        """Return an object of the list, or one that was read."""
        identity = str(wire[self.identity_field])
        aliases = (identity,) if self.has_own_names else ()
        return RemoteObject(str(wire[self.id_field]), identity, self.api, wire, aliases)

    def wrap(self, fields: Mapping[str, V]) -> Mapping[str, V | Mapping[str, V]]:
        """Return the body of a request with these fields."""
        return {self.item: fields} if self.item else fields

    def unwrap(self, body: Json) -> WireObject:
        """Return the object in the body of a response."""
        return as_mapping(as_mapping(body)[self.item] if self.item else body)

    @property
    def _paged_items(self) -> str:
        return "" if self.paging is Paging.NONE else self.items
