"""Comparison of a size with `== 0`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_COMPARISON: Final = lazy_pattern(r"[\w.]+\.size\s*==\s*0")


class SizeComparedWithZero(TextRule):
    """A list that is missing has no size, so `.size == 0` is false for it."""

    id = "DT114"
    name = "Comparison of a size with `== 0`"
    group = Group.DATA
    bad = "{% if objects.orders.size == 0 %}none{% endif %}"
    good = "{% if objects.orders.size > 0 %}some{% else %}none{% endif %}"

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the comparisons."""
        for token in subject.tokens(text.value):
            if token.is_tag:
                for match in _COMPARISON.finditer(token.arguments):
                    yield Hit(
                        "This is false if the list is missing. Test for `.size > 0` and "
                        "use `else`.",
                        token.arguments_start + match.start(),
                    )


RULE: Final = SizeComparedWithZero()
