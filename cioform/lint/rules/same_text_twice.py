"""Text that two messages share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Final

from cioform.core.address import Address
from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.subject import Subject
from cioform.model.contents import ContentText
from cioform.model.resource import Resource

_MIN_LENGTH: Final = 400


class SameTextTwice(Rule):
    """A long text that is in two places is soon changed in only one of them.

    With a snippet, both stay the same.
    """

    id = "HY604"
    name = "Text that two messages share"
    group = Group.HYGIENE
    bad = "the same body in two campaigns"
    good = "{{ snippets.offer }} in both"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the second of two equal bodies."""
        groups: dict[Hashable, list[tuple[Resource, ContentText]]] = defaultdict(list)
        for resource, content in subject.contents:
            body = content.text("body")
            if body is not None and len(body.value) >= _MIN_LENGTH:
                groups[_ends(body.value)].append((resource, body))
        for bodies in groups.values():
            if len(bodies) > 1:
                yield from self._equal(bodies)

    def _equal(self, bodies: Iterable[tuple[Resource, ContentText]]) -> Iterator[Finding]:
        first: dict[str, Address] = {}
        for resource, body in bodies:
            key = " ".join(body.value.split())
            if key in first:
                text = f"The same text stands in `{first[key]}`. Put it into a snippet."
                yield self.finding(resource, Hit(text, 0, text=body))
            first.setdefault(key, resource.address)


def _ends(text: str) -> Hashable:
    """Return the first and the last words of a text, which are quicker to split than all of it."""
    return (*text.split(None, 40)[:40], *text.rsplit(None, 40)[-40:])


RULE: Final = SameTextTwice()
