"""Liquid that cannot be parsed."""

from __future__ import annotations

from typing import Final

from cioform.lint.rule import SyntaxRule


class LiquidSyntax(SyntaxRule):
    """Customer.io stores a text with broken Liquid and fails every delivery of it.

    Unknown and unclosed tags, missing braces and missing values are such errors.
    """

    id = "LQ001"
    name = "Liquid that cannot be parsed"
    bad = "{% if customer.plan %}Hello{% end %}"
    good = "{% if customer.plan %}Hello{% endif %}"


RULE: Final = LiquidSyntax()
