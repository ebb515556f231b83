"""The kind of transactional messages: its routes, and the decoding of both APIs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from functools import lru_cache
from typing import Final

from typing_extensions import override

from cioform.core.data.json_value import UNKNOWN, Json, JsonValue, KindFields, without_unknown
from cioform.core.data.paths import FieldPath
from cioform.kinds.transactional import app_api, journeys_api
from cioform.kinds.transactional.blocks import BLOCK_TYPES
from cioform.kinds.transactional.content import (
    BLOCK_BY_WIRE_TYPE,
    TOP_FLAGS,
    decode_app_block,
    decode_block,
    decode_delivery,
    decode_flags,
)
from cioform.kinds.transactional.log_places import message_place
from cioform.kinds.transactional.model import Transactional
from cioform.kinds.transactional.upgrading import upgrade_transactional
from cioform.kinds.transactional.wire_types import (
    WireAppMessage,
    WireAppReply,
    WireMessage,
    WireReply,
)
from cioform.language.messages.contents import (
    JOURNEY_ROOTS,
    TRIGGER_ROOTS,
    message_contents,
)
from cioform.language.messages.message import default_value as default_message_value
from cioform.language.messages.message import (
    email_body_files,
    normalize_message,
    unmanaged_paths,
    without_defaults,
)
from cioform.language.messages.message_references import REFERENCES, content_references
from cioform.language.messages.template.described_members import overridden_fields
from cioform.language.messages.template.template_members import unnamed_ids
from cioform.model.contents import Content, DataSource, HasContents, TriggerData
from cioform.model.kind import Kind
from cioform.model.objects.live_object import Decoded, LiveObject, RemoteObject
from cioform.model.objects.unnamed_ids import HasUnnamedIds
from cioform.model.paths.log_place import MESSAGE_ATTRIBUTES, HasLogPlaces, LogPlace, log_place
from cioform.model.reach import Reach, ReachState
from cioform.model.references.names import Names, Reference
from cioform.model.remote_access.capabilities import (
    HasLifecycle,
    MessageSource,
    SendsMessages,
    TakesDefaults,
)
from cioform.model.remote_access.conversation import Api, Request
from cioform.model.routing.routes import CreateRoute, DeleteRoute, ListRoute, ReadRoute, UpdateRoute

_APP_WRITABLE: Final = frozenset(
    f"email.{field}"
    for field in ("from", "reply_to", "to", "subject", "preheader", "headers", "body", "amp")
)
_APP_READABLE: Final = (
    _APP_WRITABLE
    | {"email.cc", "email.bcc", "push.title", "sms.body", "name", "description", *TOP_FLAGS}
    | {f"{block}.{field}" for block in BLOCK_TYPES for field in ("sending", "track")}
)

_REACH_STATES: Final = {"active": ReachState.LIVE, "draft": ReachState.DRAFT}
_DEFAULTS: Final[KindFields] = {"send_to_unsubscribed": True, "hide_message_body": False}
"""What a new message has in the fields outside of its block."""


class TransactionalKind(
    Kind[Transactional],
    HasLifecycle,
    HasLogPlaces,
    HasUnnamedIds,
    TakesDefaults,
    HasContents,
    SendsMessages,
):
    """Transactional messages (journeys facts 6, app facts 4.5)."""

    name = "transactional"
    has_description_stamp = True
    folder = "transactional"
    unique_field = "trigger_name"
    leading_fields = ("sending",)
    model = Transactional
    summary = "A message that a program sends to one person, such as a receipt or a password reset."
    audit_type = "transactional_message"
    wire_members = frozenset(
        {"name", "description", "type", "state", "template_id", "trigger_name", "queue_drafts"}
        | {"link_tracking", "open_tracking", "has_sent_message", *TOP_FLAGS}
    )
    wire_keys = ("transactional_message", "message")
    log_names = MESSAGE_ATTRIBUTES
    message_source = MessageSource.TRANSACTIONAL
    states = ("draft", "active")
    naming_fields = REFERENCES
    unmanaged_fields = frozenset(f"{block}.*" for block in BLOCK_TYPES) | frozenset(
        path for block, model in BLOCK_TYPES.items() for path in unmanaged_paths(model, block)
    )
    example = """\
name: Password reset
description: Sent when somebody asks for a new password.
trigger_name: PASSWORD_RESET
send_to_unsubscribed: true
email:
  sending: automatic
  track: {links: false}
  subject: Your new password
  preheader: The link works for one hour.
  body: |
    <p>Hello {{customer.first_name}}, <a href="{{trigger.link}}">choose a new password</a>.</p>
  translations:
    es:
      subject: Tu nueva contraseña
      body: |
        <p>Hola {{customer.first_name}}, <a href="{{trigger.link}}">elige una contraseña</a>.</p>
