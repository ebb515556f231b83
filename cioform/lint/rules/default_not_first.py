"""`default` after another filter."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.diagnostic import Severity
from cioform.language.liquid.parsed import ParsedText
from cioform.language.liquid.show import show_path
from cioform.lint.finding import Hit
from cioform.lint.paths import can_be_missing
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content


class DefaultNotFirst(LiquidRule):
    """A missing value fails in the first filter, before `default` is reached."""

    id = "DT102"
    name = "`default` after another filter"
    group = Group.DATA
    severity = Severity.ERROR
    bad = "{{ customer.first_name | upcase | default: 'you' }}"
    good = "{{ customer.first_name | default: 'you' | upcase }}"

    def check_liquid(
        self, parsed: ParsedText, _content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the values that other filters get before `default` does."""
        for use in parsed.uses:
            is_late = "default" in use.filters[1:] and use.filters[0] != "default"
            if is_late and can_be_missing(use) and not use.is_guarded:
                yield Hit(
                    f"`default` comes after `{use.filters[0]}`, which fails if "
                    f"`{show_path(use.path)}` is missing. Put `default` first.",
                    use.offset,
                )


RULE: Final = DefaultNotFirst()
