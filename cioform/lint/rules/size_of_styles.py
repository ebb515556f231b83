"""Styles that Gmail ignores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm

_MAX_BYTES: Final = 16_384


class SizeOfStyles(TextRule):
    """Gmail ignores style sheets above 16 KB in one e-mail."""

    id = "EM206"
    name = "Styles that Gmail ignores"
    group = Group.EMAIL
    bad = "<style>/* 20 KB */</style>"
    good = "<style>/* 8 KB */</style>"
    forms = frozenset({TextForm.HTML})

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield a text with too many styles."""
        size = subject.html(text.value).style_size
        if size > _MAX_BYTES:
            yield Hit(f"The style sheets have {size:,} bytes; Gmail reads 16,384. Shorten them.", 0)


RULE: Final = SizeOfStyles()
