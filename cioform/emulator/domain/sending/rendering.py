"""Render the messages of a request, with the snippets, layouts and senders of the workspace."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cioform.core.lazy_modules import lazy_module
from cioform.emulator.liquid.message import (
    EmptyNamespace,
    MessageTexts,
    RenderedMessage,
    render_message,
)
from cioform.emulator.protocol.request import Request
from cioform.emulator.store.profile import all_attributes
from cioform.emulator.store.record_types import IDENTITY, LAYOUT, SNIPPET, Record

if TYPE_CHECKING:
    from cioform.emulator.liquid import engine as python_liquid
else:
    # Importing it takes about 100 ms, and few requests render a message.
    python_liquid = lazy_module("cioform.emulator.liquid.engine")


class MessageRenderer:
    """The renderer of the messages of one request."""

    def __init__(self, request: Request) -> None:
        self._workspace_data = request.workspace_data
        self._snippets = {each["name"]: each["value"] for each in self._workspace_data.all(SNIPPET)}
        self._engine = python_liquid.LiquidEngine(request.now, request.behavior.liquid_engine)

    def render(
        self, message: Mapping[str, Any], person: Record | None, scope: Mapping[str, Any]
    ) -> RenderedMessage:
        """Return the rendered texts of a message: a template with the overrides of a send."""
        layout = self._find_layout(message)
        texts = MessageTexts(
            subject=_text(message.get("subject")),
            preheader=_text(message.get("preheader_text")),
            body=_text(message.get("body") or message.get("body_json") or message.get("url")),
            to=_text(message.get("recipient")),
            sender=_text(self._sender(message)),
            layout=_text(layout.get("body")),
            layout_name=_text(layout.get("name")),
        )
        variables = {
            "customer": all_attributes(person) if person else {},
            "objects": EmptyNamespace(),
            "event": EmptyNamespace(),
            "journey": EmptyNamespace(),
            "layout": {key: layout.get(key, "") for key in ("id", "name")},
            "message": {},
            "editor": "",
            **scope,
        }
        return render_message(self._engine, texts, self._snippets, variables)

    def _find_layout(self, message: Mapping[str, Any]) -> Record:
        """Return the layout of a message; an empty record if it has none."""
        number = message.get("layout_id")
        return (self._workspace_data.get(LAYOUT, number) if number else None) or {}

    def _sender(self, message: Mapping[str, Any]) -> Any:
        number = message.get("from_identity_id")
        if message.get("from") or not number:
            return message.get("from")
        return sender_address(self._workspace_data.get(IDENTITY, number))


def _text(value: Any) -> str:
    if not isinstance(value, dict | list):
        return str(value or "")
    return json.dumps(value, ensure_ascii=False)


def sender_address(record: Record | None) -> str | None:
    """Return the address of a sender as `Name <a@b>`; None if there is no sender."""
    return f"{record['name']} <{record['email']}>" if record else None
