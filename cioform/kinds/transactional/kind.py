"""The kind of transactional messages: its routes, and the decoding of both APIs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from typing_extensions import override

from cioform.core.address import NONE
from cioform.core.json_value import UNKNOWN, Attributes, Json, JsonValue
from cioform.kinds.transactional import app_api, journeys_api
from cioform.kinds.transactional.content import (
    CONTENT_FIELDS,
    TRANSLATION_FIELDS,
    decode_app_content,
    decode_template,
)
from cioform.kinds.transactional.model import Settings, Transactional, to_canonical
from cioform.language.messages.message import MESSAGE_TYPES, content_references
from cioform.model.capabilities import HasLifecycle, TakesDefaults
from cioform.model.conversation import Api, Request
from cioform.model.kind import Kind
from cioform.model.live_object import Decoded, RemoteObject
from cioform.model.names import Names, Reference
from cioform.model.reach import Reach
from cioform.model.resource import FieldPath
from cioform.model.routes import CreateRoute, DeleteRoute, ListRoute, ReadRoute, UpdateRoute

_APP_CONTENT_FIELDS: Final = frozenset(CONTENT_FIELDS) - {"layout"}
_APP_FIELDS: Final = _APP_CONTENT_FIELDS | {"name", "description", "settings"}


class TransactionalKind(Kind[Transactional], HasLifecycle, TakesDefaults):
    """Transactional messages (journeys facts 6, app facts 4.5)."""

    name = "transactional"
    folder = "transactional"
    model = Transactional
    summary = "A message that a program sends to one person, such as a receipt or a password reset."
    audit_type = "transactional_message"
    unmanaged_fields = frozenset({"settings.*", "translations.*.*"})
    example = """\
name: Password reset
description: Sent when somebody asks for a new password.
trigger_name: PASSWORD_RESET
settings:
  send_to_unsubscribed: true
  link_tracking: false
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
        ListRoute(Api.APP, app_api.list_messages, fields=_APP_FIELDS),
        ReadRoute(Api.APP, app_api.read, fields=_APP_FIELDS),
        UpdateRoute(Api.APP, app_api.update, fields=_APP_CONTENT_FIELDS),
        ListRoute(Api.JOURNEYS, journeys_api.list_messages),
        ReadRoute(Api.JOURNEYS, journeys_api.read),
        CreateRoute(Api.JOURNEYS, journeys_api.create),
        UpdateRoute(Api.JOURNEYS, journeys_api.update),
        DeleteRoute(Api.JOURNEYS, journeys_api.delete),
    )

    @override
    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        if found.api is Api.APP:
            return Decoded(_decode_app(found.wire, names))
        state = found.wire["transactional_message"].get("state")
        # The next send uses the changed message; there is no publishing step.
        reach = Reach({"active": "live", "draft": "draft"}.get(str(state), "unknown"))
        return Decoded(_decode_journeys(found.wire, names), reach=reach)

    @override
    def state_request(self, remote_id: str, state: str) -> Request:
        return journeys_api.update_request(remote_id, "state", {"state": state})

    @override
    def attributes(self, model: Transactional) -> Attributes:
        return to_canonical(model)

    @override
    def references(self, attributes: Attributes) -> Iterable[Reference]:
        yield from content_references(attributes)
        translations = attributes.get("translations")
        for language, content in translations.items() if isinstance(translations, dict) else ():
            yield from content_references(content, ("translations", language))

    @override
    def default_places(self, document: Mapping[str, Json]) -> Iterable[tuple[FieldPath, str]]:
        for keyword in MESSAGE_TYPES:
            if isinstance(document.get(keyword), Mapping):
                yield (keyword,), keyword

    @override
    def to_document(self, attributes: Attributes) -> dict[str, JsonValue]:
        return {
            name: value
            for name, value in attributes.items()
            if value is not UNKNOWN
            and value not in ("", {})
            and (name, value) != ("reply_to", NONE)
        }

    @override
    def body_files(self, document: Mapping[str, JsonValue]) -> Iterable[tuple[FieldPath, str]]:
        if "body" in document:
            yield ("body",), ".html"
        for language, content in document.get("translations", {}).items():
            if "body" in content:
                yield ("translations", language, "body"), f".{language}.html"


def _decode_app(wire: Mapping[str, JsonValue], names: Names) -> Attributes:
    message = wire["message"]
    return {
        **_common_attributes(message),
        **decode_app_content(app_api.default_content(wire["contents"]), names),
        "trigger_name": UNKNOWN,
        "layout": UNKNOWN,
        "translations": UNKNOWN,
    }


def _decode_journeys(wire: Mapping[str, JsonValue], names: Names) -> Attributes:
    message = wire["transactional_message"]
    templates = journeys_api.templates_by_language(wire)
    return {
        **_common_attributes(message),
        "trigger_name": message.get("trigger_name") or "",
        **decode_template(templates.get("", {}), names),
        "translations": {
            language: decode_template(template, names, TRANSLATION_FIELDS)
            for language, template in templates.items()
            if language
        },
    }


def _common_attributes(message: Mapping[str, JsonValue]) -> Attributes:
    flags = {name: message[name] for name in Settings.model_fields if name in message}
    return {
        "name": message["name"],
        "description": message.get("description") or "",
        "settings": flags,
    }


KIND = TransactionalKind()
