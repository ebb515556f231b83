r"""The differences of LiquidJS from python-liquid: escapes, and two names of filters."""

import re
from collections.abc import Iterator

_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
_OPENING = re.compile(r"\{[{%]")
_TAG_NAME = re.compile(r"\{%-?\s*(\w+)")
_VERBATIM = frozenset({"raw", "comment"})
_MAX_TAG = 20_000
"""The length of a tag from which on nothing in it is marked."""
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
    return "".join(_prepared_pieces(text))


def _prepared_pieces(text: str) -> Iterator[str]:
    """Yield the pieces of a text, which is read once. What is in `raw` stays as it is."""
    at, verbatim = 0, ""
    while (opening := _OPENING.search(text, at)) is not None:
        start = opening.start()
        close = text.find("}}" if opening[0] == "{{" else "%}", start + 2)
        if close < 0:
            break
        yield text[at:start]
        at = close + 2
        tag = text[start:at]
        named = _TAG_NAME.match(tag)
        name = named[1] if named else ""
        if verbatim:
            verbatim = "" if name == f"end{verbatim}" else verbatim
            yield tag
        elif name in _VERBATIM:
            verbatim = name
            yield tag
        else:
            yield tag if len(tag) > _MAX_TAG else _prepare_tag(tag)
    yield text[at:]


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
