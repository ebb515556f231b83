"""The objects that a message names: its senders and its layout."""

from collections.abc import Iterator, Mapping
from typing import Final

from cioform.core.address import NONE
from cioform.core.data.json_value import JsonValue
from cioform.core.data.paths import FieldPath
from cioform.model.references.names import Reference

REFERENCES: Final[Mapping[str, str]] = {"from": "sender", "reply_to": "sender", "layout": "layout"}
"""The fields that name an object, with its kind."""


def content_references(
    content: Mapping[str, JsonValue], path: FieldPath = ()
) -> Iterator[Reference]:
    """Yield the senders and the layout that a message refers to, in all of its languages."""
    for field, kind in REFERENCES.items():
        if isinstance(text := content.get(field), str) and text != NONE:
            yield Reference(kind, text, (*path, field))
    if isinstance(translations := content.get("translations"), dict):
        for language, translation in translations.items():
            yield from content_references(translation, (*path, "translations", language))
