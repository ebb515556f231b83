"""HTML element that is not closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parse import parse_liquid
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm

_PAIRED: Final = ("table", "tr", "td", "div", "a", "span", "h1", "h2", "h3", "ul", "ol", "style")
_BRANCHES: Final = frozenset({"if", "unless", "case", "for"})


class UnclosedElement(TextRule):
    """An unclosed table or link takes in what follows, even in the layout.

    A text with conditions or loops in Liquid is not checked.
    """

    id = "EM211"
    name = "HTML element that is not closed"
    group = Group.EMAIL
    bad = "<table><tr><td>Hello</td></tr>"
    good = "<table><tr><td>Hello</td></tr></table>"
    forms = frozenset({TextForm.HTML})

    def check_text(self, text: ContentText, content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the elements with fewer or more ends than beginnings."""
        tags = [tag for tag in subject.html(text.value).tags if not tag.is_in_comment]
        if content.channel in ("layout", "snippet") and "content" not in text.value:
            return  # A snippet may open what another one closes.
        if any(tag.name in _BRANCHES for tag in parse_liquid(text.value).tags):
            return
        for name in _PAIRED:
            begins = [tag for tag in tags if tag.name == name and not tag.is_end]
            ends = [tag for tag in tags if tag.name == name and tag.is_end]
            if len(begins) > len(ends):
                yield Hit(f"`<{name}>` is not closed. Write `</{name}>`.", begins[-1].offset)
            elif len(ends) > len(begins):
                yield Hit(f"`</{name}>` closes nothing. Remove it.", ends[-1].offset)


RULE: Final = UnclosedElement()
