"""Sender: a name and address that messages may come from. Read only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from cioform.core.json_value import Attributes, JsonValue
from cioform.model.capabilities import CreatedByHand
from cioform.model.conversation import Api, Conversation, Paging, Request, ask, ask_all
from cioform.model.kind import Decoded, Kind, Reach, RemoteObject, Route, Verb
from cioform.model.names import Names
from cioform.model.resource import ResourceModel
from cioform.model.text_pattern import EmailAddress


class Sender(ResourceModel):
    """A sender. Messages name it by its e-mail address; a file is needed only to watch it."""

    name: str = ""
    """The name that recipients see."""
    email: EmailAddress
    """The address, at a domain that Customer.io has verified."""


class SenderKind(Kind, CreatedByHand):
    """Senders (app facts 5.6, journeys facts 7)."""

    name = "sender"
    folder = "senders"
    model = Sender
    identity = "email"
    summary = "A name and an e-mail address that messages come from; only read, never written."
    audit_type = "identity"
    hint = "Add or change senders in Customer.io under Settings, where their domain is verified."
    example = """\
name: Acme team
email: team@acme.com
"""

    @property
    def routes(self) -> Sequence[Route]:
        return (
            Route(Verb.LIST, Api.APP, _list_app),
            Route(Verb.LIST, Api.JOURNEYS, _list_journeys),
        )

    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        del names
        wire = found.wire
        return Decoded({"name": wire["name"] or "", "email": wire["email"]}, reach=Reach("shared"))

    def create_in_sandbox(self, declared: Sequence[Attributes]) -> Conversation[None]:
        listed = yield from _list_journeys()
        present = {(found.wire["name"], found.wire["email"]) for found in listed}
        yield from ask_all(
            [
                Request(
                    Api.JOURNEYS,
                    "POST",
                    "~/identities",
                    {"identity": {**sender, "template_type": "email"}},
                )
                for sender in declared
                if (sender["name"], sender["email"]) not in present
            ]
        )


def _list_app() -> Conversation[list[RemoteObject]]:
    request = Request(
        Api.APP, "GET", "/v1/sender_identities", paging=Paging.CURSOR, items="sender_identities"
    )
    answer = yield from ask(request)
    # The same list holds telephone numbers.
    emails = [wire for wire in answer["sender_identities"] if wire.get("email")]
    return _remote_objects(Api.APP, emails)


def _list_journeys() -> Conversation[list[RemoteObject]]:
    request = Request(Api.JOURNEYS, "GET", "~/identities", query={"type": "email"})
    answer = yield from ask(request)
    return _remote_objects(Api.JOURNEYS, answer["identities"])


def _remote_objects(api: Api, wires: Sequence[JsonValue]) -> list[RemoteObject]:
    uses = Counter(name for wire in wires for name in _aliases(wire))
    return [
        RemoteObject(
            remote_id=str(wire["id"]),
            identity=wire["email"],
            api=api,
            wire=wire,
            # A name that several senders share names none of them.
            aliases=tuple(name for name in _aliases(wire) if uses[name] == 1),
        )
        for wire in wires
    ]


def _aliases(wire: JsonValue) -> tuple[str, ...]:
    """Give what people call a sender, the shortest first."""
    email: str = wire["email"]
    return (email, f"{wire['name']} <{email}>") if wire["name"] else (email,)


KIND = SenderKind()
