"""HTML element that is not closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.language.liquid.parse import parse_liquid
from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentRole, ContentText, TextForm

_PAIRED: Final = ("table", "tr", "td", "div", "a", "span", "h1", "h2", "h3", "ul", "ol", "style")
_BRANCHES: Final = frozenset({"if", "unless", "case", "for"})


class UnclosedElement(TextRule):
    """An unclosed table, link, tag or comment takes in what follows, even in the layout.

    Of a text with conditions or loops in Liquid, only the comments are checked.
    """

    id = "EM211"
    name = "HTML element that is not closed"
    group = Group.EMAIL
    bad = "<table><tr><td>Hello</td></tr>"
    good = "<table><tr><td>Hello</td></tr></table>"
    forms = frozenset({TextForm.HTML})

    def check_text(self, text: ContentText, content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the elements with fewer or more ends than beginnings."""
        html = subject.html(text.value)
        tags = [tag for tag in html.tags if not tag.is_in_comment]
        is_piece = content.role in (ContentRole.FRAME, ContentRole.FRAGMENT)
        if is_piece and "content" not in text.value:
            return  # A snippet may open what another one closes.
        if html.open_comment is not None:
            yield Hit(
                "This comment has no end, and hides all that follows. Write `-->`.",
                html.open_comment,
            )
        if any(tag.name in _BRANCHES for tag in parse_liquid(text.value).tags):
            return
        if html.open_comment is None and html.open_tag is not None:
            yield Hit(
                "This tag has no end, or a value in it lacks a quotation mark, and it hides "
                "what follows. Correct it.",
                html.open_tag,
            )
        for name in _PAIRED:
            begins = [tag for tag in tags if tag.name == name and not tag.is_end]
            ends = [tag for tag in tags if tag.name == name and tag.is_end]
            if len(begins) > len(ends):
                yield Hit(f"`<{name}>` is not closed. Write `</{name}>`.", begins[-1].offset)
            elif len(ends) > len(begins):
                yield Hit(f"`</{name}>` closes nothing. Remove it.", ends[-1].offset)


RULE: Final = UnclosedElement()
