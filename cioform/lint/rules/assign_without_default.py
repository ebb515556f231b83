"""`assign` of a value that may be missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parsed import ParsedText, Role
from cioform.language.liquid.show import show_path
from cioform.lint.finding import Hit
from cioform.lint.paths import can_be_missing
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content


class AssignWithoutDefault(LiquidRule):
    """If the assigned value is missing, the variable is empty and nothing fails.

    People then get a message with a gap.
    """

    id = "DT103"
    name = "`assign` of a value that may be missing"
    group = Group.DATA
    bad = "{% assign name = customer.first_name %}Hi {{ name }}"
    good = '{% assign name = customer.first_name | default: "you" %}Hi {{ name }}'

    def check_liquid(
        self, parsed: ParsedText, _content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the values without a default."""
        for use in parsed.uses:
            is_bare = use.role is Role.ASSIGN and not use.filters and not use.is_guarded
            if is_bare and can_be_missing(use):
                path = show_path(use.path)
                yield Hit(
                    f"If `{path}` is missing, the variable is empty and the message has a gap. "
                    f"Write `{path} | default: '...'`.",
                    use.offset,
                )


RULE: Final = AssignWithoutDefault()
