"""The messages of a workflow, as files have them and as they are compared."""

from collections.abc import Iterator, Mapping, Set
from functools import cache, lru_cache
from typing import Final, Self

from pydantic import model_validator

from cioform.core.address import NONE
from cioform.core.data.json_value import UNKNOWN, Json, JsonValue, as_mapping
from cioform.core.data.paths import FieldPath
from cioform.core.errors import PlanError
from cioform.language.messages.blocks import (
    TRANSLATION_TYPES,
    Email,
    HttpMethod,
    InApp,
    Message,
    Push,
    SendingBehavior,
    Slack,
    Sms,
    Webhook,
    WhatsApp,
)
from cioform.language.messages.template.template_members import (
    default_member,
    emptied_members,
    without_insignificant_members,
)
from cioform.language.messages.template.template_values import normalize_html
from cioform.model.values.value_errors import raise_problems


class _StepMessage(Message):
    sending: SendingBehavior = "draft"


class StepEmail(_StepMessage, Email):
    """An e-mail of a workflow."""

    subject: str
    preheader: str = ""
    body: str


class StepPush(_StepMessage, Push):
    """A push notification of a workflow."""

    title: str
    body: str


class StepSms(_StepMessage, Sms):
    """A text message of a workflow."""

    body: str

    @model_validator(mode="after")
    def _reject_whatsapp(self) -> Self:
        if (self.raw or {}).get("whatsapp"):
            text = "a text message has no `whatsapp`. Use the keyword `whatsapp` for the message."
            raise_problems([(("raw", "whatsapp"), text)])
        return self


class StepWhatsApp(_StepMessage, WhatsApp):
    """A WhatsApp message of a workflow."""

    body: str = ""


class StepInApp(_StepMessage, InApp):
    """A message inside the app, of a workflow."""

    content: dict[str, JsonValue]


class StepSlack(_StepMessage, Slack):
    """A Slack message of a workflow."""

    body: str


class StepWebhook(_StepMessage, Webhook):
    """A webhook of a workflow."""

    url: str
    method: HttpMethod = "post"
    body: str = ""


MESSAGE_TYPES: Final[Mapping[str, type[Message]]] = {
    "email": StepEmail,
    "push": StepPush,
    "sms": StepSms,
    "whatsapp": StepWhatsApp,
    "in_app": StepInApp,
    "slack": StepSlack,
    "webhook": StepWebhook,
}
"""The content models by keyword: those of every step type that is a message."""

_MAIN_FIELDS: Final[Mapping[str, str]] = {
    "email": "subject",
    "push": "title",
    "sms": "body",
    "slack": "body",
    "webhook": "url",
}
"""The field without which a message of a type cannot be sent."""


def to_canonical(message_type: str, message: Message) -> dict[str, JsonValue]:
    """Return the content as it is compared: `{"type": "email", "subject": ...}`.

    A field that the file leaves out is absent if it has no default.
    """
    fields = message.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"type": message_type, **fields}


@cache
def translation_fields(message_type: str) -> tuple[str, ...]:
    """Return the fields that a translation of a message has of its own."""
    model = TRANSLATION_TYPES.get(message_type)
    return () if model is None else model.yaml_field_names()


def unmanaged_paths(message_type: type[Message], prefix: str) -> Iterator[str]:
    """Yield the patterns of the fields below `prefix` that a file may leave unmanaged."""
    yield from (f"{prefix}.{field}" for field in message_type.unmanaged_fields)
    yield from (f"{prefix}.track.*", f"{prefix}.raw.*")
    if "translations" in message_type.model_fields:
        yield from (f"{prefix}.translations.*.*", f"{prefix}.translations.*.raw.*")


