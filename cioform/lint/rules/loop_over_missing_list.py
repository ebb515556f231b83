"""Loop over a list that may be missing."""

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


class LoopOverMissingList(LiquidRule):
    """A loop over a missing list fails, even if it has an `else`."""

    id = "DT104"
    name = "Loop over a list that may be missing"
    group = Group.DATA
    bad = "{% for item in event.items %}{{ item.name }}{% endfor %}"
    good = "{% if event.items %}{% for item in event.items %}{{ item.name }}{% endfor %}{% endif %}"

    def check_liquid(
        self, parsed: ParsedText, _content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the loops without a condition around them."""
        for use in parsed.uses:
            if use.role is Role.LOOP and not use.is_guarded and can_be_missing(use):
                path = show_path(use.path)
                yield Hit(
                    f"The message fails if `{path}` is missing, even if the loop has an `else`. "
                    f"Wrap the loop in `{{% if {path} %}}`.",
                    use.offset,
                )


RULE: Final = LoopOverMissingList()
