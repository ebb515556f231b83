"""Subscription topic: what people can opt out of; it is read-only."""

from collections.abc import Sequence
from typing import Final, NotRequired

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


class Topic(ResourceModel):
    """A subscription topic.

    Campaigns refer to it by its name. A file is needed only to detect drift.
    """

    name: NonBlank
    """The name that people see where they choose what they receive."""
    description: str = ""
    """What people see below the name."""


class WireTopic(TypedDict):
    """A topic as both APIs return it."""

    id: WireId
    name: str
    description: NotRequired[str | None]


_APP: Final = RestCollection[Topic](
    Api.APP, "/v1/subscription_topics", items="topics", row=WireTopic, has_own_names=True
)
_JOURNEYS: Final = RestCollection[Topic](
    Api.JOURNEYS,
    "~/subscription_topics",
    items="subscription_topics",
    row=WireTopic,
    has_own_names=True,
)


class TopicKind(Kind[Topic], HasOwnNames, SetUpByHand):
    """Subscription topics (app facts 5.6, journeys facts 7)."""

    name = "topic"
    folder = "topics"
    model = Topic
    summary = "A subject of messages that people can opt out of. cioform can only read it."
    audit_type = "subscription_topic"
    wire_members = frozenset(
        {"identifier", "name", "description", "subscribed_by_default", "opt_in"}
    )
    hint = "Add or change topics in Customer.io, in the settings of its subscription center."
    example = """\
name: Newsletter
description: What is new, once a month.
"""
    routes = (ListRoute(Api.APP, _APP.list_all), ListRoute(Api.JOURNEYS, _JOURNEYS.list_all))

    @override
    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        wire = found.wire_as(WireTopic)
        attributes: KindFields = {
            "name": wire["name"],
            "description": wire.get("description") or "",
        }
        return Decoded(attributes, reach=SHARED)

    @override
    def own_names(self, attributes: KindFields) -> Sequence[str]:
        return (attributes["name"],)

    @override
    def set_up_in_sandbox(self, declared: Sequence[KindFields]) -> Conversation[None]:
        present = {topic.identity for topic in (yield from _JOURNEYS.list_all())}
        yield from ask_all(
            [
                # The schema wants an ID even of a new topic (journeys facts, section 7).
                Request(
                    Api.JOURNEYS,
                    "POST",
                    _JOURNEYS.path,
                    {"subscription_topic": {"id": 0, **attributes}},
                )
                for attributes in declared
                if attributes["name"] not in present
            ]
        )


KIND = TopicKind()
