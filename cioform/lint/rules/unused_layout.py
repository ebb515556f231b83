"""Layout that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.subject import Subject
from cioform.model.contents import ContentRole


class UnusedLayout(Rule):
    """A layout that no message names can be deleted."""

    id = "HY602"
    name = "Layout that nothing uses"
    group = Group.HYGIENE
    bad = "layouts/old.yaml, which no message names"
    good = "layout: old in a message"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the layouts."""
        for resource, content in subject.contents:
            is_used = resource.address in subject.used_addresses
            if content.role is ContentRole.FRAME and not is_used and not resource.is_shared:
                text = "No message uses it. Remove the file, or name it in a message."
                yield self.finding(resource, Hit(text, path=("name",)))


RULE: Final = UnusedLayout()
