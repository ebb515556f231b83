"""The declarations of CSS in an HTML text, with their places."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from cioform.core.text.lazy_pattern import lazy_pattern

_DECLARATION: Final = lazy_pattern(r"(?<![\w-])(?P<name>-*[a-zA-Z][\w-]*)\s*:(?P<value>[^;{}]*)")
_COMMENT: Final = lazy_pattern(r"/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/")
_CONDITIONAL: Final = lazy_pattern(r"@[\w-]+[^{};@]*+(?:;|\{(?:[^{}]*+\{[^{}]*+\})*+[^{}]*+\})")
"""What holds only under a condition, such as `@media`."""
_BLOCK: Final = lazy_pattern(r"\{(?P<inside>[^{}]*)\}")


class Declaration(NamedTuple):
    """`color: red`, in a style sheet or in a `style`."""

    name: str
    """In lower case."""
    value: str
    """In lower case, without blanks around it."""
    offset: int
    block: int
    """The place of the block that it stands in, the same for all declarations of a block."""


def declarations_in_sheet(text: str, offset: int) -> Iterator[Declaration]:
    """Yield the declarations of a style sheet at `offset` that hold under no condition."""
    always = text
    for pattern in (_COMMENT, _CONDITIONAL):
        always = pattern.sub(lambda match: " " * len(match[0]), always)
    for block in _BLOCK.finditer(always):
        yield from declarations_in_block(block["inside"], offset + block.start("inside"))


def declarations_in_block(text: str, offset: int) -> Iterator[Declaration]:
    """Yield the declarations in a block, or in a `style`, at `offset`."""
    for name, value, start in _declarations(text):
        yield Declaration(name, value, offset + start, offset)


@lru_cache(maxsize=1_000)
def _declarations(text: str) -> tuple[tuple[str, str, int], ...]:
    """Return the name, the value and the place of each declaration.

    The elements of a message, and those of all messages of a workspace, have few different styles.
    """
    return tuple(
        (match["name"].lower(), match["value"].strip().lower(), match.start())
        for match in _DECLARATION.finditer(text)
    )
