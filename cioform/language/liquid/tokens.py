"""Split a text into its Liquid: outputs, tags, and delimiters that do not match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from cioform.language.liquid.dialect import TAGS

_TOKEN: Final = re.compile(
    r"""
      \{\{-? [ \t\r\n]* (?P<output> .*? ) [ \t\r\n]* -?\}\}
    | \{%-? [ \t\r\n]* (?P<name> \#|\w* ) [ \t\r\n]* (?P<arguments> .*? ) [ \t\r\n]* -?%\}
    | (?P<unclosed> \{[{%] )
    """,
    re.VERBOSE | re.DOTALL,
)
_VERBATIM: Final = frozenset({"comment", "raw"})
_OPENING: Final = re.compile(r"\{[{%]")
_OUTPUT: Final = re.compile(r"\{\{[^{}]*\}\}")


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
    while (match := _TOKEN.search(text, at)) is not None:
        token = _token(match, verbatim)
        if token.name == f"end{verbatim}" and verbatim:
            token, verbatim = _token(match, ""), ""
        elif token.is_closed and not verbatim and token.name in _VERBATIM:
            verbatim = token.name
        yield token
        if token.has_outputs:
            yield from _outputs_in(token, text)
        at = token.end


def _is_tag_with_outputs(match: re.Match[str]) -> bool:
    rule = TAGS.get(match["name"] or "")
    if rule is None or not rule.takes_text:
        return False
    return _OPENING.search(_OUTPUT.sub("", match["arguments"])) is None


def _outputs_in(tag: Token, text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text, tag.arguments_start, tag.end - 2):
        yield _token(match, "")


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


def _token(match: re.Match[str], verbatim: str) -> Token:
    start, end = match.span()
    group = "output" if match["output"] is not None else "arguments"
    # A delimiter inside of another one means that the outer one is not closed.
    is_open = match["unclosed"] is not None or _OPENING.search(match[0], 2)
    if is_open and not _is_tag_with_outputs(match):
        is_output = match[0].startswith("{{")
        return Token("", "", start, start + 2, start + 2, is_output, False, bool(verbatim))
    return Token(
        match["name"] or "",
        match[group],
        start,
        end,
        match.start(group),
        group == "output",
        True,
        bool(verbatim),
    )
