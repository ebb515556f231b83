"""Render one message for one person: evaluate the Liquid in each of its texts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.profile import all_attributes
from cioform.emulator.store.record_types import IDENTITY, LAYOUT, SNIPPET, Record


@dataclass(frozen=True)
class RenderedMessage:
    """The texts that a person would see; `failure` is the error if rendering failed."""

    subject: str = ""
    preheader: str = ""
    body: str = ""
    to: str = ""
    sender: str = ""
    failure: str | None = None


class EmptyNamespace(Mapping[str, Any]):
    """A namespace without values that a workflow does not set (content facts, 1.4).

    Rendering any variable of it, however deep, gives an empty text and not an error.
    """

    def __getitem__(self, key: str) -> Any:
        return EmptyNamespace()

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return ""


class MessageRenderer:
    """The renderer of the messages of one request."""

    def __init__(self, request: Request) -> None:
        # Importing the Liquid library takes about 100 ms, and few requests render a message.
        from cioform.emulator.liquid import engine

        self._workspace_data = request.workspace_data
        self._snippets = {each["name"]: each["value"] for each in self._workspace_data.all(SNIPPET)}
        self._engine = engine.LiquidEngine(request.now)
        self._render_error: type[Exception] = engine.RenderError

    def render(
        self, message: Mapping[str, Any], person: Record | None, scope: Mapping[str, Any]
    ) -> RenderedMessage:
        """Return the rendered texts of a message: a template with the overrides of a send.

        An unknown variable in any of them fails the whole message, and the failure names it.
        """
        layout = self._find_layout(message)
        variables = self._liquid_variables(person, layout, scope)
        try:
            variables["snippets"] = self._render_snippets(message, layout, variables)
            subject = self._render_text(message.get("subject"), variables).strip()
            preheader = self._render_text(message.get("preheader_text"), variables)
            variables["message"] = {
                **variables["message"],
                "subject": subject,
                "preheader": preheader,
            }
            return RenderedMessage(
                subject=subject,
                preheader=preheader,
                body=self._render_body(message, str(layout.get("body", "")), variables),
                to=self._render_text(message.get("recipient"), variables).strip(),
                sender=self._render_sender(message, variables),
            )
        except self._render_error as error:
            return RenderedMessage(failure=str(error))

    def _liquid_variables(
        self, person: Record | None, layout: Record, scope: Mapping[str, Any]
    ) -> dict[str, Any]:
        return {
            "customer": all_attributes(person) if person else {},
            "objects": EmptyNamespace(),
            "event": EmptyNamespace(),
            "journey": EmptyNamespace(),
            "snippets": {},
            "layout": {key: layout.get(key, "") for key in ("id", "name")},
            "message": {},
            "editor": "",
            **scope,
        }

    def _render_snippets(
        self, message: Mapping[str, Any], layout: Record, variables: Mapping[str, Any]
    ) -> dict[str, str]:
        """Return the rendered snippets that a text may use; an unused one could fail in vain."""
        texts = " ".join(str(each) for each in (*message.values(), layout.get("body")) if each)
        used = {name: value for name, value in self._snippets.items() if name in texts}
        return {name: self._engine.render(value, variables) for name, value in used.items()}

    def _render_body(
        self, message: Mapping[str, Any], layout: str, variables: Mapping[str, Any]
    ) -> str:
        text = message.get("body") or message.get("body_json") or message.get("url")
        if not isinstance(text, str | None):
            text = json.dumps(text, ensure_ascii=False)
        body = self._render_text(text, variables)
        return self._render_text(layout, {**variables, "content": body}) if layout else body

    def _find_layout(self, message: Mapping[str, Any]) -> Record:
        """Return the layout of a message; an empty record if it has none."""
        number = message.get("layout_id")
        return (self._workspace_data.get(LAYOUT, number) if number else None) or {}

    def _render_sender(self, message: Mapping[str, Any], variables: Mapping[str, Any]) -> str:
        sender = message.get("from")
        number = message.get("from_identity_id")
        if not sender and number:
            sender = sender_address(self._workspace_data.get(IDENTITY, number))
        return self._render_text(sender, variables)

    def _render_text(self, text: Any, variables: Mapping[str, Any]) -> str:
        return self._engine.render(str(text or ""), variables)


def sender_address(record: Record | None) -> str | None:
    """Return the address of a sender as `Name <a@b>`; None if there is no sender."""
    return f"{record['name']} <{record['email']}>" if record else None
