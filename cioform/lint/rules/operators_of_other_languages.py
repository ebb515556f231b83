"""Operators of another language."""

from __future__ import annotations

from typing import Final

from cioform.lint.rule import SyntaxRule


class OperatorsOfOtherLanguages(SyntaxRule):
    """Liquid has no `&&`, no `||`, no parentheses and no `? :`."""

    id = "LQ006"
    name = "Operators of another language"
    bad = "{% if (a or b) and c %}x{% endif %}"
    good = "{% if c %}{% if a or b %}x{% endif %}{% endif %}"


RULE: Final = OperatorsOfOtherLanguages()
