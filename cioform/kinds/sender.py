"""Sender: a name and an address that messages come from. It is read only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from typing_extensions import TypedDict, override

from cioform.core.json_value import Attributes
from cioform.model.kind import Kind
from cioform.model.live_object import Decoded, RemoteObject
from cioform.model.names import Names
from cioform.model.reach import Reach
from cioform.model.remote_access.capabilities import CreatedByHand
from cioform.model.remote_access.conversation import (
    Api,
    Conversation,
    Paging,
    Request,
    ask,
    ask_all,
)
from cioform.model.remote_access.response_form import WireId
from cioform.model.resource import ResourceModel
from cioform.model.routes import ListRoute
from cioform.model.values.text_pattern import EmailAddress

_IDENTITIES: Final = "~/identities"


class Sender(ResourceModel):
    """A sender.

    Messages name it by its e-mail address; it needs a file only to watch it for drift.
    """

    name: str = ""
    """The name that recipients see."""
    email: EmailAddress
    """The address, at a domain that Customer.io has verified."""


class WireSender(TypedDict):
    """A sender as both APIs return it."""

    id: WireId
    name: str | None
    email: str


class _WireAppSender(TypedDict):
    id: WireId
    name: str | None
    email: str | None
    """Empty for a telephone number, which the same list contains."""


class _WireAppSenders(TypedDict):
    sender_identities: list[_WireAppSender]


class _WireIdentities(TypedDict):
    identities: list[WireSender]


def _list_app() -> Conversation[list[RemoteObject]]:
    request = Request(
        Api.APP,
        "GET",
        "/v1/sender_identities",
        paging=Paging.CURSOR,
        items="sender_identities",
        form={"sender_identities": list[_WireAppSender]},
    )
    body: _WireAppSenders = yield from ask(request)
    emails = [
        WireSender(id=wire["id"], name=wire["name"], email=email)
        for wire in body["sender_identities"]
        if (email := wire["email"])
    ]
    return _remote_objects(Api.APP, emails)


def _list_journeys() -> Conversation[list[RemoteObject]]:
    body: _WireIdentities = yield from ask(
        Request(
            Api.JOURNEYS,
            "GET",
            _IDENTITIES,
            query={"type": "email"},
            form={"identities": list[WireSender]},
        )
    )
    return _remote_objects(Api.JOURNEYS, body["identities"])


def _remote_objects(api: Api, wires: Sequence[WireSender]) -> list[RemoteObject]:
    uses = Counter(alias for wire in wires for alias in _aliases(wire))
    return [
        RemoteObject(
            remote_id=str(wire["id"]),
            identity=wire["email"],
            api=api,
            wire=wire,
            # A name that several senders share identifies none of them.
            aliases=tuple(alias for alias in _aliases(wire) if uses[alias] == 1),
        )
        for wire in wires
    ]


def _aliases(wire: WireSender) -> tuple[str, ...]:
    """Return the names of a sender in references, the shortest first."""
    email = wire["email"]
    return (email, f"{wire['name']} <{email}>") if wire["name"] else (email,)


class SenderKind(Kind[Sender], CreatedByHand):
    """Senders (app facts 5.6, journeys facts 7)."""

    name = "sender"
    folder = "senders"
    model = Sender
    identity = "email"
    summary = "A name and an e-mail address that messages come from. It is read only."
    audit_type = "identity"
    hint = "Add or change senders in Customer.io under Settings, where their domain is verified."
    example = """\
name: Acme team
email: team@acme.com
"""
    routes = (ListRoute(Api.APP, _list_app), ListRoute(Api.JOURNEYS, _list_journeys))

    @override
    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        wire: WireSender = found.wire
        return Decoded({"name": wire["name"] or "", "email": wire["email"]}, reach=Reach("shared"))

    @override
    def reference_problem(self, text: str, /) -> str | None:
        if "@" in text:
            return None
        return (
            f"`{text}` is not the address of a sender. Write its e-mail address, such as "
            "`team@acme.com`."
        )

    @override
    def create_in_sandbox(self, declared: Sequence[Attributes]) -> Conversation[None]:
        senders = yield from _list_journeys()
        present = {(sender.wire["name"], sender.wire["email"]) for sender in senders}
        yield from ask_all(
            [
                Request(
                    Api.JOURNEYS,
                    "POST",
                    _IDENTITIES,
                    {"identity": {**attributes, "template_type": "email"}},
                )
                for attributes in declared
                if (attributes["name"], attributes["email"]) not in present
            ]
        )


KIND = SenderKind()
