r"""What LiquidJS writes differently from python-liquid: escapes, and two names of filters."""

import re

_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_MASKED = re.compile(
    r"(?P<raw>\{%-?\s*(?P<block>raw|comment)\s*-?%\}.*?\{%-?\s*end(?P=block)\s*-?%\})"
    r"|(?P<tag>\{\{.*?\}\}|\{%.*?%\})",
    re.DOTALL,
)
_IN_TAG = re.compile(
    rf"(?P<quoted>{_QUOTED})|(?P<pipe>\|\s*)(?P<name>limit|contains)(?=\s*[:|}}%-])", re.DOTALL
)
KEYWORD_FILTERS = {"limit": "limi_", "contains": "contain_"}
"""Two filters whose names are keywords of the library's grammar, and how it reads them."""
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_MARK = "\ufdd1"
"""Stands for a backslash that begins an escape."""
_MARKED = {'"': "\ufdd2", "'": "\ufdd3"}
"""Stand for quotes inside of a quoted text, at which the library would end the text."""


def prepare(text: str) -> str:
    r"""Return a text of the same length in which the library reads what LiquidJS reads.

    Escapes in quoted texts (`"a\nb"`) and the filters `limit` and `contains` are marked.
    """
    if "\\" not in text and "limit" not in text and "contains" not in text:
        return text
    return _MASKED.sub(lambda found: found[0] if found["raw"] else _prepare_tag(found[0]), text)


def _prepare_tag(tag: str) -> str:
    def replaced(found: re.Match[str]) -> str:
        if found["name"]:
            return found["pipe"] + KEYWORD_FILTERS[found["name"]]
        inside = re.sub(
            r"\\(.)",
            lambda escape: _MARK + _MARKED.get(escape[1], escape[1]),
            found[0][1:-1],
            flags=re.DOTALL,
        )
        return found[0][0] + inside + found[0][-1]

    return _IN_TAG.sub(replaced, tag)


def unescape(text: str) -> str:
    """Return the text that a prepared quoted text stands for."""
    if _MARK not in text:
        return text
    quotes = {mark: quote for quote, mark in _MARKED.items()}
    return re.sub(
        _MARK + r"(u[0-9a-fA-F]{4}|.)",
        lambda found: _escaped(found[1], quotes),
        text,
        flags=re.DOTALL,
    )


def _escaped(code: str, quotes: dict[str, str]) -> str:
    if len(code) == 5:
        return chr(int(code[1:], 16))
    return quotes.get(code) or _ESCAPES.get(code, code)
