"""Render the messages of a preview by the rules of the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from cioform.contract.infer import DATA_ROOTS
from cioform.contract.shape import Shape
from cioform.core.data.json_value import Json
from cioform.core.errors import UsageError
from cioform.core.lazy_modules import lazy_module
from cioform.emulator.liquid.liquidjs import LiquidJS
from cioform.emulator.liquid.message import EmptyNamespace, TextRenderer, render_message
from cioform.language.liquid.dialect import Engine
from cioform.report.preview.model import Side, View
from cioform.services.preview.finishing import finish
from cioform.services.preview.messages import FoundMessage
from cioform.services.preview.people import PreviewPerson

if TYPE_CHECKING:
    import css_inline

    from cioform.emulator.liquid import engine as python_liquid
else:
    css_inline = lazy_module("css_inline")
    python_liquid = lazy_module("cioform.emulator.liquid.engine")

MAX_BODY: Final = 500_000
"""How many characters of a body a preview shows; mail programs cut mails far earlier."""
UNSENT: Final = "unsent"
"""What `{{ delivery_id }}` prints in a preview (content facts, 1.3)."""


class PreviewRenderer:
    """Renders messages at one point in time."""

    def __init__(self, engine: Engine, now: int) -> None:
        self._engine, engine_version = _load(engine, now)
        self.versions: dict[str, None] = {engine_version: None}

    def side(
        self,
        label: str,
        message: FoundMessage,
        people: tuple[PreviewPerson, ...],
        shapes: Mapping[str, Shape],
    ) -> Side:
        """Return a message as each person gets it; `shapes` are those of the data it uses."""
        return Side(label, tuple(self._view(message, each, each.data(shapes)) for each in people))

    def _view(self, message: FoundMessage, person: PreviewPerson, data: Mapping[str, Json]) -> View:
        variables = _variables(message, data)
        rendered = render_message(self._engine, message.texts, message.snippets, variables)
        if rendered.failure is not None:
            return View(person.name, person.note, failure=str(rendered.failure))
        body, note = rendered.body, person.note
        if len(body) > MAX_BODY:
            body, note = body[:MAX_BODY], f"{note}; cut after {MAX_BODY:,} characters"
        if message.is_html:
            try:
                body, versions = finish(body, message.preprocessor)
            except ValueError as error:
                failure = f"The body cannot be converted to HTML: {error}"
                return View(person.name, person.note, failure=failure)
            self.versions.update(dict.fromkeys(versions))
        return View(
            person.name,
            note,
            subject=rendered.subject,
            preheader=rendered.preheader,
            sender=rendered.sender,
            to=rendered.to,
            body=body,
            more=rendered.more,
        )


def _load(engine: Engine, now: int) -> tuple[TextRenderer, str]:
    """Return an engine with its version. Raises UsageError if the extra is not installed."""
    try:
        _ = css_inline.CSSInliner  # rather here than after the first text was rendered
        if engine is Engine.LEGACY:
            name = f"python-liquid {version('python-liquid')} (legacy)"
            return python_liquid.LiquidEngine(now, "legacy"), name
        return LiquidJS(now), LiquidJS.version
    except ImportError as error:
        raise UsageError.of(
            "Missing package",
            f"A preview needs the package {(error.name or 'quickjs').replace('_', '-')}, which is "
            "not installed. Install it with\n\n    pip install 'cioform[preview]'",
        ) from error


def _variables(message: FoundMessage, data: Mapping[str, Json]) -> dict[str, Json]:
    """Return the variables of a message; what its trigger does not set is empty."""
    roots = message.content.roots
    known = {
        name: data.get(name, {}) if roots is None or name in roots else EmptyNamespace()
        for name in DATA_ROOTS
    }
    return {
        **known,
        "campaign": {"id": 1, "name": message.title, "type": "", "subscription_topic_ids": []},
        "message": {"id": 1, "name": message.title, "type": message.content.channel},
        "layout": {"id": 1, "name": message.texts.layout_name},
        "delivery_id": UNSENT,
        "editor": "",
    }
