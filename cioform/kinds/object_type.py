"""Object type: what people can have relationships to, such as accounts. It is read only."""

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import Field
from typing_extensions import TypedDict, override

from cioform.core.json_value import Attributes
from cioform.model.kind import Kind
from cioform.model.names import Names
from cioform.model.objects.live_object import Decoded, RemoteObject
from cioform.model.reach import Reach
from cioform.model.remote_access.capabilities import HasOwnNames, SetUpByHand
from cioform.model.remote_access.conversation import Api, Conversation, Request, ask, ask_all
from cioform.model.remote_access.response_form import WireId
from cioform.model.resource import ResourceModel
from cioform.model.routing.routes import ListRoute

_OBJECT_TYPES: Final = "~/object_types"


class ObjectType(ResourceModel):
    """An object type.

    Conditions refer to it by its name, as in `of: accounts`. A file is needed only to detect drift.
    """

    name: Annotated[str, Field(min_length=1)]
    """The name of the type, as Customer.io shows it."""


class WireObjectType(TypedDict):
    """An object type as both APIs return it."""

    id: WireId
    name: str


def _list_app() -> Conversation[list[RemoteObject]]:
    form = {"types": list[WireObjectType]}
    body = yield from ask(Request(Api.APP, "GET", "/v1/object_types", form=form))
    return _remote_objects(Api.APP, body["types"])


def _list_journeys() -> Conversation[list[RemoteObject]]:
    form = {"object_types": list[WireObjectType]}
    body = yield from ask(Request(Api.JOURNEYS, "GET", _OBJECT_TYPES, form=form))
    return _remote_objects(Api.JOURNEYS, body["object_types"])


def _remote_objects(api: Api, wires: Sequence[WireObjectType]) -> list[RemoteObject]:
    return [
        RemoteObject(str(wire["id"]), wire["name"], api, wire, aliases=(wire["name"],))
        for wire in wires
    ]


class ObjectTypeKind(Kind[ObjectType], HasOwnNames, SetUpByHand):
    """Object types (app facts 5.6, journeys facts 7)."""

    name = "object_type"
    folder = "object_types"
    model = ObjectType
    summary = "A type of the objects that people can belong to, such as accounts. It is read only."
    audit_type = "object_type"
    hint = "Add or change object types in Customer.io, in the settings of its data."
    example = "name: accounts\n"
    routes = (ListRoute(Api.APP, _list_app), ListRoute(Api.JOURNEYS, _list_journeys))

    @override
    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        attributes: Attributes = {"name": found.wire["name"]}
        return Decoded(attributes, reach=Reach("shared"))

    @override
    def own_names(self, attributes: Attributes) -> Sequence[str]:
        return (attributes["name"],)

    @override
    def set_up_in_sandbox(self, declared: Sequence[Attributes]) -> Conversation[None]:
        present = {each.identity for each in (yield from _list_journeys())}
        yield from ask_all(
            [
                Request(Api.JOURNEYS, "POST", _OBJECT_TYPES, {"object_type": {**attributes}})
                for attributes in declared
                if attributes["name"] not in present
            ]
        )


KIND = ObjectTypeKind()
