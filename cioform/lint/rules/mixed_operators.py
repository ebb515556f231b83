"""`and` and `or` in one condition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_WORD: Final = lazy_pattern(r"[a-z]+")
_QUOTED: Final = lazy_pattern(r"\"[^\"]*\"|'[^']*'")


class MixedOperators(TextRule):
    """Liquid evaluates them from right to left, without precedence.

    `a and b or c` means `a and (b or c)`. To make the meaning clear, nest one `if` in another.
    """

    id = "LQ008"
    name = "`and` and `or` in one condition"
    group = Group.LIQUID
    bad = "{% if customer.a and customer.b or customer.c %}x{% endif %}"
    good = "{% if customer.a %}{% if customer.b or customer.c %}x{% endif %}{% endif %}"

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the conditions with both operators."""
        for token in subject.tokens(text.value):
            if token.is_tag and token.name in ("if", "elsif", "unless"):
                words = set(_WORD.findall(_QUOTED.sub("", token.arguments)))
                if {"and", "or"} <= words:
                    yield Hit(
                        "This condition has `and` and `or`, which are evaluated from right to "
                        "left. Put one `if` into another, so that the order is plain.",
                        token.start,
                    )


RULE: Final = MixedOperators()
