"""Snippet that no file describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.diagnostic import Severity
from cioform.core.suggest import did_you_mean
from cioform.language.liquid.parsed import ParsedText, Use
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content


class UnknownSnippet(LiquidRule):
    """A message that names a snippet that does not exist fails.

    It is a warning if no file describes a snippet with a similar name: the workspace may have the
    snippet without a file.
    """

    id = "DT110"
    name = "Snippet that no file describes"
    group = Group.DATA
    severity = Severity.ERROR
    is_local = False
    bad = "{{ snippets.footr }}"
    good = "{{ snippets.footer }}"

    def check_liquid(
        self, parsed: ParsedText, _content: Content, subject: Subject
    ) -> Iterator[Hit]:
        """Yield the names that no file describes."""
        for use in parsed.uses:
            known = subject.named_in_liquid.get(use.root)
            if known is None or len(use.path) < 2 or use.path[1] is None:
                continue
            name = str(use.path[1])
            if name not in known:
                yield _unknown(use, name, did_you_mean(name, known))


def _unknown(use: Use, name: str, hint: str) -> Hit:
    text = f"No file describes a snippet with the name `{name}`.{hint}"
    if hint:
        return Hit(text, use.offset)
    return Hit(
        f"{text} Add one, or import it if the workspace has it.", use.offset, Severity.WARNING
    )


RULE: Final = UnknownSnippet()
