"""Subject that people cannot read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.markup.html import mask_liquid
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm

_MARKUP: Final = lazy_pattern(
    r"</?(?:b|i|em|strong|span|p|br|a|font|u|h[1-6])\b[^>]*>|&(?:nbsp|amp|lt|gt|#\d+);"
)
_MAX_LENGTH: Final = 150


class SubjectLine(TextRule):
    """Line breaks, HTML and very long subjects are shown as they are, or cut.

    A tag on a line of its own leaves a line break: write `{%- if -%}`.
    """

    id = "EM204"
    name = "Subject that people cannot read"
    group = Group.EMAIL
    bad = 'subject: "<b>Sale</b>"'
    good = "subject: Sale"
    forms = frozenset({TextForm.LINE})

    def check_text(self, text: ContentText, _content: Content, _subject: Subject) -> Iterator[Hit]:
        """Yield subjects and preheaders with markup, line breaks, or nothing at all."""
        if text.field not in ("subject", "title"):
            return
        plain = mask_liquid(text.value, "")
        if not text.value.strip():
            yield Hit(f"The {text.field} is empty. Write one.", 0)
        elif (match := _MARKUP.search(text.value)) is not None:
            yield Hit(f"The {text.field} shows HTML as code. Remove it.", match.start())
        elif "\n" in text.value.strip():
            at = len(text.value) - len(text.value.lstrip()) + text.value.strip().index("\n")
            yield Hit(f"The {text.field} has a line break. Write it in one line.", at)
        elif len(plain) > _MAX_LENGTH:
            yield Hit(
                f"The {text.field} has {len(plain)} characters besides Liquid; mail programs show "
                "40 to 70. Shorten it.",
                0,
            )


RULE: Final = SubjectLine()
