"""Value that may be missing."""

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


class MissingDefault(LiquidRule):
    """A message with a missing value is not sent: the delivery fails.

    Use `default`, or a condition that holds only if the value is there. What identifies the
    recipient counts as present, and the data of `trigger` as sent by the program.
    """

    id = "DT101"
    name = "Value that may be missing"
    group = Group.DATA
    bad = "Hi {{ customer.first_name }}"
    good = 'Hi {{ customer.first_name | default: "you" }}'

    def check_liquid(
        self, parsed: ParsedText, content: Content, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield the outputs without a default."""
        for use in parsed.uses:
            if use.role is not Role.OUTPUT or use.is_guarded or "default" in use.filters:
                continue
            if can_be_missing(use) and not _has_default_root(use.root, content):
                path = show_path(use.path)
                yield Hit(
                    f"The message fails if `{path}` is missing. Write "
                    f"`{{{{ {path} | default: '...' }}}}`, or put it into "
                    f"`{{% if {path} != blank %}}`.",
                    use.offset,
                )


def _has_default_root(root: str, content: Content) -> bool:
    """Return whether another rule reports the variable."""
    return content.roots is not None and root not in content.roots


RULE: Final = MissingDefault()
