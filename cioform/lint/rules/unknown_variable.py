"""Variable that nothing sets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.diagnostic import Severity
from cioform.core.suggest import did_you_mean
from cioform.language.liquid.dialect import ROOTS, TAGS
from cioform.language.liquid.parsed import ParsedText
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content

_WHERE_DATA_IS: Final = "Attributes of the person are in `customer`, data of the event in `event`."


class UnknownVariable(LiquidRule):
    """Neither Customer.io nor the text sets this variable, so the delivery fails.

    It is only a warning if nothing similar exists, because some workspaces name collections at the
    top level.
    """

    id = "DT107"
    name = "Variable that nothing sets"
    group = Group.DATA
    severity = Severity.ERROR
    bad = "{{ custmer.first_name | default: 'you' }}"
    good = "{{ customer.first_name | default: 'you' }}"

    def check_liquid(
        self, parsed: ParsedText, _content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the variables that nothing sets."""
        for use in parsed.uses:
            if use.root in ROOTS or use.root in TAGS or use.root == "object":
                continue
            known = ROOTS | set(parsed.assigned) - {use.root}
            hint = did_you_mean(use.root, known)
            text = f"Nothing sets the variable `{use.root}`.{hint}"
            if hint:
                yield Hit(text, use.offset)
            elif use.root != "None":
                yield Hit(f"{text} {_WHERE_DATA_IS}", use.offset, Severity.WARNING)


RULE: Final = UnknownVariable()
