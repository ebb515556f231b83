"""Snippet that nothing uses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parse import parse_liquid
from cioform.lint.finding import Finding, Hit
from cioform.lint.rule import Group, Rule
from cioform.lint.subject import Subject


class UnusedSharedText(Rule):
    """A snippet that no text names can be deleted, or its name is misspelled where it is used."""

    id = "HY601"
    name = "Snippet that nothing uses"
    group = Group.HYGIENE
    bad = "snippets/old_footer.yaml, which no text names"
    good = "{{ snippets.old_footer }} in a layout"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Yield the snippets."""
        collections = {root for root, known in subject.named_in_liquid.items() if known}
        used = {
            (use.root, use.path[1])
            for _, content in (subject.contents if collections else ())
            for text in content.texts
            for use in parse_liquid(text.value).uses
            if use.path[0] in collections and len(use.path) > 1
        }
        computed = {root for root, name in used if name is None}
        named = {(root, str(name)) for root, name in used}
        for collection, known in subject.named_in_liquid.items():
            for name, address in sorted(known.items()):
                resource = subject.resources[address]
                if collection in computed or resource.is_shared or (collection, name) in named:
                    continue
                yield self.finding(
                    resource, Hit("No text uses it. Remove the file, or use it.", path=("name",))
                )


RULE: Final = UnusedSharedText()
