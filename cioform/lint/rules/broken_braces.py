"""Text that looks like Liquid with a brace missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.core.text.lazy_pattern import lazy_pattern
from cioform.lint.finding import Hit
from cioform.lint.markup.html import mask_liquid
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText

_HEAD: Final = lazy_pattern(r"\{(?<!\{\{)\s*(?:customer|event|trigger|journey|snippets)\.")
"""How such a text begins, to find soon that there is none: a brace first is searched quickly."""
_BROKEN: Final = lazy_pattern(
    r"(?<!\{)\{\s*(?:customer|event|trigger|journey|snippets)\.[\w.]+[^{}\n]{0,40}\}{1,2}"
)


class BrokenBraces(TextRule):
    """Such a text is sent as it is, so people see the name of a variable."""

    id = "LQ010"
    name = "Text that looks like Liquid with a brace missing"
    group = Group.LIQUID
    bad = "Hi { customer.first_name }}"
    good = 'Hi {{ customer.first_name | default: "you" }}'

    def check_text(self, text: ContentText, _content: Content, _subject: Subject) -> Iterator[Hit]:
        """Yield what looks like an output."""
        if _HEAD.search(text.value) is None:
            return
        for match in _BROKEN.finditer(mask_liquid(text.value)):
            yield Hit(
                f"`{match[0]}` looks like Liquid, but is sent as it is. Write two braces on each "
                "side.",
                match.start(),
            )


RULE: Final = BrokenBraces()
