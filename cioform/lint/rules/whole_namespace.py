"""All attributes in one output."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parsed import ParsedText, Role
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content


class WholeNamespace(LiquidRule):
    """`customer | to_json` sends every attribute, including those that are added later."""

    id = "DT116"
    name = "All attributes in one output"
    group = Group.DATA
    bad = '{"person": {{ customer | to_json }} }'
    good = '{"plan": {{ customer.plan | default: "" | to_json }} }'

    def check_liquid(
        self, parsed: ParsedText, _content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the outputs of whole namespaces."""
        for use in parsed.uses:
            if use.path == ("customer",) and use.role is Role.OUTPUT:
                yield Hit(
                    "This sends every attribute of the person, including those that are added "
                    "later. Name the attributes that are needed.",
                    use.offset,
                )


RULE: Final = WholeNamespace()
