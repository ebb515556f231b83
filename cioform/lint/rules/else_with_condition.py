"""Condition after `else`."""

from __future__ import annotations

from typing import Final

from cioform.lint.rule import SyntaxRule


class ElseWithCondition(SyntaxRule):
    """The engine "latest" rejects the text; "legacy" ignores the condition."""

    id = "LQ002"
    name = "Condition after `else`"
    bad = "{% if a %}1{% else if customer.b %}2{% endif %}"
    good = "{% if a %}1{% elsif customer.b %}2{% endif %}"


RULE: Final = ElseWithCondition()
