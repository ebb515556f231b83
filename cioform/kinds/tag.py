"""Tag: a label that groups campaigns in Customer.io."""

from typing import Annotated, Final

from pydantic import Field
from typing_extensions import TypedDict, override

from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, RemoteObject
from cioform.model.reach import SHARED
from cioform.model.references.names import Names
from cioform.model.remote_access.capabilities import IsCreatedOnDemand
from cioform.model.remote_access.conversation import Api
from cioform.model.remote_access.response_schema import WireId
from cioform.model.resource import ResourceModel
from cioform.model.routing.rest import RestCollection
from cioform.model.values.text_pattern import TrimmedLine


class Tag(ResourceModel):
    """A tag.

    Renaming a tag renames it in every campaign that has it. Change the files of these campaigns,
    too: one plan makes both changes.
    """

    name: Annotated[TrimmedLine, Field(min_length=1)]
    """The name in Customer.io, which campaigns list under `tags`; no two tags share one."""


class WireTag(TypedDict):
    """A tag as read (journeys facts, section 7)."""

    id: WireId
    name: str


_TAGS: Final = RestCollection[Tag](Api.JOURNEYS, "~/tags", items="tags", item="tag", row=WireTag)


class TagKind(Kind[Tag], IsCreatedOnDemand):
    """Tags, which only the Journeys API can write (journeys facts, section 7)."""

    name = "tag"
    folder = "tags"
    model = Tag
    summary = "A label that groups campaigns in Customer.io."
    audit_type = "tag"
    wire_members = frozenset({"name"})
    unique_field = "name"
    example = "name: lifecycle\n"
    routes = _TAGS.routes()

    @override
    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        wire = found.wire_as(WireTag)
        return Decoded({"name": wire["name"]}, reach=SHARED)


KIND = TagKind()
