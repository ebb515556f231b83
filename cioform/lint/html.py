"""The tags of an HTML text with their places. Liquid in it is neither read nor changed.

A text is searched with patterns and never written again: an HTML parser would move Liquid out of
tables, and would not see the links inside of Outlook's comments (content facts, 4.1 to 4.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from cioform.language.liquid.tokens import find_tokens, has_liquid

_MASK: Final = "\x00"
_TAG: Final = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
)
_ATTRIBUTE: Final = re.compile(
    r"""(?P<name>[^\s"'<>/=\x00]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'<>]+)))?"""
)
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_STYLE: Final = re.compile(r"(<style\b[^>]*>)(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute; `value` is the source, with its Liquid."""

    value: str
    offset: int
    """Where the value begins; for an attribute without one, where its name begins."""


@dataclass(frozen=True, slots=True)
class HtmlTag:
    """A start tag or an end tag."""

    name: str
    offset: int
    is_end: bool
    is_in_comment: bool
    attributes: Mapping[str, Attribute]
    has_liquid: bool
    """Whether Liquid stands among its attributes, so that they are not all known."""


@dataclass(frozen=True, slots=True)
class Html:
    """The tags of a text, and its text without Liquid, tags and comments."""

    tags: tuple[HtmlTag, ...]
    visible: str
    """A text of the same length, in which everything but what people read is a blank."""
    style_size: int
    """How many bytes the style sheets in it have."""

    def start_tags(self, *names: str) -> Iterator[HtmlTag]:
        """Yield the start tags of these names, also those in comments of Outlook."""
        for tag in self.tags:
            if not tag.is_end and tag.name in names:
                yield tag


def mask_liquid(text: str, mask: str = _MASK) -> str:
    """Return a text of the same length in which Liquid is replaced by `mask`."""
    if not has_liquid(text):
        return text
    parts: list[str] = []
    at = 0
    for token in find_tokens(text):
        if token.start < at:
            continue  # an output inside of a tag
        parts += (text[at : token.start], mask * (token.end - token.start))
        at = token.end
    return "".join((*parts, text[at:]))


def read_html(text: str) -> Html:
    """Return the tags of a text."""
    masked = mask_liquid(text)
    comments = [match.span() for match in _COMMENT.finditer(masked)] if "<!--" in masked else []
    tags = tuple(_tags(text, masked, comments))
    styles = list(_STYLE.finditer(masked)) if "<style" in masked.lower() else []
    visible = masked
    if styles:
        visible = _STYLE.sub(_blank, visible)
    if comments:
        visible = _COMMENT.sub(_blank, visible)
    visible = _TAG.sub(_blank, visible).replace(_MASK, " ")
    return Html(tags, visible, sum(len(style[2].encode()) for style in styles))


def _tags(text: str, masked: str, comments: list[tuple[int, int]]) -> Iterator[HtmlTag]:
    for match in _TAG.finditer(masked):
        at = match.start()
        rest, shift = match["rest"], match.start("rest")
        attributes: dict[str, Attribute] = {}
        for found in _ATTRIBUTE.finditer(rest) if rest.strip() else ():
            group = next((g for g in ("double", "single", "bare") if found[g] is not None), "name")
            start, end = (shift + place for place in found.span(group))
            value = "" if group == "name" else text[start:end]
            attributes.setdefault(found["name"].lower(), Attribute(value, start))
        outside = _ATTRIBUTE.sub("", rest)
        yield HtmlTag(
            match["name"].lower(),
            at,
            bool(match["end"]),
            any(start <= at < end for start, end in comments),
            attributes,
            _MASK in outside,
        )


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
