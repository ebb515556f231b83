"""The comments and blank lines of a file: taken out, and put back after documents were rewritten.

A comment belongs to a place, a field or an item, and keeps to it wherever it moves. If the place is
gone, it keeps to what took its position, or to the place around it. No comment is lost.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import yaml
from yaml.tokens import ScalarToken, Token

from cioform.config.write.yaml.places import (
    Identity,
    Place,
    document_starts,
    find_places,
    yaml_loader,
)
from cioform.config.write.yaml.typed_documents import RoundTripDocument
from cioform.core.dataclasses import dataclass, field
from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.core.text.text_places import line_and_column

_COMMENT: Final = lazy_pattern(r"(?:^|(?<=\s))#.*")


@dataclass(frozen=True, slots=True)
class Line:
    """A comment, or a blank line. Lines and columns begin with 0."""

    number: int
    column: int
    text: str
    """The comment; empty for a blank line."""
    is_alone: bool
    """Whether nothing else is on the line."""


@dataclass(slots=True)
class Comments:
    """The comments of a file, by the places they belong to."""

    top: dict[int, list[Line]] = field(default_factory=dict)
    """Those above the first field of each document, by its number."""
    above: list[tuple[Place, list[Line]]] = field(default_factory=list)
    below: list[tuple[Place, list[Line]]] = field(default_factory=list)
    """Those after the last line of a place: at the end of a list, or of a document."""
    beside: list[tuple[Place, Line]] = field(default_factory=list)

    def commented_containers(self) -> set[int]:
        """Return the IDs of the mappings and lists that have a comment inside."""
        places = [place for place, _ in self.beside]
        places += [place for place, lines in (*self.above, *self.below) if _has_text(lines)]
        return {id(each.container) for place in places for each in place.with_parents()}


def comment_lines(text: str) -> Iterator[Line]:
    """Yield the comments and blank lines of valid YAML in order."""
    end, previous_line = 0, -1
    for token in yaml.scan(text, Loader=yaml_loader()):
        gap = text[end : token.start_mark.index]
        yield from _lines_of_gap(gap, previous_line)
        end = max(end, _end_of(token, text))
        previous_line = line_and_column(text, end)[0] - 1 if end else -1
        if isinstance(token, ScalarToken) and token.style in ("|", ">"):
            yield from _header_comment(token, text)


def take_comments(text: str, documents: Sequence[RoundTripDocument]) -> Comments:
    """Return the comments of `text`, whose content is `documents`."""
    places = find_places(text, documents)
    starts = document_starts(text)
    lines_of_places = [place.line for place in places]
    comments = Comments()
    groups: dict[tuple[int, int], list[Line]] = {}
    for line in comment_lines(text):
        document = bisect_right(starts[1:], line.number)
        following = bisect_left(lines_of_places, line.number)
        if not line.is_alone:
            # The outermost place that begins in this line, or the last one above it.
            nearest = [*places[following : following + 1], *places[max(following - 1, 0) :][:1]]
            begins = [place for place in nearest if place.line == line.number] or nearest[-1:]
            if begins and begins[0].document == document and begins[0].line <= line.number:
                comments.beside.append((begins[0], line))
                continue
        groups.setdefault((document, following), []).append(line)
    for (document, following), lines in groups.items():
        before = places[following - 1] if following else None
        after = places[following] if following < len(places) else None
        if before is None or before.document != document:
            comments.top[document] = lines
        else:
            inside = after if after is not None and after.document == document else None
            _add_between(comments, lines, before, inside)
    return comments


def put_comments(
    text: str,
    documents: Sequence[RoundTripDocument],
    comments: Comments,
    moved: Mapping[int, Identity],
) -> str:
    """Return `text`, the YAML of `documents`, with comments at their places.

    `moved` maps the ID of each value to its place before `text` was written.
    """
    places = _CurrentPlaces(find_places(text, documents), moved)
    lines = text.rstrip("\n").split("\n")
    inserted: dict[int, list[str]] = {}
    taken: set[int] = set()
    for place, line in comments.beside:
        found = places.find(place)
        if found.line in taken:
            inserted.setdefault(found.line, []).append(" " * found.column + line.text)
        else:
            taken.add(found.line)
            lines[found.line] += f"  {line.text}"
    for place, group in comments.below:
        found = places.find(place)
        inserted.setdefault(found.end, []).extend(_indented(group, found.column))
    for place, group in comments.above:
        found = places.find(place)
        if found.begins_line or _has_text(group):
            inserted.setdefault(found.line, []).extend(_indented(group, found.column))
    starts = document_starts(text)
    for document, group in comments.top.items():
        first = places.first_line(document, starts[document])
        inserted[first] = [*_indented(group, 0), *inserted.get(first, [])]
    for number in sorted(inserted, reverse=True):
        lines[number:number] = inserted[number]
    return "\n".join(lines) + "\n"


def _has_text(lines: Sequence[Line]) -> bool:
    return any(line.text for line in lines)


def _end_of(token: Token, text: str) -> int:
    """Return the index at which a token ends; that of a block without the lines below it."""
    start, end = int(token.start_mark.index), int(token.end_mark.index)
    if not isinstance(token, ScalarToken) or token.style not in ("|", ">"):
        return end
    block = text[start:end]
    if "+" in block.partition("\n")[0].partition("#")[0]:  # blank lines belong to it
        return start + max(block.rstrip(" ").rfind("\n"), 0)
    return start + len(block.rstrip())


def _lines_of_gap(gap: str, line: int) -> Iterator[Line]:
    """Yield the comments between two tokens; the first of them ends in line `line`, or is none."""
    if "\n" not in gap and "#" not in gap:
        return
    beside, *alone = gap.split("\n")
    if line < 0:
        alone, beside = [beside, *alone], ""
    if comment := _COMMENT.search(beside):
        yield Line(line, comment.start(), comment.group().rstrip(), is_alone=False)
    if alone and not alone[-1].strip():
        alone.pop()  # the indentation of the next token, or nothing
    for number, content in enumerate(alone, line + 1):
        stripped = content.strip()
        yield Line(number, len(content) - len(content.lstrip()), stripped, is_alone=True)


def _header_comment(token: ScalarToken, text: str) -> Iterator[Line]:
    header = text[token.start_mark.index :].partition("\n")[0]
    if comment := _COMMENT.search(header):
        yield Line(token.start_mark.line, 0, comment.group().rstrip(), is_alone=False)


def _add_between(comments: Comments, lines: list[Line], before: Place, after: Place | None) -> None:
    """Add the lines between two places: those indented more than `after` end what is before."""
    column = -1 if after is None else after.column
    deeper = [n for n, line in enumerate(lines) if line.text and line.column > column]
    first_shallow = next(
        (n for n, line in enumerate(lines) if line.text and line.column <= column), len(lines)
    )
    split = max((n + 1 for n in deeper if n < first_shallow), default=0)
    for line_group in _by_column(lines[:split]):
        ending = next(
            place
            for place in before.with_parents()
            if place.column <= line_group[-1].column or place.parent is None
        )
        comments.below.append((ending, line_group))
    if after is not None and lines[split:]:
        comments.above.append((after, lines[split:]))


def _by_column(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield the lines in groups that end with a comment and have one column."""
    group: list[Line] = []
    for line in lines:
        last = next((each.column for each in reversed(group) if each.text), None)
        if line.text and last is not None and line.column != last:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _indented(lines: Sequence[Line], column: int) -> list[str]:
    return [f"{' ' * column}{line.text}".rstrip() for line in lines]


