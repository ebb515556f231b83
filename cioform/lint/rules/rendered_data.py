"""Liquid in data from outside is run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parsed import ParsedText
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content


class RenderedData(LiquidRule):
    """`render_liquid` runs the Liquid in a value.

    Anyone who writes the value, be it a person, a webhook or a language model, can then read every
    attribute.
    """

    id = "DT115"
    name = "Liquid in data from outside is run"
    group = Group.DATA
    bad = "{% render_liquid customer.bio %}"
    good = '{{ customer.bio | default: "" | escape }}'

    def check_liquid(
        self, parsed: ParsedText, _content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the tags that run values."""
        for tag in parsed.tags:
            if tag.name == "render_liquid" and not tag.arguments.startswith("snippets"):
                yield Hit(
                    f"This runs whatever Liquid is in `{tag.arguments}`. Output the value, unless "
                    "only you can write it.",
                    tag.offset,
                )


RULE: Final = RenderedData()
