"""Comparison of a text with a number in "legacy"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.dialect import Engine
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_COMPARISON: Final = lazy_pattern(r"((?:customer|event|journey|trigger)\.[\w.]+)\s*[<>]=?\s*\d")


class TextComparedAsNumber(TextRule):
    """The engine "legacy" does not compare a text with a number, and attributes are often texts."""

    id = "DT108"
    name = 'Comparison of a text with a number in "legacy"'
    group = Group.DATA
    bad = "{% if customer.points > 3 %}x{% endif %}"
    good = "{% assign points = customer.points | plus: 0 %}{% if points > 3 %}x{% endif %}"

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the comparisons of paths."""
        if subject.engine is not Engine.LEGACY:
            return
        for token in subject.tokens(text.value):
            if token.is_tag and token.name in ("if", "elsif", "unless"):
                for match in _COMPARISON.finditer(token.arguments):
                    yield Hit(
                        f'"legacy" fails if `{match[1]}` is a text. Assign `{match[1]} | plus: 0` '
                        "first, and compare that.",
                        token.arguments_start + match.start(),
                    )


RULE: Final = TextComparedAsNumber()
