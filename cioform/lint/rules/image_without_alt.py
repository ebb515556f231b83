"""Image without an alternative text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from cioform.lint.finding import Hit
from cioform.lint.rule import Group, TextRule
from cioform.lint.subject import Subject
from cioform.model.contents import Content, ContentText, TextForm


class ImageWithoutAlt(TextRule):
    """Many mail programs block images and show this text. For decoration write `alt=""`."""

    id = "EM208"
    name = "Image without an alternative text"
    group = Group.EMAIL
    bad = '<img src="https://acme.example/logo.png">'
    good = '<img src="https://acme.example/logo.png" alt="Acme">'
    forms = frozenset({TextForm.HTML})

    def check_text(self, text: ContentText, _content: Content, subject: Subject) -> Iterator[Hit]:
        """Yield the images."""
        for tag in subject.html(text.value).start_tags("img"):
            if "alt" not in tag.attributes and not tag.has_liquid:
                yield Hit(
                    'This image has no `alt`. Say what it shows, or write `alt=""` for decoration.',
                    tag.offset,
                )


RULE: Final = ImageWithoutAlt()
