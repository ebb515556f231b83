"""Subscription topic: what people can opt out of. It is read only."""

from collections.abc import Sequence
from typing import Annotated, Final, NotRequired

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

_TOPICS: Final = "~/subscription_topics"


class Topic(ResourceModel):
    """A subscription topic.

    Campaigns refer to it by its name. A file is needed only to detect drift.
    """

    name: Annotated[str, Field(min_length=1)]
    """The name that people see where they choose what they receive."""
    description: str = ""
    """What people see below the name."""


class WireTopic(TypedDict):
    """A topic as both APIs return it."""

    id: WireId
    name: str
    description: NotRequired[str | None]


def _list_app() -> Conversation[list[RemoteObject]]:
    form = {"topics": list[WireTopic]}
    body = yield from ask(Request(Api.APP, "GET", "/v1/subscription_topics", form=form))
    return _remote_objects(Api.APP, body["topics"])


def _list_journeys() -> Conversation[list[RemoteObject]]:
    form = {"subscription_topics": list[WireTopic]}
    body = yield from ask(Request(Api.JOURNEYS, "GET", _TOPICS, form=form))
    return _remote_objects(Api.JOURNEYS, body["subscription_topics"])


def _remote_objects(api: Api, wires: Sequence[WireTopic]) -> list[RemoteObject]:
    return [
        RemoteObject(str(wire["id"]), wire["name"], api, wire, aliases=(wire["name"],))
        for wire in wires
    ]


class TopicKind(Kind[Topic], HasOwnNames, SetUpByHand):
    """Subscription topics (app facts 5.6, journeys facts 7)."""

    name = "topic"
    folder = "topics"
    model = Topic
    summary = "A subject of messages that people can opt out of. It is read only."
    audit_type = "subscription_topic"
    hint = "Add or change topics in Customer.io, in the settings of its subscription center."
    example = """\
name: Newsletter
description: What is new, once a month.
"""
    routes = (ListRoute(Api.APP, _list_app), ListRoute(Api.JOURNEYS, _list_journeys))

    @override
    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        wire: WireTopic = found.wire
        attributes: Attributes = {
            "name": wire["name"],
            "description": wire.get("description") or "",
        }
        return Decoded(attributes, reach=Reach("shared"))

    @override
    def own_names(self, attributes: Attributes) -> Sequence[str]:
        return (attributes["name"],)

    @override
    def set_up_in_sandbox(self, declared: Sequence[Attributes]) -> Conversation[None]:
        present = {topic.identity for topic in (yield from _list_journeys())}
        yield from ask_all(
            [
                # The schema wants an id even of a new topic (journeys facts, section 7).
                Request(
                    Api.JOURNEYS, "POST", _TOPICS, {"subscription_topic": {"id": 0, **attributes}}
                )
                for attributes in declared
                if attributes["name"] not in present
            ]
        )


KIND = TopicKind()
