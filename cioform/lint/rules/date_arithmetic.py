"""Invalid date calculation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.language.liquid.dialect import Engine
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_SHIFTED_NOW: Final = lazy_pattern(
    r"['\"](?:now|today)['\"]\s*\|\s*(?:add|subtract)_(?:day|month|year)"
)
_ZONE: Final = lazy_pattern(r"\|\s*date:\s*(?:\"[^\"]*\"|'[^']*')\s*,\s*(-?(?:[1-9]|1[0-4]))(?!\d)")


class DateArithmetic(TextRule):
    """`add_day` and similar filters need seconds, and "latest" takes time zones in minutes.

    `'now' | add_day: 1` starts from a text. A zone of `-8` is eight minutes.
    """

    id = "DT109"
    name = "Invalid date calculation"
    group = Group.DATA
    bad = "{{ 'now' | add_day: 1 | date: '%d %B' }}"
    good = "{{ 'now' | date: '%s' | plus: 0 | add_day: 1 | date: '%d %B' }}"

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the calculations that give another day or hour."""
        if not any(name in text.value for name in ("date", "add_", "subtract_")):
            return
        for token in subject.tokens(text.value):
            if not token.is_rendered:
                continue
            if (match := _SHIFTED_NOW.search(token.arguments)) is not None:
                yield Hit(
                    "`add_day` and similar filters need a number of seconds here. Write "
                    "`'now' | date: '%s' | plus: 0` before it.",
                    token.arguments_start + match.start(),
                )
            zone = _ZONE.search(token.arguments)
            if zone is not None and subject.engine is Engine.LATEST:
                yield Hit(
                    f'"latest" reads the zone `{zone[1]}` as minutes. Write the name of a time '
                    "zone, such as `'Europe/Berlin'`, or the number of minutes.",
                    token.arguments_start + zone.start(1),
                )


RULE: Final = DateArithmetic()
