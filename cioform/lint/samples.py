"""Expand the loops and conditions of a text, for lists of several lengths and without values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.syntax.tokens import Token, tokens_of

MASK: Final = "\x01"
"""What stands for each character of an output."""
_BLOCKS: Final = {"if": "endif", "unless": "endunless", "for": "endfor"}
_INNER: Final = frozenset({"else", "elsif"})
_SILENT: Final = frozenset({"comment", "endcomment", "assign"})
_SHOWN: Final = frozenset({"generate_uuid"})
_COMMA: Final = lazy_pattern(r"""["'][^"']*,[^"']*["']""")
_MAX_PIECES: Final = 10_000
_LENGTHS: Final = (2, 1, 0)
_PLACES: Final[Mapping[str, tuple[bool | None, bool | None]]] = {
    "forloop.first": (True, None),
    "forloop.index == 1": (True, None),
    "forloop.index0 == 0": (True, None),
    "forloop.first == false": (False, None),
    "forloop.first != true": (False, None),
    "forloop.index > 1": (False, None),
    "forloop.index != 1": (False, None),
    "forloop.index0 > 0": (False, None),
    "forloop.index0 != 0": (False, None),
    "forloop.last": (None, True),
    "forloop.index == forloop.length": (None, True),
    "forloop.last == false": (None, False),
    "forloop.last != true": (None, False),
    "forloop.index < forloop.length": (None, False),
    "forloop.index != forloop.length": (None, False),
    "forloop.rindex > 1": (None, False),
    "forloop.rindex0 > 0": (None, False),
}
"""The conditions about the place in a loop: whether it is the first one, and the last one."""


class Sample(NamedTuple):
    """One text that a template can become."""

    text: str
    starts: tuple[int, ...]
    """Where each of its pieces begins in it."""
    origins: tuple[int, ...]
    """Where each of its pieces begins in the template."""
    length: int | None
    """How many elements each list has; None without any."""

    def origin(self, at: int) -> int:
        """Return where a character stands in the template."""
        piece = max(0, bisect_right(self.starts, at) - 1)
        return self.origins[piece] + at - self.starts[piece] if self.origins else 0


class _Place(NamedTuple):
    is_first: bool = True
    is_last: bool = True


def samples_of(text: str) -> list[list[Sample]]:
    """Return what a template becomes, for each length of its lists with other conditions.

    Conditions about anything but the place in a loop hold all, or none of them does. Return
    nothing for a template with other tags, and for one that assigns values, or prints commas,
    beside its loops and conditions: what an output is then depends on where it stands.
    """
    tokens = [token for token in tokens_of(text) if not token.is_verbatim]
    names = {token.name for token in tokens if token.is_tag}
    blocks = names & _BLOCKS.keys()
    if not names <= {*_BLOCKS, *_BLOCKS.values(), *_INNER, *_SILENT, *_SHOWN}:
        return []
    if blocks and ("assign" in names or any(map(_prints_comma, tokens))):
        return []
    lengths = _LENGTHS if "for" in names else (None,)
    try:
        return [
            [_Expansion(text, tokens, length, holds).sample() for holds in (True, False)]
            for length in lengths
        ]
    except _TooLargeError:
        return []


def _prints_comma(token: Token) -> bool:
    return token.is_output and _COMMA.search(token.arguments) is not None


class _TooLargeError(Exception):
    """Loops in loops make too much of a text."""


class _Expansion:
    """Renders a template with lists of one length."""

    def __init__(self, text: str, tokens: Sequence[Token], length: int | None, holds: bool) -> None:
        self._text = text
        self._tokens = tokens
        self._length = length
        self._holds = holds
        self._pieces: list[tuple[str, int]] = []

    def sample(self) -> Sample:
        """Return the text. Raise _TooLargeError if it has too many pieces."""
        self._render(0, len(self._tokens), 0, len(self._text), _Place())
        starts, at = [], 0
        for piece, _ in self._pieces:
            starts.append(at)
            at += len(piece)
        text = "".join(piece for piece, _ in self._pieces)
        return Sample(text, tuple(starts), tuple(o for _, o in self._pieces), self._length)

    def _render(self, at: int, end: int, begin: int, stop: int, place: _Place) -> None:
        """Render the tokens from `at` to `end` with the text around them, `begin` to `stop`."""
        while at < end:
            token = self._tokens[at]
            self._add(begin, token.start)
            begin = token.end
            if token.is_output or token.name in _SHOWN:
                self._pieces.append((MASK * (token.end - token.start), token.start))
            elif token.name in _BLOCKS:
                at = self._block(at, place)
                begin = self._tokens[at].end
            elif token.name == "comment":
                at += 1
                begin = self._tokens[at].end
            at += 1
            if len(self._pieces) > _MAX_PIECES:
                raise _TooLargeError
        self._add(begin, stop)

    def _add(self, begin: int, end: int) -> None:
        if end > begin:
            self._pieces.append((self._text[begin:end], begin))

    def _block(self, at: int, place: _Place) -> int:
        """Render the block that begins at a token. Return where the token is that ends it."""
        parts = list(self._parts(at))
        opener = self._tokens[at]
        if opener.name == "for":
            length = self._length or 0
            for number in range(length):
                inner = _Place(number == 0, number == length - 1)
                self._part(*parts[0], inner)
            if length == 0 and len(parts) > 1:
                self._part(*parts[1], place)
        else:
            for start, stop in parts:
                head = self._tokens[start]
                if head.name == "else" or self._is_true(head, place):
                    self._part(start, stop, place)
                    break
        return parts[-1][1]

    def _part(self, start: int, stop: int, place: _Place) -> None:
        begin, end = self._tokens[start].end, self._tokens[stop].start
        self._render(start + 1, stop, begin, end, place)

    def _parts(self, at: int) -> Iterator[tuple[int, int]]:
        """Yield the tokens around each part of a block: `if` and `else`, `else` and `endif`."""
        depth, start = 0, at
        for number in range(at + 1, len(self._tokens)):
            name = self._tokens[number].name
            if name in _BLOCKS:
                depth += 1
            elif depth and name in _BLOCKS.values():
                depth -= 1
            elif depth == 0 and (name in _INNER or name in _BLOCKS.values()):
                yield start, number
                start = number
                if name not in _INNER:
                    return

    def _is_true(self, head: Token, place: _Place) -> bool:
        known = _PLACES.get(" ".join(head.arguments.split()))
        holds = self._holds if known is None else _is_at(place, *known)
        return holds != (head.name == "unless")


def _is_at(place: _Place, first: bool | None, last: bool | None) -> bool:
    return place.is_last is last if first is None else place.is_first is first