@dataclass(frozen=True, slots=True)
class _Found:
    line: int
    column: int
    end: int
    begins_line: bool


class _CurrentPlaces:
    """Where the places of the old text are in the new one."""

    def __init__(self, places: Sequence[Place], moved: Mapping[int, Identity]) -> None:
        self._moved = moved
        self._by_identity = {place.identity: place for place in places}
        self._by_container: dict[int, list[Place]] = {}
        self._first_on_line: dict[int, Place] = {}
        self._first_of_document: dict[int, Place] = {}
        for place in places:
            self._by_container.setdefault(id(place.container), []).append(place)
            self._first_on_line.setdefault(place.line, place)
            self._first_of_document.setdefault(place.document, place)

    def first_line(self, document: int, start: int) -> int:
        """Return the line of the first field of a document that starts in line `start`."""
        place = self._first_of_document.get(document)
        return start if place is None else place.line

    def find(self, place: Place) -> _Found:
        """Return where the place is, or what took its position, or what is around it."""
        found = self._find(place)
        first = self._first_on_line[found.line]
        return _Found(found.line, first.column, found.end, first.identity == found.identity)

    def _find(self, place: Place) -> Place:
        last = place
        for each in place.with_parents():
            last = each
            moved = self._moved.get(id(each.value))
            if isinstance(each.value, dict | list) and moved in self._by_identity:
                # An item of a list may have another number now.
                return self._by_identity[moved]
            if each.identity in self._by_identity:
                return self._by_identity[each.identity]
            if moved in self._by_identity:
                return self._by_identity[moved]
            if siblings := self._by_container.get(id(each.container)):
                return siblings[min(each.number, len(siblings) - 1)]
        first = self._first_of_document.get(last.document)
        assert first is not None  # a document with a comment at a place has a place
        return first
