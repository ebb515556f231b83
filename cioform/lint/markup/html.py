"""The tags of an HTML text with their places. Liquid in it is neither read nor changed.

A text is searched with patterns and never written again: an HTML parser would move Liquid out of
tables, and would not see the links inside of Outlook's comments (content facts, 4.1 to 4.4).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.syntax.tokens import Token, tokens_of
from cioform.lint.markup.css import Declaration, declarations_in_block, declarations_in_sheet

_MASK: Final = "\x00"
_TAG: Final = lazy_pattern(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*+)(?P<rest>(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>"
)
_BEGIN: Final = lazy_pattern(r"</?[a-zA-Z][\w:-]*+(?=[\s/>])")
_ATTRIBUTE: Final = lazy_pattern(
    r"""(?P<name>[^\s"'<>/=\x00]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'<>]+)))?"""
)
_COMMENT: Final = (re.compile(r"<!--"), re.compile(r"-->"))
_TEXT_ELEMENTS: Final = ("script", "style", "title", "textarea")
"""The elements that hold a text, in which there are neither tags nor comments."""
_NO_MARKUP: Final = lazy_pattern(
    rf"<!--|<(?P<name>{'|'.join(_TEXT_ELEMENTS)})\b[^>]*>", re.IGNORECASE
)
_TEXT_ENDS: Final = {
    name: re.compile(rf"(?=</{name}\s*>)", re.IGNORECASE) for name in _TEXT_ELEMENTS
}
_STYLE: Final = (re.compile(r"<style\b[^>]*>", re.I), re.compile(r"</style\s*>", re.I))


class Attribute(NamedTuple):
    """An attribute; `value` is the source, with its Liquid."""

    value: str
    offset: int
    """Where the value begins; for an attribute without one, where its name begins."""


class HtmlTag:
    """A start tag or an end tag. Its attributes are read when they are first asked for."""

    def __init__(self, text: str, match: re.Match[str], *, is_in_comment: bool) -> None:
        self.name = match["name"].lower()
        self.offset = match.start()
        self.is_end = bool(match["end"])
        self.is_in_comment = is_in_comment
        self._text = text
        self._masked = match["rest"]
        self._begin = match.start("rest")

    @cached_property
    def attributes(self) -> Mapping[str, Attribute]:
        """The attributes by name in lower case."""
        attributes: dict[str, Attribute] = {}
        begin = self._begin
        for found in _ATTRIBUTE.finditer(self._masked):
            name = found[1].lower()
            if name in attributes:
                continue
            group = found.lastgroup
            if group is None or group == "name":
                attributes[name] = Attribute("", begin + found.start())
            else:
                start, end = found.span(group)
                attributes[name] = Attribute(self._text[begin + start : begin + end], begin + start)
        return attributes

    @property
    def style(self) -> Attribute | None:
        """The attribute `style`."""
        return self.attributes.get("style") if self.may_have("style") else None

    def may_have(self, name: str) -> bool:
        """Return whether an attribute may be there, without reading the attributes."""
        return name in self._masked

    @property
    def has_liquid(self) -> bool:
        """Whether Liquid stands among its attributes, so that they are not all known."""
        return _MASK in self._masked and _MASK in _ATTRIBUTE.sub("", self._masked)


class Html:
    """The tags of a text, and its text without Liquid, tags and comments."""

    def __init__(self, text: str) -> None:
        self._masked = masked = mask_liquid(text)
        self._without_markup = found = _find_without_markup(masked)
        self.tags = tuple(
            HtmlTag(text, match, is_in_comment=_is_in(match.start(), found.comments))
            for match in _TAG.finditer(masked)
            if not _is_in(match.start(), found.texts)
        )

    @property
    def open_comment(self) -> int | None:
        """The position of an unclosed comment."""
        return self._without_markup.open_comment

    @cached_property
    def open_tag(self) -> int | None:
        """The position of the first unclosed tag, or of a value whose quotes are not closed."""
        complete = {tag.offset for tag in self.tags}
        spans = sorted((*self._without_markup.comments, *self._without_markup.texts))
        begins = (found.start() for found in _BEGIN.finditer(self._masked))
        return next((at for at in begins if at not in complete and not _is_in(at, spans)), None)

    def start_tags(self, *names: str) -> Sequence[HtmlTag]:
        """Return the start tags of these names, also those in comments of Outlook."""
        if len(names) == 1:
            return self._start_tags.get(names[0], ())
        found = [tag for name in names for tag in self._start_tags.get(name, ())]
        return sorted(found, key=lambda tag: tag.offset)

    @cached_property
    def _start_tags(self) -> Mapping[str, Sequence[HtmlTag]]:
        by_name: dict[str, list[HtmlTag]] = {}
        for tag in self.tags:
            if not tag.is_end:
                by_name.setdefault(tag.name, []).append(tag)
        return by_name

    @cached_property
    def visible(self) -> str:
        """A text of the same length, in which everything but what people read is a blank."""
        visible = self._masked
        for opening, closing in (_STYLE, _COMMENT):
            for start, _, end in _spans(visible, opening, closing):
                visible = visible[:start] + " " * (end - start) + visible[end:]
        return _TAG.sub(_blank, visible).replace(_MASK, " ")

    @property
    def style_size(self) -> int:
        """How many bytes the style sheets in it have."""
        return sum(len(text.encode()) for text, _ in self.style_sheets)

    @cached_property
    def style_sheets(self) -> tuple[tuple[str, int], ...]:
        """The content of each `style` element with its place. Liquid in it is masked."""
        if not any(tag.name == "style" for tag in self.tags):
            return ()
        spans = _spans(self._masked, *_STYLE)
        return tuple((self._masked[inner:end], inner) for _, inner, end in spans)

    @cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """The declarations of CSS that hold under no condition, of sheets and of `style`."""
        found = [each for sheet in self.style_sheets for each in declarations_in_sheet(*sheet)]
        for tag in self.tags:
            style = None if tag.is_end or tag.is_in_comment else tag.style
            if style is not None:
                found += declarations_in_block(style.value, style.offset)
        return tuple(found)


def _is_in(place: int, spans: Sequence[tuple[int, int]]) -> bool:
    """Return whether a place is in one of the spans, which are in their order."""
    at = bisect_right(spans, place, key=itemgetter(0)) - 1
    return at >= 0 and place < spans[at][1]


@lru_cache(maxsize=64)
def html_of(text: str) -> Html:
    """Return the tags of an HTML text, which many rules look at in a row."""
    return Html(text)


def mask_liquid(text: str, mask: str = _MASK) -> str:
    """Return a text of the same length in which Liquid and its comments become `mask`."""
    parts: list[str] = []
    at = 0
    for start, end in _liquid_spans(tokens_of(text)):
        if start < at:
            continue  # an output inside of a tag
        parts += (text[at:start], mask * (end - start))
        at = end
    return "".join((*parts, text[at:]))


def _liquid_spans(tokens: Iterable[Token]) -> Iterator[tuple[int, int]]:
    """Yield where Liquid begins and ends. A comment that is closed is one with what is in it."""
    comment: list[Token] = []
    for token in tokens:
        if comment or (token.is_tag and token.name == "comment"):
            comment.append(token)
            if token.is_tag and token.name == "endcomment":
                yield comment[0].start, token.end
                comment = []
        else:
            yield token.start, token.end
    yield from ((token.start, token.end) for token in comment)


class _WithoutMarkup(NamedTuple):
    """Where comments and the texts of elements such as `script` begin and end."""

    comments: Sequence[tuple[int, int]]
    texts: Sequence[tuple[int, int]]
    open_comment: int | None


def _find_without_markup(text: str) -> _WithoutMarkup:
    """Find comments and the texts of elements in one pass, as each may look like the other."""
    comments: list[tuple[int, int]] = []
    texts: list[tuple[int, int]] = []
    open_places: dict[str, int] = {}
    at = 0
    while (begin := _NO_MARKUP.search(text, at)) is not None:
        at = begin.end()
        name = (begin["name"] or "").lower()
        if name in open_places:
            continue
        end = (_TEXT_ENDS[name] if name else _COMMENT[1]).search(text, at)
        if end is None:
            open_places[name] = begin.start()
        elif name:
            texts.append((at, end.end()))
            at = end.end()
        else:
            comments.append((begin.start(), end.end()))
            at = end.end()
    return _WithoutMarkup(comments, texts, open_places.get(""))


def _spans(
    text: str, opening: re.Pattern[str], closing: re.Pattern[str]
) -> Iterator[tuple[int, int, int]]:
    """Yield where each pair begins, where its inside begins, and where it ends.

    Patterns of both together would search to the end of the text from every opening.
    """
    at = 0
    while (begin := opening.search(text, at)) is not None:
        end = closing.search(text, begin.end())
        if end is None:
            return
        yield begin.start(), begin.end(), end.end()
        at = end.end()


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])