def normalize_message(content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the content of a message in the form in which messages of one meaning are equal.

    White space and a byte order mark around HTML have no meaning, nor has a member of `raw` that is
    empty or at its default. Every other text is compared exactly.
    """
    normal = {**content}
    if content.get("type") == "email" and isinstance(body := content.get("body"), str):
        normal["body"] = normalize_html(body)
    message_type = str(content.get("type"))
    if isinstance(raw := content.get("raw"), dict):
        normal["raw"] = without_insignificant_members(message_type, raw)
    for name in ("raw", "content"):
        if normal.get(name) == {} and (name, message_type) != ("content", "in_app"):
            del normal[name]
    if isinstance(translations := content.get("translations"), dict):
        normal["translations"] = {
            language: _without_type(normalize_message({"type": content.get("type"), **each}))
            for language, each in translations.items()
        }
    return normal


def _without_type(content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    return {name: value for name, value in content.items() if name != "type"}


def reject_empty(
    name: str, content: Mapping[str, JsonValue], live: Mapping[str, JsonValue] | None
) -> None:
    """Raise PlanError if `content` would make a message that cannot be sent, in any language.

    What is empty in Customer.io already may stay so. `live` is the content there, None for a new
    message.
    """
    field = _MAIN_FIELDS.get(content["type"])
    if field is None:
        return
    there = live or {}
    _reject_empty_field(name, field, content.get(field), there.get(field))
    live_ones = as_mapping(there.get("translations"))
    for language, each in as_mapping(content.get("translations")).items():
        value, former = as_mapping(each).get(field), as_mapping(live_ones.get(language)).get(field)
        _reject_empty_field(name, f"translations.{language}.{field}", value, former)


def _reject_empty_field(name: str, path: str, value: JsonValue, former: JsonValue) -> None:
    if value == "" and former != "":
        raise PlanError.of(
            "Message is empty",
            f"The `{path}` of the message `{name}` is empty. Fill it in; only a message that is "
            "empty in Customer.io already can stay so.",
        )


def without_defaults(
    content: Mapping[str, JsonValue], keep: Set[str] = frozenset()
) -> dict[str, JsonValue]:
    """Return the content as a person would write it: without its type and without defaults.

    The fields in `keep` are written even if they have their defaults.
    """
    defaults = {**_DEFAULTS, **_DEFAULTS_BY_TYPE.get(content["type"], {})}
    written = {
        name: (_translations_without_defaults(value, content) if name == "translations" else value)
        for name, value in content.items()
        if name != "type"
        and value is not UNKNOWN
        and (name in keep or defaults.get(name, _NO_DEFAULT) != value)
    }
    return _arranged(written)


def _arranged(content: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the fields of a message in the order of a document."""
    return dict(sorted(content.items(), key=lambda item: _position(item[0])))


def _translations_without_defaults(
    translations: JsonValue, default_language: Mapping[str, JsonValue]
) -> JsonValue:
    return {
        language: _translation_without_defaults(content, default_language)
        for language, content in translations.items()
    }


def _translation_without_defaults(
    content: Mapping[str, JsonValue], default_language: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """Return a translation without what says nothing in it and in the default language.

    A document repeats what the two have in common, because a field that a translation leaves out
    is unmanaged, not inherited. What only the default language has is written as empty.
    """
    message_type = default_language["type"]
    raw = default_language.get("raw", {})
    own_raw = content.get("raw", {})
    silent = [name for name in raw if name not in own_raw]
    own_raw = {**emptied_members(message_type, silent), **own_raw}
    main = {**default_language, "raw": raw}
    # What `raw` of the default language has in place of a field.
    fields = translation_fields(message_type)
    main |= {f: raw[name] for name, f in _RAW_FIELDS.items() if name in raw and f in fields}
    emptied: dict[str, JsonValue] = {"content": {}} if main.get("content") else {}
    defaults = {**_DEFAULTS, "raw": {}, "content": {}, **_DEFAULTS_BY_TYPE.get(message_type, {})}
    written = {
        name: value
        for name, value in {**emptied, **content, "raw": own_raw}.items()
        if not value == defaults.get(name, _NO_DEFAULT) == main.get(name, value)
    }
    return _arranged(written)


_RAW_FIELDS: Final[Mapping[str, str]] = {"headers": "headers", "body_json": "content"}
"""The fields of a translation whose members may be in `raw`."""


def _position(field: str) -> int:
    return _FIELD_ORDER.index(field) if field in _FIELD_ORDER else len(_FIELD_ORDER)


_FIELD_ORDER: Final = (
    *("sending", "track", "from", "reply_to", "to", "channel", "cc", "bcc"),
    *("subject", "title", "preheader", "headers", "layout"),
    *("url", "method", "link", "image_url", "content", "body", "plain", "amp", "raw"),
    "translations",
)
"""The order in which a document has the fields of a message."""

_NO_DEFAULT: Final = object()
_DEFAULTS: Final[Mapping[str, JsonValue]] = {
    "sending": "draft",
    "track": {"opens": True, "links": True},
    "preheader": "",
    "reply_to": NONE,
    "layout": NONE,
    "headers": {},
    "translations": {},
    **dict.fromkeys(("to", "cc", "bcc", "plain", "amp", "link", "image_url", "channel"), ""),
}
_DEFAULTS_BY_TYPE: Final[Mapping[str, Mapping[str, JsonValue]]] = {
    "email": {"to": "{{customer.email}}"},
    "sms": {"to": "{{customer.phone}}"},
    "whatsapp": {"to": "{{customer.phone}}", "body": ""},
    "in_app": {"body": ""},
    "inbox": {"body": ""},
    "slack": {"url": ""},
    "webhook": {"method": "post", "body": ""},
}


@lru_cache(4096)
def default_value(message_type: str, path: FieldPath) -> Json:
    """Return the default of a field of a message in Customer.io, None for blank.

    `path` is that in the message, in any of its languages.
    """
    if path[0] == "translations":
        path = path[2:]
    if path[:1] == ("raw",) and len(path) == 2:
        return default_member(message_type, str(path[1]))
    value: Json = _default_values(message_type).get(str(path[0])) if path else None
    for step in path[1:]:
        value = as_mapping(value).get(str(step))
    return value


@cache
def _default_values(message_type: str) -> Mapping[str, JsonValue]:
    of_customer_io = {"sending": "automatic"}  # A file of a campaign always sets it.
    return {**_DEFAULTS, **_DEFAULTS_BY_TYPE.get(message_type, {}), **of_customer_io}


def email_body_files(
    email: Mapping[str, JsonValue], path: FieldPath, stem: str = ""
) -> Iterator[tuple[FieldPath, str]]:
    """Yield the path of each HTML body of an e-mail, with the name or ending of its file."""
    if "body" in email:
        yield (*path, "body"), f"{stem}.html"
    for language, content in email.get("translations", {}).items():
        if "body" in content:
            yield (*path, "translations", language, "body"), f"{stem}.{language}.html"
