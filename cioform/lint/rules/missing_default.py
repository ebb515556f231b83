"""Value that may be missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parse import parse_liquid
from cioform.language.liquid.parsed import Role, Use
from cioform.language.liquid.show import show_path
from cioform.lint.finding import Hit
from cioform.lint.paths import can_be_missing
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.model.contents import Content
from cioform.model.resource import Resource


class MissingDefault(ContentRule):
    """A message with a missing value is not sent: the delivery fails.

    Use `default`, or a condition that holds only if the value is there. Three things count as
    present: what identifies the recipient, the data in `trigger` as the program sends it, and what
    `_data` declares as `required`.
    """

    id = "DT101"
    name = "Value that may be missing"
    group = Group.DATA
    bad = "Hi {{ customer.first_name }}"
    good = 'Hi {{ customer.first_name | default: "you" }}'

    def check_content(
        self, content: Content, resource: Resource, subject: Subject
    ) -> Iterator[Hit]:
        """Yield the outputs without a default."""
        for text in content.texts:
            for use in parse_liquid(text.value).uses:
                if not _may_fail(use, content):
                    continue
                if not subject.is_declared_required(resource, use.path):
                    yield Hit(_message(show_path(use.path)), use.offset, text=text)


def _message(path: str) -> str:
    return (
        f"The message fails if `{path}` is missing. Write `{{{{ {path} | default: '...' }}}}`, or "
        f"put it into `{{% if {path} != blank %}}`."
    )


def _may_fail(use: Use, content: Content) -> bool:
    if use.role is not Role.OUTPUT or use.is_guarded or "default" in use.filters:
        return False
    return can_be_missing(use) and not _has_default_root(use.root, content)


def _has_default_root(root: str, content: Content) -> bool:
    """Return whether another rule reports the variable."""
    return content.roots is not None and root not in content.roots


RULE: Final = MissingDefault()
