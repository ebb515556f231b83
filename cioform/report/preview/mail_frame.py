"""An e-mail in a frame of a page, from which nothing is loaded and in which nothing runs."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from html import escape, unescape
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.markup.html import Html, HtmlTag
from cioform.report.plain_text import plain_text

POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a frame may load: nothing but what the page itself has."""
_DARK_QUERY: Final = lazy_pattern(r"\(\s*prefers-color-scheme\s*:\s*(?P<scheme>dark|light)\s*\)")
_HEAD: Final = lazy_pattern(r"<head\b[^>]*>", re.IGNORECASE)
_DIMENSION: Final = lazy_pattern(r"\s*(\d+)(px)?\s*")
_INVERTED: Final = (
    "<style>:root{background:#fff;filter:invert(.92) hue-rotate(180deg)}"
    "img{filter:invert(1) hue-rotate(180deg)}</style>"
)
MIN_HEIGHT, MAX_HEIGHT = 180, 2400
_HEADINGS: Final = {"h1": 100, "h2": 50, "h3": 20}
"""How much higher than a text a heading is at 600 pixels. On a narrow screen it has more lines."""


def has_dark_styles(html: str) -> bool:
    """Return whether a mail has styles of its own for dark screens."""
    return any(found["scheme"] == "dark" for found in _DARK_QUERY.finditer(html))


def frame(html: str, width: int, *, dark: bool, title: str) -> str:
    """Return a frame that shows a mail on a screen of a width in pixels.

    A mail without styles for dark screens is inverted on one, as many mail programs do.
    """
    document = _document(html, dark=dark)
    height = estimated_height(html, width)
    return (
        f'<iframe sandbox="" loading="lazy" width="{width}" height="{height}" '
        f'title="{escape(title)}" class="{"dark" if dark else "light"}" '
        f'srcdoc="{escape(document)}"></iframe>'
    )


def _document(html: str, *, dark: bool) -> str:
    """Return a mail as a document of its own for one color scheme."""
    inverted = _INVERTED if dark and not has_dark_styles(html) else ""
    chosen = "dark" if dark else "light"
    shown = _DARK_QUERY.sub(
        lambda found: "(min-width:0)" if found["scheme"] == chosen else "(max-width:0)",
        draw_images(html),
    )
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<base target="_blank"><style>:root{{color-scheme:{chosen if not inverted else "light"}}}'
        f"</style>{inverted}"
    )
    if (found := _HEAD.search(shown)) is not None:
        return shown[: found.end()] + head + shown[found.end() :]
    return f"<!doctype html><html><head>{head}</head><body>{shown}</body></html>"


@lru_cache(maxsize=8)
def draw_images(html: str) -> str:
    """Return a mail in which each image that would be loaded is a box with its text."""
    parts: list[str] = []
    at = 0
    for tag in Html(html).start_tags("img"):
        source = tag.attributes.get("src")
        if source is None or source.value.startswith("data:") or source.offset < at:
            continue
        parts += (html[at : source.offset], _box(tag))
        at = source.offset + len(source.value)
    return "".join((*parts, html[at:]))


def _box(tag: HtmlTag) -> str:
    """Return the address of a drawing of a box with the text and the size of an image."""
    alt = unescape(tag.attributes["alt"].value) if "alt" in tag.attributes else "no alt text"
    width, height = (_dimension(tag, name) for name in ("width", "height"))
    if width == 1 or height == 1:
        drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
    else:
        size = f" ({width or '?'} x {height or '?'})" if width > 150 else ""
        width, height = width or 200, height or 80
        text = _shortened(f"{alt or 'image'}{size}", max(width // 7, 3))
        drawing = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
            f'<rect width="100%" height="100%" fill="#d9dde6"/>'
            f'<text x="50%" y="50%" fill="#4a5368" font-family="sans-serif" '
            f'font-size="{min(13, max(7, height // 3))}" text-anchor="middle" '
            f'dominant-baseline="middle">{escape(text)}</text></svg>'
        )
    return "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _dimension(tag: HtmlTag, name: str) -> int:
    """Return the width or height of an image in pixels; 0 if it is not known."""
    value = tag.attributes[name].value if name in tag.attributes else ""
    found = _DIMENSION.fullmatch(value)
    return min(int(found[1]), 2000) if found else 0


@lru_cache(maxsize=8)
def estimated_height(html: str, width: int) -> int:
    """Return about how high a mail is on a screen of a width, in pixels.

    Without scripts a frame cannot have the height of what is in it. If the mail is higher, the
    frame scrolls, and a picture lacks the end. So it is rather too high.
    """
    per_line = max((min(width, 600) - 72) / 7.4, 10)
    lines = [line for line in plain_text(html).splitlines() if line]
    text = sum(24 * (1 + int(len(line) / per_line)) + 8 for line in lines)
    parsed = Html(html)
    images = sum(_dimension(tag, "height") or 80 for tag in parsed.start_tags("img"))
    at_600 = sum(more for name, more in _HEADINGS.items() for _ in parsed.start_tags(name))
    headings = at_600 * 600 / min(width, 600)
    return max(MIN_HEIGHT, min(MAX_HEIGHT, int(text + headings + images + 130)))
