"""An e-mail with everything around and inside of it: its layout and its snippets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.parse import parse_liquid
from cioform.lint.subject import Subject
from cioform.model.contents import Content
from cioform.model.resource import Resource

_CONTENT: Final = lazy_pattern(r"\{\{-?\s*content\s*-?\}\}")


def whole_message(content: Content, resource: Resource, subject: Subject) -> Iterator[str]:
    """Yield the texts that one e-mail is made of: its body, its layout, and their snippets."""
    body = content.text("body")
    texts = [body.value] if body is not None else []
    layout = subject.used_by(resource, content, "layout")
    if layout is not None:
        texts += (
            _CONTENT.sub("", text.value)
            for piece in subject.contents_of(layout.address)
            for text in piece.texts
        )
    yield from texts
    seen: set[str] = set()
    todo = list(texts)
    while todo:
        for use in parse_liquid(todo.pop()).uses:
            if (named := subject.named_in_liquid.get(use.root)) is None:
                continue  # Most uses are not of shared objects.
            address = named.get(str(use.path[-1]))
            if address is None or str(address) in seen:
                continue
            seen.add(str(address))
            for piece in subject.contents_of(address):
                for text in piece.texts:
                    yield text.value
                    todo.append(text.value)


def has_layout_of_unknown_text(content: Content, resource: Resource, subject: Subject) -> bool:
    """Return whether a message has a layout that no file describes."""
    name = content.fields.get("layout", "none")
    return name != "none" and subject.used_by(resource, content, "layout") is None
