"""Characters that nobody sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Fix, Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_INVISIBLE: Final = lazy_pattern("[\x00\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]+")


class InvisibleCharacters(TextRule):
    """Direction marks and zero-width characters get in when text is pasted.

    They hide words from searches and readers, and can make a link look like another one.
    """

    id = "EM213"
    name = "Characters that nobody sees"
    group = Group.EMAIL
    bad = "Get 20 % off\u202e now"
    good = "Get 20 % off now"

    def check_text(self, text: ContentText, _content: Content, _subject: Subject) -> Iterator[Hit]:
        """Yield the characters."""
        if text.value.isascii() and "\0" not in text.value:
            return
        for match in _INVISIBLE.finditer(text.value):
            code = ord(match[0][0])
            entity = f", or write it as an entity such as `&#x{code:X};` if it belongs there"
            yield Hit(
                f"`U+{code:04X}` is invisible. Remove it{entity if code else ''}.",
                match.start(),
                fix=Fix(match.start(), match.end(), ""),
            )


RULE: Final = InvisibleCharacters()