"""

    routes = (
        ListRoute(Api.APP, app_api.list_messages, fields=_APP_READABLE),
        ReadRoute(Api.APP, app_api.read, fields=_APP_READABLE),
        UpdateRoute(Api.APP, app_api.update, fields=_APP_WRITABLE),
        ListRoute(Api.JOURNEYS, journeys_api.list_messages),
        ReadRoute(Api.JOURNEYS, journeys_api.read),
        CreateRoute(Api.JOURNEYS, journeys_api.create),
        UpdateRoute(Api.JOURNEYS, journeys_api.update),
        DeleteRoute(Api.JOURNEYS, journeys_api.delete),
    )

    @override
    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        if found.api is Api.APP:
            return Decoded(_decode_app(found.wire_as(WireAppReply), names))
        wire = found.wire_as(WireReply)
        # The next send uses the changed message; there is no publishing step.
        reach = Reach.of_state(_REACH_STATES, wire["transactional_message"].get("state"))
        return Decoded(_decode_journeys(wire, names), reach=reach)

    @override
    def state_request(self, remote_id: str, state: str) -> Request:
        return journeys_api.update_request(remote_id, "state", {"state": state})

    @override
    def log_place(self, path: FieldPath, found: RemoteObject, parts: Mapping[str, str]) -> LogPlace:
        return message_place(path, found) if found.api is Api.JOURNEYS else log_place(path)

    @override
    def unnamed_ids(self, live: LiveObject) -> Iterable[FieldPath]:
        if live.found.api is Api.JOURNEYS:
            templates = journeys_api.templates_by_language(live.found.wire_as(WireReply))
            for block in filter(live.attributes.get, BLOCK_TYPES):
                for name in unnamed_ids(block, {**templates.get("", {})}):
                    yield block, name

    @override
    def upgrade(self, document: MutableMapping[str, JsonValue]) -> None:
        upgrade_transactional(document)

    @override
    def parse(self, attributes: KindFields) -> Transactional:
        return Transactional.model_validate(_known(attributes), strict=False)

    @override
    def normalize(self, attributes: KindFields) -> KindFields:
        normal = {**attributes}
        for block in _blocks(attributes):
            content = normalize_message({"type": block, **attributes[block]})
            normal[block] = {n: content[n] for n in attributes[block] if n in content}
        return normal

    @override
    def default_value(self, path: FieldPath, live: KindFields) -> Json:
        return _default_value(path)

    @override
    def overridden(self, live: KindFields, wanted: KindFields) -> Iterable[FieldPath]:
        found, own = (
            {block: {"type": block, **each[block]} for block in _blocks(each)}
            for each in (live, wanted)
        )
        return overridden_fields(found, own, ())

    @override
    def references(self, attributes: KindFields) -> Iterable[Reference]:
        for block in _blocks(attributes):
            yield from content_references(attributes[block], (block,))

    @override
    def contents(self, attributes: KindFields) -> Iterable[Content]:
        roots = JOURNEY_ROOTS | TRIGGER_ROOTS
        for block in _blocks(attributes):
            yield from message_contents(
                block, attributes[block], (block,), roots, is_requested=True
            )

    @override
    def trigger_data(self, attributes: KindFields) -> TriggerData:
        return TriggerData(DataSource.SEND, "trigger", str(attributes.get("trigger_name") or ""))

    @override
    def default_places(self, document: Mapping[str, Json]) -> Iterable[tuple[FieldPath, str]]:
        for keyword in BLOCK_TYPES:
            if isinstance(document.get(keyword), Mapping):
                yield (keyword,), keyword

    @override
    def to_document(self, attributes: KindFields) -> dict[str, JsonValue]:
        document = {name: value for name, value in _known(attributes).items() if value != ""}
        for block in _blocks(document):
            content = {"type": block, **document[block]}
            # Without them a file does not say whether the message is sent and tracked.
            document[block] = without_defaults(content, keep={"sending", "track"})
        return document

    @override
    def body_files(self, document: Mapping[str, JsonValue]) -> Iterable[tuple[FieldPath, str]]:
        return email_body_files(document.get("email") or {}, ("email",))


@lru_cache(4096)  # All messages have the same fields.
def _default_value(path: FieldPath) -> Json:
    if path[0] in BLOCK_TYPES and len(path) > 1:
        return default_message_value(str(path[0]), path[1:])
    return _DEFAULTS.get(str(path[0]))


def _blocks(attributes: KindFields) -> list[str]:
    return [
        name
        for name, value in attributes.items()
        if name in BLOCK_TYPES and isinstance(value, dict)
    ]


def _known(attributes: KindFields) -> KindFields:
    """Return the attributes without what the given credential cannot read."""
    known: KindFields = without_unknown(attributes)
    return known | {block: without_unknown(known[block]) for block in _blocks(known)}


def _decode_app(wire: WireAppReply, names: Names) -> KindFields:
    message = wire["message"]
    content = app_api.default_content(wire["contents"])
    block = BLOCK_BY_WIRE_TYPE.get(content.get("type") or "email")
    attributes = {**_common_attributes(message), "trigger_name": UNKNOWN}
    if block is not None:
        shown = decode_app_block(block, content, names)
        attributes[block] = {**decode_delivery(message), **shown}
    return attributes


def _decode_journeys(wire: WireReply, names: Names) -> KindFields:
    message = wire["transactional_message"]
    attributes = {
        **_common_attributes(message),
        "trigger_name": message.get("trigger_name") or "",
    }
    block = BLOCK_BY_WIRE_TYPE.get(message.get("type") or "email")
    if block is not None:
        templates = journeys_api.templates_by_language(wire)
        content = decode_block(block, templates, names)
        attributes[block] = {**decode_delivery(message), **content}
    return attributes


def _common_attributes(message: WireMessage | WireAppMessage) -> KindFields:
    return {
        "name": message["name"],
        "description": message.get("description") or "",
        **decode_flags(message),
    }


KIND = TransactionalKind()
