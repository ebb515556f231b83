"""Object type: what people can have relationships to, such as accounts; it is read-only."""

from collections.abc import Sequence
from typing import Final

from typing_extensions import TypedDict, override

from cioform.core.data.json_value import KindFields
from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, RemoteObject
from cioform.model.reach import SHARED
from cioform.model.references.names import Names
from cioform.model.remote_access.capabilities import HasOwnNames, SetUpByHand
from cioform.model.remote_access.conversation import Api, Conversation, Request, ask_all
from cioform.model.remote_access.response_schema import WireId
from cioform.model.resource import ResourceModel
from cioform.model.routing.rest import RestCollection
from cioform.model.routing.routes import ListRoute
from cioform.model.values.text_pattern import NonBlank


class ObjectType(ResourceModel):
    """An object type.

    Conditions refer to it by its name, as in `of: accounts`. A file is needed only to detect drift.
    """

    name: NonBlank
    """The name of the type, as Customer.io shows it."""


class WireObjectType(TypedDict):
    """An object type as both APIs return it."""

    id: WireId
    name: str


_APP: Final = RestCollection[ObjectType](
    Api.APP, "/v1/object_types", items="types", row=WireObjectType, has_own_names=True
)
_JOURNEYS: Final = RestCollection[ObjectType](
    Api.JOURNEYS, "~/object_types", items="object_types", row=WireObjectType, has_own_names=True
)


class ObjectTypeKind(Kind[ObjectType], HasOwnNames, SetUpByHand):
    """Object types (app facts 5.6, journeys facts 7)."""

    name = "object_type"
    folder = "object_types"
    model = ObjectType
    summary = (
        "A type of the objects that people can belong to, such as accounts. "
        "cioform can only read it."
    )
    audit_type = "object_type"
    wire_members = frozenset(
        {"name", "slug", "singular_name", "singular_slug", "icon", "enabled"}
        | {"sent_attributes", "sent_rel_attributes"}
    )
    hint = "Add or change object types in Customer.io, in the settings of its data."
    example = "name: accounts\n"
    routes = (ListRoute(Api.APP, _APP.list_all), ListRoute(Api.JOURNEYS, _JOURNEYS.list_all))

    @override
    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        attributes: KindFields = {"name": found.wire_as(WireObjectType)["name"]}
        return Decoded(attributes, reach=SHARED)

    @override
    def own_names(self, attributes: KindFields) -> Sequence[str]:
        return (attributes["name"],)

    @override
    def set_up_in_sandbox(self, declared: Sequence[KindFields]) -> Conversation[None]:
        present = {each.identity for each in (yield from _JOURNEYS.list_all())}
        yield from ask_all(
            [
                Request(Api.JOURNEYS, "POST", _JOURNEYS.path, {"object_type": {**attributes}})
                for attributes in declared
                if attributes["name"] not in present
            ]
        )


KIND = ObjectTypeKind()
