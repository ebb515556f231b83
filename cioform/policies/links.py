"""The domains that links and images of a text have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from cioform.core.lazy_modules import lazy_module
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.syntax.tokens import tokens_of
from cioform.lint.markup.html import Html, HtmlTag, mask_liquid
from cioform.lint.subject import Subject
from cioform.model.contents import ContentText, TextForm

if TYPE_CHECKING:
    import html
else:
    html = lazy_module("html")

_IN_TEXT: Final = lazy_pattern(
    r"https?:[/\\]{2,}(?P<authority>(?:\{\{.*?\}\}|[^/\\\s\"'<>?#{])+)", re.IGNORECASE
)
"""An address in a text. Mail programs make links of those in what people read."""
_ADDRESS: Final = lazy_pattern(
    r"(?:https?:[/\\]*|[/\\]{2,})(?P<authority>[^/\s\"'<>?#]+)", re.IGNORECASE
)
"""The beginning of a link, with what browsers tolerate: `https:acme.com`, `\\\\acme.com`."""
_ATTRIBUTES: Final = (
    "href", "src", "action", "action-xhr", "background", "poster", "formaction", "data",
    "xlink:href",
)  # fmt: skip
_CSS_ADDRESS: Final = lazy_pattern(
    r"(?:url\(\s*[\"']?|@import\s+[\"'])(?P<link>[^\"')\s]+)", re.IGNORECASE
)
_REFRESH: Final = lazy_pattern(r"\burl\s*=\s*[\"']?(?P<link>[^\"'\s]+)", re.IGNORECASE)
_IGNORED_IN_LINKS: Final = str.maketrans("", "", "\t\r\n")
_MASK: Final = "\x00"


def hosts_in(text: ContentText, subject: Subject) -> Iterator[tuple[str, int]]:
    """Yield the host of each link with its place. A host may contain Liquid."""
    if text.form is TextForm.URL:
        yield from _hosts_of_link(text.value, 0)
    if text.form is TextForm.HTML:
        yield from _hosts_in_html(text.value, subject.html(text.value))
    else:
        yield from _hosts_in_text(text.value, 0)


def _hosts_in_html(text: str, found: Html) -> Iterator[tuple[str, int]]:
    for tag in found.tags:
        if not tag.is_end:
            yield from _hosts_in_tag(tag)
    for sheet, offset in found.style_sheets:
        yield from _hosts_in_css(sheet, offset)
    for token in tokens_of(text):
        yield from _hosts_in_text(text[token.start : token.end], token.start)
    yield from _hosts_in_text(found.visible, 0)


def _hosts_in_tag(tag: HtmlTag) -> Iterator[tuple[str, int]]:
    for name in _ATTRIBUTES:
        if attribute := tag.attributes.get(name):
            yield from _hosts_of_link(attribute.value, attribute.offset)
    if attribute := tag.attributes.get("srcset"):
        for link in attribute.value.split(","):
            yield from _hosts_of_link(link, attribute.offset)
    if tag.style is not None:
        yield from _hosts_in_css(html.unescape(tag.style.value), tag.style.offset)
    if "http-equiv" in tag.attributes and (attribute := tag.attributes.get("content")):
        for refresh in _REFRESH.finditer(html.unescape(attribute.value)):
            yield from _hosts_of_link(refresh["link"], attribute.offset)


def _hosts_of_link(link: str, offset: int) -> Iterator[tuple[str, int]]:
    """Yield the hosts that a link may lead to, with character references and Liquid considered."""
    shown = html.unescape(link).translate(_IGNORED_IN_LINKS).strip()
    if found := _ADDRESS.match(shown):
        yield from _hosts(found["authority"], offset)
    # Each branch of an `if` may have an address of its own.
    for piece in mask_liquid(shown, _MASK).split(_MASK)[1:]:
        if (found := _ADDRESS.match(piece)) and ":" in found[0]:
            yield from _hosts(found["authority"], offset)


def _hosts_in_css(sheet: str, offset: int) -> Iterator[tuple[str, int]]:
    for found in _CSS_ADDRESS.finditer(sheet):
        yield from _hosts_of_link(found["link"], offset + found.start())


def _hosts_in_text(text: str, offset: int) -> Iterator[tuple[str, int]]:
    for found in _IN_TEXT.finditer(text):
        yield from _hosts(found["authority"], offset + found.start())


def _hosts(authority: str, offset: int) -> Iterator[tuple[str, int]]:
    """Yield the host of what stands between `//` and the path.

    Browsers read a backslash as a slash, and other programs do not: then there are two hosts.
    """
    for each in dict.fromkeys((authority.partition("\\")[0], authority)):
        yield each.rpartition("@")[2].partition(":")[0].lower().rstrip(".,;)"), offset


def is_allowed(host: str, domains: list[str]) -> bool:
    """Return whether a host is one of the domains, or below one."""
    return any(host == each or host.endswith(f".{each}") for each in map(str.lower, domains))
