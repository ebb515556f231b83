"""Split a text into its Liquid: outputs, tags, and delimiters that do not match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cioform.language.liquid.dialect import TAGS

_OPENING: Final = re.compile(r"\{[{%]")
_NAME: Final = re.compile(r"#|\w*")
_VERBATIM: Final = frozenset({"comment", "raw"})
_BLANKS: Final = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Token:
    """An output `{{ ... }}`, a tag `{% ... %}`, or an opening delimiter that nothing closes."""

    name: str
    """The name of a tag; empty for an output."""
    arguments: str
    """What stands between the delimiters, of a tag without its name."""
    start: int
    end: int
    arguments_start: int
    is_output: bool = False
    is_closed: bool = True
    is_verbatim: bool = False
    """Whether it is inside of a comment or of `raw`, where nothing is rendered."""

    @property
    def is_tag(self) -> bool:
        """Whether it is a tag that is complete and rendered."""
        return not self.is_output and self.is_closed and not self.is_verbatim

    @property
    def has_outputs(self) -> bool:
        """Whether it is a tag with outputs in its arguments: `{% cio_link url:{{ a }} %}`."""
        return self.is_tag and "{{" in self.arguments

    @property
    def is_rendered(self) -> bool:
        """Whether it is complete and not inside of a comment or of `raw`."""
        return self.is_closed and not self.is_verbatim


def has_liquid(text: str) -> bool:
    """Return whether a text has anything that looks like Liquid."""
    return "{{" in text or "{%" in text


def find_tokens(text: str) -> Iterator[Token]:
    """Yield the Liquid of `text` in its order."""
    verbatim = ""
    at = 0
    while (match := _OPENING.search(text, at)) is not None:
        token = _token(text, match.start(), bool(verbatim))
        if verbatim and token.name == f"end{verbatim}":
            token, verbatim = _token(text, match.start(), False), ""
        elif token.is_tag and token.name in _VERBATIM:
            verbatim = token.name
        yield token
        if token.has_outputs:
            yield from _outputs_in(token, text)
        at = token.end


def _token(text: str, start: int, is_verbatim: bool) -> Token:
    """Return the token that begins with the delimiter at `start`.

    A delimiter inside of another one means that the outer one is not closed. So a text is read
    once, however many of its delimiters are open.
    """
    is_output = text.startswith("{{", start)
    closing = "}}" if is_output else "%}"
    following = _OPENING.search(text, start + 2)
    close = text.find(closing, start + 2, following.start() if following else len(text))
    if close < 0 and not is_output and following is not None:
        close = _end_of_tag_with_outputs(text, start, following.start())
    if close < 0:
        return Token("", "", start, start + 2, start + 2, is_output, False, is_verbatim)
    begin = start + 3 if text.startswith("-", start + 2) and close > start + 2 else start + 2
    end = close - 1 if close > begin and text[close - 1] == "-" else close
    inside = text[begin:end]
    name = ""
    if not is_output:
        begin += len(inside) - len(inside.lstrip(_BLANKS))
        name_match = _NAME.match(text, begin, end)
        name = name_match[0] if name_match else ""
        begin += len(name)
        inside = text[begin:end]
    begin += len(inside) - len(inside.lstrip(_BLANKS))
    arguments = inside.strip(_BLANKS)
    return Token(name, arguments, start, close + 2, begin, is_output, True, is_verbatim)


def _end_of_tag_with_outputs(text: str, start: int, output: int) -> int:
    """Return where a tag such as `{% cio_link url:{{ a }} %}` ends; -1 for any other tag."""
    name = _NAME.match(
        text,
        start
        + 2
        + len(text[start + 2 : start + 20])
        - len(text[start + 2 : start + 20].lstrip(_BLANKS + "-")),
    )
    rule = TAGS.get(name[0]) if name else None
    if rule is None or not rule.takes_text:
        return -1
    at: int = output
    while text.startswith("{{", at):
        closed = text.find("}}", at + 2)
        if closed < 0:
            return -1
        following = _OPENING.search(text, closed + 2)
        end = text.find("%}", closed + 2, following.start() if following else len(text))
        if end >= 0 or following is None:
            return end
        at = following.start()
    return -1


def _outputs_in(tag: Token, text: str) -> Iterator[Token]:
    at = tag.arguments_start
    while (match := _OPENING.search(text, at, tag.end - 2)) is not None:
        output = _token(text, match.start(), False)
        yield output
        at = output.end


def without_tags_around_outputs(text: str, tokens: Iterable[Token]) -> str:
    """Return a text of the same length in which only the outputs of such tags are left."""
    parts: list[str] = []
    at = 0
    for tag in tokens:
        if tag.has_outputs:
            parts.append(text[at : tag.start])
            at = tag.start
            for output in _outputs_in(tag, text):
                parts += (" " * (output.start - at), text[output.start : output.end])
                at = output.end
            parts.append(" " * (tag.end - at))
            at = tag.end
    return "".join((*parts, text[at:]))
