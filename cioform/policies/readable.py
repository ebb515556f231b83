"""A text as people read it, to find words in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cioform.core.dataclasses import dataclass
from cioform.core.lazy_modules import lazy_module
from cioform.core.text.lazy_pattern import lazy_pattern

if TYPE_CHECKING:
    import html
    import unicodedata
else:
    html = lazy_module("html")
    unicodedata = lazy_module("unicodedata")

_PIECE = lazy_pattern(r"&(?:#\w+|\w+);?|[\s\S]")


@dataclass(frozen=True, slots=True)
class ReadableText:
    """A text without invisible parts; `offsets` has the place of each character in the source."""

    text: str
    offsets: Sequence[int]

    @classmethod
    def of(cls, source: str, *, is_html: bool) -> ReadableText:
        """Return a source with variants of a letter replaced by the letter.

        Soft hyphens and the like are left out. In HTML, character references are decoded.
        """
        if source.isascii() and not (is_html and "&" in source):
            return cls(source, range(len(source)))
        letters: list[str] = []
        offsets: list[int] = []
        for piece in _PIECE.finditer(source):
            shown = html.unescape(piece[0]) if is_html else piece[0]
            for letter in unicodedata.normalize("NFKC", shown):
                if unicodedata.category(letter) != "Cf":
                    letters.append(letter)
                    offsets.append(piece.start())
        return cls("".join(letters), offsets)
