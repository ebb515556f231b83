"""Layout that places the message more than once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parse import parse_liquid
from cioform.lint.finding import Hit
from cioform.lint.rule import ContentRule, Group
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentRole
from cioform.model.resource import Resource


class LayoutContent(ContentRule):
    """A layout has `{{ content }}` once. A second one repeats the whole message."""

    id = "EM214"
    name = "Layout that places the message more than once"
    group = Group.EMAIL
    bad = "{{ content }} ... {{ content }}"
    good = "{{ content }}"

    def check_content(
        self, content: Content, _resource: Resource, _subject: Subject
    ) -> Iterator[Hit]:
        """Yield a layout with several places for the message."""
        if content.role is not ContentRole.FRAME:
            return
        for text in content.texts:
            uses = [use for use in parse_liquid(text.value).uses if use.root == "content"]
            if len(uses) > 1 and not any(use.is_guarded for use in uses):
                yield Hit(
                    "The layout has `{{ content }}` more than once, which repeats the message. "
                    "Keep one.",
                    uses[1].offset,
                    text=text,
                )


RULE: Final = LayoutContent()
