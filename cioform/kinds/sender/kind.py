"""Sender: a name and an address that messages come from."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Final

from typing_extensions import TypedDict, override

from cioform.core.data.json_value import Json, KindFields
from cioform.core.errors import PlanError
from cioform.kinds.sender.domains import (
    add_verified_domains,
    find_domain_obstacles,
    unreadable_domain,
)
from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.reach import SHARED
from cioform.model.references.names import Names
from cioform.model.remote_access.capabilities import (
    HasOwnNames,
    IsSeenByRecipients,
    NeedsSetup,
    Obstacle,
    SetUpByHand,
)
from cioform.model.remote_access.conversation import (
    Api,
    Conversation,
    Paging,
    Request,
    ask,
    ask_all_as,
    ask_as,
)
from cioform.model.remote_access.response_schema import WireId
from cioform.model.resource import ResourceModel
from cioform.model.routing.operations import Usage, WriteContext, WriteResult
from cioform.model.routing.rest import RestCollection
from cioform.model.routing.routes import (
    CreateRoute,
    DeleteRoute,
    ListRoute,
    UpdateRoute,
    UsageRoute,
)
from cioform.model.routing.usage_lists import usage_in_lists
from cioform.model.values.text_pattern import EmailAddress, TextPattern

_SenderName = Annotated[
    str, TextPattern(r"^(|[^\r\n]*\S[^\r\n]*)$", "be one line and contain more than white space")
]


class Sender(ResourceModel):
    """A sender.

    Messages name it by its e-mail address, whether it has a file or not.
    """

    other_names: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("address", "from", "email_address", "from_email"), "email"),
    }

    name: _SenderName = ""
    """The name that recipients see. Only a sender that already exists may have none."""
    email: EmailAddress
    """The address, at a domain that is verified in Customer.io. `cioform plan` blocks a new sender
    at any other domain and shows the DNS records to set."""


class WireSender(TypedDict):
    """A sender as both APIs return it."""

    id: WireId
    name: str | None
    email: str | None
    """Empty for a telephone number, which the list of the App API contains too."""


class _WireAppSenders(TypedDict):
    sender_identities: list[WireSender]


class _WireIdentities(TypedDict):
    identities: list[WireSender]


class _WireFields(TypedDict):
    name: str
    email: str


class _WireNewFields(_WireFields):
    template_type: str


def _encode(wanted: Sender, _context: WriteContext) -> _WireFields:
    return {"name": wanted.name, "email": wanted.email}


def _encode_new(wanted: Sender, context: WriteContext) -> _WireNewFields:
    return {**_encode(wanted, context), "template_type": "email"}


_IDENTITIES: Final = RestCollection[Sender](
    Api.JOURNEYS,
    "~/identities",
    items="identities",
    item="identity",
    encode=_encode,
    identity_field="email",
    row=WireSender,
)
_NEW: Final = RestCollection[Sender](
    Api.JOURNEYS, "~/identities", items="identities", item="identity", encode=_encode_new
)


def _list_app() -> Conversation[list[RemoteObject]]:
    request = Request(
        Api.APP,
        "GET",
        "/v1/sender_identities",
        paging=Paging.CURSOR,
        items="sender_identities",
        schema={"sender_identities": list[WireSender]},
    )
    body = yield from ask_as(request, _WireAppSenders)
    return _remote_objects(Api.APP, body["sender_identities"])


def _list_journeys() -> Conversation[list[RemoteObject]]:
    body = yield from ask_as(_list_request(), _WireIdentities)
    return _remote_objects(Api.JOURNEYS, body["identities"])


def _list_request(**query: str) -> Request:
    return Request(
        Api.JOURNEYS,
        "GET",
        _IDENTITIES.path,
        query={"type": "email", **query},
        schema={"identities": list[WireSender]},
    )


def _remote_objects(api: Api, wires: Sequence[WireSender]) -> list[RemoteObject]:
    # A list that ignores its filter has telephone numbers too.
    emails = [(email, wire) for wire in wires if (email := wire["email"])]
    names = [_names(wire["name"] or "", email) for email, wire in emails]
    uses = Counter(name for each in names for name in each)
    return [
        RemoteObject(
            remote_id=str(wire["id"]),
            identity=email,
            api=api,
            wire=wire,
            # A name that several senders share identifies none of them.
            aliases=tuple(name for name in own_names if uses[name] == 1),
        )
        for (email, wire), own_names in zip(emails, names, strict=True)
    ]


def _names(name: str, email: str) -> tuple[str, ...]:
    """Return the names of a sender in references, the shortest first."""
    return (email, f"{name} <{email}>") if name else (email,)


def _create(wanted: Sender, context: WriteContext) -> Conversation[WriteResult]:
    if not wanted.name:
        raise PlanError.of(
            "Missing sender name",
            f"A new sender needs a `name`, which recipients see before {wanted.email}.",
        )
    return (yield from _NEW.create(wanted, context))


def _used_by(live: LiveObject) -> Conversation[Usage | None]:
    path = f"/v1/sender_identities/{live.remote_id}/used_by"
    body: Json = yield from ask(Request(Api.APP, "GET", path, dry_run_response={}))
    # It has no list of transactional messages (app facts, section 5.6).
    if not isinstance(body, dict) or "campaigns" not in body:
        return None
    return usage_in_lists(body, misses={"transactional"})


class SenderKind(Kind[Sender], HasOwnNames, IsSeenByRecipients, NeedsSetup, SetUpByHand):
    """Senders (app facts 5.6, journeys facts 7). Only the Journeys API writes them."""

    name = "sender"
    folder = "senders"
    model = Sender
    identity = "email"
    summary = "A name and an e-mail address that messages come from."
    audit_type = "identity"
    wire_members = frozenset(
        {"name", "email", "address", "phone", "template_type", "auto_generated", "hidden"}
    )
    setup_api = Api.JOURNEYS
    example = """\
