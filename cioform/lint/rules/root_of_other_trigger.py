"""Variable that this trigger does not set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.diagnostic import Severity
from cioform.language.liquid.dialect import ROOTS
from cioform.language.liquid.parsed import ParsedText
from cioform.language.liquid.show import show_path
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content

_SOURCES: Final = {
    "event": "only campaigns that an event starts have `event`",
    "trigger": "only transactional messages, broadcasts and campaigns that a webhook or an object "
    "starts have `trigger`",
    "journey": "only the messages of a campaign have `journey`",
    "content": "only layouts have `content`",
}


class RootOfOtherTrigger(LiquidRule):
    """A message gets `event`, `trigger` or `journey` only from some triggers.

    In other messages they are empty, so people get a message with a gap, or none.
    """

    id = "DT105"
    name = "Variable that this trigger does not set"
    group = Group.DATA
    severity = Severity.WARNING
    is_local = False
    bad = "{{ event.plan }} in a campaign that a segment starts"
    good = "{{ customer.plan | default: 'free' }}"

    def check_liquid(
        self, parsed: ParsedText, content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the variables of other triggers."""
        if content.roots is None:
            return
        unset = ROOTS - content.roots
        for use in parsed.uses:
            if use.root in unset and not use.is_guarded:
                if "default" in use.filters[:1]:
                    continue
                source = _SOURCES.get(use.root)
                reason = f": {source}" if source else ""
                yield Hit(f"`{show_path(use.path)}` is not set here{reason}.", use.offset)


RULE: Final = RootOfOtherTrigger()
