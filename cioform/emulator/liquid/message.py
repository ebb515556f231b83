"""Render one message for one person: evaluate the Liquid in each of its texts.

The sandbox renders what it sends with this, and `cioform preview` what it shows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from typing import Any, Final, Protocol

from cioform.core.dataclasses import dataclass, field, replace
from cioform.emulator.liquid.render_error import RenderError


class TextRenderer(Protocol):
    """An engine: renders one text."""

    def render(self, text: str, scope: Mapping[str, Any]) -> str:
        """Return `text` rendered with the variables of `scope`. Raises RenderError if it fails."""


@dataclass(frozen=True)
class MessageTexts:
    """The texts of a message before they are rendered."""

    subject: str = ""
    preheader: str = ""
    body: str = ""
    to: str = ""
    sender: str = ""
    layout: str = ""
    """The body of its layout; "" if it has none."""
    layout_name: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    """Other texts, by their names: the address of a webhook, the image of a push."""

    def all(self) -> Iterator[str]:
        """Yield each text."""
        yield from (self.subject, self.preheader, self.body, self.to, self.sender, self.layout)
        yield from self.more.values()


@dataclass(frozen=True)
class RenderedMessage:
    """The texts that a person would see; `failure` is the error if rendering failed."""

    subject: str = ""
    preheader: str = ""
    body: str = ""
    to: str = ""
    sender: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    failure: RenderError | None = None


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


_ANY_SNIPPET: Final = re.compile(
    r"""\{[{%][^}]*(?<![\w.-])snippets(?!\s*(?:[\w-]|\.|\[\s*["']))|\{%-?\s*render_liquid\b"""
)
"""A text that uses all snippets, or one whose name it computes or gets."""


def render_message(
    engine: TextRenderer,
    texts: MessageTexts,
    snippets: Mapping[str, str],
    variables: Mapping[str, Any],
) -> RenderedMessage:
    """Return the rendered texts of a message.

    An unknown variable in any of them fails the whole message, and the failure names it, the text
    and the place in it.
    """
    return _Rendering(engine, variables).message(texts, snippets)


class _Rendering:
    """The rendering of one message, text by text."""

    def __init__(self, engine: TextRenderer, variables: Mapping[str, Any]) -> None:
        self._engine = engine
        self._variables = dict(variables)

    def message(self, texts: MessageTexts, snippets: Mapping[str, str]) -> RenderedMessage:
        try:
            self._variables["snippets"] = self._snippets(texts.all(), snippets)
            subject = self._text("subject", texts.subject).strip()
            preheader = self._text("preheader", texts.preheader)
            self._variables["message"] = {
                **(self._variables.get("message") or {}),
                "subject": subject,
                "preheader": preheader,
            }
            return RenderedMessage(
                subject=subject,
                preheader=preheader,
                body=self._body(texts),
                to=self._text("to", texts.to).strip(),
                sender=self._text("from", texts.sender),
                more={name: self._text(name, text) for name, text in texts.more.items()},
            )
        except RenderError as error:
            return RenderedMessage(failure=error)

    def _snippets(self, texts: Iterable[str], snippets: Mapping[str, str]) -> dict[str, str]:
        """Return the rendered snippets that a text may use; an unused one could fail in vain."""
        everything = " ".join(texts)
        used = {name: text for name, text in snippets.items() if name in everything}
        others = snippets if _ANY_SNIPPET.search(everything) is not None else {}
        self._variables["snippets"] = {}
        found = {}
        for name, text in {**others, **used}.items():
            with suppress(RenderError) if name not in used else nullcontext():
                found[name] = self._text(f"snippet {name}", text)
        return found

    def _body(self, texts: MessageTexts) -> str:
        body = self._text("body", texts.body)
        if not texts.layout:
            return body
        self._variables["content"] = body
        return self._text(f"layout {texts.layout_name}".strip(), texts.layout)

    def _text(self, name: str, text: str) -> str:
        try:
            return self._engine.render(text, self._variables)
        except RenderError as error:
            raise replace(error, template=name) from None
