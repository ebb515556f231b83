"""Split a text into its Liquid: outputs, tags, and delimiters that do not match."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.dialect import TAGS
from cioform.language.liquid.parsed import has_liquid

_OPENING: Final = lazy_pattern(r"\{[{%]")
_NAME: Final = lazy_pattern(r"#|\w*")
_VERBATIM: Final = frozenset({"comment", "raw"})
_BLANKS: Final = " \t\r\n"


class Token(NamedTuple):
    """An output `{{ ... }}`, a tag `{% ... %}`, or an opening delimiter that nothing closes.

    A named tuple for speed, as in `parsed`.
    """

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


@lru_cache(maxsize=64)
def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the Liquid of a text. What looks at one text does so several times in a row."""
    return tuple(find_tokens(text)) if has_liquid(text) else ()


def find_tokens(text: str) -> Iterator[Token]:
    """Yield the Liquid of `text` in its order."""
    verbatim = ""
    opening = _OPENING.search(text)
    while opening is not None:
        start = opening.start()
        following = _OPENING.search(text, start + 2)
        next_start = following.start() if following else len(text)
        token = _token(text, start, next_start, bool(verbatim))
        if verbatim and token.name == f"end{verbatim}":
            token, verbatim = token._replace(is_verbatim=False), ""
        elif token.is_tag and token.name in _VERBATIM:
            verbatim = token.name
        yield token
        if token.end > next_start:
            if token.has_outputs:
                yield from _outputs_in(token, text)
            following = _OPENING.search(text, token.end)
        opening = following


def _token(text: str, start: int, following: int, is_verbatim: bool) -> Token:
    """Return the token that begins with the delimiter at `start`.

    A delimiter inside of another one means that the outer one is not closed. So a text is read
    once, however many of its delimiters are open. `following` is where the next one begins.
    """
    is_output = text.startswith("{{", start)
    closing = "}}" if is_output else "%}"
    close = text.find(closing, start + 2, following)
    if close < 0 and not is_output and following < len(text):
        close = _end_of_tag_with_outputs(text, start, following)
    if close < 0:
        return Token("", "", start, start + 2, start + 2, is_output, False, is_verbatim)
    begin = start + 3 if text.startswith("-", start + 2) and close > start + 2 else start + 2
    end = close - 1 if close > begin and text[close - 1] == "-" else close
    name = ""
    if not is_output:
        begin = _skip_blanks(text, begin, end)
        name_match = _NAME.match(text, begin, end)
        name = name_match[0] if name_match else ""
        begin += len(name)
    begin = _skip_blanks(text, begin, end)
    arguments = text[begin:end].rstrip(_BLANKS)
    return Token(name, arguments, start, close + 2, begin, is_output, True, is_verbatim)


def _skip_blanks(text: str, begin: int, end: int) -> int:
    while begin < end and text[begin] in _BLANKS:
        begin += 1
    return begin


def _end_of_tag_with_outputs(text: str, start: int, output: int) -> int:
    """Return where a tag such as `{% cio_link url:{{ a }} %}` ends; -1 for any other tag."""
    begin = start + 3 if text.startswith("-", start + 2) else start + 2
    name = _NAME.match(text, _skip_blanks(text, begin, output))
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
    opening = _OPENING.search(text, tag.arguments_start, tag.end - 2)
    while opening is not None:
        following = _OPENING.search(text, opening.start() + 2)
        output = _token(text, opening.start(), following.start() if following else len(text), False)
        yield output
        opening = _OPENING.search(text, output.end, tag.end - 2)
