"""The texts of a message block, in each of its languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.model.contents import Content, ContentText, TextForm

_FORMS: Final[Mapping[str, TextForm]] = {
    **dict.fromkeys(("from", "reply_to", "to", "cc", "bcc"), TextForm.ADDRESS),
    **dict.fromkeys(("subject", "preheader", "title", "channel", "headers"), TextForm.LINE),
    **dict.fromkeys(("link", "image_url", "url"), TextForm.URL),
    **dict.fromkeys(("plain", "body", "content"), TextForm.TEXT),
    "amp": TextForm.HTML,
}
_BODY_FORMS: Final[Mapping[str, TextForm]] = {
    "email": TextForm.HTML,
    "webhook": TextForm.JSON,
}
_SECRET_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "webhook": frozenset({"url", "headers", "body"}),
    "slack": frozenset({"url"}),
}
"""What only another system gets, by the type of the message."""
_COMMON_ROOTS: Final = frozenset(
    {"customer", "objects", "snippets", "campaign", "message", "layout", "delivery_id", "editor"}
    | {"collections"}
)
JOURNEY_ROOTS: Final = _COMMON_ROOTS | {"journey"}
"""What every message of a campaign may use (content facts, 1.3)."""
EVENT_ROOTS: Final = frozenset({"event", "event_name", "event_id", "event_timestamp"})
TRIGGER_ROOTS: Final = frozenset({"trigger"})


def message_contents(
    channel: str,
    block: Mapping[str, JsonValue],
    path: FieldPath,
    roots: frozenset[str] | None,
    *,
    is_requested: bool = False,
) -> Iterator[Content]:
    """Yield what a message says, first in its default language."""
    yield Content(
        channel, path, tuple(_texts(channel, block, path)), block, "", roots, is_requested
    )
    translations = block.get("translations")
    if isinstance(translations, Mapping):
        for language, fields in translations.items():
            place = (*path, "translations", language)
            # A translation that leaves these out was probably copied from its message.
            inherited = {name: value for name, value in block.items() if name in ("layout", "from")}
            texts = tuple(_texts(channel, fields, place))
            yield Content(
                channel, place, texts, {**inherited, **fields}, language, roots, is_requested
            )


def _texts(channel: str, fields: Mapping[str, JsonValue], path: FieldPath) -> Iterator[ContentText]:
    for name, value in fields.items():
        if name not in _FORMS:
            continue
        form = _FORMS[name]
        if name == "body":
            form = _BODY_FORMS.get(channel, form)
        is_secret = name in _SECRET_FIELDS.get(channel, ())
        for place, text in strings_in(value, (*path, name)):
            yield ContentText(name, place, text, form, may_be_secret=is_secret)


def strings_in(value: JsonValue, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    """Yield every text of nested data with its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from strings_in(item, (*path, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from strings_in(item, (*path, at))
