"""Text that two messages share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.address import Address
from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.subject import Subject

_MIN_LENGTH: Final = 400


class SameTextTwice(Rule):
    """A long text that stands in two places is changed in one of them.

    With a snippet, both stay the same.
    """

    id = "HY604"
    name = "Text that two messages share"
    group = Group.HYGIENE
    bad = "the same body in two campaigns"
    good = "{{ snippets.offer }} in both"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the second of two equal bodies."""
        first: dict[str, Address] = {}
        for resource, content in subject.contents:
            body = content.text("body")
            if body is None or len(body.value) < _MIN_LENGTH:
                continue
            key = " ".join(body.value.split())
            if key not in first:
                first[key] = resource.address
                continue
            text = f"The same text stands in `{first[key]}`. Put it into a snippet."
            yield self.finding(resource, Hit(text, 0, text=body))


RULE: Final = SameTextTwice()
