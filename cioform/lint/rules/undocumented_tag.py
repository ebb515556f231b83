"""Tag that Customer.io does not document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.dialect import TAGS
from cioform.language.liquid.parsed import ParsedText
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, LiquidRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content


class UndocumentedTag(LiquidRule):
    """The engines have it, but Customer.io may remove it."""

    id = "LQ009"
    name = "Tag that Customer.io does not document"
    group = Group.LIQUID
    bad = "{% tablerow item in event.items %}{{ item }}{% endtablerow %}"
    good = "{% for item in event.items %}<td>{{ item }}</td>{% endfor %}"

    def check_liquid(
        self, parsed: ParsedText, _content: Content, subject: Subject
    ) -> Iterator[Hit]:
        """Yield the tags that the engine has, and that are not documented."""
        for tag in parsed.tags:
            rule = TAGS.get(tag.name)
            if rule is not None and subject.engine in rule.engines and not rule.is_documented:
                yield Hit(
                    f"Customer.io does not document the tag `{tag.name}`. Use a documented one.",
                    tag.offset,
                )


RULE: Final = UndocumentedTag()
