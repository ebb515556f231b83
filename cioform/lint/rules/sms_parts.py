"""Text message in several parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Fix, Hit
from cioform.lint.markup.html import mask_liquid
from cioform.lint.rule import Group, TextRule
from cioform.lint.sms import first_wide, message_parts
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_LIQUID_LENGTH: Final = 10
_MAX_PARTS: Final = 3
_TYPOGRAPHIC: Final = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "–": "-",
    "—": "-",
    "…": "...",
    "\u00a0": " ",
}


class SmsParts(TextRule):
    """You pay for each part of 160 characters, or of 70 if one is not in GSM 03.38.

    A typographic apostrophe is such a character. Each output of Liquid counts as ten characters.
    """

    id = "CH303"
    name = "Text message in several parts"
    group = Group.CHANNEL
    bad = "It’s 20 % off today, only today ... (80 characters)"
    good = "It's 20 % off today, only today ... (80 characters)"
    media = frozenset({"sms"})

    def check_text(self, text: ContentText, _content: Content, _subject: Subject) -> Iterator[Hit]:
        """Yield long texts, and single characters that make a text long."""
        if text.field != "body":
            return
        plain = re.sub("\x00+", "x" * _LIQUID_LENGTH, mask_liquid(text.value))
        at = first_wide(text.value)
        if at is not None and text.value[at] in _TYPOGRAPHIC:
            better = _TYPOGRAPHIC[text.value[at]]
            yield Hit(
                f"`{text.value[at]}` makes each part hold 70 characters instead of 160. Write "
                f"`{better}`.",
                at,
                fix=Fix(at, at + 1, better),
            )
        elif (parts := message_parts(plain)) > _MAX_PARTS:
            yield Hit(f"The text is sent in about {parts} parts, each paid for. Shorten it.", 0)


RULE: Final = SmsParts()
