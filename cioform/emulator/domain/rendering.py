"""One message to one person: its texts with the person put in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cioform.emulator.protocol.request import Request
from cioform.emulator.store.profile import all_attributes
from cioform.emulator.store.record_types import IDENTITY, LAYOUT, SNIPPET, Record

if TYPE_CHECKING:
    from cioform.emulator.liquid.engine import LiquidEngine


@dataclass(frozen=True)
class RenderedMessage:
    """What a person would see. `failure` says why nobody will."""

    subject: str = ""
    preheader: str = ""
    body: str = ""
    to: str = ""
    sender: str = ""
    failure: str | None = None


class EmptyNamespace(Mapping[str, Any]):
    """A namespace that the workflow does not have: empty, without an error (content facts, 1.4)."""

    def __getitem__(self, key: str) -> Any:
        return EmptyNamespace()

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __str__(self) -> str:
        return ""


class MessageRenderer:
    """Renders the messages of one request."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._snippets = {
            each["name"]: each["value"] for each in request.workspace_data.all(SNIPPET)
        }
        self._engine = _make_engine(request.now)

    def render(
        self, message: Mapping[str, Any], person: Record | None, scope: Mapping[str, Any]
    ) -> RenderedMessage:
        """The texts of `message`: a template, with what a send put over it.

        Something missing in one of them fails all of it, and names the variable.
        """
        layout = self._find_layout(message)
        names = self._liquid_variables(person, layout, scope)
        from cioform.emulator.liquid.engine import RenderError

        try:
            names["snippets"] = self._render_snippets(message, layout, names)
            subject = self._render_text(message.get("subject"), names).strip()
            preheader = self._render_text(message.get("preheader_text"), names)
            told = {"subject": subject, "preheader": preheader}
            names["message"] = {**names["message"], **told}
            return RenderedMessage(
                subject=subject,
                preheader=preheader,
                body=self._render_body(message, str(layout.get("body", "")), names),
                to=self._render_text(message.get("recipient"), names).strip(),
                sender=self._render_sender(message, names),
            )
        except RenderError as error:
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
        self, message: Mapping[str, Any], layout: Record, names: Mapping[str, Any]
    ) -> dict[str, str]:
        """The snippets rendered, each by itself: only those a text may use, for they can fail."""
        texts = " ".join(str(each) for each in (*message.values(), layout.get("body")) if each)
        used = {name: value for name, value in self._snippets.items() if name in texts}
        return {name: self._engine.render(value, names) for name, value in used.items()}

    def _render_body(
        self, message: Mapping[str, Any], layout: str, names: Mapping[str, Any]
    ) -> str:
        text = message.get("body") or message.get("body_json") or message.get("url")
        if not isinstance(text, str | None):
            text = json.dumps(text, ensure_ascii=False)
        body = self._render_text(text, names)
        return self._render_text(layout, {**names, "content": body}) if layout else body

    def _find_layout(self, message: Mapping[str, Any]) -> Record:
        """The layout of a message; empty where it has none."""
        number = message.get("layout_id")
        return (self._request.workspace_data.get(LAYOUT, number) if number else None) or {}

    def _render_sender(self, message: Mapping[str, Any], names: Mapping[str, Any]) -> str:
        given = message.get("from")
        number = message.get("from_identity_id")
        if not given and number:
            given = sender_address(self._request.workspace_data.get(IDENTITY, number))
        return self._render_text(given, names)

    def _render_text(self, text: Any, names: Mapping[str, Any]) -> str:
        return self._engine.render(str(text or ""), names)


def _make_engine(now: int) -> "LiquidEngine":
    from cioform.emulator.liquid.engine import LiquidEngine

    return LiquidEngine(now)


def sender_address(record: Record | None) -> str | None:
    """`Name <a@b>`, or None where there is no sender."""
    return f"{record['name']} <{record['email']}>" if record else None