name: Acme support
email: support@acme.com
"""
    routes = (
        ListRoute(Api.APP, _list_app),
        ListRoute(Api.JOURNEYS, _list_journeys),
        UsageRoute(Api.APP, _used_by),
        CreateRoute(Api.JOURNEYS, _create),
        UpdateRoute(Api.JOURNEYS, _IDENTITIES.update),
        DeleteRoute(Api.JOURNEYS, _IDENTITIES.delete),
    )

    @override
    def decode(self, found: RemoteObject, _names: Names) -> Decoded:
        wire = found.wire_as(WireSender)
        return Decoded({"name": wire["name"] or "", "email": wire["email"]}, reach=SHARED)

    @override
    def reference_problem(self, text: str, /) -> str | None:
        if "@" in text:
            return None
        return (
            f"No file has the sender `{text}`, and it is not an e-mail address. Write the name of "
            "a file in `senders/`, or an address such as `team@acme.com`."
        )

    @override
    def own_names(self, attributes: KindFields) -> Sequence[str]:
        return _names(attributes.get("name") or "", attributes["email"])

    @override
    def find_obstacles(
        self, wanted: Sequence[KindFields]
    ) -> Conversation[Sequence[Obstacle | None]]:
        return (yield from find_domain_obstacles([each["email"] for each in wanted]))

    @override
    def unreadable_obstacle(self, wanted: KindFields) -> Obstacle:
        return unreadable_domain(wanted["email"])

    @override
    def find_uses(self, deleted: Sequence[str]) -> Conversation[Sequence[Obstacle | None]]:
        used, unused = yield from ask_all_as(
            [_list_request(in_use="true"), _list_request(in_use="false")], _WireIdentities
        )
        used_ids = {str(wire["id"]) for wire in used["identities"]}
        # A filter that is ignored says nothing: then a sender is in both lists.
        used_ids -= {str(wire["id"]) for wire in unused["identities"]}
        in_use = Obstacle(
            "Messages use it, and Customer.io does not delete a sender in use. Give those messages "
            "another sender first; they may be in campaigns or newsletters that no file describes.",
            blocks=True,
        )
        return [in_use if each in used_ids else None for each in deleted]

    @override
    def set_up_in_sandbox(self, declared: Sequence[KindFields]) -> Conversation[None]:
        yield from add_verified_domains([each["email"] for each in declared])


KIND = SenderKind()
