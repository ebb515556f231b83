"""Transactional messages as a kind: routes, and how each API is understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cioform.core.json_value import UNKNOWN, Attributes, JsonValue
from cioform.kinds.transactional import app_api, journeys_api
from cioform.kinds.transactional.content import (
    CONTENT_FIELDS,
    TRANSLATION_FIELDS,
    decode_app_content,
    decode_template,
)
from cioform.kinds.transactional.model import Settings, Transactional, to_canonical
from cioform.language.messages.message import NONE, content_references
from cioform.model.capabilities import HasLifecycle
from cioform.model.conversation import Api, Request
from cioform.model.kind import Decoded, Kind, Reach, RemoteObject, Route, Verb
from cioform.model.names import Names, Reference
from cioform.model.resource import FieldPath, ResourceModel


class TransactionalKind(Kind, HasLifecycle):
    """Transactional messages (journeys facts 6, app facts 4.5)."""

    name = "transactional"
    folder = "transactional"
    model = Transactional
    summary = "A message that a program sends to one person: a receipt, a password reset."
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

    @property
    def routes(self) -> Sequence[Route]:
        content = frozenset(CONTENT_FIELDS) - {"layout"}
        seen = content | {"name", "description", "settings"}
        return (
            Route(Verb.LIST, Api.APP, app_api.list_messages, seen),
            Route(Verb.READ, Api.APP, app_api.read, seen),
            Route(Verb.UPDATE, Api.APP, app_api.update, content),
            Route(Verb.LIST, Api.JOURNEYS, journeys_api.list_messages),
            Route(Verb.READ, Api.JOURNEYS, journeys_api.read),
            Route(Verb.CREATE, Api.JOURNEYS, journeys_api.create),
            Route(Verb.UPDATE, Api.JOURNEYS, journeys_api.update),
            Route(Verb.DELETE, Api.JOURNEYS, journeys_api.delete),
        )

    def decode(self, found: RemoteObject, names: Names) -> Decoded:
        if found.api is Api.APP:
            return Decoded(_decode_app(found.wire, names))
        state = found.wire["transactional_message"].get("state")
        # An active message changes with the next send, with no publishing between.
        reach = Reach({"active": "live", "draft": "draft"}.get(str(state), "unknown"))
        return Decoded(_decode_journeys(found.wire, names), reach=reach)

    def state_request(self, remote_id: str, state: str) -> Request:
        return journeys_api.update_request(remote_id, "state", {"state": state})

    def attributes(self, model: ResourceModel) -> Attributes:
        assert isinstance(model, Transactional)
        return to_canonical(model)

    def references(self, attributes: Attributes) -> Iterable[Reference]:
        yield from content_references(attributes)
        translations = attributes.get("translations")
        for language, content in translations.items() if isinstance(translations, dict) else ():
            yield from content_references(content, ("translations", language))

    def to_document(self, attributes: Attributes) -> dict[str, JsonValue]:
        return {
            name: value
            for name, value in attributes.items()
            if value is not UNKNOWN
            and value not in ("", {})
            and (name, value) != ("reply_to", NONE)
        }

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
