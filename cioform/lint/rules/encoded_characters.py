"""Encoded or typographic characters in Liquid."""

from __future__ import annotations

from typing import Final

from cioform.lint.rule import SyntaxRule


class EncodedCharacters(SyntaxRule):
    """Visual editors and word processors insert them, and neither engine reads them."""

    id = "LQ005"
    name = "Encoded or typographic characters in Liquid"
    bad = "{% if customer.age &gt; 17 %}adult{% endif %}"
    good = "{% if customer.age > 17 %}adult{% endif %}"


RULE: Final = EncodedCharacters()
