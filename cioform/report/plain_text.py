"""The text of an HTML mail as people read it, without its markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern

_BLOCKS: Final = frozenset(
    {
        *("address", "blockquote", "br", "center", "div", "dl", "dt", "dd", "footer", "h1"),
        *("h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section"),
        *("table", "tr", "ul"),
    }
)
_SILENT: Final = frozenset({"head", "style", "script", "title"})
_INVISIBLE: Final = lazy_pattern("[\u034f\u00ad\u200b-\u200d\u2060\ufeff]")


def plain_text(html: str, *, links: bool = False) -> str:
    """Return the readable text of HTML: a line for each block; with `links`, their addresses."""
    reader = _Reader(links)
    reader.feed(html)
    reader.close()
    lines = (re.sub(r"[ \t\r\f\v\u00a0]+", " ", line).strip() for line in reader.text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects the text of a mail."""

    def __init__(self, shows_links: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._shows_links = shows_links
        self._parts: list[str] = []
        self._silent = 0
        self._links: list[str] = []

    @property
    def text(self) -> str:
        """What was read, with line breaks."""
        return "".join(self._parts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        values = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        elif tag == "a":
            self._links.append(values.get("href") or "")
        elif tag == "img" and values.get("alt"):
            self._parts.append(f"[{values['alt']}]")
        elif tag in _BLOCKS:
            self._parts.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            self._parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "a" and self._links:
            link = self._links.pop()
            is_new = not link.startswith("#") and link not in self._parts[-1:]
            if self._shows_links and link and is_new:
                self._parts.append(f" ({link})")
        elif tag in ("p", "h1", "h2", "h3", "h4", "table", "ul", "ol"):
            self._parts.append("\n\n")
        elif tag in _BLOCKS:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Take a text."""
        if not self._silent:
            self._parts.append(_INVISIBLE.sub("", re.sub(r"\s+", " ", data)))
