"""Render a report as one HTML page: it loads nothing, and shows everything without script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Final

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from cioform.core.errors import UsageError
from cioform.core.text.quantities import pluralize
from cioform.report.journey.model import Journey
from cioform.report.journey.svg.render import render_svg
from cioform.report.journey.tree import render_tree
from cioform.report.page.diff_table import field_rows
from cioform.report.plan.comments.markdown_text import CODE_SPAN
from cioform.report.plan.parts.items import ItemView
from cioform.report.plan.report import Report
from cioform.report.preview.mail_frame import POLICY, frame
from cioform.report.values import escape_unprintable

MAX_SIZE: Final = 20_000_000
"""The maximum size of a page, in bytes."""
_MARGIN: Final = 500_000
"""Bytes for what is not about a single change."""
_MAX_OPEN: Final = 10
"""Up to this number of changes, all are unfolded."""
_MAX_USERS: Final = 200
_MAX_ITEMS: Final = 500
_MAX_TEXT: Final = 100_000
"""Characters of one value that are shown."""
_ARTICLE_SIZE: Final = 150
"""Bytes of the markup around the parts of a change."""
_FRAME_WIDTH: Final = 600
_MAX_FRAME: Final = 1_000_000
"""Characters of a message that is drawn: ten times what mail clients show of one."""


def render_page(report: Report, limit: int = MAX_SIZE) -> str:
    """Return the page, in at most `limit` bytes.

    If everything is too long, pictures and bodies are left out first, then fields, then changes;
    the page says so.
    """
    macros = _Macros(report)
    parts = _Parts(report.items, macros, limit - _MARGIN)
    return macros.page(parts.articles(), parts.notes())


class _Macros:
    """The parts of the template, filled in for one report."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._macros = _template().module

    def _call(self, name: str, *values: object) -> Markup:
        text: str = getattr(self._macros, name)(*values)
        return Markup(text)

    def page(self, articles: Iterator[Markup], notes: Sequence[str]) -> str:
        """Return the whole page."""
        actions = sorted({item.action for item in self._report.items})
        text = self._call("page", self._report, articles, notes, actions)
        return text.encode("utf-8", "replace").decode()

    def head(self, item: ItemView) -> Markup:
        """Return the line of a change."""
        return self._call("head", item)

    def fields(self, item: ItemView) -> Markup:
        """Return what changes, and whom it reaches."""
        return self._call("fields", self._report, item)

    def extras(self, item: ItemView) -> Markup:
        """Return users, journey and bodies."""
        journey = item.extras.journey
        if not (journey or item.extras.users or item.extras.bodies):
            return Markup()
        outline = render_tree(journey) if journey else ""
        return self._call("extras", self._report, item, _picture(journey), outline)

    def article(self, item: ItemView, head: Markup, body: Markup, is_open: bool) -> Markup:
        """Return a change with all its parts."""
        return self._call("article", item, head, body, is_open)


class _Parts:
    """The changes in parts, as many of each kind as fit."""

    def __init__(self, items: Sequence[ItemView], macros: _Macros, room: int) -> None:
        self._items = items
        self._macros = macros
        self._room = room - _ARTICLE_SIZE * len(items)
        self._heads = self._fitting(macros.head)
        self._fields = self._fitting(macros.fields)
        self._extras = self._fitting(macros.extras)

    def articles(self) -> Iterator[Markup]:
        """Yield each change whose line fits."""
        is_open = len(self._items) <= _MAX_OPEN
        for at, (item, head) in enumerate(zip(self._items, self._heads, strict=True)):
            if head is not None:
                body = (self._fields[at] or Markup()) + (self._extras[at] or Markup())
                yield self._macros.article(item, head, body, is_open)

    def notes(self) -> tuple[str, ...]:
        """Return what is left out because of the size."""
        return tuple(
            f"{what} of {pluralize(number, 'change is', 'changes are')} left out, because the page "
            f"would be larger than {MAX_SIZE // 1_000_000} MB. See them with `cioform plan --json`."
            for what, parts in (
                ("Everything", self._heads),
                ("The fields", self._fields),
                ("Users, diagrams and messages", self._extras),
            )
            if (number := parts.count(None))
        )

    def _fitting(self, render: Callable[[ItemView], Markup]) -> list[Markup | None]:
        """Return a part of each change; None for those that would make the page too large."""
        parts: list[Markup | None] = []
        for item in self._items:
            part = render(item) if self._room > 0 else None
            size = 0 if part is None else len(part.encode("utf-8", "replace"))
            fits = size <= self._room
            self._room -= size if fits else 0
            parts.append(part if fits else None)
        return parts


@cache
def _template() -> Template:
    """Return the template, compiled once."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_shown, trim_blocks=True
    )
    environment.filters |= {"lines": _shown_lines, "prose": _prose}
    script = _text("page.js")
    environment.globals |= {
        "field_rows": field_rows,
        "frame": _frame,
        "max_items": _MAX_ITEMS,
        "max_users": _MAX_USERS,
        "policy": _policy(script),
        "script": Markup(script),
        "styles": Markup(_text("page.css")),
        "tone": _tone_class,
    }
    return environment.from_string(_text("page.html.jinja"))


def _picture(journey: Journey | None) -> str:
    """Return the address of a diagram; empty if the library that arranges it is not installed."""
    if journey is None:
        return ""
    try:
        drawing = render_svg(journey)
    except UsageError:
        return ""
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()


def _frame(html: str, title: str) -> Markup:
    if len(html) > _MAX_FRAME:
        text = f"The message is not drawn: it has {len(html):,} characters."
        return Markup('<p class="omitted">{}</p>').format(text)
    return Markup(frame(html, _FRAME_WIDTH, dark=False, title=escape_unprintable(title)))


def _shown(value: object) -> object:
    """Return a value as the page shows it: text without invisible characters, and not too long."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    text = value if len(value) <= _MAX_TEXT else f"{value[:_MAX_TEXT]}…"
    return escape_unprintable(text)


def _prose(text: str) -> Markup:
    """Return a sentence of ours in which what stands between backticks is code."""
    parts = enumerate(CODE_SPAN.split(str(_shown(text))))
    return Markup().join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in parts
    )


def _shown_lines(text: str) -> Markup:
    """Return a text with its line breaks."""
    return Markup("\n").join(escape(escape_unprintable(line)) for line in text.split("\n"))


def _tone_class(item: ItemView) -> str:
    return item.tone.name.lower()


def _policy(script: str) -> str:
    """Return what the page may load and run: nothing but its own script."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return f"{POLICY}; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _text(name: str) -> str:
    return (resources.files(__package__) / name).read_text("utf-8")
